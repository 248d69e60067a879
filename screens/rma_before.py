"""What an RMA was before it was edited, in rows of text."""

from __future__ import annotations

from collections.abc import Iterator

from rma.record import RmaRecord, Superseded
from rma.wording import _
from screens.formats import minute, money


def before_words(record: RmaRecord) -> Iterator[str]:
    """One sentence for each time it was edited, oldest first: what had been told then, by whom."""
    for old in record.superseded:
        yield _("{when} by {person}: {what}").format(
            when=minute(old.finalized_at), person=old.author, what=_what(old, record.currency)
        )


def _what(old: Superseded, currency: str) -> str:
    goods = [f"{line.quantity} × {line.name or line.sku or line.line_id}" for line in old.lines]
    parts = [", ".join(goods), old.state.words]
    if old.quote is not None and currency:
        parts.insert(1, money(old.quote.total, currency))
    return " · ".join(part for part in parts if part)
