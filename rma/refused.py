"""A return that was refused: kept for the record with its findings, so that the next agent sees what the caller was told.

It takes no RMA number, holds nothing, and nothing follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from rma.assessment import Assessment, Case
from rma.calendar import require_instant
from rma.money import require_bounded
from rma.policy import PolicyRef
from rma.request import Actor, Channel, ReturnType
from rma.said import says_something
from rma.states import IllegalTransition, RmaCommand, RmaState, next_state
from rma.verdict import Finding, Verdict
from rma.wording import _, words


class RefusalCause(StrEnum):
    """Why there is no return."""

    INELIGIBLE = "ineligible"
    """The policy refuses it."""
    WITHDRAWN = "withdrawn"
    """The customer does not want it any more, now that they know the terms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """One order line that does not come back."""

    line_id: str
    sku: str
    name: str
    quantity: int
    reason_path: str
    """Labels from the root of the reason tree; empty where none was chosen."""
    note: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    policy: PolicyRef | None

    def __post_init__(self) -> None:
        require_bounded("quantity", self.quantity)


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedReturn:
    """A refused return."""

    refusal_id: str
    """The draft that it was."""
    order_id: str
    order_number: str
    customer_id: str
    return_type: ReturnType
    channel: Channel
    lines: tuple[RefusedLine, ...]
    findings: tuple[Finding, ...]
    """Of the return as a whole."""
    cause: RefusalCause
    told: str
    """What the caller was told, in the agent's words."""
    refused_at: datetime
    author: str
    device: str

    def __post_init__(self) -> None:
        require_instant("refused_at", self.refused_at)

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Every finding, lines first."""
        return tuple(f for line in self.lines for f in line.findings) + self.findings

    @property
    def why(self) -> tuple[str, ...]:
        """The sentences that stood against it, each once; of a withdrawn one also what it would have been."""
        found = self.all_findings
        against = [f.sentence for f in found if f.outcome is Verdict.INELIGIBLE]
        waits = [f.sentence for f in found if f.outcome is Verdict.NEEDS_APPROVAL]
        return tuple(dict.fromkeys(against or waits))


def cause_of(assessment: Assessment) -> RefusalCause:
    """What a refusal of a return that was judged so can only be."""
    refused = assessment.verdict is Verdict.INELIGIBLE
    return RefusalCause.INELIGIBLE if refused else RefusalCause.WITHDRAWN


def record_refusal(
    case: Case, assessment: Assessment, *, refusal_id: str, device: str, told: str
) -> RefusedReturn:
    """Keep a return that was judged as a refused one.

    Raises:
        IllegalTransition: if nothing was judged, the role makes no returns, or it is not said what the caller was told.
    """
    next_state(RmaState.DRAFT, RmaCommand.RECORD_REFUSAL)
    request = case.request
    lines = []
    for wanted, assessed in zip(request.lines, assessment.lines, strict=False):
        line = case.order.line(wanted.line_id) if case.order else None
        if wanted.quantity < 1 and not assessed.findings:
            continue
        lines.append(
            RefusedLine(
                line_id=wanted.line_id,
                sku=line.sku if line else "",
                name=line.name if line else "",
                quantity=wanted.quantity,
                reason_path=case.reasons.path(wanted.reason),
                note=wanted.note,
                verdict=assessed.verdict,
                findings=assessed.findings,
                policy=assessed.policy,
            )
        )
    refused = RefusedReturn(
        refusal_id=refusal_id,
        order_id=request.order_id,
        order_number=case.order.number if case.order else request.order_id,
        customer_id=request.customer_id,
        return_type=request.return_type or ReturnType.RETURN,
        channel=request.channel or Channel.PHONE,
        lines=tuple(lines),
        findings=assessment.findings,
        cause=cause_of(assessment),
        told=" ".join(told.split()),
        refused_at=case.at,
        author=case.actor.name,
        device=device,
    )
    check_refusal(refused, case.actor)
    return refused


def check_refusal(refused: RefusedReturn, actor: Actor) -> None:
    """What holds for every refused return, on the desk and on the server.

    Raises:
        IllegalTransition: if it does not.
    """
    if not actor.role.makes_returns:
        said = _("The role {role} makes no returns: ask an agent.")
        raise IllegalTransition(said.format(role=words(actor.role)))
    if not any(line.findings for line in refused.lines):
        raise IllegalTransition(
            _("Nothing was judged yet: enter quantity, reason and condition of a line first.")
        )
    if not says_something(refused.told):
        raise IllegalTransition(_("Say in a few words what the caller was told."))
