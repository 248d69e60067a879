"""What a policy leaves to the agent, and where it asks for a person."""

from __future__ import annotations

from rma.money import Minor
from rma.policy import Amounts, AuthorizationMode, Policy
from rma.request import Role
from rma.verdict import Verdict


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
