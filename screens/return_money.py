"""Verdict, money by component and the sentence for the caller, drawn for a column or for a strip.

Everything is `Content` with theme styles: texts from outside are never parsed.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.cells import cell_len
from textual.content import Content

from desk.judging import DraftView
from rma.assessment import LineAssessment
from rma.order import Order
from rma.quote import ComponentKind, Quote
from rma.quote_words import quote_sums
from rma.typed_case import no_amount
from rma.verdict import Verdict
from rma.wording import _, plural
from screens.formats import amount
from screens.money_words import (
    MARKS,
    MoneyRow,
    component_rows,
    outbound_rows,
    payout_rows,
    quote_rows,
    quoted,
    sentences,
    total_row,
    waiting_words,
)
from screens.return_panel import ReturnPanel
from screens.widgets.safe_text import pad, plain, shorten


def verdict_words(verdict: Verdict) -> Content:
    """`✓ eligible`."""
    sign, words, style = MARKS[verdict]
    return Content.styled(f"{sign} {_(words)}", f"bold {style}")


def money_line(row: MoneyRow, width: int, after: int = 0) -> Content:
    """A row in exactly `width` cells; `after` are blanks kept free right of the amount for a currency code."""
    room = max(0, width - cell_len(row.amount) - 1 - after)
    label = pad(plain(row.label), room)
    if row.style:
        return Content.assemble((f"{label} {row.amount}", row.style), " " * after)
    return Content.assemble((label, "$text-muted"), f" {row.amount}{' ' * after}")


def column(panel: ReturnPanel, width: int) -> list[Content]:
    """For a wide screen: everything about the line under the cursor, then the whole return."""
    lines: list[Content] = []
    line, view = panel.assessed, panel.view
    lines.append(Content.styled(shorten(plain(panel.line.name), width), "bold"))
    if line is None or view is None or panel.unreadable_quantity(panel.key):
        lines += [Content(""), *_wrapped(waiting_words(panel), width, "$text-muted")]
    else:
        policy = str(line.policy or "")
        lines += [_ends(verdict_words(_verdict(line, view)), policy, width), Content("")]
        for style, sentence in sentences(line, view)[:4]:
            lines += _wrapped(quoted(sentence), width, style)
    quote = view.assessment.quote if view else None
    if view is not None and view.assessment.order_unknown:
        lines += [Content(""), *_wrapped(no_amount(), width, "$text-muted")]
    if view is not None and quote is not None:
        mine = panel.quote_of(panel.key)
        whole = [c for c in quote.components if c.kind is not ComponentKind.CARRIED]
        if mine is not None:
            lines += [Content(""), *_rows(component_rows(mine.components, quote.currency), width)]
        if len(quote.lines) > 1:
            others = sum(q.total for q in quote.lines) - (mine.total if mine else 0)
            count = len(quote.lines) - (1 if mine else 0)
            said = plural("{n} line", "{n} lines", count)
            if mine:
                said = plural("{n} other line", "{n} other lines", count)
            row = MoneyRow(said.format(n=count), amount(others, quote.currency))
            lines.append(money_line(row, width, 4))
        lines += _rows(component_rows(whole, quote.currency), width)
        lines += _rows(outbound_rows(quote), width)
        lines += [
            Content.styled("─" * width, "$text-muted 40%"),
            money_line(total_row(quote), width),
        ]
        lines += _rows(payout_rows(quote, view.order), width)
        if len(quote.lines) > 1:
            lines += [
                Content(""),
                _ends(verdict_words(view.assessment.verdict), _("all lines"), width),
            ]
    return lines


def strip(panel: ReturnPanel, width: int, height: int) -> list[Content]:
    """For 80 columns: verdict and sentence at the left, money at the right, in `height` rows."""
    right_width = 32 if width >= 70 else 26
    left_width = width - right_width - 2
    left: list[Content] = []
    line, view = panel.assessed, panel.view
    if line is None or view is None or panel.unreadable_quantity(panel.key):
        left.append(Content.styled(shorten(plain(panel.line.name), left_width), "bold"))
        left += _wrapped(waiting_words(panel), left_width, "$text-muted")
    else:
        verdict = verdict_words(_verdict(line, view))
        left.append(_ends(verdict, str(line.policy or ""), left_width))
        for style, sentence in sentences(line, view):
            left += _wrapped(quoted(sentence), left_width, style)
    if len(left) > height:
        left = [*left[: height - 1], _cut(left[height - 1], left_width)]
    right: list[Content] = []
    if view is not None and view.assessment.order_unknown:
        right = _wrapped(no_amount(), right_width, "$text-muted")
    quote = view.assessment.quote if view else None
    if view is not None and quote is not None:
        right = _in_rows(quote, view.order, right_width, height)
    out = []
    for number in range(height):
        at_left = left[number] if number < len(left) else Content("")
        at_right = right[number] if number < len(right) else Content("")
        blanks = " " * max(0, left_width - at_left.cell_length + 2)
        out.append(Content.assemble(at_left, blanks, at_right))
    return out


def _verdict(line: LineAssessment, view: DraftView) -> Verdict:
    """That of the line; of a return with no other one, what the return as a whole gets."""
    whole = view.assessment
    return whole.verdict if len(whole.lines) == 1 else line.verdict


def _in_rows(quote: Quote, order: Order, width: int, height: int) -> list[Content]:
    """The money in `height` rows: the sum first, then where it goes, then what it is made of; the rest in one row each.

    No amount is left out without a row that holds it.
    """
    payouts, most = payout_rows(quote, order), height - 1
    if len(payouts) > most:
        named = most - 1
        others = sum(share.amount for share in quote.payouts[named:])
        said = _("to {count} others").format(count=len(payouts) - named)
        payouts = [*payouts[:named], MoneyRow(said, amount(others, quote.currency))]
    rows, room = quote_rows(quote), most - len(payouts)
    if len(rows) > room:  # one row of several would look like all of it: the sum says that
        named = max(0, room - 1)
        rows = [*rows[:named], _rest(quote, named)] if named else []
    return [*_rows(rows, width), money_line(total_row(quote), width), *_rows(payouts, width)]


def _cut(row: Content, width: int) -> Content:
    """A row that says that more follows."""
    return Content.assemble(row.truncate(width - 2), " …")


def _rest(quote: Quote, named: int) -> MoneyRow:
    rest = sum(minor for _label, minor in quote_sums(quote)[named:])
    return MoneyRow(_("Other"), amount(rest, quote.currency))


def _rows(rows: Sequence[MoneyRow], width: int) -> list[Content]:
    return [money_line(row, width, 4) for row in rows]


def _ends(left: Content, right: str, width: int) -> Content:
    right = shorten(plain(right), max(0, width - left.cell_length - 2))
    blanks = " " * max(1, width - left.cell_length - cell_len(right))
    return Content.assemble(left, (f"{blanks}{right}", "$text-muted"))


def _wrapped(text: str, width: int, style: str) -> list[Content]:
    return [
        Content.styled(shorten(part, width), style)
        for part in textwrap.wrap(plain(text), max(8, width))
    ]
