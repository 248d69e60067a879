"""What a policy leaves to the agent, and where it asks for a person."""

from __future__ import annotations

from collections.abc import Iterable

from rma.money import Minor
from rma.policy import Amounts, AuthorizationMode, Policy
from rma.request import Role
from rma.verdict import Finding, Observed, Verdict
from rma.wording import mark

_DECIDED_BY = mark("decided by")


def risk_outcome(policy: Policy) -> Verdict:
    """A risk asks for a person, never refuses; where the policy does not care, it is only shown."""
    asks = policy.approval.risk and policy.authorization is not AuthorizationMode.AUTOMATIC
    return Verdict.NEEDS_APPROVAL if asks else Verdict.ELIGIBLE


def within_limit(policy: Policy, role: Role, kind: str, amount: Minor, currency: str) -> bool:
    """Whether a role may decide about an amount alone; a role or currency that is not listed may not."""
    for limit in policy.limits:
        if limit.role is role:
            amounts: Amounts = limit.manual if kind == "manual" else limit.goodwill
            largest = amounts.get(currency)
            return largest is not None and amount <= largest
    return False


def deciders(policy: Policy, kind: str, amount: Minor, currency: str) -> tuple[Observed, ...]:
    """The approving roles whose limit covers an amount, as a fact of the finding that asks for them.

    Nothing where every approving role may, or where the policy gives none of them so much: then any of them may.
    """
    approving = [role for role in Role if role.approves]
    able = [role for role in approving if within_limit(policy, role, kind, amount, currency)]
    if not able or able == approving:
        return ()
    return (Observed(_DECIDED_BY, ", ".join(able)),)


def may_decide(findings: Iterable[Finding], role: Role) -> bool:
    """Whether a role may approve what these findings ask about."""
    asked = (fact for found in findings for fact in found.observed if fact.name == _DECIDED_BY)
    return all(role in fact.value.split(", ") for fact in asked)
