"""Lines of a draft split and moved: pure functions, each one step for undo."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeAlias

from rma.draft import Draft, DraftLine
from rma.errors import RmaError
from rma.wording import _
from screens.return_draft import RowKey, keyed

Rearranged: TypeAlias = tuple[Draft, RowKey]
"""The draft, and the row that is edited then."""


class NotRearranged(RmaError):
    """The line stays as it is; says why."""


def split(draft: Draft, key: RowKey, returnable: int) -> Rearranged:
    """The line once more behind itself: with a unit that is left of `returnable`, else with its own last one.

    Why it comes back, in what condition and what for is asked anew for the new part: that is why there are two. What
    belongs to certain units or to all of them (serials, money set by hand) stays with the first part.

    Raises:
        NotRearranged: if the line has no quantity, or nothing to share.
    """
    at = _position(draft, key)
    line = draft.lines[at]
    units = _units(line)
    if units < 1:
        raise NotRearranged(_("Enter a quantity first: a line is split by its units."))
    together = sum(_units(each) for each in draft.lines if each.line_id == key.line_id)
    if together >= returnable:
        if units < 2:
            raise NotRearranged(_("No other unit of this line can come back: nothing to split."))
        if line.amount.strip():
            raise NotRearranged(_("Clear the amount set by hand first: it is for all units."))
        line = replace(line, quantity=str(units - 1))
    part = replace(
        line,
        quantity="1",
        reason="",
        condition="",
        resolution="",
        serials="",
        amount="",
        amount_reason="",
        outbound_units="",
    )
    lines = (*draft.lines[:at], line, part, *draft.lines[at + 1 :])
    return replace(draft, lines=lines), RowKey(key.line_id, key.copy + 1)


def move(draft: Draft, key: RowKey, returnable: int, *, by: int) -> Rearranged:
    """The line changes places with the one before it (`by` -1) or behind it (1) on the return.

    Raises:
        NotRearranged: if it is not on the return, or at its end already.
    """
    at = _position(draft, key)
    to = at + by
    if to < 0:
        raise NotRearranged(_("It is the first line of this return."))
    if to >= len(draft.lines):
        raise NotRearranged(_("It is the last line of this return."))
    lines = list(draft.lines)
    lines[at], lines[to] = lines[to], lines[at]
    moved = replace(draft, lines=tuple(lines))
    return moved, [of for of, _line in keyed(moved)][to]


def _position(draft: Draft, key: RowKey) -> int:
    keys = [of for of, _line in keyed(draft)]
    if key not in keys:
        raise NotRearranged(_("This line is not on the return: enter a quantity first."))
    return keys.index(key)


def _units(line: DraftLine) -> int:
    """How many units are typed; 0 where that is no number."""
    text = line.quantity.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 7 else 0
