"""Wrong amounts: set by hand, they are the one thing that no rule can know better."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.entry_errors import slips
from tests.entry_errors.entry import Entry
from tests.entry_errors.kinds.kind import Kind, instead, typed

AGREED = "Agreed on the phone"


def _amount(name: str, slip: Callable[[str, Random], str]) -> Kind:
    def change(entry: Entry, random: Random) -> Entry | None:
        worth = entry.line.gross // entry.line.units
        right = f"{worth // 100}.{worth % 100:02d}"
        wrong = slip(right, random)
        return entry.but(amount=wrong, amount_reason=AGREED) if wrong != right else None

    return typed(f"amount: {name}", change)


KINDS = (
    _amount("one digit wrong", slips.wrong_digit),
    _amount("two digits swapped", slips.swapped),
    _amount("the point forgotten", lambda text, random: text.replace(".", "")),
    _amount("a comma for the point", lambda text, random: text.replace(".", ",")),
    _amount("a third decimal", lambda text, random: f"{text}1"),
    _amount("the letter O for a zero", lambda text, random: f"{text[:-1]}O"),
    _amount("negative", lambda text, random: f"-{text}"),
    instead("amount: without a reason", amount="1.00"),
    instead("goodwill: the point forgotten", goodwill="250", goodwill_reason="Waited for long"),
    instead("goodwill: without a reason", goodwill="2.50"),
    instead("goodwill: negative", goodwill="-2.50", goodwill_reason="Waited for long"),
)
