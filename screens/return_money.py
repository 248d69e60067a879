"""Verdict, money by component and the sentence for the caller, drawn for a column or for a strip.

Everything is `Content` with theme styles: texts from outside are never parsed.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from textual.content import Content

from desk.returns import DraftView
from rma.assessment import LineAssessment
from rma.ledger import TenderShare
from rma.money import Minor, format_amount
from rma.numbers import spoken
from rma.order import Order
from rma.quote import Component, ComponentKind, Quote
from rma.verdict import Verdict
from screens.return_panel import ReturnPanel
from screens.widgets.safe_text import pad, plain, shorten

MARKS = {
    Verdict.ELIGIBLE: ("✓", "eligible", "$text-success"),
    Verdict.NEEDS_APPROVAL: ("?", "needs approval", "$text-warning"),
    Verdict.INELIGIBLE: ("✗", "refused", "$text-error"),
}
"""Mark, words and colour of each verdict; the colour is never the only sign."""

_WORDS = {
    ComponentKind.ITEM: "Goods",
    ComponentKind.MANUAL: "Amount set by hand",
    ComponentKind.RESTOCKING_FEE: "Restocking fee",
    ComponentKind.COUPON: "Order discount",
    ComponentKind.ORIGINAL_SHIPPING: "Shipping paid",
    ComponentKind.RETURN_SHIPPING: "Return shipping",
    ComponentKind.CAP: "No more was paid",
    ComponentKind.GOODWILL: "Goodwill",
}


@dataclass(frozen=True, slots=True)
class MoneyRow:
    """A label and an amount that stands at the right end."""

    label: str
    amount: str
    style: str = ""


def verdict_words(verdict: Verdict) -> Content:
    """`✓ eligible`."""
    mark, words, style = MARKS[verdict]
    return Content.styled(f"{mark} {words}", f"bold {style}")


def component_rows(components: Sequence[Component], currency: str) -> list[MoneyRow]:
    """One row per kind of component that is not nothing, in the order of the arithmetic."""
    sums: dict[ComponentKind, Minor] = {}
    for component in components:
        sums[component.kind] = sums.get(component.kind, 0) + component.amount
    return [
        MoneyRow(_WORDS[kind], format_amount(amount, currency))
        for kind, amount in sums.items()
        if amount or kind is ComponentKind.ITEM
    ]


def total_row(quote: Quote) -> MoneyRow:
    """The sum, labelled as an estimate where money waits for an inspection."""
    label = "ESTIMATE" if quote.estimate else "TOTAL"
    amount = f"{format_amount(quote.total, quote.currency)} {quote.currency}"
    return MoneyRow(label, amount, "bold $foreground")


def payout_rows(quote: Quote, order: Order | None) -> list[MoneyRow]:
    """Where the money goes."""
    return [
        MoneyRow(f"to {payout_words(share, order)}", format_amount(share.amount, quote.currency))
        for share in quote.payouts
    ]


def payout_words(share: TenderShare, order: Order | None) -> str:
    """`card •••• 4242`, `new store credit`."""
    if share.tender_id is None:
        return "new store credit"
    tenders = order.tenders if order is not None else ()
    label = next((t.label for t in tenders if t.tender_id == share.tender_id), "")
    kind = "where it was paid" if share.kind == "unknown" else share.kind.replace("_", " ")
    return plain(label if label.casefold().startswith(kind) else f"{kind} {label}".strip())


def money_line(row: MoneyRow, width: int, after: int = 0) -> Content:
    """A row in exactly `width` cells; `after` are blanks kept free right of the amount for a currency code."""
    room = max(0, width - cell_len(row.amount) - 1 - after)
    style = row.style or "$text-muted"
    return Content.assemble(
        (pad(plain(row.label), room), style), " ", (row.amount, row.style), " " * after
    )


def sentences(line: LineAssessment, view: DraftView) -> list[tuple[str, str]]:
    """What to tell the caller about a line: style and sentence, the strictest first."""
    findings = [*line.findings, *view.assessment.findings]
    ordered = sorted(findings, key=lambda f: -f.outcome.strictness)
    said = [(MARKS[f.outcome][2] if f.outcome.strictness else "", f.sentence) for f in ordered]
    return list(dict.fromkeys(said)) or [("", line.sentence)]


def waiting_words(panel: ReturnPanel) -> str:
    """What to do while the line under the cursor is not on the return."""
    row = panel.row.line
    if not row.line.returnable_kind:
        return f"This is {row.line.kind.replace('_', ' ')}: it cannot be returned."
    if row.line.delivered == 0:
        return "It has not been delivered yet, so there is nothing to return."
    if row.returnable == 0:
        held = " and ".join(spoken(number) for number in row.holders)
        return f"None is left: {'on return ' + held if held else 'all came back before'}."
    if panel.wrong_quantity(panel.key):
        return "The quantity cannot be read: a whole number from 1."
    return (
        f"Enter how many come back: 1 to {row.returnable}."
        if row.returnable > 1
        else "One is left: Enter takes it."
    )


def column(panel: ReturnPanel, width: int) -> Content:
    """For a wide screen: everything about the line under the cursor, then the whole return."""
    lines: list[Content] = []
    line, view = panel.assessed, panel.view
    lines.append(Content.styled(shorten(plain(panel.line.name), width), "bold"))
    if line is None or view is None:
        lines += [Content(""), *_wrapped(waiting_words(panel), width, "$text-muted")]
    else:
        policy = str(line.policy or "")
        lines += [_ends(verdict_words(line.verdict), policy, width), Content("")]
        for style, sentence in sentences(line, view)[:4]:
            lines += _wrapped(f"“{sentence}”", width, style)
    quote = view.assessment.quote if view else None
    if view is not None and quote is not None:
        mine = panel.quote_of(panel.key)
        whole = list(quote.components)
        if mine is not None:
            lines += [Content(""), *_rows(component_rows(mine.components, quote.currency), width)]
        if len(quote.lines) > 1:
            others = sum(q.total for q in quote.lines) - (mine.total if mine else 0)
            count = len(quote.lines) - (1 if mine else 0)
            words = f"{count} {'other' if mine else ''} line{'s' if count > 1 else ''}"
            row = MoneyRow(" ".join(words.split()), format_amount(others, quote.currency))
            lines.append(money_line(row, width, 4))
        lines += _rows(component_rows(whole, quote.currency), width)
        lines += [
            Content.styled("─" * width, "$text-muted 40%"),
            money_line(total_row(quote), width),
        ]
        lines += _rows(payout_rows(quote, view.order), width)
        if len(quote.lines) > 1:
            lines += [
                Content(""),
                _ends(verdict_words(view.assessment.verdict), "all lines", width),
            ]
    return Content("\n").join(lines)


def strip(panel: ReturnPanel, width: int, height: int) -> Content:
    """For 80 columns: verdict and sentence at the left, money at the right, in `height` rows."""
    right_width = 32 if width >= 70 else 26
    left_width = width - right_width - 2
    left: list[Content] = []
    line, view = panel.assessed, panel.view
    if line is None or view is None:
        left.append(Content.styled(shorten(plain(panel.line.name), left_width), "bold"))
        left += _wrapped(waiting_words(panel), left_width, "$text-muted")
    else:
        left.append(_ends(verdict_words(line.verdict), str(line.policy or ""), left_width))
        for style, sentence in sentences(line, view):
            left += _wrapped(f"“{sentence}”", left_width, style)
    if len(left) > height:
        left = [*left[: height - 1], _cut(left[height - 1], left_width)]
    right: list[Content] = []
    quote = view.assessment.quote if view else None
    if view is not None and quote is not None:
        rows = component_rows(quote.all_components, quote.currency)
        if len(rows) > height - 1:
            rows = [*rows[: height - 2], _rest(quote, rows[: height - 2])]
        right = [*_rows(rows, right_width), money_line(total_row(quote), right_width)]
        payouts = payout_rows(quote, view.order)
        if len(right) + len(payouts) <= height:
            right += _rows(payouts, right_width)
    out = []
    for number in range(height):
        at_left = left[number] if number < len(left) else Content("")
        at_right = right[number] if number < len(right) else Content("")
        blanks = " " * max(0, left_width - at_left.cell_length + 2)
        out.append(Content.assemble(at_left, blanks, at_right))
    return Content("\n").join(out)


def _cut(row: Content, width: int) -> Content:
    """A row that says that more follows."""
    return Content.assemble(row.truncate(width - 2), " …")


def _rest(quote: Quote, shown: Sequence[MoneyRow]) -> MoneyRow:
    labels = {row.label for row in shown}
    rest = sum(c.amount for c in quote.all_components if _WORDS[c.kind] not in labels)
    return MoneyRow("Other", format_amount(rest, quote.currency))


def _rows(rows: Sequence[MoneyRow], width: int) -> list[Content]:
    return [money_line(row, width, 4) for row in rows]


def _ends(left: Content, right: str, width: int) -> Content:
    right = shorten(plain(right), max(0, width - left.cell_length - 2))
    blanks = " " * max(1, width - left.cell_length - cell_len(right))
    return Content.assemble(left, blanks, (right, "$text-muted"))


def _wrapped(text: str, width: int, style: str) -> list[Content]:
    return [
        Content.styled(shorten(part, width), style)
        for part in textwrap.wrap(plain(text), max(8, width))
    ]
