"""An order that was typed by hand, in the shapes of a known one: for what shows orders, and for rules without money."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from rma.order import Customer, LineKind, Order, OrderLine
from rma.typed_order import TypedOrder, typed_order_id

NO_CURRENCY = "XXX"
"""ISO 4217 for `no currency`: what an order without a known amount is shown in."""
NO_SKU = "–"
"""Stands where a typed item has no known SKU."""


def as_order(typed: TypedOrder, customer_id: str, at: datetime) -> Order:
    """The order as far as it was told, for what shows orders and for the rules that need no money.

    Items without a name or a count are left out; `at` stands in for a day that was not told.
    """
    delivered = _noon(typed.delivered)
    return Order(
        order_id=typed_order_id(typed.number),
        number=typed.number.strip() or "?",
        customer_id=customer_id,
        currency=NO_CURRENCY,
        placed_at=_noon(typed.placed) or at,
        lines=tuple(
            OrderLine(
                line_id=line.line_id,
                position=position,
                sku=line.sku or NO_SKU,
                name=line.item,
                units=line.bought,
                delivered=line.bought,
                delivered_at=delivered,
                gross=0,
                kind=LineKind.GOODS,
            )
            for position, line in enumerate(typed.lines, start=1)
            if line.item and line.bought
        ),
    )


def caller_as_customer(typed: TypedOrder, email: str, phone: str) -> Customer:
    """Who calls, where the customer is not known: nobody else has this id."""
    return Customer(
        customer_id=typed_order_id(typed.number),
        name=typed.caller.strip(),
        email=email.strip(),
        phone=phone.strip(),
    )


def _noon(day: date | None) -> datetime | None:
    return None if day is None else datetime.combine(day, time(12), UTC)
