"""Money of the whole order: original shipping and coupons (domain rules 5.5 and 5.7)."""

from __future__ import annotations

from typing import Any

import pytest

from rma.ledger import Ledger
from rma.order import Charge, ChargeKind, Order
from rma.policy import CouponRule, Fees, OriginalShipping
from rma.quote import ComponentKind, Quote
from tests import shop

SHIPPING, COUPON = ComponentKind.ORIGINAL_SHIPPING, ComponentKind.COUPON


def quote(*lines: Any, **fields: Any) -> Quote:
    found = shop.judged(*lines, **fields).quote
    assert found is not None
    return found


def in_turn(order: Order, wants: list[Any], **fields: Any) -> list[Quote]:
    """One return after the other on the same order."""
    ledger, quotes = Ledger(order), []
    for index, want in enumerate(wants):
        q = quote(want, order=order, ledger=ledger, **fields)
        ledger = ledger.with_hold(q.hold(shop.number(index)))
        quotes.append(q)
    return quotes


# --- original shipping -------------------------------------------------------------------------------------------


def two_lines() -> Order:
    """Goods of 100.00 and 50.00, and 6.00 of shipping with 0.96 of tax."""
    return shop.order(
        shop.line("1", gross=10000),
        shop.line("2", gross=5000),
        charges=(shop.shipping(600, tax=96),),
    )


def shipping_by(rule: OriginalShipping, *wants: Any) -> list[int]:
    policy = shop.policy(original_shipping=rule)
    return [q.sum_of(SHIPPING) for q in in_turn(two_lines(), list(wants), policy=policy)]


def test_never_gives_no_shipping_back() -> None:
    assert shipping_by(OriginalShipping.NEVER, shop.wanted("1"), shop.wanted("2")) == [0, 0]


def test_full_return_gives_the_whole_shipping_with_the_last_unit() -> None:
    rule = OriginalShipping.FULL_RETURN
    assert shipping_by(rule, shop.wanted("1"), shop.wanted("2")) == [0, 600]


def test_merchant_fault_gives_the_share_of_the_faulty_line() -> None:
    rule = OriginalShipping.MERCHANT_FAULT
    assert shipping_by(rule, shop.wanted("1", reason="broken"), shop.wanted("2")) == [400, 0]


def test_always_gives_each_line_its_share() -> None:
    assert shipping_by(OriginalShipping.ALWAYS, shop.wanted("1"), shop.wanted("2")) == [400, 200]


def test_shipping_goes_by_slots_inside_a_line() -> None:
    order = shop.order(shop.line(units=3, gross=30000), charges=(shop.shipping(1000),))
    policy = shop.policy(original_shipping=OriginalShipping.ALWAYS)
    quotes = in_turn(order, [shop.wanted()] * 3, policy=policy)
    assert [q.sum_of(SHIPPING) for q in quotes] == [333, 334, 333]


def test_shipping_is_refundable_once() -> None:
    order = shop.order(charges=(shop.shipping(600, refunded=500),))
    policy = shop.policy(original_shipping=OriginalShipping.ALWAYS)
    assert quote(order=order, policy=policy).sum_of(SHIPPING) == 100


def test_the_tax_of_shipping_adds_up_even_after_a_cancelled_return() -> None:
    order = shop.order(shop.line(units=4, gross=10000), charges=(shop.shipping(7, tax=3),))
    policy = shop.policy(original_shipping=OriginalShipping.ALWAYS)
    first, second = in_turn(order, [shop.wanted(), shop.wanted(quantity=2)], policy=policy)
    ledger = Ledger(order).with_hold(second.hold("b"))  # the first was cancelled
    third = quote(shop.wanted(quantity=2), order=order, ledger=ledger, policy=policy)
    back = [c for q in (second, third) for c in q.components if c.kind is SHIPPING]
    assert first.total > 0
    assert (sum(c.amount for c in back), sum(c.tax for c in back)) == (7, 3)


def test_a_fee_of_the_order_is_not_shipping_and_does_not_come_back() -> None:
    fee = Charge(charge_id="gift wrap", kind=ChargeKind.FEE, gross=300)
    policy = shop.policy(original_shipping=OriginalShipping.ALWAYS)
    assert quote(order=shop.order(charges=(fee,)), policy=policy).total == 11900


def test_undelivered_goods_do_not_stop_a_full_return() -> None:
    order = shop.order(shop.line("1"), shop.line("2", delivered=0), charges=(shop.shipping(600),))
    policy = shop.policy(original_shipping=OriginalShipping.FULL_RETURN)
    assert quote(order=order, policy=policy).sum_of(SHIPPING) == 600


# --- coupons -----------------------------------------------------------------------------------------------------


