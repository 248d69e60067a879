"""Limits and thresholds, to the cent and to the return: what is exactly at one is within it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rma.policy import Approval, ManyReturns, RoleLimit
from rma.request import Role
from rma.verdict import Verdict
from tests import shop

LIMITED = shop.policy(
    limits=(
        RoleLimit(role=Role.AGENT, manual=shop.amounts(EUR=5000), goodwill=shop.amounts(EUR=1000)),
    )
)


@pytest.mark.parametrize(
    ("amount", "verdict"), [(5000, Verdict.ELIGIBLE), (5001, Verdict.NEEDS_APPROVAL)]
)
def test_an_amount_set_by_hand_is_the_agents_up_to_the_limit(amount: int, verdict: Verdict) -> None:
    by_hand = shop.wanted(amount=amount, amount_reason="Agreed")

    assert shop.judged(by_hand, policy=LIMITED).verdict is verdict


@pytest.mark.parametrize(
    ("goodwill", "verdict"), [(1000, Verdict.ELIGIBLE), (1001, Verdict.NEEDS_APPROVAL)]
)
def test_goodwill_is_the_agents_up_to_the_limit(goodwill: int, verdict: Verdict) -> None:
    asking = {"goodwill": goodwill, "goodwill_reason": "Long wait"}

    assert shop.judged(asking=asking, policy=LIMITED).verdict is verdict


@pytest.mark.parametrize(
    "asked",
    [
        {"lines": (shop.wanted(amount=1, amount_reason="Agreed"),)},
        {"goodwill": 1, "goodwill_reason": "Long wait"},
    ],
)
def test_a_role_or_a_currency_without_a_limit_decides_about_no_money_alone(
    asked: dict[str, Any],
) -> None:
    others = (
        RoleLimit(role=Role.WAREHOUSE, manual=shop.amounts(EUR=9), goodwill=shop.amounts(EUR=9)),
    )
    in_yen = (RoleLimit(role=Role.AGENT, manual=shop.amounts(JPY=9), goodwill=shop.amounts(JPY=9)),)

    for limits in ((), others, in_yen):
        answer = shop.judged(asking=asked, policy=shop.policy(limits=limits))
        assert answer.verdict is Verdict.NEEDS_APPROVAL


@pytest.mark.parametrize(
    ("threshold", "verdict"), [(11900, Verdict.ELIGIBLE), (11899, Verdict.NEEDS_APPROVAL)]
)
def test_a_refund_is_asked_about_only_above_the_threshold(threshold: int, verdict: Verdict) -> None:
    policy = shop.policy(approval=Approval(amount=shop.amounts(EUR=threshold)))

    assert shop.judged(policy=policy).verdict is verdict


@pytest.mark.parametrize(
    ("returns", "days_ago", "verdict"),
    [
        (2, 30, Verdict.ELIGIBLE),
        (3, 30, Verdict.NEEDS_APPROVAL),
        (3, 31, Verdict.ELIGIBLE),
    ],
)
def test_many_returns_are_as_many_as_the_policy_says_within_its_days(
    returns: int, days_ago: int, verdict: Verdict
) -> None:
    policy = shop.policy(approval=Approval(many_returns=ManyReturns(count=3, days=30)))
    recent = (shop.NOW - timedelta(days=days_ago),) * returns

    assert shop.judged(policy=policy, recent_returns=recent).verdict is verdict
