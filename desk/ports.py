"""What the use cases need from outside: stores, clock and sync, as protocols.

Every method of a store blocks and is called in a thread; none touches a widget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from rma.call import Call
from rma.draft import Draft
from rma.operations import (
    AttentionItem,
    EnrolledPerson,
    Identity,
    KnownRecord,
    LocalRecord,
    MadeReturn,
    Operation,
    QueueState,
)
from rma.order import Customer, Order, Product
from rma.pin import Pin
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from rma.return_slip import Slip
from rma.states import RmaState
from rma.verification import Told


class Papers(Protocol):
    """Papers for the agent's own folder."""

    def pdf(self, slip: Slip) -> bytes:
        """A return slip as a PDF, the same bytes for the same slip."""
        ...

    def keep(self, name: str, content: bytes) -> str:
        """Save a file in place of one of the same name; gives its path.

        Raises:
            RmaError: if it cannot be written.
        """
        ...


class Verifiers(Protocol):
    """What a desk keeps of PINs instead of the PINs."""

    def make(self, pin: str) -> str:
        """The verifier of a PIN."""
        ...

    def fits(self, verifier: str, pin: str) -> bool:
        """Whether this is the PIN."""
        ...


class Clock(Protocol):
    """Time as the desk knows it: device time, corrected by the last known offset to the server."""

    def now(self) -> datetime:
        """The instant, aware UTC."""
        ...


class Reference(Protocol):
    """ref.db: what the central API told us. Disposable; every list is newest or best first."""

    def customer(self, customer_id: str) -> Customer | None:
        """One customer; who was erased is called so."""
        ...

    def is_erased(self, customer_id: str) -> bool:
        """Whether nothing is made for this customer any more."""
        ...

    def customers_by_name(self, words: Sequence[str], limit: int) -> list[Customer]:
        """Customers whose name has a word that starts with each of `words`, in any order, accents ignored."""
        ...

    def customers_by_phone_ending(self, digits: str, limit: int) -> list[Customer]:
        """Customers whose phone number ends with these digits."""
        ...

    def customers_by_email(self, prefix: str, limit: int) -> list[Customer]:
        """Customers whose e-mail address starts so, whatever the case."""
        ...

    def customers_by_number(self, prefix: str, limit: int) -> list[Customer]:
        """Customers whose number starts so, spaces ignored, as typed or in capitals; the exact one first."""
        ...

    def customers_by_postcode(self, prefix: str, limit: int) -> list[Customer]:
        """Customers whose postcode starts so, spaces and case ignored."""
        ...

    def orders_by_number(self, prefix: str, limit: int) -> list[Order]:
        """Orders whose number starts so; the exact one first."""
        ...

    def order(self, order_id: str) -> Order | None:
        """One order."""
        ...

    def orders_of(self, customer_id: str, limit: int) -> list[Order]:
        """A customer's orders."""
        ...

    def product(self, sku: str) -> Product | None:
        """One product; a SKU in small letters finds that in capitals."""
        ...

    def products(self, text: str, limit: int) -> list[Product]:
        """Products with a price: SKUs that start so, then names with a word that starts with each word of it."""
        ...

    def record(self, number: str) -> KnownRecord | None:
        """One RMA."""
        ...

    def highest_number(self, first: str, below: str) -> str | None:
        """The highest number of an RMA from `first` and below `below`."""
        ...

    def records_of_order(self, order_id: str) -> list[KnownRecord]:
        """RMAs of an order, oldest first."""
        ...

    def records_of_customer(self, customer_id: str) -> list[KnownRecord]:
        """RMAs of a customer, oldest first."""
        ...

    def records_around(self, order_id: str, customer_id: str) -> list[KnownRecord]:
        """RMAs of an order and all of a customer, oldest first."""
        ...

    def refusals_of_customer(self, customer_id: str, limit: int) -> list[RefusedReturn]:
        """Refused returns of a customer, newest first."""
        ...

    def records_by_reference(self, prefix: str, limit: int) -> list[KnownRecord]:
        """RMAs whose case number in another system starts so, spaces and case ignored."""
        ...

    def records_in_state(self, state: RmaState, limit: int) -> list[KnownRecord]:
        """RMAs in a state, oldest first."""
        ...

    def policies(self) -> tuple[Policy, ...]:
        """Every known policy version."""
        ...

    def reasons(self) -> ReasonTree | None:
        """The newest reason tree; None before the first sync."""
        ...


