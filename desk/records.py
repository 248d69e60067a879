"""One view of every RMA: what this desk made and the server does not know yet, over what the server says."""

from __future__ import annotations

from collections.abc import Iterable

from desk.ports import Reference, Work
from rma.ledger import Ledger
from rma.operations import KnownRecord, LocalRecord
from rma.order import Customer, Order
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from rma.sent import with_sent
from rma.states import RmaState
from rma.typed_order import number_of
from rma.typed_view import caller_as_customer


class Records:
    """RMAs from both stores, each in its newest version."""

    def __init__(self, reference: Reference, work: Work) -> None:
        self._reference = reference
        self._work = work

    def find(self, number: str) -> RmaRecord | None:
        """One RMA by its eleven digits."""
        return newest(self._work.record(number), self._reference.record(number))

    def customer(self, record: RmaRecord) -> Customer | None:
        """Whose an RMA is; of an order typed by hand for an unknown caller, what the caller said."""
        known = self._reference.customer(record.customer_id)
        typed, contact = record.request.typed, record.contact
        if known is None and typed is not None and number_of(record.customer_id) is not None:
            return caller_as_customer(typed, contact.email, contact.phone)
        return known

    def of_order(self, order_id: str) -> list[RmaRecord]:
        """RMAs of an order, oldest first."""
        return _merged(
            self._work.records_of_order(order_id), self._reference.records_of_order(order_id)
        )

    def of_customer(self, customer_id: str) -> list[RmaRecord]:
        """RMAs of a customer, oldest first."""
        return _merged(
            self._work.records_of_customer(customer_id),
            self._reference.records_of_customer(customer_id),
        )

    def around(self, order_id: str, customer_id: str) -> tuple[list[RmaRecord], list[RmaRecord]]:
        """RMAs of an order, and all of a customer, each oldest first: one look at each store for both.

        Each is merged for itself: an RMA may be of the order in one store alone, until this desk hears that it was matched.
        """
        ours = self._work.records_around(order_id, customer_id)
        theirs = self._reference.records_around(order_id, customer_id)
        return (
            _merged(
                (entry for entry in ours if entry.record.order_id == order_id),
                (entry for entry in theirs if entry.record.order_id == order_id),
            ),
            _merged(
                (entry for entry in ours if entry.record.customer_id == customer_id),
                (entry for entry in theirs if entry.record.customer_id == customer_id),
            ),
        )

    def refused_of(self, customer_id: str, limit: int) -> list[RefusedReturn]:
        """Refused returns of a customer, newest first; the server has them as they were told."""
        ours = self._work.refusals_of_customer(customer_id, limit)
        theirs = self._reference.refusals_of_customer(customer_id, limit)
        each = {refused.refusal_id: refused for refused in (*ours, *theirs)}
        found = sorted(each.values(), key=lambda refused: refused.refused_at, reverse=True)
        return found[:limit]

    def in_state(self, state: RmaState, limit: int) -> list[RmaRecord]:
        """RMAs in a state, oldest first, as far as this desk knows."""
        known = self._reference.records_in_state(state, limit)
        records = (self.find(entry.record.number) for entry in known)
        return [record for record in records if record is not None and record.state is state]

    def ledger(self, order: Order) -> Ledger:
        """What is left of an order."""
        return ledger_of(order, self.of_order(order.order_id))

    def is_pending(self, number: str) -> bool:
        """Whether the server has still to hear something about this RMA."""
        local = self._work.record(number)
        return local is not None and local.pending


def ledger_of(order: Order, records: Iterable[RmaRecord]) -> Ledger:
    """The ledger of an order, given all its RMAs, oldest first; its order has the lines that they send out."""
    records = [record for record in records if record.order_id == order.order_id]
    holds = (record.hold for record in records)
    return Ledger(with_sent(order, records), tuple(hold for hold in holds if hold is not None))


def newest(local: LocalRecord | None, known: KnownRecord | None) -> RmaRecord | None:
    """Unsent work of this desk wins; else the server's version, unless ours is newer than what we pulled."""
    if local is None or known is None:
        either = local or known
        return either.record if either else None
    ours_is_newer = local.row_version is not None and local.row_version > known.row_version
    return local.record if local.pending or ours_is_newer else known.record


def _merged(local: Iterable[LocalRecord], known: Iterable[KnownRecord]) -> list[RmaRecord]:
    ours = {entry.record.number: entry for entry in local}
    theirs = {entry.record.number: entry for entry in known}
    records = (newest(ours.get(number), theirs.get(number)) for number in {**theirs, **ours})
    return sorted(
        (record for record in records if record is not None),
        key=lambda record: (record.finalized_at, record.number),
    )
