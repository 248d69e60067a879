"""Look at an RMA and decide about it: cancel, approve, decline, extend."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from desk.caller import Caller
from desk.errors import NotAllowed, NotFound, NotReady
from desk.ids import new_id
from desk.ports import Clock, Reference, Work
from desk.records import Records
from rma.again import case_again
from rma.assessment import Case
from rma.discretion import may_decide
from rma.dispatch import dispatch, happened, next_step
from rma.expiry import extend
from rma.numbers import parse
from rma.operations import (
    ApproveReturn,
    CallBack,
    CancelReturn,
    DeclineReturn,
    DispatchReturn,
    ExtendReturn,
    Identity,
    Operation,
)
from rma.order import Customer, Order
from rma.outbound import OutboundCommand, Payment
from rma.record import RmaRecord, approve, cancel, decline
from rma.states import RMA_TABLE, IllegalTransition, RmaCommand, RmaState
from rma.superseding import call_back
from rma.wording import _

Decision: TypeAlias = (
    CancelReturn | ApproveReturn | DeclineReturn | ExtendReturn | DispatchReturn | CallBack
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RmaView:
    """Everything about one RMA."""

    record: RmaRecord
    order: Order | None
    customer: Customer | None
    pending: bool
    """Whether the server has still to hear of it."""
    commands: tuple[RmaCommand, ...]
    """What this person can do now."""
    goods: OutboundCommand | None = None
    """The next step of what it sends out, where this person may take it."""
    facts_asked: int = 0
    """How many facts the policies ask a caller for."""
    hidden: bool = False
    """Whether contact data must not be shown: the facts have still to be told."""


class Rmas:
    """RMAs, and the decisions about them."""

    def __init__(
        self,
        reference: Reference,
        work: Work,
        records: Records,
        clock: Clock,
        caller: Caller,
    ) -> None:
        self._reference = reference
        self._work = work
        self._records = records
        self._clock = clock
        self._caller = caller

    def show(self, number: str) -> RmaView:
        """One RMA; `number` may be typed with spaces or dashes.

        Raises:
            BadRmaNumber: if the check digits do not fit.
            NotFound: if this desk knows no such RMA.
        """
        record = self._record(parse(number))
        customer = self._reference.customer(record.customer_id)
        return RmaView(
            record=record,
            order=self._reference.order(record.order_id),
            customer=customer or self._records.customer(record),
            facts_asked=self._caller.asked(customer) if customer else 0,
            hidden=customer is not None and self._caller.hides(customer),
            pending=self._records.is_pending(record.number),
            commands=self._commands(record),
            goods=self._goods(record),
        )

    def waiting(self, limit: int = 200) -> tuple[RmaView, ...]:
        """What needs approval, oldest first."""
        records = self._records.in_state(RmaState.NEEDS_APPROVAL, limit)
        return tuple(self.show(record.number) for record in records)

    def cancel(self, number: str, reason: str) -> RmaView:
        """Cancel an RMA; its units are free again.

        Raises:
            NotAllowed: if its state or the role forbids it, or no reason is given.
        """

        def change(record: RmaRecord, who: Identity) -> tuple[RmaRecord, Decision]:
            at = self._clock.now()
            changed = cancel(record, actor=who.actor, device=who.device, at=at, reason=reason)
            return changed, CancelReturn(number=record.number, reason=reason.strip(), at=at)

        return self._change(number, change)

    def approve(self, number: str, note: str = "") -> RmaView:
        """Approve an RMA that needs it.

        Raises:
            NotAllowed: if its state, the role or the authorship forbids it.
        """

        def change(record: RmaRecord, who: Identity) -> tuple[RmaRecord, Decision]:
            at = self._clock.now()
            changed = approve(record, actor=who.actor, device=who.device, at=at, note=note)
            return changed, ApproveReturn(
                number=record.number, note=note.strip(), at=at, edition=record.edition
            )

        return self._change(number, change)

    def decline(self, number: str, reason: str) -> RmaView:
        """Decline an RMA that needs approval; its units are free again.

        Raises:
            NotAllowed: if its state, the role or the authorship forbids it, or no reason is given.
        """

        def change(record: RmaRecord, who: Identity) -> tuple[RmaRecord, Decision]:
            at = self._clock.now()
            changed = decline(record, actor=who.actor, device=who.device, at=at, reason=reason)
            return changed, DeclineReturn(
                number=record.number, reason=reason.strip(), at=at, edition=record.edition
            )

        return self._change(number, change)

    def call_back(self, number: str, about: str, note: str = "") -> RmaView:
        """Note that the customer was called back about what became of the operation `about`.

        Raises:
            NotAllowed: if the role forbids it.
        """

        def change(record: RmaRecord, who: Identity) -> tuple[RmaRecord, Decision]:
            at = self._clock.now()
            changed = call_back(record, actor=who.actor, device=who.device, at=at, note=note)
            return changed, CallBack(number=record.number, about=about, note=note.strip(), at=at)

        return self._change(number, change)

    def extend(self, number: str, reason: str) -> RmaView:
        """Count the policy's days anew from today; an expired RMA takes its units back, where they are still free.

        Raises:
            NotAllowed: if its state or the role forbids it, no reason is given, or it would gain nothing.
        """

        def change(record: RmaRecord, who: Identity) -> tuple[RmaRecord, Decision]:
            at = self._clock.now()
            case = self._case_again(record) if record.state is RmaState.EXPIRED else None
            changed = extend(record, case, actor=who.actor, device=who.device, at=at, reason=reason)
            return changed, ExtendReturn(number=record.number, reason=reason.strip(), at=at)

        return self._change(number, change)

    def dispatch(
        self,
        number: str,
        command: OutboundCommand,
        note: str = "",
        payment: Payment | None = None,
        on: date | None = None,
    ) -> RmaView:
        """Take the price difference of an exchange, or note that what it sends out was shipped or delivered.

        `on` is the day on which that was; None is now.

        Raises:
            NotAllowed: if its state or the role forbids it, or the payment is not what is owed.
        """

        def change(record: RmaRecord, who: Identity) -> tuple[RmaRecord, Decision]:
            now = self._clock.now()
            at = now if on is None else happened(record, on, now)
            changed = dispatch(
                record,
                command,
                actor=who.actor,
                device=who.device,
                at=at,
                note=note,
                payment=payment,
            )
            told = DispatchReturn(
                number=record.number, command=command, note=note.strip(), at=at, payment=payment
            )
            return changed, told

        return self._change(number, change)

    def _case_again(self, record: RmaRecord) -> Case | None:
        order, reasons = self._reference.order(record.order_id), self._reference.reasons()
        if order is None or reasons is None:
            return None
        ledger = self._records.ledger(order)
        return case_again(
            record,
            order=ledger.order,
            customer=self._reference.customer(order.customer_id),
            ledger=ledger,
            policies=self._reference.policies(),
            reasons=reasons,
        )

    def _change(
        self, number: str, change: Callable[[RmaRecord, Identity], tuple[RmaRecord, Decision]]
    ) -> RmaView:
        record = self._record(parse(number))
        try:
            changed, command = change(record, self._identity())
        except IllegalTransition as error:
            raise NotAllowed(str(error)) from error
        operation = Operation(
            op_id=new_id(),
            stream=record.order_id,
            depends_on=self._work.last_pending(record.number),
            made_at=command.at,
            command=command,
        )
        self._work.change(changed, operation)
        return self.show(record.number)

    def _record(self, number: str) -> RmaRecord:
        record = self._records.find(number)
        if record is None:
            raise NotFound(_("No return has this number here: press F5 to sync, then try again."))
        return record

    def _identity(self) -> Identity:
        identity = self._work.identity()
        if identity is None:
            raise NotReady(_("This desk is not enrolled: run csr-tui enroll first."))
        return identity

    def _goods(self, record: RmaRecord) -> OutboundCommand | None:
        identity = self._work.identity()
        return None if identity is None else next_step(record, identity.actor)

    def _commands(self, record: RmaRecord) -> tuple[RmaCommand, ...]:
        identity = self._work.identity()
        if identity is None:
            return ()
        offered = [RmaCommand.CANCEL] if identity.role.makes_returns else []
        if identity.role.approves and identity.person != record.author:
            offered = [RmaCommand.APPROVE, RmaCommand.DECLINE, RmaCommand.CANCEL]
            if not may_decide(record.all_findings, identity.role):
                offered.remove(RmaCommand.APPROVE)
        if identity.role.approves and record.expires_at is not None:
            offered.append(RmaCommand.EXTEND)
        return tuple(command for command in offered if (record.state, command) in RMA_TABLE)