def coupon_order(**line: Any) -> Order:
    """60 + 60, with 20 off from 100."""
    return shop.order(
        shop.line("1", gross=5000, **line),
        shop.line("2", gross=5000, **line),
        discounts=(shop.discount({"1": 1000, "2": 1000}, minimum=10000),),
    )


REPRICE = shop.policy(coupon=CouponRule.REPRICE)


def test_golden_coupon_the_first_unit_brings_40_the_second_60() -> None:
    quotes = in_turn(coupon_order(), [shop.wanted("1"), shop.wanted("2")], policy=REPRICE)
    assert [q.total for q in quotes] == [4000, 6000]
    assert [q.sum_of(COUPON) for q in quotes] == [-1000, 1000]


def test_a_coupon_is_kept_by_default() -> None:
    quotes = in_turn(coupon_order(), [shop.wanted("1"), shop.wanted("2")])
    assert [q.total for q in quotes] == [5000, 5000]


def test_everything_at_once_loses_no_discount() -> None:
    q = quote(shop.wanted("1"), shop.wanted("2"), order=coupon_order(), policy=REPRICE)
    assert q.total == 10000


def test_a_coupon_without_a_minimum_is_never_lost() -> None:
    order = shop.order(
        shop.line("1", gross=5000),
        shop.line("2", gross=5000),
        discounts=(shop.discount({"1": 1000, "2": 1000}),),
    )
    assert quote(order=order, policy=REPRICE).total == 5000


def test_a_coupon_is_kept_where_what_is_kept_is_worth_exactly_its_minimum() -> None:
    order = shop.order(
        shop.line("1", gross=5000),
        shop.line("2", gross=9000),
        discounts=(shop.discount({"1": 1000, "2": 1000}, minimum=10000),),
    )
    assert quote(shop.wanted("1"), order=order, policy=REPRICE).sum_of(COUPON) == 0


def test_a_lost_discount_takes_its_tax_along_and_brings_it_back() -> None:
    quotes = in_turn(coupon_order(tax=800), [shop.wanted("1"), shop.wanted("2")], policy=REPRICE)
    assert [q.tax for q in quotes] == [640, 960]


def test_a_lost_discount_never_makes_a_debt_and_the_rest_is_taken_later() -> None:
    order = shop.order(
        shop.line("1", gross=100),
        shop.line("2", gross=9000),
        discounts=(shop.discount({"2": 2000}, minimum=11050),),
    )
    quotes = in_turn(order, [shop.wanted("1"), shop.wanted("2")], policy=REPRICE)
    assert [q.total for q in quotes] == [0, 9100]


def test_a_cancelled_return_gives_the_discount_back_to_what_is_kept() -> None:
    order = coupon_order()
    first = quote(shop.wanted("1"), order=order, policy=REPRICE)
    assert first.sum_of(COUPON) == -1000
    assert quote(shop.wanted("2"), order=order, policy=REPRICE) == quote(
        shop.wanted("2"), order=order, ledger=Ledger(order), policy=REPRICE
    )


def test_what_was_taken_off_is_given_back_even_when_the_policy_keeps_coupons_now() -> None:
    order = coupon_order()
    first = quote(shop.wanted("1"), order=order, policy=REPRICE)
    ledger = Ledger(order).with_hold(first.hold("a"))
    assert quote(shop.wanted("2"), order=order, ledger=ledger).total == 6000


def test_an_item_discount_never_lowers_the_shipping_refund() -> None:
    order = shop.order(
        shop.line("1", gross=5000),
        shop.line("2", gross=5000),
        discounts=(shop.discount({"1": 1000, "2": 1000}, minimum=10000),),
        charges=(shop.shipping(600),),
    )
    policy = shop.policy(coupon=CouponRule.REPRICE, original_shipping=OriginalShipping.ALWAYS)
    assert quote(order=order, policy=policy).sum_of(SHIPPING) == 300


def test_a_changed_order_with_fewer_units_can_still_be_priced() -> None:
    before = shop.order(shop.line("1", units=3, gross=9000), shop.line("2", gross=5000))
    held = quote(shop.wanted(quantity=3), order=before).hold(shop.number())
    after = shop.order(
        shop.line("1", units=2, gross=6000),
        shop.line("2", gross=5000),
        discounts=(shop.discount({"1": 500, "2": 500}, minimum=10000),),
    )
    ledger = Ledger(after, (held,))
    assert ledger.returnable(after.lines[0]) == 0
    assert quote(shop.wanted("2"), order=after, ledger=ledger, policy=REPRICE).total >= 0


@pytest.mark.parametrize("rule", list(CouponRule))
def test_fees_and_coupons_together_never_go_below_zero(rule: CouponRule) -> None:
    policy = shop.policy(
        coupon=rule, fees=Fees(restocking=9900, return_shipping=shop.amounts(EUR=490))
    )
    q = quote(shop.wanted("1"), order=coupon_order(tax=798), policy=policy)
    assert q.total == 0
    assert q.tax == 0
