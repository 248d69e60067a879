"""The order as it stands with everything that its RMAs send out: what a further return is judged by."""

from __future__ import annotations

from collections.abc import Iterable

from rma.order import Order, Price, Product
from rma.outbound import with_outbound
from rma.quote import Quote
from rma.record import RmaRecord


def with_sent(order: Order, records: Iterable[RmaRecord]) -> Order:
    """The order with the lines that these RMAs send out; `records` are oldest first, those of other orders are left out.

    An RMA that holds nothing sends nothing.
    """
    for record in records:
        outbound = record.quote.outbound if record.quote else None
        if outbound is None or record.outbound is None or record.hold is None:
            continue
        if record.order_id == order.order_id:
            order = with_outbound(order, outbound, record.number, record.outbound)
    return order


def told_products(quote: Quote | None) -> tuple[Product, ...]:
    """The items of an exchange at the price that was told: it stands when the return is judged once more."""
    if quote is None or quote.outbound is None:
        return ()
    return tuple(
        Product(
            sku=line.sku,
            name=line.name,
            category=line.category,
            price=Price(
                currency=quote.currency,
                gross=line.price // line.units,
                tax=line.tax // line.units,
            ),
        )
        for line in quote.outbound.lines
        if not line.replacement
    )
