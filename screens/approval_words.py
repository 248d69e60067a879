"""Returns that wait for a supervisor: their order, their filter, their sums. Knows no widget: plain mode says it too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from desk.approvals import Waiting
from rma.numbers import spoken
from rma.wording import _, mark
from screens.formats import money
from screens.rma_told import why_it_waits

ORDERS = (
    mark("oldest first"),
    mark("largest first"),
    mark("by agent"),
    mark("by what they wait for"),
)
"""What the list can be sorted by; said through `_`."""
_NAMED = 3
"""Returns that a question names at most."""


def _amount(waiting: Waiting) -> tuple[str, int]:
    quote = waiting.record.quote
    return waiting.record.currency, -quote.total if quote is not None else 0


_KEYS: tuple[Callable[[Waiting], Any], ...] = (
    lambda waiting: waiting.record.finalized_at,
    _amount,
    lambda waiting: (waiting.record.author.casefold(), waiting.record.finalized_at),
    lambda waiting: (why_it_waits(waiting.record)[0], waiting.record.finalized_at),
)


def in_order(waiting: Iterable[Waiting], order: int) -> list[Waiting]:
    """Sorted by one of `ORDERS`."""
    return sorted(waiting, key=_KEYS[order])


def fits(waiting: Waiting, text: str) -> bool:
    """Whether every word of a filter stands somewhere in what is known of a return."""
    record, customer = waiting.record, waiting.view.customer
    goods = (line.name or line.sku for line in record.lines)
    known = (
        record.author,
        customer.name if customer else record.customer_id,
        record.number,
        record.order_number,
        *goods,
        *why_it_waits(record),
    )
    said = " ".join(known).casefold()
    return all(word in said for word in text.casefold().split())


def sums(waiting: Iterable[Waiting]) -> str:
    """What they bring together, one sum for each currency."""
    amounts: Counter[str] = Counter()
    for each in waiting:
        if each.record.quote is not None:
            amounts[each.record.currency] += each.record.quote.total
    said = ", ".join(money(amounts[c], c) for c in sorted(amounts) if c)
    if amounts and not any(amounts.values()):
        return _("no money")
    return said or _("no amount known")


def staying(against: Mapping[str, str]) -> Sequence[str]:
    """The returns that stay as they are, each with the reason."""
    said = [
        _("{number} stays: {why}").format(number=spoken(number), why=why)
        for number, why in list(against.items())[:_NAMED]
    ]
    more = len(against) - len(said)
    return [*said, _("{count} more stay.").format(count=more)] if more else said
