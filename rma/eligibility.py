"""May this come back? Every rule of a policy, one finding each, with a sentence for the caller.

`judge_line` looks at one requested line, `judge_return` at the return as a whole. Neither refuses by exception: what is
missing and what speaks against it come back as values, all at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rma.completeness import missing_of_line, missing_of_return
from rma.ledger import Ledger
from rma.line_case import LineCase, named
from rma.line_rules import LINE_RULES
from rma.order import Customer, Order, OrderLine, Product
from rma.policy import OVERRIDABLE, Policy, Rule
from rma.quote import Quote
from rma.reasons import Reason, ReasonTree
from rma.request import Actor, LineRequest, ReturnRequest, ReturnType
from rma.return_rules import amount_threshold, clock, goodwill_limit, manual_mode, risks
from rma.verdict import Finding, Missing, Observed, Verdict
from rma.wording import _, mark

_GOODWILL_SOFTENS = frozenset(
    {
        Rule.WINDOW,
        Rule.FINAL_SALE,
        Rule.CONDITION,
        Rule.PROOF,
        Rule.EVIDENCE,
        Rule.RESOLUTION,
    }
)


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """What the rules say about one line."""

    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...]
    merchant_fault: bool
    reason_codes: tuple[str, ...]
    """The reason's code and its ancestors', nearest first."""


@dataclass(frozen=True, slots=True)
class JudgedReturn:
    """What the rules say about the return as a whole."""

    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...]


def judge_line(
    request: ReturnRequest,
    wanted: LineRequest,
    *,
    order: Order,
    line: OrderLine,
    ledger: Ledger,
    policy: Policy | None,
    reasons: ReasonTree,
    at: datetime,
    actor: Actor,
    products: tuple[Product, ...] = (),
) -> JudgedLine:
    """Judge one requested line. `ledger` already holds the request's earlier lines."""
    reason = reasons.find(wanted.reason) if wanted.reason else None
    codes = _ancestry(reason, reasons)
    fault = request.return_type is ReturnType.DEFECT or bool(reason and reason.merchant_fault)
    line_case = LineCase(
        request,
        wanted,
        order,
        line,
        ledger,
        policy,
        reasons,
        reason,
        codes,
        fault,
        at,
        actor,
        products,
    )
    if policy is None:
        sentence = _("No return policy covers {item}, so I cannot take it back.")
        sentence = sentence.format(item=named(line))
        refused = Finding(rule=Rule.POLICY, outcome=Verdict.INELIGIBLE, sentence=sentence)
        return JudgedLine(tuple(missing_of_line(line_case)), (refused,), fault, codes)
    findings: list[Finding] = []
    for rule in LINE_RULES:
        finding = rule(line_case, policy)
        if finding is not None:
            findings.append(_settled(finding, line_case, policy))
    return JudgedLine(tuple(missing_of_line(line_case)), tuple(findings), fault, codes)


def judge_return(
    request: ReturnRequest,
    *,
    order: Order,
    customer: Customer | None,
    policies: Sequence[Policy],
    quote: Quote | None,
    at: datetime,
    actor: Actor,
    recent_returns: Sequence[datetime] = (),
    received_at: datetime | None = None,
) -> JudgedReturn:
    """Judge the return as a whole. `policies` are those that judge its lines."""
    missing = list(missing_of_return(request, order, customer, policies))
    findings: list[Finding] = []
    for policy in policies:
        found = [
            manual_mode(policy),
            amount_threshold(policy, order, quote),
            goodwill_limit(policy, order, request, quote, actor),
            clock(policy, at, received_at),
            risks(policy, request, customer, at, recent_returns),
        ]
        said = {(f.rule, f.outcome, f.sentence, f.observed) for f in findings}
        findings += [
            f
            for f in found
            if f is not None and (f.rule, f.outcome, f.sentence, f.observed) not in said
        ]
    if request.destination_override is not None and not actor.role.approves:
        findings.append(
            Finding(
                rule=Rule.DESTINATION,
                outcome=Verdict.NEEDS_APPROVAL,
                sentence=_("A supervisor has to confirm where the money goes."),
                observed=(Observed(mark("destination"), request.destination_override),),
            )
        )
    if request.verification_skipped.strip() and any(p.verification for p in policies):
        findings.append(
            Finding(
                rule=Rule.VERIFICATION,
                outcome=Verdict.ELIGIBLE,
                sentence=_("The caller was not verified; the reason is on record."),
                observed=(Observed(mark("skipped because"), request.verification_skipped),),
            )
        )
    return JudgedReturn(tuple(missing), tuple(findings))


def _settled(finding: Finding, case: LineCase, policy: Policy) -> Finding:
    """Apply overrides and goodwill to a refusing finding."""
    if finding.policy is None:
        finding = replace(finding, policy=policy.ref)
    if finding.outcome is not Verdict.INELIGIBLE:
        return finding
    overridable = (finding.rule in OVERRIDABLE and finding.rule in policy.overridable) or (
        finding.rule is Rule.WINDOW and policy.approval.outside_window
    )
    finding = replace(finding, overridable=overridable)
    softened = case.request.return_type is ReturnType.GOODWILL and finding.rule in _GOODWILL_SOFTENS
    if softened or (overridable and case.wanted.override_reason.strip()):
        why = case.wanted.override_reason.strip() or "goodwill"
        return replace(
            finding,
            outcome=Verdict.NEEDS_APPROVAL,
            overridden=True,
            sentence=_("{refusal} I ask a supervisor for an exception.").format(
                refusal=finding.sentence
            ),
            observed=(
                *finding.observed,
                Observed(mark("exception asked by"), case.actor.name),
                Observed(mark("because"), why),
            ),
        )
    return finding


def _ancestry(reason: Reason | None, reasons: ReasonTree) -> tuple[str, ...]:
    codes = []
    while reason is not None:
        codes.append(reason.code)
        reason = reasons.find(reason.parent) if reason.parent else None
    return tuple(codes)
