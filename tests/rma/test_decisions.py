"""Decisions that the field disagrees on, as domain section 6 pins them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rma.assessment import Assessment
from rma.order import Warranty, WarrantyUnit
from rma.policy import Approval, ManyReturns, Rule, Scope, Window, WindowStart
from rma.request import Resolution, ReturnType
from rma.states import RMA_TABLE, RmaCommand, RmaState
from rma.verdict import Finding, Verdict
from tests import shop

BERLIN = ZoneInfo("Europe/Berlin")


def finding(assessment: Assessment, rule: Rule) -> Finding:
    return next(f for f in assessment.all_findings if f.rule is rule)


# --- exactly N days after delivery: valid to the end of day N in the shop's time zone ----------------------------


@pytest.mark.parametrize(
    ("at", "verdict"),
    [
        (datetime(2026, 12, 10, 23, 59, 59, 999999, BERLIN), Verdict.ELIGIBLE),
        (datetime(2026, 12, 11, 0, 0, tzinfo=BERLIN), Verdict.INELIGIBLE),
    ],
)
def test_exactly_n_days_is_valid_to_the_end_of_day_n(at: datetime, verdict: Verdict) -> None:
    order = shop.order(shop.line(delivered_at=datetime(2026, 11, 10, 8, 0, tzinfo=BERLIN)))
    assert shop.judged(order=order, at=at.astimezone(UTC)).verdict is verdict


def test_the_day_is_the_shops_not_the_callers_nor_utc() -> None:
    late = datetime(2026, 11, 9, 23, 30, tzinfo=UTC)  # already the 10th in Berlin
    order = shop.order(shop.line(delivered_at=late))
    last = datetime(2026, 12, 10, 22, 59, tzinfo=UTC)
    assert shop.judged(order=order, at=last).verdict is Verdict.ELIGIBLE
    assert shop.judged(order=order, at=last + timedelta(minutes=1)).verdict is Verdict.INELIGIBLE


@pytest.mark.parametrize(
    ("delivered", "last"),
    [
        (datetime(2026, 3, 28, 12, 0, tzinfo=BERLIN), datetime(2026, 3, 29, 23, 59, tzinfo=BERLIN)),
        (
            datetime(2026, 10, 24, 12, 0, tzinfo=BERLIN),
            datetime(2026, 10, 25, 23, 59, tzinfo=BERLIN),
        ),
    ],
    ids=["23 hours", "25 hours"],
)
def test_a_day_on_which_the_clocks_change_is_one_day(delivered: datetime, last: datetime) -> None:
    order = shop.order(shop.line(delivered_at=delivered), placed_at=delivered - timedelta(days=2))
    policy = shop.policy(window=Window(days=1))
    at = last.astimezone(UTC)
    assert shop.judged(order=order, policy=policy, at=at).verdict is Verdict.ELIGIBLE
    late = at + timedelta(minutes=1)
    assert shop.judged(order=order, policy=policy, at=late).verdict is Verdict.INELIGIBLE


# --- start of the window: delivery date, placed date where no delivery is known; the finding says which ----------


def test_the_window_starts_with_the_delivery() -> None:
    found = finding(shop.judged(), Rule.WINDOW)
    assert "delivered on 10 November 2026" in found.sentence
    assert ("window starts with", "delivered") in [(o.name, o.value) for o in found.observed]


def test_the_window_starts_with_the_order_where_no_delivery_is_known() -> None:
    found = finding(shop.judged(order=shop.order(shop.line(delivered_at=None))), Rule.WINDOW)
    assert "placed on 7 November 2026, as no delivery date is known" in found.sentence
    assert ("window starts with", "placed") in [(o.name, o.value) for o in found.observed]


def test_a_policy_may_start_the_window_with_the_order() -> None:
    policy = shop.policy(window=Window(days=12, starts=WindowStart.PLACED))
    assert finding(shop.judged(policy=policy), Rule.WINDOW).outcome is Verdict.INELIGIBLE


# --- agent outside the window: allowed with a reason, needs approval, attributed to the agent --------------------

LATE = shop.DELIVERED + timedelta(days=60)


def test_outside_the_window_is_refused_without_a_reason() -> None:
    assessment = shop.judged(at=LATE)
    assert assessment.verdict is Verdict.INELIGIBLE
    assert finding(assessment, Rule.WINDOW).overridable


def test_outside_the_window_with_a_reason_needs_approval_and_names_the_agent() -> None:
    assessment = shop.judged(shop.wanted(override_reason="Was in hospital"), at=LATE)
    found = finding(assessment, Rule.WINDOW)
    assert assessment.verdict is found.outcome is Verdict.NEEDS_APPROVAL
    assert ("exception asked by", "Agent One") in [(o.name, o.value) for o in found.observed]
    assert ("because", "Was in hospital") in [(o.name, o.value) for o in found.observed]


def test_a_policy_may_refuse_every_exception_from_the_window() -> None:
    policy = shop.policy(approval=Approval(outside_window=False))
    wish = shop.wanted(override_reason="Was in hospital")
    assert shop.judged(wish, policy=policy, at=LATE).verdict is Verdict.INELIGIBLE


# --- fewer units arrive than authorized: accepted; the rest stays open -------------------------------------------


def test_fewer_units_may_arrive_and_the_rest_stays_open() -> None:
    received = RMA_TABLE[RmaState.AUTHORIZED, RmaCommand.RECEIVE]
    assert received == (RmaState.PARTIALLY_RECEIVED, RmaState.RECEIVED)
    assert RMA_TABLE[RmaState.PARTIALLY_RECEIVED, RmaCommand.RECEIVE] == received
    assert RMA_TABLE[RmaState.PARTIALLY_RECEIVED, RmaCommand.CANCEL_REMAINDER] == (
        RmaState.RECEIVED,
    )


# --- the same item in an exchange: refused; no exchange is offered -----------------------------------------------


def test_the_same_item_in_an_exchange_is_refused() -> None:
    policy = shop.policy(resolutions=(Resolution.EXCHANGE, Resolution.REPLACEMENT))
    same = shop.judged(
        shop.swapped(outbound_sku="SKU-1"), policy=policy, products=(shop.product("SKU-1"),)
    )
    assert same.verdict is Verdict.INELIGIBLE
    assert same.lines[0].sentence == (
        "Kettle cannot be exchanged for the same item: that is a replacement."
    )
    assert shop.judged(shop.replaced(), policy=policy).verdict is Verdict.ELIGIBLE


# --- an inner node of the reason tree: refused, leaves only ------------------------------------------------------


def test_an_inner_reason_is_refused() -> None:
    (missing,) = shop.judged(shop.wanted(reason="preference")).missing
    assert missing.field == "reason"
    assert "Preference" in missing.sentence
    assert "group" in missing.sentence


# --- serial not on the order, many returns, a photo seen before: a flag that asks for approval, never a refusal --


def test_a_serial_that_is_not_of_this_delivery_asks_for_approval() -> None:
    order = shop.order(shop.line(serials=("SN-1",)))
    assessment = shop.judged(shop.wanted(serials=("SN-9",)), order=order)
    assert assessment.verdict is Verdict.NEEDS_APPROVAL
    assert "SN-9" in finding(assessment, Rule.SERIAL).sentence


def test_many_returns_ask_for_approval() -> None:
    policy = shop.policy(approval=Approval(many_returns=ManyReturns(count=2, days=30)))
    days = [1, 29, 31]
    recent = tuple(shop.NOW - timedelta(days=d) for d in days)
    assert shop.judged(policy=policy, recent_returns=recent[1:]).verdict is Verdict.ELIGIBLE
    assert shop.judged(policy=policy, recent_returns=recent).verdict is Verdict.NEEDS_APPROVAL


def test_a_photo_seen_before_asks_for_approval() -> None:
    assert shop.judged(asking={"photo_seen_before": True}).verdict is Verdict.NEEDS_APPROVAL


def test_every_flag_of_a_return_is_named() -> None:
    policy = shop.policy(approval=Approval(many_returns=ManyReturns(count=1, days=30)))
    found = finding(
        shop.judged(
            policy=policy,
            asking={"photo_seen_before": True},
            customer=shop.customer(risk_flags=("address reused",)),
            recent_returns=(shop.NOW,),
        ),
        Rule.RISK,
    )
    assert [o.name for o in found.observed] == ["many returns", "photo", "customer flag"]


def test_the_strictest_of_several_policies_decides_about_a_risk() -> None:
    relaxed = shop.policy(approval=Approval(risk=False))
    strict = shop.policy("toys", scope=Scope(categories=("toys",)))
    order = shop.order(shop.line("1"), shop.line("2", category="toys"))
    assessment = shop.judged(
        shop.wanted("1"),
        shop.wanted("2"),
        order=order,
        policies=(relaxed, strict),
        asking={"photo_seen_before": True},
    )
    assert assessment.verdict is Verdict.NEEDS_APPROVAL


# --- stock at authorization: an expected-inbound counter, which the server keeps ---------------------------------


def test_stock_moves_by_what_a_return_holds_and_only_when_authorized() -> None:
    authorized = shop.finalized()
    waiting = shop.finalized(asking={"photo_seen_before": True})
    assert [record.state for record in (authorized, waiting)] == [
        RmaState.AUTHORIZED,
        RmaState.NEEDS_APPROVAL,
    ]
    assert sum(line.quantity for line in authorized.lines) == 1


# --- which version judges ----------------------------------------------------------------------------------------


def test_the_version_that_is_valid_at_the_instant_judges() -> None:
    change = shop.NOW
    old = shop.policy(version=1, window=Window(days=30))
    new = shop.policy(version=2, window=Window(days=5), valid_from=change)
    before = shop.judged(policies=(old, new), at=change - timedelta(microseconds=1))
    after = shop.judged(policies=(old, new), at=change)
    assert (before.verdict, after.verdict) == (Verdict.ELIGIBLE, Verdict.INELIGIBLE)


def test_a_policy_ends_with_its_last_instant() -> None:
    policy = shop.policy(valid_to=shop.NOW)
    last = shop.NOW - timedelta(microseconds=1)
    assert shop.judged(policy=policy, at=last).verdict is Verdict.ELIGIBLE
    (found,) = shop.judged(policy=policy, at=shop.NOW).lines[0].findings
    assert found.rule is Rule.POLICY


def test_a_later_version_never_overturns_what_a_caller_was_told() -> None:
    old = shop.policy(version=1)
    new = shop.policy(version=2, window=Window(days=5), valid_from=shop.PLACED)
    told = shop.judged(policies=(old, new), pinned=(old.ref,))
    assert told.verdict is Verdict.ELIGIBLE
    assert told.lines[0].policy == old.ref


def test_a_claimed_time_outside_the_offline_allowance_needs_a_person() -> None:
    policy = shop.policy(offline_hours=72)
    in_time = shop.NOW + timedelta(hours=72)
    late = in_time + timedelta(seconds=1)
    assert shop.judged(policy=policy, received_at=in_time).verdict is Verdict.ELIGIBLE
    assert finding(shop.judged(policy=policy, received_at=late), Rule.CLOCK)


@pytest.mark.parametrize("offline_hours", [None, 72])
def test_a_claimed_time_in_the_future_always_needs_a_person(offline_hours: int | None) -> None:
    policy = shop.policy(offline_hours=offline_hours)
    nearly = shop.NOW - timedelta(minutes=5)
    assert shop.judged(policy=policy, received_at=nearly).verdict is Verdict.ELIGIBLE
    early = nearly - timedelta(seconds=1)
    assert finding(shop.judged(policy=policy, received_at=early), Rule.CLOCK)


def test_the_most_specific_policy_judges() -> None:
    general = shop.policy()
    kitchen = shop.policy("kitchen", scope=Scope(categories=("kitchen",)))
    web_kitchen = shop.policy("web", scope=Scope(categories=("kitchen",), sources=("web",)))
    policies = (web_kitchen, general, kitchen)
    assert str(shop.judged(policies=policies).lines[0].policy) == "web v1"
    from_store = shop.order(source="store")
    assert str(shop.judged(policies=policies, order=from_store).lines[0].policy) == "kitchen v1"


# --- warranty ----------------------------------------------------------------------------------------------------


def test_a_defect_may_come_back_as_long_as_the_warranty_lasts() -> None:
    order = shop.order(shop.line(warranty=Warranty(2, WarrantyUnit.YEARS)))
    defect = {"return_type": ReturnType.DEFECT}
    wish = shop.wanted(reason="broken")
    last = datetime(2028, 11, 10, 22, 59, tzinfo=UTC)
    assert shop.judged(wish, order=order, at=last, asking=defect).verdict is Verdict.ELIGIBLE
    late = last + timedelta(minutes=1)
    assert shop.judged(wish, order=order, at=late, asking=defect).verdict is Verdict.INELIGIBLE
    assert shop.judged(wish, order=order, at=last).verdict is Verdict.INELIGIBLE
