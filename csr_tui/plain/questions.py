"""What the interview asks for each field of a return, and which field comes next."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from rma.wording import _, mark
from screens.return_fields import BY_NAME, FIELDS, QUANTITY
from screens.return_marks import Mark
from screens.return_panel import ReturnPanel

MORE_LINES = "more lines"
"""Stands for the question whether another line comes back."""

_QUESTIONS = {
    QUANTITY: mark("How many come back"),
    "serials": mark("Serial number"),
    "reason": mark("Why does it come back"),
    "note": mark("Note"),
    "condition": mark("What condition is it in"),
    "resolution": mark("What does the caller want"),
    "outbound_sku": mark("SKU of what the caller gets instead"),
    "outbound_units": mark("How many of it go out"),
    "return_type": mark("What kind of return is it"),
    "channel": mark("How did the customer reach us"),
    "email": mark("E-mail"),
    "phone": mark("Phone"),
    "verified": mark("What did the caller say right: numbers, or Enter for none"),
    "verification_skipped": mark("Why was the caller not verified"),
    "evidence": mark("What was shown: numbers, or Enter for none"),
    "override_reason": mark("Why is an exception asked"),
    "waive_fee_reason": mark("Why is the restocking fee waived"),
    "amount": mark("Amount set by hand"),
    "amount_reason": mark("Why is the amount set by hand"),
    "proof": mark("Proof of purchase"),
    "waive_shipping_fee_reason": mark("Why is the return shipping waived"),
    "goodwill": mark("Goodwill"),
    "goodwill_reason": mark("Why is goodwill paid"),
    "destination_override": mark("Where does the money go"),
    "destination_reason": mark("Why does the money go there"),
    "reference": mark("Number of the CRM case"),
    "photo_seen_before": mark("The photo"),
}


def question(name: str) -> str:
    """The question of a field, without its mark."""
    asked = _QUESTIONS.get(name)
    return _(asked) if asked else BY_NAME[name].name_on_screen


def next_question(panel: ReturnPanel, answered: Collection[Mark]) -> Mark | None:
    """The next field to ask, for its row where every line has its own; None when it is time to check.

    The panel then edits that row.
    """
    if not panel.on_return:
        return QUANTITY, None
    for key in panel.on_return:
        panel.key = key
        for spec in FIELDS:
            usual = spec.of_line and not spec.rare and spec.name != QUANTITY
            if usual and (spec.name, key) not in answered and panel.shows(spec.name):
                return spec.name, key
    if (MORE_LINES, None) not in answered and any(
        row.line.returnable and row.key not in panel.on_return for row in panel.rows
    ):
        return MORE_LINES, None
    return next((asked for asked in _of_the_whole(panel) if asked not in answered), None)


def _of_the_whole(panel: ReturnPanel) -> Iterator[Mark]:
    draft = panel.draft
    for name in ("return_type", "channel"):
        if not panel.text(name).strip():
            yield name, None
    if not (draft.email.strip() or draft.phone.strip()):
        yield "email", None
        yield "phone", None
    yield "verified", None
    if not draft.verified:
        yield "verification_skipped", None


def already_answered(panel: ReturnPanel) -> set[Mark]:
    """What a draft that was begun earlier has an answer to."""
    answered: set[Mark] = {(MORE_LINES, None)} if panel.on_return else set()
    for key in panel.on_return:
        panel.key = key
        answered |= {(s.name, key) for s in FIELDS if s.of_line and panel.text(s.name).strip()}
    if panel.draft.verified or panel.draft.verification_skipped.strip():
        answered |= {("verified", None), ("verification_skipped", None)}
    return answered


def changeable(panel: ReturnPanel) -> Iterator[Mark]:
    """Every field that can be answered anew, line by line, then of the whole return."""
    for key in panel.on_return:
        panel.key = key
        yield from ((s.name, key) for s in FIELDS if s.of_line and panel.shows(s.name))
    yield from ((s.name, None) for s in FIELDS if not s.of_line and panel.shows(s.name))
