"""`return.cancel`, `.approve`, `.decline`, `.extend`, `.dispatch`: decided about our own record, by the token's person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TypeAlias

from central_api import refusals
from central_api.booking import Decision, case_of, over_return_of
from central_api.books import Books
from central_api.people import Caller
from rma.assessment import assess
from rma.dispatch import dispatch
from rma.expiry import extend
from rma.operations import (
    ApproveReturn,
    CancelReturn,
    DeclineReturn,
    DispatchReturn,
    ExtendReturn,
    Outcome,
)
from rma.record import Problem, RmaRecord, approve, book, cancel, decline
from rma.return_rules import CLOCK_LEEWAY
from rma.states import IllegalTransition, RmaState

About: TypeAlias = CancelReturn | ApproveReturn | DeclineReturn | ExtendReturn | DispatchReturn
"""What can be asked about an RMA that exists."""

_GUARDED = frozenset({"customer", "line", "quantity", "serials"})
"""Missing fields that no approval can stand in for."""


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
    if known is not None and known.record.order_id != stream:
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
    if isinstance(command, DispatchReturn):
        return None  # who may pay, ship or deliver is told with the state
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
    if record.holding or record.state is not RmaState.NEEDS_APPROVAL:
        changed = approve(record, actor=actor, device=device, at=at, note=command.note)
        return Decision(Outcome.ACCEPTED, record=changed)
    taken = _take(books, record)
    if isinstance(taken, Problem):
        return Decision(Outcome.REJECTED, taken, tell=True)
    changed = approve(taken, actor=actor, device=device, at=at, note=command.note)
    return Decision(Outcome.ACCEPTED, record=changed, tell=True)


def _take(books: Books, record: RmaRecord) -> RmaRecord | Problem:
    """The record with the units it wants and their price of now, or why it cannot have them."""
    case = case_of(books, record)
    if case.order is None:
        return refusals.order_unknown()
    assessment = assess(case)
    over = over_return_of(assessment.all_findings)
    if over is not None:
        return over
    quote = assessment.quote
    guarded = [m.sentence for m in assessment.missing if m.field in _GUARDED]
    if quote is None or len(quote.lines) != len(record.request.lines) or guarded:
        against = (
            guarded or [line.sentence for line in assessment.lines] or ["It cannot be priced."]
        )
        return refusals.not_eligible(against[0])
    booked = book(case, assessment, number=record.number, device=record.device)
    return replace(
        record,
        lines=booked.lines,
        quote=quote,
        currency=booked.currency,
        order_number=booked.order_number,
        holding=True,
        outbound=booked.outbound,
    )
