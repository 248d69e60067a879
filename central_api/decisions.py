"""`return.cancel`, `.approve`, `.decline`, `.extend`, `.dispatch`, `.call_back`, `.mail`: decided about our own record, by the token's person."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from central_api import refusals
from central_api.booking import Decision, case_of
from central_api.books import Books
from central_api.matching import match
from central_api.people import Caller
from central_api.taking import take
from rma.dispatch import dispatch
from rma.expiry import extend
from rma.mailing import mail_slip
from rma.operations import (
    ApproveReturn,
    CallBack,
    CancelReturn,
    DeclineReturn,
    DispatchReturn,
    ExtendReturn,
    MailSlip,
    Outcome,
)
from rma.record import Problem, RmaRecord, approve, cancel, decline
from rma.return_rules import CLOCK_LEEWAY
from rma.states import IllegalTransition, RmaState
from rma.superseding import call_back
from rma.typed_order import typed_order_id

About: TypeAlias = (
    CancelReturn
    | ApproveReturn
    | DeclineReturn
    | ExtendReturn
    | DispatchReturn
    | CallBack
    | MailSlip
)
"""What can be asked about an RMA that exists."""


def decide_about(
    books: Books,
    caller: Caller,
    command: About,
    *,
    stream: str,
    forged: bool,
    now: datetime,
) -> Decision:
    """Cancel, approve, decline, extend or dispatch. `forged`: the envelope names another person or device than the token."""
    known = books.record(command.number)
    if known is not None and stream not in _streams(known.record, command):
        # The number was told for a return of another order, which this is not about.
        detail = f"Return {command.number[:20]} is of another order on the server."
        return Decision(Outcome.REJECTED, refusals.illegal_transition(detail))
    if known is None:
        detail = f"There is no return {command.number[:20]} on the server."
        return Decision(Outcome.REJECTED, refusals.illegal_transition(detail))
    record = known.record
    problem = _guard(caller, record, command, forged=forged)
    if problem is not None:
        return Decision(Outcome.REJECTED, problem, tell=True)
    try:
        return _apply(books, caller, record, command, _moment(record, command, now))
    except IllegalTransition as error:
        return Decision(Outcome.REJECTED, refusals.illegal_transition(str(error)), tell=True)


def _moment(record: RmaRecord, command: About, now: datetime) -> datetime:
    """When it was decided: as told, but not in the future and not before there was a return."""
    at = now if command.at > now + CLOCK_LEEWAY else command.at
    return max(at, record.finalized_at)


def _guard(
    caller: Caller,
    record: RmaRecord,
    command: About,
    *,
    forged: bool,
) -> Problem | None:
    if forged:
        return refusals.forbidden("It names another person or desk than the one that sent it.")
    if isinstance(command, DispatchReturn | CallBack | MailSlip):
        return None  # who may pay, ship, deliver, call or mail is told with the state
    if isinstance(command, ApproveReturn | DeclineReturn) and command.edition != record.edition:
        return refusals.superseded(record.author)
    if isinstance(command, CancelReturn):
        if caller.makes_returns:
            return None
        return refusals.forbidden(f"The role {caller.role} cancels no returns.")
    if not caller.role.approves:
        return refusals.forbidden("Only a supervisor can decide about a return.")
    if isinstance(command, ExtendReturn):
        return None
    if caller.person == record.author:
        return refusals.forbidden("They made this return: another supervisor has to decide.")
    return None


def _apply(
    books: Books,
    caller: Caller,
    record: RmaRecord,
    command: About,
    at: datetime,
) -> Decision:
    actor, device = caller.actor, caller.device
    if isinstance(command, CancelReturn):
        changed = cancel(record, actor=actor, device=device, at=at, reason=command.reason)
        return Decision(Outcome.ACCEPTED, record=changed)
    if isinstance(command, DeclineReturn):
        changed = decline(record, actor=actor, device=device, at=at, reason=command.reason)
        return Decision(Outcome.ACCEPTED, record=changed)
    if isinstance(command, CallBack):
        changed = call_back(record, actor=actor, device=device, at=at, note=command.note)
        return Decision(Outcome.ACCEPTED, record=changed)
    if isinstance(command, MailSlip):
        if books.concerns_erased(record):
            return Decision(Outcome.REJECTED, refusals.erased(), tell=True)
        changed = mail_slip(
            record,
            command.slip,
            to=command.to,
            state=command.state,
            edition=command.edition,
            actor=actor,
            device=device,
            at=at,
        )
        return Decision(Outcome.ACCEPTED, record=changed)
    if isinstance(command, DispatchReturn):
        changed = dispatch(
            record,
            command.command,
            actor=actor,
            device=device,
            at=at,
            note=command.note,
            payment=command.payment,
        )
        return Decision(Outcome.ACCEPTED, record=changed)
    if isinstance(command, ExtendReturn):
        case = case_of(books, record)
        changed = extend(record, case, actor=actor, device=device, at=at, reason=command.reason)
        return Decision(Outcome.ACCEPTED, record=changed, tell=True)
    if record.request.waits_for_order:
        return _not_matched(books, record, at)
    if record.holding or record.state is not RmaState.NEEDS_APPROVAL:
        changed = approve(record, actor=actor, device=device, at=at, note=command.note)
        return Decision(Outcome.ACCEPTED, record=changed)
    taken = take(books, record)
    if isinstance(taken, Problem):
        return Decision(Outcome.REJECTED, taken, tell=True)
    changed = approve(taken, actor=actor, device=device, at=at, note=command.note)
    return Decision(Outcome.ACCEPTED, record=changed, tell=True)


def _streams(record: RmaRecord, command: About) -> set[str]:
    """The order it is of; and the number that was typed, for who has not heard yet that the order is known.

    They approve nothing: they have not seen what the return is now.
    """
    typed = record.request.typed
    if typed is None or isinstance(command, ApproveReturn):
        return {record.order_id}
    return {record.order_id, typed_order_id(typed.number)}


def _not_matched(books: Books, record: RmaRecord, at: datetime) -> Decision:
    """Nobody approves a return before it stands on its order: what they saw has neither money nor units."""
    matched = match(books, record, at) if record.state is RmaState.NEEDS_APPROVAL else None
    now = matched or record
    problem = now.problem or refusals.order_not_imported(record.order_number)
    if not now.request.waits_for_order:
        problem = refusals.just_matched(now.order_number)
    return Decision(Outcome.REJECTED, problem, matched, tell=True)
