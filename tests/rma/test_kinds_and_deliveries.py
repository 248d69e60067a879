"""Lines that arrive on different days, lines that are no goods, and what came back before we knew the order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rma.ledger import Ledger
from rma.order import LineKind, Order
from rma.policy import CouponRule, OriginalShipping, Rule
from rma.quote import ComponentKind, Quote
from rma.request import ReturnType
from rma.verdict import Verdict
from tests import shop

NOT_GOODS = [kind for kind in LineKind if kind is not LineKind.GOODS]
EARLY, LATE = shop.NOW - timedelta(days=40), shop.NOW - timedelta(days=2)


def quote(*lines: object, **fields: object) -> Quote:
    found = shop.judged(*lines, **fields).quote  # type: ignore[arg-type]
    assert found is not None
    return found


# --- split deliveries --------------------------------------------------------------------------------------------


def split() -> Order:
    """One order, three parcels: one long ago, one lately, one still on its way."""
    return shop.order(
        shop.line("1", gross=5000, delivered_at=EARLY),
        shop.line("2", gross=4000, delivered_at=LATE),
        shop.line("3", gross=1000, delivered=0, delivered_at=None),
        placed_at=EARLY - timedelta(days=3),
    )


def test_each_line_is_judged_by_its_own_delivery() -> None:
    verdicts = {
        line_id: shop.judged(shop.wanted(line_id), order=split()).verdict for line_id in "123"
    }
    assert verdicts == {
        "1": Verdict.INELIGIBLE,
        "2": Verdict.ELIGIBLE,
        "3": Verdict.INELIGIBLE,
    }


def test_the_strictest_parcel_decides_for_a_return_of_several() -> None:
    late = shop.wanted("1", override_reason="Was in hospital")
    assessment = shop.judged(late, shop.wanted("2"), order=split())
    assert assessment.verdict is Verdict.NEEDS_APPROVAL
    assert [line.verdict for line in assessment.lines] == [
        Verdict.NEEDS_APPROVAL,
        Verdict.ELIGIBLE,
    ]


def test_a_later_parcel_of_a_line_makes_its_units_returnable_and_keeps_the_slots_that_are_held() -> (
    None
):
    first = shop.order(shop.line(units=3, delivered=1, gross=1000))
    back = shop.finalized(order=first)
    later = shop.order(shop.line(units=3, gross=1000, delivered_at=LATE))
    ledger = shop.ledger(later, [back])
    assert ledger.returnable(later.lines[0]) == 2
    rest = quote(shop.wanted(quantity=2), order=later, ledger=ledger)
    assert back.quote is not None
    assert back.quote.lines[0].slots + rest.lines[0].slots == (1, 2, 3)
    assert back.quote.total + rest.total == 1000


def test_what_is_still_on_its_way_is_kept_and_meets_the_minimum_of_a_coupon() -> None:
    order = shop.order(
        shop.line("1", gross=5000),
        shop.line("2", gross=5000, delivered=0, delivered_at=None),
        discounts=(shop.discount({"1": 500, "2": 500}, minimum=5500),),
    )
    policy = shop.policy(coupon=CouponRule.REPRICE)
    assert quote(order=order, policy=policy).sum_of(ComponentKind.COUPON) == 0


def test_shipping_of_a_full_return_is_given_once_however_many_parcels_follow() -> None:
    policy = shop.policy(original_shipping=OriginalShipping.FULL_RETURN)
    order = replace(split(), charges=(shop.shipping(600),), tenders=(shop.card(10600),))
    both = [shop.wanted("1", override_reason="Was in hospital"), shop.wanted("2")]
    first = quote(*both, order=order, policy=policy)
    arrived = replace(
        order,
        lines=(*order.lines[:2], replace(order.lines[2], delivered=1, delivered_at=LATE)),
    )
    ledger = Ledger(arrived).with_hold(first.hold("a"))
    second = quote(shop.wanted("3"), order=arrived, ledger=ledger, policy=policy)
    shipping = ComponentKind.ORIGINAL_SHIPPING
    assert (first.sum_of(shipping), second.sum_of(shipping)) == (600, 0)


# --- services, gift cards, fees ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", NOT_GOODS)
def test_what_is_no_goods_never_comes_back_not_by_goodwill_nor_by_an_exception(
    kind: LineKind,
) -> None:
    order = shop.order(shop.line(kind=kind))
    asked = shop.judged(
        shop.wanted(override_reason="Insists"),
        order=order,
        asking={"return_type": ReturnType.GOODWILL, "goodwill_reason": "Insists"},
    )
    assert asked.verdict is Verdict.INELIGIBLE
    assert asked.quote is None
    (said,) = (f for f in asked.all_findings if f.rule is Rule.ITEM_KIND)
    assert not said.overridable


@pytest.mark.parametrize("kind", NOT_GOODS)
def test_what_is_no_goods_carries_no_share_of_shipping_and_stops_no_full_return(
    kind: LineKind,
) -> None:
    order = shop.order(
        shop.line("1", gross=5000),
        shop.line("2", gross=5000, kind=kind),
        charges=(shop.shipping(600),),
    )
    for rule in (OriginalShipping.ALWAYS, OriginalShipping.FULL_RETURN):
        found = quote(order=order, policy=shop.policy(original_shipping=rule))
        assert found.sum_of(ComponentKind.ORIGINAL_SHIPPING) == 600


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_all_returns_together_bring_no_more_than_the_goods_cost(data: st.DataObject) -> None:
    kinds = data.draw(st.lists(st.sampled_from(LineKind), min_size=1, max_size=4))
    lines = []
    for index, kind in enumerate(kinds, 1):
        units = data.draw(st.integers(1, 4))
        gross = data.draw(st.integers(0, 9000))
        before = data.draw(st.integers(0, units))
        lines.append(
            shop.line(
                str(index),
                kind=kind,
                units=units,
                gross=gross,
                returned_before=before,
                refunded_before=data.draw(st.integers(0, gross)),
            )
        )
    order = shop.order(*lines)
    ledger, total = Ledger(order), 0
    for line in lines:
        for _ in range(ledger.returnable(line)):
            found = quote(shop.wanted(line.line_id), order=order, ledger=ledger)
            ledger = ledger.with_hold(found.hold(str(total)))
            total += found.total
        assert ledger.consumed(line) <= line.delivered
    goods = [line for line in lines if line.kind is LineKind.GOODS]
    assert total <= sum(line.gross - line.refunded_before for line in goods)


# --- before we knew the order ------------------------------------------------------------------------------------


def test_money_that_went_back_without_a_return_lowers_what_the_line_still_brings() -> None:
    order = shop.order(shop.line(units=3, gross=1000, refunded_before=500))
    ledger, totals = Ledger(order), []
    for index in range(3):
        found = quote(order=order, ledger=ledger)
        ledger = ledger.with_hold(found.hold(shop.number(index)))
        totals.append(found.total)
    assert totals == [333, 167, 0]


def test_a_unit_that_came_back_before_counts_as_gone_for_the_minimum_of_a_coupon() -> None:
    order = shop.order(
        shop.line("1", units=2, gross=10000, returned_before=1, refunded_before=5000),
        shop.line("2", gross=5000),
        discounts=(shop.discount({"1": 2000, "2": 1000}, minimum=18000),),
    )
    policy = shop.policy(coupon=CouponRule.REPRICE)
    first = quote(shop.wanted("1"), order=order, policy=policy)
    ledger = Ledger(order).with_hold(first.hold("a"))
    second = quote(shop.wanted("2"), order=order, ledger=ledger, policy=policy)
    assert (first.total, second.total) == (4000, 6000)
