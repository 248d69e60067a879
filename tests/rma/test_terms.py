"""What policies say beside the money; where several judge one return, the strictest holds."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rma.policy import Clause, Policy, RefundTiming, Scope
from rma.quote import Terms
from rma.request import Resolution
from tests import shop


def terms(*policies: Policy) -> Terms:
    """Terms of a return with one line of each of two categories."""
    order = shop.order(shop.line("1"), shop.line("2", category="toys"))
    quote = shop.judged(shop.wanted("1"), shop.wanted("2"), order=order, policies=policies).quote
    assert quote is not None
    return quote.terms


def toys(**fields: Any) -> Policy:
    return shop.policy("toys", scope=Scope(categories=("toys",)), **fields)


def test_a_return_expires_at_the_end_of_a_day_in_the_shops_time_zone() -> None:
    found = terms(shop.policy(expires_after_days=14))
    assert found.expires_at == datetime(2026, 12, 4, 23, 0, tzinfo=UTC)  # midnight in Berlin


def test_the_earliest_expiry_holds() -> None:
    both = terms(shop.policy(expires_after_days=14), toys(expires_after_days=7))
    assert both.expires_at == terms(shop.policy(expires_after_days=7)).expires_at
    assert terms(shop.policy(), toys()).expires_at is None


def test_money_waits_for_the_slowest_timing() -> None:
    both = terms(
        shop.policy(refund_timing=RefundTiming.ADVANCE),
        toys(refund_timing=RefundTiming.ON_RECEIPT),
    )
    assert both.refund_timing is RefundTiming.ON_RECEIPT


def test_a_link_is_offered_only_where_every_policy_offers_it() -> None:
    assert terms(shop.policy(authorized_link=True), toys(authorized_link=True)).authorized_link
    assert not terms(shop.policy(authorized_link=True), toys()).authorized_link


def test_only_what_every_policy_offers_is_offered_in_the_first_ones_order() -> None:
    both = (Resolution.STORE_CREDIT, Resolution.REFUND)
    assert terms(shop.policy(resolutions=both), toys()).resolutions == both
    credit = toys(resolutions=(Resolution.STORE_CREDIT,))
    assert terms(shop.policy(), credit).resolutions == (Resolution.STORE_CREDIT,)


def test_instructions_of_all_policies_are_told_once() -> None:
    clause = Clause(clause_id="window", text="Within 30 days.")
    found = terms(
        shop.policy(carriers=("Post", "Van"), clauses=(clause,)),
        toys(carriers=("Van", "Bike"), clauses=(clause,), survey=("Were you happy?",)),
    )
    assert found.names == ("General", "Toys")
    assert found.carriers == ("Post", "Van", "Bike")
    assert found.clauses == (clause,)
    assert found.survey == ("Were you happy?",)
