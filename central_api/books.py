"""What a batch of operations is decided on: loaded at once, kept current in memory, written at once.

Each decision sees the effects of the ones before it. The RMAs that are asked about are locked first, as one whose order
was typed by hand has none yet and moves to it; then the order rows, each in the order of their keys, before anything
else is read. So two servers never decide about one of them at the same time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, delete

from central_api import feed
from central_api.chain import Entry, append
from central_api.database import insert_into
from central_api.documents import KINDS, digest_of, insert_rows, log_changes, update_rows
from central_api.erasing import erased_among, shut_out
from central_api.holding import keep_held
from central_api.loading import (
    StoredAnswer,
    answers_to,
    customers_of,
    lock_numbers,
    lock_orders,
    past_returns,
    records_of,
)
from central_api.numbers import leased_to
from central_api.outbound import (
    guard_sent_lines,
    outbound_events,
    products_named,
    sent_lines,
    skus_of,
)
from central_api.policies import (
    NOTHING_PUBLISHED,
    PublishedPolicy,
    PublishedReasons,
    published_policies,
    published_reasons,
    stands_of,
)
from central_api.tables import EVENT, MAIL, OPERATION, REFUSAL, RMA, RMA_LINE
from central_api.units import expect_inbound, take_units
from rma.erasing import customers_of as customers_of_record
from rma.erasing import erase
from rma.expiry import can_expire
from rma.ledger import Hold, Ledger
from rma.numbers import block_of
from rma.operations import CallMetrics, KnownRecord, Outcome
from rma.order import Customer, Order, Product
from rma.record import RmaRecord
from rma.sent import with_sent
from rma.states import HOLDING, RmaState
from rma.typed_order import same_text
from sync.protocol.documents import read_document, write_document


class Books:
    """Orders, RMAs, customers, policies and operations that one batch touches."""

    def __init__(
        self,
        connection: Connection,
        device: str,
        *,
        order_ids: Iterable[str],
        numbers: Iterable[str],
        op_ids: Iterable[str],
        now: datetime,
        skus: Iterable[str] = (),
    ) -> None:
        shut_out(connection)  # before anything else is locked: an erasure waits for all of it
        self._connection = connection
        self._now = now
        told = set(numbers)
        wanted = {*order_ids, *lock_numbers(connection, told).values()}
        orders = lock_orders(connection, wanted)
        self._orders = {key: read_document(Order, document) for key, document in orders.items()}
        self._records = records_of(connection, wanted)
        self._by_order: dict[str, list[str]] = {}
        for number, entry in self._records.items():
            self._by_order.setdefault(entry.record.order_id, []).append(number)
        self._holds: dict[str, Hold | None] = {}
        wished = {*skus, *skus_of(entry.record for entry in self._records.values())}
        self.products: tuple[Product, ...] = products_named(connection, wished)
        self._answers = answers_to(connection, op_ids)
        self._blocks = leased_to(
            connection, device, {block_of(n) for n in told if n[:6].isdecimal()}
        )
        self.restored_at = feed.restored_at(connection) if told - self._records.keys() else None
        """When this database came from a backup; known where a number is asked for that is not booked."""
        self.policies: tuple[PublishedPolicy, ...] = published_policies(connection)
        self.reasons: tuple[PublishedReasons, ...] = published_reasons(connection)
        self.stands = stands_of(self.policies, self.reasons)
        self.newest = self.stands[0] if self.stands else NOTHING_PUBLISHED
        self.published = frozenset(entry.policy.ref for entry in self.policies)
        buyers = {order.customer_id for order in self._orders.values()}
        counted = any(entry.policy.approval.many_returns for entry in self.policies)
        self._customers = customers_of(connection, buyers, alone=counted)
        self._is_erased = {key: each.erased for key, each in self._customers.items()}
        self._past = past_returns(connection, buyers) if counted else {}
        self._new: dict[str, dict[str, Any]] = {}
        self._changed: dict[str, dict[str, Any]] = {}
        self._lines: dict[str, list[dict[str, Any]]] = {}
        self._consumed: Counter[tuple[str, str]] = Counter()
        self._inbound: Counter[str] = Counter()
        self._operations: list[dict[str, Any]] = []
        self._entries: list[Entry] = []
        self._sent: dict[tuple[str, str], int] = {}
        self._events: list[dict[str, Any]] = []
        self._mails: list[dict[str, Any]] = []
        self._refusals: dict[str, dict[str, Any]] = {}
        self._held: list[dict[str, Any]] = []

    # --- what decisions ask -------------------------------------------------------------------------------------

    def order(self, order_id: str) -> Order | None:
        """Our snapshot of an order, with what its RMAs send out."""
        order = self._orders.get(order_id)
        return None if order is None else with_sent(order, self._records_of(order_id))

    def orders_numbered(self, number: str) -> list[Order]:
        """Those of the loaded orders that have this number."""
        ids = sorted(key for key, each in self._orders.items() if same_text(each.number, number))
        return [order for key in ids if (order := self.order(key)) is not None]

    def customer(self, customer_id: str) -> Customer | None:
        """Our row of a customer."""
        return self._customers.get(customer_id)

    def is_erased(self, customer_ids: Iterable[str]) -> bool:
        """Whether one of these customers was erased: then nothing personal is stored."""
        asked = set(customer_ids)
        unknown = asked - self._is_erased.keys()
        if unknown:
            found = erased_among(self._connection, unknown)
            self._is_erased |= {key: key in found for key in unknown}
        return any(self._is_erased[key] for key in asked)

    def concerns_erased(self, record: RmaRecord) -> bool:
        """Whether an RMA is an erased customer's, or of an order of theirs."""
        order = self._orders.get(record.order_id)
        whose = customers_of_record(record)
        return self.is_erased(whose if order is None else whose | {order.customer_id})

    def record(self, number: str) -> KnownRecord | None:
        """An RMA as it stands now."""
        return self._records.get(number)

    def ledger(self, order: Order) -> Ledger:
        """What is left of an order now; RMAs oldest first, as on every desk."""
        holds = (self._hold(record.number) for record in self._records_of(order.order_id))
        return Ledger(order, tuple(hold for hold in holds if hold is not None))

    def _records_of(self, order_id: str) -> list[RmaRecord]:
        numbers = self._by_order.get(order_id)
        if not numbers:
            return []
        records = [self._records[number].record for number in numbers]
        return sorted(records, key=lambda record: (record.finalized_at, record.number))

    def recent_returns(self, customer_id: str) -> tuple[datetime, ...]:
        """When this customer's other returns were finalized; undone ones do not count."""
        return tuple(sorted(self._past.get(customer_id, {}).values()))

    @contextmanager
    def without(self, number: str) -> Iterator[None]:
        """Decide as if an RMA that is booked held nothing, sent nothing and had never been asked for."""
        known, hold = self._records.pop(number), self._holds.pop(number, None)
        numbers = self._by_order[known.record.order_id]
        numbers.remove(number)
        past = [moments for moments in self._past.values() if number in moments]
        moment = [moments.pop(number) for moments in past]
        try:
            yield
        finally:
            self._records[number] = known
            numbers.append(number)
            if hold is not None:
                self._holds[number] = hold
            for moments, at in zip(past, moment, strict=True):
                moments[number] = at

    def leased(self, number: str) -> bool:
        """Whether this number is of a block that the device holds."""
        return block_of(number) in self._blocks

    def answer(self, op_id: str) -> StoredAnswer | None:
        """The answer an operation got, now or earlier."""
        return self._answers.get(op_id)

    # --- what decisions do --------------------------------------------------------------------------------------

    def put(self, record: RmaRecord, metrics: CallMetrics | None = None) -> int:
        """Store an RMA's new state, with all that follows from it; gives its row version."""
        before = self._records.get(record.number)
        order = self.order(record.order_id)
        if self.concerns_erased(record):
            record = erase(record)
        held = None if before is None else self._hold(record.number)
        hold = self._holds[record.number] = record.hold
        if order is not None:
            self._move_units(order, held, hold)
        self._expect_units(record, 1)
        if before is not None:
            self._expect_units(before.record, -1)
        version = 1 if before is None else before.row_version + 1
        self._records[record.number] = KnownRecord(record=record, row_version=version)
        if before is not None and before.record.order_id != record.order_id:
            self._by_order[before.record.order_id].remove(record.number)
        if order is not None:
            past = self._past.setdefault(order.customer_id, {})
            past.pop(record.number, None)
            if record.state in HOLDING:
                past[record.number] = record.finalized_at
        if order is not None:
            self._sent |= sent_lines(record)
        for kind in outbound_events(before.record if before else None, record):
            event = {"kind": kind, "key": record.number, "row_version": version, "at": self._now}
            self._events.append(event)
        self._remember(record, version, metrics)
        return version

    def answered(self, row: dict[str, Any], actor: str) -> None:
        """Store the answer to an operation, with its key; enter into the audit chain whose operation it was."""
        self._operations.append(row)
        self.enter(
            Entry(
                at=self._now,
                device=row["device"],
                person=actor,
                entity=f"rma/{row['number']}" if row["number"] else "operation",
                command=row["kind"],
                outcome=row["outcome"],
                op_id=row["op_id"],
                digest=row["sha256"],
            )
        )
        self._answers[row["op_id"]] = StoredAnswer(
            row["sha256"], Outcome(row["outcome"]), row["result"].encode()
        )

    def enter(self, entry: Entry) -> None:
        """Enter something into the audit chain."""
        self._entries.append(entry)

    def queue_mail(self, row: dict[str, Any]) -> None:
        """Let a mail go out once this is booked."""
        self._mails.append(row)

    def refuse(self, row: dict[str, Any]) -> None:
        """Keep a refused return; one that is kept already stays as it is."""
        self._refusals.setdefault(row["refusal_id"], row)

    def hold(self, row: dict[str, Any]) -> None:
        """Keep an operation for a supervisor; one that is kept already stays as it is."""
        self._held.append(row)

    def _hold(self, number: str) -> Hold | None:
        """What an RMA holds now: worked out once, as each decision about its order asks for it."""
        if number not in self._holds:
            self._holds[number] = self._records[number].record.hold
        return self._holds[number]

    def _move_units(self, order: Order, before: Hold | None, after: Hold | None) -> None:
        for hold, sign in ((before, -1), (after, 1)):
            for line in hold.lines if hold is not None else ():
                if order.line(line.line_id) is not None:
                    self._consumed[(order.order_id, line.line_id)] += sign * len(line.slots)

    def _expect_units(self, record: RmaRecord, sign: int) -> None:
        """Count the units that this RMA lets us expect: those it is authorized to send."""
        if record.state is RmaState.AUTHORIZED:
            for line in record.lines:
                self._inbound[line.sku] += sign * line.quantity

    def _remember(self, record: RmaRecord, version: int, metrics: CallMetrics | None) -> None:
        number = record.number
        if number not in self._by_order.setdefault(record.order_id, []):
            self._by_order[record.order_id].append(number)
        document = write_document(record)
        row = {
            "number": number,
            "row_version": version,
            "digest": digest_of(document),
            "document": document.decode(),
            "state": record.state.value,
            "holding": self._hold(number) is not None,
            "expires_at": record.expires_at if can_expire(record) else None,
            "author": record.author,
            "finalized_at": record.finalized_at,
            "order_id": record.order_id,
            "customer_id": record.customer_id,
        }
        if version == 1 or number in self._new:
            first = self._new.get(number) or {
                "booked_at": self._now,
                "metrics": write_document(metrics).decode(),
            }
            self._new[number] = {**first, **row}
        else:
            self._changed[number] = row
        self._lines[number] = _line_rows(record, self._hold(number))

    # --- what is written ----------------------------------------------------------------------------------------

    def write(self, connection: Connection) -> None:
        """Write everything at once.

        Raises:
            GuardFailed: if an order line has not the units that were given away; the caller rolls back.
        """
        guard_sent_lines(connection, self._sent)
        take_units(connection, self._consumed)
        insert_rows(connection, EVENT, self._events)
        insert_rows(connection, RMA, list(self._new.values()))
        update_rows(connection, KINDS["rma"], list(self._changed.values()))
        if self._changed:
            connection.execute(delete(RMA_LINE).where(RMA_LINE.c.number.in_(list(self._changed))))
        insert_rows(connection, RMA_LINE, [row for rows in self._lines.values() for row in rows])
        insert_rows(connection, MAIL, self._mails)
        self._keep_refusals(connection)
        keep_held(connection, self._held)
        insert_rows(connection, OPERATION, sorted(self._operations, key=itemgetter("op_id")))
        append(connection, self._entries)
        written = {**self._new, **self._changed}
        versions = ((number, row["row_version"]) for number, row in written.items())
        log_changes(connection, "rma", versions, self._now)
        expect_inbound(connection, self._inbound)  # last: all returns of a product change one row

    def _keep_refusals(self, connection: Connection) -> None:
        if self._refusals:
            rows = [self._refusals[key] for key in sorted(self._refusals)]
            connection.execute(insert_into(connection, REFUSAL).on_conflict_do_nothing(), rows)
            log_changes(connection, "refusal", ((key, 1) for key in self._refusals), self._now)


def _line_rows(record: RmaRecord, hold: Hold | None) -> list[dict[str, Any]]:
    held = hold.lines if hold else ()
    return [
        {
            "number": record.number,
            "position": position,
            "order_id": record.order_id,
            "line_id": line.line_id,
            "sku": line.sku,
            "quantity": line.quantity,
            # A list of whole numbers is written in JSON as Python writes it.
            "slots": str([*held[position].slots] if position < len(held) else []),
        }
        for position, line in enumerate(record.lines)
    ]
