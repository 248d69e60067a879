"""Verdict, money and what to tell the caller, in words: what the screens draw and plain mode reads out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.judging import DraftView
from rma.assessment import LineAssessment
from rma.money import Minor
from rma.numbers import spoken
from rma.order import Order
from rma.quote import Component, ComponentKind, Quote
from rma.quote_words import COMPONENT_WORDS, outbound_sums, payout_words, quote_sums
from rma.verdict import Verdict
from rma.wording import _, mark, words
from screens.formats import amount, money
from screens.return_panel import ReturnPanel

MARKS = {
    Verdict.ELIGIBLE: ("✓", mark("eligible"), "$text-success"),
    Verdict.NEEDS_APPROVAL: ("?", mark("needs approval"), "$text-warning"),
    Verdict.INELIGIBLE: ("✗", mark("refused"), "$text-error"),
}
"""Mark, words and colour of each verdict; the colour is never the only sign. The words are said through `_`."""


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A label and an amount that stands at the right end."""

    label: str
    amount: str
    style: str = ""


def component_rows(components: Sequence[Component], currency: str) -> list[MoneyRow]:
    """One row per kind of component that is not nothing, in the order of the arithmetic."""
    sums: dict[ComponentKind, Minor] = {}
    for component in components:
        sums[component.kind] = sums.get(component.kind, 0) + component.amount
    return [
        MoneyRow(_(COMPONENT_WORDS[kind]), amount(minor, currency))
        for kind, minor in sums.items()
        if minor or kind is ComponentKind.ITEM
    ]


def quote_rows(quote: Quote) -> list[MoneyRow]:
    """A row for each of them."""
    return [MoneyRow(label, amount(minor, quote.currency)) for label, minor in quote_sums(quote)]


def outbound_rows(quote: Quote) -> list[MoneyRow]:
    """What is sent in an exchange, at its price."""
    return [MoneyRow(label, amount(minor, quote.currency)) for label, minor in outbound_sums(quote)]


def total_row(quote: Quote) -> MoneyRow:
    """The sum, labelled as an estimate where money waits for an inspection; what an exchange costs beyond it."""
    if quote.owed:
        return MoneyRow(_("TO PAY"), money(quote.owed, quote.currency), "bold $foreground")
    label = _("ESTIMATE") if quote.estimate else _("TOTAL")
    return MoneyRow(label, money(quote.total, quote.currency), "bold $foreground")


def payout_rows(quote: Quote, order: Order | None) -> list[MoneyRow]:
    """Where the money goes."""
    return [
        MoneyRow(
            _("to {tender}").format(tender=payout_words(share, order)),
            amount(share.amount, quote.currency),
        )
        for share in quote.payouts
    ]


def sentences(line: LineAssessment, view: DraftView) -> list[tuple[str, str]]:
    """What to tell the caller about a line: style and sentence, the strictest first."""
    findings = [*line.findings, *view.assessment.findings]
    if any(finding.outcome is Verdict.INELIGIBLE for finding in findings):
        # A refusal is not read out beside what would have been in order.
        findings = [finding for finding in findings if finding.outcome is not Verdict.ELIGIBLE]
    ordered = sorted(findings, key=lambda f: -f.outcome.strictness)
    said = [(MARKS[f.outcome][2] if f.outcome.strictness else "", f.sentence) for f in ordered]
    return list(dict.fromkeys(said)) or [("", line.sentence)]


def quoted(text: str) -> str:
    """What somebody says, or has written, in quotation marks."""
    return _("“{text}”").format(text=text)


def waiting_words(panel: ReturnPanel) -> str:
    """What to do while the line under the cursor is not on the return."""
    row = panel.row.line
    if not row.line.returnable_kind:
        said = _("This is {kind}: it cannot be returned.")
        return said.format(kind=words(row.line.kind))
    if row.line.delivered == 0:
        return _("It has not been delivered yet, so there is nothing to return.")
    if row.returnable == 0:
        if not row.holders:
            return _("None is left: all came back before.")
        held = _(" and ").join(spoken(number) for number in row.holders)
        return _("None is left: on return {number}.").format(number=held)
    if panel.unreadable_quantity(panel.key):
        return _("The quantity cannot be read: a whole number from 1.")
    if row.returnable == 1:
        return _("One is left: Enter takes it.")
    return _("Enter how many come back: 1 to {count}.").format(count=row.returnable)
