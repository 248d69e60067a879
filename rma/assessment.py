"""Judge and price a return in one go: the function that the desk previews with and the server books with.

`assess` is pure: the order, what is held of it, policies, reasons, the instant and the actor are its arguments.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from rma.eligibility import judge_line, judge_return
from rma.ledger import Hold, Ledger
from rma.line_pricing import PricedLine, held_line
from rma.order import Customer, Order, Product
from rma.policy import Policy, PolicyRef, Rule
from rma.pricing import price
from rma.quote import Quote
from rma.reasons import ReasonTree
from rma.request import Actor, LineRequest, Resolution, ReturnRequest, ReturnType
from rma.scope import select_policy
from rma.verdict import Finding, Missing, Verdict, strictest
from rma.wording import _


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Everything a return is judged by."""

    request: ReturnRequest
    order: Order | None
    customer: Customer | None
    ledger: Ledger | None
    """What is held of the order; None where the order is unknown."""
    policies: tuple[Policy, ...]
    """All known versions."""
    reasons: ReasonTree
    at: datetime
    """The instant of the decision, UTC."""
    actor: Actor
    recent_returns: tuple[datetime, ...] = ()
    """When this customer's other returns were finalized."""
    received_at: datetime | None = None
    """When the request reached the server; None on the desk."""
    pinned: tuple[PolicyRef, ...] = ()
    """Versions the caller was told; they judge even if newer ones exist."""
    products: tuple[Product, ...] = ()
    """What may go out in an exchange: those that the request names are enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAssessment:
    """One requested line, judged."""

    line_id: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    policy: PolicyRef | None
    returnable: int
    """Units that may still come back, before this request."""
    merchant_fault: bool = False
    resolution: Resolution | None = None
    """The customer's wish, or what stands for it; None for a line the order does not have."""

    @property
    def sentence(self) -> str:
        """The sentence for the caller: the strictest finding's, or that it may come back."""
        if not self.findings:
            return _("This can come back.") if self.policy else _("This is not on the order.")
        return max(self.findings, key=lambda finding: finding.outcome.strictness).sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """The answer to a request: what is missing, the verdict, and the quote."""

    missing: tuple[Missing, ...]
    """Every field that still stands open or wrong, all at once."""
    lines: tuple[LineAssessment, ...]
    findings: tuple[Finding, ...]
    """Of the return as a whole."""
    verdict: Verdict
    quote: Quote | None
    """None while no line can be priced."""

    @property
    def all_findings(self) -> tuple[Finding, ...]:
        """Every finding, lines first."""
        return tuple(f for line in self.lines for f in line.findings) + self.findings

    @property
    def order_unknown(self) -> bool:
        """Whether its order was typed by hand and is not known: there is nothing to price yet."""
        return any(finding.rule is Rule.ORDER_NOT_FOUND for finding in self.all_findings)


def _unknown_line(wanted: LineRequest) -> LineAssessment:
    return LineAssessment(
        line_id=wanted.line_id,
        verdict=Verdict.INELIGIBLE,
        findings=(),
        policy=None,
        returnable=0,
    )


def _resolution(
    request: ReturnRequest, wanted: LineRequest, policy: Policy | None, reasons: ReasonTree
) -> Resolution:
    """Without a wish: an exchange where the return is one, else the reason's default or what is offered."""
    if request.return_type is ReturnType.EXCHANGE:
        return Resolution.EXCHANGE
    reason = reasons.find(wanted.reason)
    default = reason.default_resolution if reason else Resolution.REFUND
    if policy is None or not policy.resolutions or default in policy.resolutions:
        return default
    return policy.resolutions[0]


def assess(case: Case) -> Assessment:
    """Judge and price a request (domain sections 5 and 6)."""
    order, ledger = case.order, case.ledger
    if order is None or ledger is None:
        missing = Missing("order", None, _("No such order: look up the order again."))
        return Assessment(
            missing=(missing,),
            lines=(),
            findings=(),
            verdict=Verdict.INELIGIBLE,
            quote=None,
        )
    missings: list[Missing] = []
    assessments: list[LineAssessment] = []
    priced: list[PricedLine] = []
    in_play: list[Policy] = []
    working = ledger
    for wanted in case.request.lines:
        line = order.line(wanted.line_id)
        if line is None:
            said = _("Order {number} has no such line.").format(number=order.number)
            missings.append(Missing("line", wanted.line_id, said))
            assessments.append(_unknown_line(wanted))
            continue
        policy = select_policy(
            case.policies,
            order=order,
            line=line,
            channel=case.request.channel,
            tier=case.customer.tier if case.customer else "",
            at=case.at,
            pinned=case.pinned,
        )
        if wanted.resolution is None:
            resolution = _resolution(case.request, wanted, policy, case.reasons)
            wanted = replace(wanted, resolution=resolution)
        returnable = working.returnable(line)
        judged = judge_line(
            case.request,
            wanted,
            order=order,
            line=line,
            ledger=working,
            policy=policy,
            reasons=case.reasons,
            at=case.at,
            actor=case.actor,
            products=case.products,
        )
        missings.extend(judged.missing)
        assessments.append(
            LineAssessment(
                line_id=line.line_id,
                verdict=strictest(finding.outcome for finding in judged.findings),
                findings=judged.findings,
                policy=policy.ref if policy else None,
                returnable=returnable,
                merchant_fault=judged.merchant_fault,
                resolution=wanted.resolution,
            )
        )
        if policy is None:
            continue
        if policy not in in_play:
            in_play.append(policy)
        if 1 <= wanted.quantity <= returnable:
            fault, codes = judged.merchant_fault, judged.reason_codes
            held = held_line(wanted, line, policy, working, merchant_fault=fault)
            priced.append(PricedLine(wanted, line, policy, fault, codes, held))
            working = working.with_hold(Hold(rma_number="", lines=(held,)))
    quote = (
        price(order, ledger, working, case.request, priced, at=case.at, products=case.products)
        if priced
        else None
    )
    whole = judge_return(
        case.request,
        order=order,
        customer=case.customer,
        policies=tuple(in_play),
        quote=quote,
        at=case.at,
        actor=case.actor,
        recent_returns=case.recent_returns,
        received_at=case.received_at,
    )
    missings.extend(whole.missing)
    verdicts = [line.verdict for line in assessments] + [f.outcome for f in whole.findings]
    return Assessment(
        missing=tuple(missings),
        lines=tuple(assessments),
        findings=whole.findings,
        verdict=strictest(verdicts),
        quote=quote,
    )
