"""Stores in memory that keep the promises of `desk.ports`: for tests of use cases and screens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from rma.call import Call
from rma.draft import Draft
from rma.errors import NoNumbersLeft, RmaError
from rma.numbers import compose
from rma.operations import (
    AttentionItem,
    CallBack,
    CancelReturn,
    EnrolledPerson,
    Identity,
    KnownRecord,
    LocalRecord,
    MadeReturn,
    Operation,
    QueueState,
    SupersedeReturn,
    content_of,
)
from rma.order import Customer, Order, Product
from rma.pin import Pin
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from rma.request import Role
from rma.return_slip import Slip
from rma.states import RmaState
from rma.verification import Told


@dataclass
class FixedClock:
    """A clock that stands until it is moved."""

    at: datetime = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


@dataclass
class MemoryReference:
    """What the central API told us."""

    customer_list: list[Customer] = field(default_factory=list)
    order_list: list[Order] = field(default_factory=list)
    record_list: list[KnownRecord] = field(default_factory=list)
    policy_list: list[Policy] = field(default_factory=list)
    reason_tree: ReasonTree | None = None
    product_list: list[Product] = field(default_factory=list)
    refusal_list: list[RefusedReturn] = field(default_factory=list)

    def product(self, sku: str) -> Product | None:
        return next((p for p in self.product_list if p.sku == sku.strip().upper()), None)

    def products(self, text: str, limit: int) -> list[Product]:
        wanted = text.strip().casefold()
        priced = [p for p in self.product_list if p.price is not None]
        found = [p for p in priced if p.sku.casefold().startswith(wanted)]
        found += [p for p in priced if p not in found and p.name.casefold().startswith(wanted)]
        return found[:limit]

    def customer(self, customer_id: str) -> Customer | None:
        return next((c for c in self.customer_list if c.customer_id == customer_id), None)

    def is_erased(self, customer_id: str) -> bool:
        customer = self.customer(customer_id)
        return customer is not None and customer.erased

    def customers_by_name(self, words: Sequence[str], limit: int) -> list[Customer]:
        def fits(customer: Customer) -> bool:
            names = customer.name.casefold().split()
            return all(any(n.startswith(w.casefold()) for n in names) for w in words)

        return [customer for customer in self.customer_list if fits(customer)][:limit]

    def customers_by_phone_ending(self, digits: str, limit: int) -> list[Customer]:
        return [c for c in self.customer_list if c.phone.endswith(digits)][:limit]

    def customers_by_email(self, prefix: str, limit: int) -> list[Customer]:
        return [c for c in self.customer_list if c.email.lower().startswith(prefix)][:limit]

    def customers_by_number(self, prefix: str, limit: int) -> list[Customer]:
        wanted = prefix.replace(" ", "").casefold()
        found = [c for c in self.customer_list if c.customer_id.casefold().startswith(wanted)]
        return sorted(found, key=lambda c: c.customer_id)[:limit]

    def customers_by_postcode(self, prefix: str, limit: int) -> list[Customer]:
        wanted = prefix.replace(" ", "").casefold()
        found = (
            c
            for c in self.customer_list
            if c.postcode.replace(" ", "").casefold().startswith(wanted)
        )
        return list(found)[:limit]

    def orders_by_number(self, prefix: str, limit: int) -> list[Order]:
        found = [o for o in self.order_list if o.number.startswith(prefix)]
        return sorted(found, key=lambda o: (o.number != prefix, o.number))[:limit]

    def order(self, order_id: str) -> Order | None:
        return next((o for o in self.order_list if o.order_id == order_id), None)

    def orders_of(self, customer_id: str, limit: int) -> list[Order]:
        found = [o for o in self.order_list if o.customer_id == customer_id]
        return sorted(found, key=lambda o: o.placed_at, reverse=True)[:limit]

    def record(self, number: str) -> KnownRecord | None:
        return next((r for r in self.record_list if r.record.number == number), None)

    def highest_number(self, first: str, below: str) -> str | None:
        numbers = (known.record.number for known in self.record_list)
        return max((number for number in numbers if first <= number < below), default=None)

    def records_of_order(self, order_id: str) -> list[KnownRecord]:
        return [r for r in self.record_list if r.record.order_id == order_id]

    def records_of_customer(self, customer_id: str) -> list[KnownRecord]:
        return [r for r in self.record_list if r.record.customer_id == customer_id]

    def records_around(self, order_id: str, customer_id: str) -> list[KnownRecord]:
        either = {"order_id": order_id, "customer_id": customer_id}.items()
        return [r for r in self.record_list if any(getattr(r.record, k) == v for k, v in either)]

    def refusals_of_customer(self, customer_id: str, limit: int) -> list[RefusedReturn]:
        found = [r for r in self.refusal_list if r.customer_id == customer_id]
        return sorted(found, key=lambda r: r.refused_at, reverse=True)[:limit]

    def records_by_reference(self, prefix: str, limit: int) -> list[KnownRecord]:
        def key(text: str) -> str:
            return "".join(c for c in text.casefold() if c.isalnum())

        cases = [(key(r.record.request.reference), r) for r in self.record_list]
        return [r for case, r in cases if case and case.startswith(key(prefix))][:limit]

    def records_in_state(self, state: RmaState, limit: int) -> list[KnownRecord]:
        return [r for r in self.record_list if r.record.state is state][:limit]

    def policies(self) -> tuple[Policy, ...]:
        return tuple(self.policy_list)

    def reasons(self) -> ReasonTree | None:
        return self.reason_tree


@dataclass
class MemoryWork:
    """What this desk made."""

    who: Identity | None = field(
        default_factory=lambda: Identity(
            device="0190a1b2-0000-7000-8000-000000000001",
            person="Agent One",
            role=Role.AGENT,
            server="http://127.0.0.1:1",
        )
    )
    numbers: list[str] = field(default_factory=lambda: [compose(471203, i) for i in range(900)])
    draft_by_id: dict[str, Draft] = field(default_factory=dict)
    local: dict[str, LocalRecord] = field(default_factory=dict)
    outbox: list[Operation] = field(default_factory=list)
    attention_items: list[AttentionItem] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    calls: dict[str, Call] = field(default_factory=dict)
    verifications: list[Told] = field(default_factory=list)
    refused: dict[str, RefusedReturn] = field(default_factory=dict)
    enrolled: list[EnrolledPerson] = field(default_factory=list)
    """Where more than one works here."""
    pins: dict[str, Pin] = field(default_factory=dict)
    refused_pins: list[str] = field(default_factory=list)
    contact: datetime | None = None
    newest: datetime | None = None
    """Of what was done since."""
    clock: FixedClock = field(default_factory=FixedClock)

    def identity(self) -> Identity | None:
        return self.who

    def people(self) -> tuple[EnrolledPerson, ...]:
        return tuple(self.enrolled) or (
            () if self.who is None else (EnrolledPerson(self.who.person, self.who.role),)
        )

    def sign_in(self, name: str) -> Identity:
        assert self.who is not None
        person = next(each for each in self.people() if each.name == name)
        self.who = replace(self.who, person=person.name, role=person.role)
        self.pins[name] = replace(self.pins[name], tries=0, tried_at=None)
        return self.who

    def pin(self, person: str) -> Pin | None:
        return self.pins.get(person)

    def set_pin(self, person: str, verifier: str) -> None:
        self.pins[person] = Pin(verifier)

    def count_pin_try(self, person: str) -> None:
        pin = self.pins[person]
        self.pins[person] = replace(pin, tries=pin.tries + 1, tried_at=self.clock.now())

    def refuse_pin(self, person: str) -> None:
        self.refused_pins.append(person)

    def last_contact(self) -> datetime | None:
        return self.contact

    def newest_act(self) -> datetime | None:
        return self.newest

    def save_draft(self, draft: Draft) -> None:
        self.draft_by_id[draft.draft_id] = draft

    def draft(self, draft_id: str) -> Draft | None:
        return self.draft_by_id.get(draft_id)

    def drafts(self) -> list[Draft]:
        return sorted(self.draft_by_id.values(), key=lambda d: d.saved_at, reverse=True)

    def discard_draft(self, draft_id: str) -> None:
        self.draft_by_id.pop(draft_id, None)

    def keep_call(self, call: Call) -> None:
        self.calls[call.call_id] = call

    def calls_of(self, customer_id: str, limit: int) -> list[Call]:
        found = [c for c in self.calls.values() if c.customer_id == customer_id and c.note]
        return sorted(found, key=lambda c: c.started_at, reverse=True)[:limit]

    def log_verification(self, told: Told) -> None:
        self.verifications.append(told)

    def finalize(
        self,
        builds: Sequence[Callable[[str], MadeReturn]],
        draft_ids: Sequence[str],
        heard: Callable[[str, str], str | None],
    ) -> list[RmaRecord]:
        if len(self.numbers) < len(builds):
            raise NoNumbersLeft
        made = [build(number) for build, number in zip(builds, self.numbers, strict=False)]
        self.numbers = self.numbers[len(builds) :]
        for each in made:
            self._keep(each.record, each.operation)
        for draft_id in draft_ids:
            self.discard_draft(draft_id)
        return [each.record for each in made]

    def refuse(self, refused: RefusedReturn, operation: Operation) -> None:
        if refused.refusal_id in self.refused:
            raise RmaError("This return was refused already.")
        self.refused[refused.refusal_id] = refused
        self.outbox.append(operation)
        self.discard_draft(refused.refusal_id)

    def refusals_of_customer(self, customer_id: str, limit: int) -> list[RefusedReturn]:
        found = [r for r in self.refused.values() if r.customer_id == customer_id]
        return sorted(found, key=lambda r: r.refused_at, reverse=True)[:limit]

    def change(self, record: RmaRecord, operation: Operation, draft_id: str | None = None) -> None:
        command = operation.command
        before = self.local.get(record.number)
        if isinstance(command, SupersedeReturn) and before is not None:
            assert before.record.edition <= command.edition
        self._keep(record, operation)
        if isinstance(command, SupersedeReturn | CancelReturn):
            self.settled += [i.op_id for i in self.attention() if i.number == command.number]
        if isinstance(command, CallBack):
            self.settled.append(command.about)
        if draft_id is not None:
            self.discard_draft(draft_id)

    def told_by(self, number: str) -> str | None:
        told = [o.op_id for o in self.outbox if (c := content_of(o.command)) and c.number == number]
        return told[-1] if told else None

    def _keep(self, record: RmaRecord, operation: Operation) -> None:
        self.local[record.number] = LocalRecord(record=record, row_version=None, pending=True)
        self.outbox.append(operation)

    def record(self, number: str) -> LocalRecord | None:
        return self.local.get(number)

    def records_of_order(self, order_id: str) -> list[LocalRecord]:
        return [r for r in self.local.values() if r.record.order_id == order_id]

    def records_of_customer(self, customer_id: str) -> list[LocalRecord]:
        return [r for r in self.local.values() if r.record.customer_id == customer_id]

    def records_around(self, order_id: str, customer_id: str) -> list[LocalRecord]:
        either = {"order_id": order_id, "customer_id": customer_id}.items()
        return [r for r in self.local.values() if any(getattr(r.record, k) == v for k, v in either)]

    def records_since(self, since: datetime, limit: int) -> list[LocalRecord]:
        found = [r for r in self.local.values() if r.record.finalized_at >= since]
        return sorted(found, key=lambda r: r.record.finalized_at, reverse=True)[:limit]

    def last_pending(self, number: str) -> str | None:
        waiting = [o.op_id for o in self.outbox if o.command.number == number]
        return waiting[-1] if waiting else None

    def attention(self) -> list[AttentionItem]:
        return [item for item in self.attention_items if item.op_id not in self.settled]

    def settle(self, op_id: str, note: str) -> None:
        self.settled.append(op_id)

    def queue(self) -> QueueState:
        return QueueState(
            waiting=len(self.outbox),
            oldest_at=self.outbox[0].made_at if self.outbox else None,
            attention=len(self.attention()),
            numbers_left=len(self.numbers),
            parked=len(self.draft_by_id),
            unnumbered=sum(d.needs_number is not None for d in self.draft_by_id.values()),
        )


@dataclass
class MemoryPapers:
    """Files in memory."""

    kept: dict[str, bytes] = field(default_factory=dict)

    def pdf(self, slip: Slip) -> bytes:
        return f"PDF of {slip.number}".encode()

    def keep(self, name: str, content: bytes) -> str:
        self.kept[name] = content
        return f"/papers/{name}"
