"""Everything about one customer that an agent needs on the phone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from desk.caller import Caller
from desk.errors import NotFound
from desk.ports import Clock, Reference
from desk.records import Records, ledger_of
from desk.standing import Standing, standing
from rma.ledger import Ledger
from rma.order import Customer, Order, OrderLine
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from rma.verdict import Verdict
from rma.wording import _

Ask: TypeAlias = Callable[[Order, OrderLine, Ledger], Standing]
REFUSAL_LIMIT = 50
"""Newest refused returns that are shown."""
ORDER_LIMIT = 200
"""Newest orders that are shown; older ones are found by their number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """An order line and what is left of it."""

    line: OrderLine
    returnable: int
    holders: tuple[str, ...]
    """RMA numbers that hold the rest."""
    standing: Standing | None = None
    """What the policies say; None where nothing is left to ask about, or it was not asked."""

    @property
    def may_come_back(self) -> int:
        """Units that are left and that no policy refuses."""
        refused = self.standing is not None and self.standing.verdict is Verdict.INELIGIBLE
        return 0 if refused else self.returnable


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderView:
    """An order with what is still returnable on each line."""

    order: Order
    lines: tuple[LineView, ...]

    @property
    def returnable(self) -> int:
        """Units of the order that may still come back."""
        return sum(line.may_come_back for line in self.lines)


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerView:
    """The customer screen's content."""

    customer: Customer
    """Masked where the caller has still to tell facts."""
    facts_asked: int
    """How many facts the policies ask for, whether they were told or not."""
    hidden: bool
    """Whether it is masked."""
    orders: tuple[OrderView, ...]
    """Newest first."""
    records: tuple[RmaRecord, ...]
    """Newest first."""
    refusals: tuple[RefusedReturn, ...]
    """Returns that were refused, newest first."""
    flags: tuple[str, ...]
    """Risk flags, in words."""
    judged: int
    """Orders, from the newest, that the policies were asked about."""


class CustomerFile:
    """Customers with their orders and returns."""

    def __init__(
        self, reference: Reference, records: Records, clock: Clock, caller: Caller
    ) -> None:
        self._reference = reference
        self._records = records
        self._clock = clock
        self._caller = caller

    def open(self, customer_id: str, *, judged: int = ORDER_LIMIT) -> CustomerView:
        """The whole file of one customer; the policies are asked about the newest `judged` orders.

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
        ask = self._rules(customer)
        return CustomerView(
            customer=self._caller.seen(customer),
            facts_asked=self._caller.asked(customer),
            hidden=self._caller.hides(customer),
            orders=tuple(
                order_view(order, records, ask if at < judged else None)
                for at, order in enumerate(orders)
            ),
            records=tuple(reversed(records)),
            refusals=tuple(self._records.refused_of(customer_id, REFUSAL_LIMIT)),
            flags=customer.risk_flags,
            judged=min(judged, len(orders)),
        )

    def order(self, order_id: str, *, without: str = "") -> OrderView:
        """One order with what is left of it, as if the RMA `without` did not exist.

        A return of it asks the policies itself.

        Raises:
            NotFound: if this desk knows no such order.
        """
        order = self._reference.order(order_id)
        if order is None:
            raise NotFound(_("This order is not known here: press F5 to sync, then look up again."))
        records = self._records.of_order(order_id)
        return order_view(order, [record for record in records if record.number != without])

    def _rules(self, customer: Customer) -> Ask | None:
        """What asks the policies about a line; None before the first sync."""
        policies, reasons, at = (
            self._reference.policies(),
            self._reference.reasons(),
            self._clock.now(),
        )
        if not policies or reasons is None:
            return None

        def ask(order: Order, line: OrderLine, ledger: Ledger) -> Standing:
            return standing(
                order,
                line,
                customer=customer,
                ledger=ledger,
                policies=policies,
                reasons=reasons,
                at=at,
            )

        return ask


def order_view(order: Order, records: list[RmaRecord], ask: Ask | None = None) -> OrderView:
    """What is left of an order, given the customer's RMAs; `ask` says what the policies say about a line."""
    ledger = ledger_of(order, records)
    order = ledger.order  # with what was sent out for it

    def view(line: OrderLine) -> LineView:
        left = ledger.returnable(line)
        asked = ask if left and line.returnable_kind else None
        return LineView(
            line=line,
            returnable=left,
            holders=ledger.holders(line.line_id),
            standing=asked(order, line, ledger) if asked else None,
        )

    return OrderView(order=order, lines=tuple(view(line) for line in order.lines))
