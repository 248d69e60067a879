"""What the policies say about an order line before a return of it begins.

The same rules as in a return are asked, about one unit, with nothing said yet about reason or condition. What only a
reason or a condition can decide is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from rma.eligibility import judge_line
from rma.ledger import Ledger
from rma.order import Customer, Order, OrderLine
from rma.policy import Policy, Rule
from rma.reasons import ReasonTree
from rma.request import Actor, Channel, LineRequest, ReturnRequest, ReturnType, Role
from rma.scope import select_policy
from rma.verdict import Finding, Verdict, strictest

_KNOWN_BEFORE = frozenset({Rule.POLICY, Rule.AGENT_RETURN, Rule.WINDOW, Rule.FINAL_SALE})
"""Rules that need neither a reason nor a condition. What was delivered and is held already is told by the ledger."""
_ANYBODY = Actor("", Role.AGENT)


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a unit of a line may come back, as far as that is known before the caller says why."""

    verdict: Verdict
    """Needs approval, too, where the policy lets an agent ask for an exception."""
    because: Rule | None = None
    """The rule that speaks against it."""
    last_day: date | None = None
    """The last day of the return window; None where it has no end, or the policy none for this line."""
    if_faulty: bool = False
    """Whether only a faulty unit may come back without a question."""


def standing(
    order: Order,
    line: OrderLine,
    *,
    customer: Customer,
    ledger: Ledger,
    policies: Sequence[Policy],
    reasons: ReasonTree,
    at: datetime,
) -> Standing:
    """What may come back of a line of goods that were delivered."""
    policy = select_policy(
        policies, order=order, line=line, channel=Channel.PHONE, tier=customer.tier, at=at
    )
    wanted = LineRequest(line_id=line.line_id, quantity=1, reason="")

    def findings(kind: ReturnType) -> tuple[Finding, ...]:
        request = ReturnRequest(
            order_id=order.order_id,
            customer_id=order.customer_id,
            return_type=kind,
            channel=Channel.PHONE,
            lines=(wanted,),
        )
        judged = judge_line(
            request,
            wanted,
            order=order,
            line=line,
            ledger=ledger,
            policy=policy,
            reasons=reasons,
            at=at,
            actor=_ANYBODY,
        )
        return tuple(f for f in judged.findings if f.rule in _KNOWN_BEFORE)

    said = findings(ReturnType.RETURN)
    last_day = _last_day(said)
    if all(finding.outcome is Verdict.ELIGIBLE for finding in said):
        return Standing(Verdict.ELIGIBLE, last_day=last_day)
    worst = max(said, key=lambda finding: _verdict(finding).strictness)
    faulty = strictest(finding.outcome for finding in findings(ReturnType.DEFECT))
    return Standing(
        verdict=_verdict(worst),
        because=worst.rule,
        last_day=last_day,
        if_faulty=faulty is Verdict.ELIGIBLE,
    )


def _verdict(finding: Finding) -> Verdict:
    refused = finding.outcome is Verdict.INELIGIBLE
    return Verdict.NEEDS_APPROVAL if refused and finding.overridable else finding.outcome


def _last_day(findings: Sequence[Finding]) -> date | None:
    observed = (o for f in findings if f.rule is Rule.WINDOW for o in f.observed)
    return next((date.fromisoformat(o.value) for o in observed if o.name == "last day"), None)
