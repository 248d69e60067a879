"""Everything about one customer that an agent needs on the phone."""

from __future__ import annotations

from dataclasses import dataclass

from desk.errors import NotFound
from desk.ports import Reference
from desk.records import Records, ledger_of
from rma.order import Customer, Order, OrderLine
from rma.record import RmaRecord
from rma.wording import _

ORDER_LIMIT = 200
"""Newest orders that are shown; older ones are found by their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """An order line and what is left of it."""

    line: OrderLine
    returnable: int
    holders: tuple[str, ...]
    """RMA numbers that hold the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order with what is still returnable on each line."""

    order: Order
    lines: tuple[LineView, ...]

    @property
    def returnable(self) -> int:
        """Units of the order that may still come back."""
        return sum(line.returnable for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerView:
    """The customer screen's content."""

    customer: Customer
    orders: tuple[OrderView, ...]
    """Newest first."""
    records: tuple[RmaRecord, ...]
    """Newest first."""
    flags: tuple[str, ...]
    """Risk flags, in words."""


class CustomerFile:
    """Customers with their orders and returns."""

    def __init__(self, reference: Reference, records: Records) -> None:
        self._reference = reference
        self._records = records

    def open(self, customer_id: str) -> CustomerView:
        """The whole file of one customer.

        Raises:
            NotFound: if this desk knows no such customer.
        """
        customer = self._reference.customer(customer_id)
        if customer is None:
            raise NotFound(
                _("This customer is not known here: press F5 to sync, then look up again.")
            )
        records = self._records.of_customer(customer_id)
        orders = self._reference.orders_of(customer_id, ORDER_LIMIT)
        return CustomerView(
            customer=customer,
            orders=tuple(order_view(order, records) for order in orders),
            records=tuple(reversed(records)),
            flags=customer.risk_flags,
        )

    def order(self, order_id: str) -> OrderView:
        """One order with what is left of it.

        Raises:
            NotFound: if this desk knows no such order.
        """
        order = self._reference.order(order_id)
        if order is None:
            raise NotFound(_("This order is not known here: press F5 to sync, then look up again."))
        return order_view(order, self._records.of_order(order_id))


def order_view(order: Order, records: list[RmaRecord]) -> OrderView:
    """What is left of an order, given the customer's RMAs."""
    ledger = ledger_of(order, records)
    return OrderView(
        order=order,
        lines=tuple(
            LineView(
                line=line,
                returnable=ledger.returnable(line),
                holders=ledger.holders(line.line_id),
            )
            for line in order.lines
        ),
    )
