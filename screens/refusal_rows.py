"""Refused returns in a customer's history: when, what, why, and what the caller was told."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.text import Text

from rma.refused import RefusalCause, RefusedReturn
from rma.wording import _, mark, short_day
from screens.refusal_words import refusal_words
from screens.widgets.row_list import Row
from screens.widgets.safe_text import pad, plain

_CAUSES = {
    RefusalCause.INELIGIBLE: mark("refused"),
    RefusalCause.WITHDRAWN: mark("withdrawn"),
}


@dataclass(frozen=True, slots=True)
class RefusalKey:
    """A refused return's row."""

    refusal_id: str
    said: str = field(default="", compare=False)
    """All about it, for the message line."""


def refusal_row(refused: RefusedReturn) -> Row:
    """One line: what became of it, the day, the goods, and why."""
    goods = ", ".join(f"{line.quantity} × {plain(line.name or line.sku)}" for line in refused.lines)
    why = plain(" ".join(refused.why) or refused.told)
    day = short_day(refused.refused_at.astimezone().date())

    def draw(width: int) -> Text:
        named = max(12, min(26, width - 40))
        return Text.assemble(
            (pad(_(_CAUSES[refused.cause]), 11), "row-list--muted"),
            (pad(day, 12), "row-list--muted"),
            pad(goods, named),
            " ",
            (pad(why, max(0, width - 24 - named)), "row-list--muted"),
        )

    return Row(RefusalKey(refused.refusal_id, refusal_words(refused)), draw)