class Work(Protocol):
    """work.db: what this desk made. Small and precious; each method is one transaction."""

    def identity(self) -> Identity | None:
        """Who works here; None before enrollment."""
        ...

    def people(self) -> tuple[EnrolledPerson, ...]:
        """Who is enrolled on this desk, in the order of their enrollment."""
        ...

    def sign_in(self, name: str) -> Identity:
        """Somebody who is enrolled here works here from now on, and their tries are forgotten."""
        ...

    def pin(self, person: str) -> Pin | None:
        """What is kept of somebody's PIN; None where they have none."""
        ...

    def set_pin(self, person: str, verifier: str) -> None:
        """Give somebody a PIN in place of the one before."""
        ...

    def count_pin_try(self, person: str) -> None:
        """A PIN of theirs is about to be tried; it counts as wrong until they are signed in."""
        ...

    def refuse_pin(self, person: str) -> None:
        """The PIN that was tried is wrong."""
        ...

    def last_contact(self) -> datetime | None:
        """When the central API was reached last, aware UTC; None where it never was."""
        ...

    def newest_act(self) -> datetime | None:
        """The latest time of what was done here since the central API was reached last; None if nothing was."""
        ...

    def save_draft(self, draft: Draft) -> None:
        """Insert or replace a draft."""
        ...

    def draft(self, draft_id: str) -> Draft | None:
        """One draft."""
        ...

    def drafts(self) -> list[Draft]:
        """All drafts, newest first."""
        ...

    def discard_draft(self, draft_id: str) -> None:
        """Delete a draft; nothing happens if it is gone."""
        ...

    def keep_call(self, call: Call) -> None:
        """Insert or replace a call with its note."""
        ...

    def calls_of(self, customer_id: str, limit: int) -> list[Call]:
        """A customer's calls with a note, newest first; where the call's draft got a number, they have it."""
        ...

    def log_verification(self, told: Told) -> None:
        """Enter into the audit chain by which facts a caller was verified, or why without any."""
        ...

    def finalize(
        self,
        builds: Sequence[Callable[[str], MadeReturn]],
        draft_ids: Sequence[str],
        heard: Callable[[str, str], str | None],
    ) -> list[RmaRecord]:
        """Take a number for each build, store RMA, outbox row and audit entry, drop the drafts: one transaction.

        `heard` gives the highest number of a range that was heard of: no number up to it is taken.

        Raises:
            NoNumbersLeft: when the leased blocks are used up; the drafts are kept.
        """
        ...

    def change(self, record: RmaRecord, operation: Operation, draft_id: str | None = None) -> None:
        """Store the changed RMA, the outbox row and the audit entry, settle what that takes care of, drop the draft.

        Raises:
            RmaError: if it is an edit, and the RMA was edited meanwhile.
        """
        ...

    def refuse(self, refused: RefusedReturn, operation: Operation) -> None:
        """Store a refused return, the outbox row and the audit entry, drop its draft.

        Raises:
            RmaError: if the draft became a return, or was refused, before.
        """
        ...

    def refusals_of_customer(self, customer_id: str, limit: int) -> list[RefusedReturn]:
        """Returns of a customer that were refused here, newest first."""
        ...

    def record(self, number: str) -> LocalRecord | None:
        """One RMA made or changed here."""
        ...

    def records_of_order(self, order_id: str) -> list[LocalRecord]:
        """RMAs of an order made or changed here, oldest first."""
        ...

    def records_of_customer(self, customer_id: str) -> list[LocalRecord]:
        """RMAs of a customer made or changed here, oldest first."""
        ...

    def records_around(self, order_id: str, customer_id: str) -> list[LocalRecord]:
        """RMAs of an order and all of a customer made or changed here, oldest first."""
        ...

    def records_since(self, since: datetime, limit: int) -> list[LocalRecord]:
        """RMAs finalized here since then, newest first."""
        ...

    def last_pending(self, number: str) -> str | None:
        """The newest unanswered operation of an RMA: what a further one depends on."""
        ...

    def told_by(self, number: str) -> str | None:
        """The operation of this desk that told what an RMA is now; None where another desk did."""
        ...

    def attention(self) -> list[AttentionItem]:
        """What the server changed or refused and nobody settled, oldest first."""
        ...

    def settle(self, op_id: str, note: str) -> None:
        """A person has looked at it."""
        ...

    def queue(self) -> QueueState:
        """What waits on this desk."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStatus:
    """What the status line says about the connection."""

    online: bool | None
    """None before the first try."""
    bootstrap: float | None = None
    """Progress of the first download, 0 to 1; None when there is none under way."""
    last_sync_at: datetime | None = None
    trouble: str = ""
    """Why the last try failed, in the agent's words."""
    revoked: str = ""
    """Whom the central API turned away in the last try: they may no longer work here."""


class Sync(Protocol):
    """The engine behind the desk."""

    def status(self) -> SyncStatus:
        """The state of the last try."""
        ...

    async def sync_now(self) -> SyncStatus:
        """Push what waits and pull what changed, now."""
        ...
