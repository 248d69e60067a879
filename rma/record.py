"""The RMA: what was asked, told and decided, and everything that happened to it since.

A record is a value: each command gives a new one with one more history entry. The desk and the server build it with
the same functions, so that both hold the same RMA.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import zip_longest

from rma.assessment import Assessment, Case
from rma.discretion import may_decide
from rma.ledger import Hold
from rma.outbound import OutboundOrder
from rma.policy import PolicyRef
from rma.quote import Quote
from rma.request import (
    Actor,
    Channel,
    Condition,
    Contact,
    Resolution,
    ReturnRequest,
    ReturnType,
)
from rma.sending import following
from rma.states import HOLDING, IllegalTransition, RmaCommand, RmaState, next_state
from rma.verdict import Finding, Missing, Verdict, strictest
from rma.wording import _, words


class ProblemType(StrEnum):
    """Why the server could not do as told; the typed part of a problem."""

    OVER_RETURN = "over_return"
    AMOUNT_MISMATCH = "amount_mismatch"
    ORDER_CHANGED = "order_changed"
    ORDER_UNKNOWN = "order_unknown"
    NOT_ELIGIBLE = "not_eligible"
    POLICY_UNKNOWN = "policy_unknown"
    VERDICT_CHANGED = "verdict_changed"
    CLOCK = "clock"
    FORBIDDEN = "forbidden"
    ILLEGAL_TRANSITION = "illegal_transition"
    NUMBER_CONFLICT = "number_conflict"
    SUPERSEDED = "superseded"
    """Somebody edited the return first."""
    MALFORMED = "malformed"
    UNPROVEN = "unproven"
    """Its signature does not fit: nobody can say that this desk made it."""
    REVOKED = "revoked"
    """The person or the desk may no longer work; a supervisor decides about what they made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What stands in the way, in words for the agent."""

    type: ProblemType
    detail: str
    """One sentence: what happened."""
    remedy: str
    """One sentence: what to do now."""
    other_number: str | None = None
    """The RMA that holds what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RmaLine:
    """One order line on an RMA."""

    line_id: str
    sku: str
    name: str
    quantity: int
    reason: str
    reason_path: str
    """Labels from the root of the reason tree, as they were at the time."""
    condition: Condition
    resolution: Resolution
    note: str
    serials: tuple[str, ...]
    verdict: Verdict
    findings: tuple[Finding, ...]
    policy: PolicyRef | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One thing that happened to an RMA."""

    at: datetime
    actor: str
    device: str
    command: RmaCommand
    before: RmaState
    after: RmaState
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Superseded:
    """What an RMA was before it was edited: kept as it was told, holding nothing any more."""

    state: RmaState
    author: str
    device: str
    finalized_at: datetime
    request: ReturnRequest
    lines: tuple[RmaLine, ...]
    findings: tuple[Finding, ...]
    quote: Quote | None
    expires_at: datetime | None
    holding: bool
    problem: Problem | None
    operation: str | None
    """The operation that told it, where the desk that edited it knew that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RmaRecord:
    """An RMA with its history."""

    number: str
    state: RmaState
    order_id: str
    order_number: str
    customer_id: str
    return_type: ReturnType
    channel: Channel
    contact: Contact
    currency: str
    lines: tuple[RmaLine, ...]
    findings: tuple[Finding, ...]
    """Of the return as a whole."""
    quote: Quote | None
    request: ReturnRequest
    finalized_at: datetime
    expires_at: datetime | None
    author: str
    device: str
    holding: bool
    """Whether it takes its units; false where the server could not authorize what was told."""
    problem: Problem | None = None
    history: tuple[HistoryEntry, ...] = ()
    outbound: OutboundOrder | None = None
    """What became of the goods it sends out; None where it sends none."""
    superseded: tuple[Superseded, ...] = ()
    """What stood under this number before it was edited, oldest first."""

    @property
    def edition(self) -> int:
        """How often it was edited."""
        return len(self.superseded)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Every finding, lines first."""
        return tuple(f for line in self.lines for f in line.findings) + self.findings

    @property
    def verdict(self) -> Verdict:
        """The strictest finding's outcome."""
        return strictest(finding.outcome for finding in self.all_findings)

    @property
    def hold(self) -> Hold | None:
        """What it holds of its order, or None."""
        if self.quote is None or not self.holding or self.state not in HOLDING:
            return None
        return self.quote.hold(self.number)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A return that cannot be finalized, and everything that stands against it."""

    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...]


def check(assessment: Assessment) -> Refusal | None:
    """Why an assessed draft cannot be finalized yet, or None when it can."""
    against = tuple(f for f in assessment.all_findings if f.outcome is Verdict.INELIGIBLE)
    unpriced = assessment.quote is None and not assessment.order_unknown
    if assessment.missing or against or unpriced:
        return Refusal(assessment.missing, against)
    return None


def finalize(case: Case, assessment: Assessment, *, number: str, device: str) -> RmaRecord:
    """Give an assessed return its number.

    Raises:
        ValueError: if `check` has something against it; callers ask first.
    """
    if check(assessment) is not None or assessment.quote is None or case.order is None:
        raise ValueError("this return cannot be finalized")
    eligible = assessment.verdict is Verdict.ELIGIBLE
    state = RmaState.AUTHORIZED if eligible else RmaState.NEEDS_APPROVAL
    next_state(RmaState.DRAFT, RmaCommand.FINALIZE, state)
    return book(
        case,
        assessment,
        number=number,
        device=device,
        state=state,
        holding=True,
        expires_at=assessment.quote.terms.expires_at,
    )


def book(
    case: Case,
    assessment: Assessment,
    *,
    number: str,
    device: str,
    state: RmaState = RmaState.NEEDS_APPROVAL,
    holding: bool = False,
    problem: Problem | None = None,
    expires_at: datetime | None = None,
) -> RmaRecord:
    """Book a told number even where the return cannot be authorized (domain section 7).

    Such an RMA needs approval, holds nothing, and names its problem.
    """
    request = case.request
    lines = []
    for wanted, assessed in zip_longest(request.lines, assessment.lines):
        line = case.order.line(wanted.line_id) if case.order else None
        lines.append(
            RmaLine(
                line_id=wanted.line_id,
                sku=line.sku if line else "",
                name=line.name if line else "",
                quantity=wanted.quantity,
                reason=wanted.reason,
                reason_path=case.reasons.path(wanted.reason),
                condition=wanted.condition or Condition.OPENED,
                resolution=(assessed and assessed.resolution)
                or wanted.resolution
                or Resolution.REFUND,
                note=wanted.note,
                serials=wanted.serials,
                verdict=assessed.verdict if assessed else Verdict.INELIGIBLE,
                findings=assessed.findings if assessed else (),
                policy=assessed.policy if assessed else None,
            )
        )
    entry = HistoryEntry(
        at=case.at,
        actor=case.actor.name,
        device=device,
        command=RmaCommand.FINALIZE,
        before=RmaState.DRAFT,
        after=state,
        note=problem.detail if problem else "",
    )
    return RmaRecord(
        number=number,
        state=state,
        order_id=request.order_id,
        order_number=case.order.number if case.order else request.order_id,
        customer_id=request.customer_id,
        return_type=request.return_type or ReturnType.RETURN,
        channel=request.channel or Channel.PHONE,
        contact=request.contact,
        currency=case.order.currency if case.order else "",
        lines=tuple(lines),
        findings=assessment.findings,
        quote=assessment.quote,
        request=request,
        finalized_at=case.at,
        expires_at=expires_at,
        author=case.actor.name,
        device=device,
        holding=holding,
        problem=problem,
        history=(entry,),
        outbound=following(
            _promised(assessment.quote),
            assessment.quote,
            state,
            holding=holding,
            actor=case.actor.name,
            device=device,
            at=case.at,
        ),
    )


def _promised(quote: Quote | None) -> OutboundOrder | None:
    return None if quote is None or quote.outbound is None else OutboundOrder()


def cancel(record: RmaRecord, *, actor: Actor, device: str, at: datetime, reason: str) -> RmaRecord:
    """Cancel an RMA; its units are free again.

    Raises:
        IllegalTransition: if its state or the role does not allow it, or no reason is given.
    """
    if not actor.role.makes_returns:
        said = _("The role {role} cancels no returns.")
        raise IllegalTransition(said.format(role=words(actor.role)))
    if not reason.strip():
        raise IllegalTransition(_("Say why the return is cancelled."))
    return step(record, RmaCommand.CANCEL, actor.name, device, at, reason)


def approve(
    record: RmaRecord, *, actor: Actor, device: str, at: datetime, note: str = ""
) -> RmaRecord:
    """Approve an RMA that waits for it. The days until it expires count from here.

    Raises:
        IllegalTransition: if its state, the role or the authorship does not allow it.
    """
    _guard_decision(record, actor)
    if record.request.waits_for_order:
        said = _(
            "Order {number} is not known yet: it is matched by itself once it is imported. "
            "Approve it then, or decline it."
        )
        raise IllegalTransition(said.format(number=record.order_number))
    if not may_decide(record.all_findings, actor.role):
        raise IllegalTransition(
            _("The amount is beyond your limit: somebody with more has to decide.")
        )
    approved = step(record, RmaCommand.APPROVE, actor.name, device, at, note)
    expires = record.quote.terms.expiry(at) if record.quote else None
    return replace(approved, expires_at=expires, problem=None)


def decline(
    record: RmaRecord, *, actor: Actor, device: str, at: datetime, reason: str
) -> RmaRecord:
    """Decline an RMA that waits for approval; its units are free again.

    Raises:
        IllegalTransition: if its state, the role or the authorship does not allow it, or no reason is given.
    """
    _guard_decision(record, actor)
    if not reason.strip():
        raise IllegalTransition(_("Say why the return is declined: the caller will ask."))
    return step(record, RmaCommand.DECLINE, actor.name, device, at, reason)


def _guard_decision(record: RmaRecord, actor: Actor) -> None:
    if not actor.role.approves:
        raise IllegalTransition(_("Only a supervisor can decide about a return."))
    if actor.name == record.author:
        raise IllegalTransition(_("You made this return: another supervisor has to decide."))


def step(
    record: RmaRecord,
    command: RmaCommand,
    actor: str,
    device: str,
    at: datetime,
    note: str,
    wanted: RmaState | None = None,
) -> RmaRecord:
    """The record after a command, with one more history entry; `wanted` picks where the table has two states.

    Raises:
        IllegalTransition: if the table has no such step.
    """
    after = next_state(record.state, command, wanted)
    entry = HistoryEntry(
        at=at,
        actor=actor,
        device=device,
        command=command,
        before=record.state,
        after=after,
        note=note.strip(),
    )
    outbound = following(
        record.outbound,
        record.quote,
        after,
        holding=record.holding,
        actor=actor,
        device=device,
        at=at,
    )
    return replace(record, state=after, history=(*record.history, entry), outbound=outbound)


def return_moments(records: Iterable[RmaRecord]) -> tuple[datetime, ...]:
    """When a customer's returns were finalized, for the `many returns` flag; undone ones do not count."""
    return tuple(sorted(record.finalized_at for record in records if record.state in HOLDING))
