"""What a return brings: slots and their tax, fees, amounts set by hand, caps (domain section 5)."""

from __future__ import annotations

from typing import Any

import pytest

from rma.ledger import Ledger
from rma.policy import CouponRule, Fees, OriginalShipping, RefundTiming
from rma.quote import ComponentKind, Quote
from rma.request import Condition
from tests import shop


def quote(*lines: Any, **fields: Any) -> Quote:
    """The quote of a request that has one."""
    found = shop.judged(*lines, **fields).quote
    assert found is not None
    return found


def amounts_of(q: Quote) -> list[tuple[ComponentKind, int]]:
    return [(component.kind, component.amount) for component in q.all_components]


def one_by_one(order: Any, units: int, **fields: Any) -> list[Quote]:
    """Return a line unit by unit; each quote in turn."""
    ledger, quotes = Ledger(order), []
    for index in range(units):
        q = quote(order=order, ledger=ledger, **fields)
        ledger = ledger.with_hold(q.hold(shop.number(index)))
        quotes.append(q)
    return quotes


# --- slots and tax -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("currency", "gross", "units", "totals"),
    [
        ("EUR", 1000, 3, [333, 334, 333]),
        ("EUR", 29000, 3, [9667, 9666, 9667]),
        ("EUR", 167, 2, [84, 83]),
        ("JPY", 1000, 3, [333, 334, 333]),
        ("BHD", 10000, 3, [3333, 3334, 3333]),
    ],
)
def test_golden_numbers_unit_by_unit(
    currency: str, gross: int, units: int, totals: list[int]
) -> None:
    order = shop.order(shop.line(units=units, gross=gross), currency=currency)
    assert [q.total for q in one_by_one(order, units)] == totals


def test_tax_has_the_same_slots_and_net_is_what_is_left() -> None:
    order = shop.order(shop.line(units=3, gross=1000, tax=160))
    quotes = one_by_one(order, 3)
    assert [q.tax for q in quotes] == [53, 54, 53]
    assert [q.lines[0].components[0].net for q in quotes] == [280, 280, 280]


def test_a_return_takes_the_lowest_free_slots() -> None:
    order = shop.order(shop.line(units=4, gross=1000))
    ledger = Ledger(order).with_hold(quote(order=order).hold(shop.number(1)))
    q = quote(shop.wanted(quantity=2), order=order, ledger=ledger)
    assert q.lines[0].slots == (2, 3)


def test_a_cancelled_return_frees_exactly_its_slots() -> None:
    order = shop.order(shop.line(units=3, gross=1000))
    first, second, _ = one_by_one(order, 3)
    ledger = Ledger(order).with_hold(first.hold("a")).with_hold(second.hold("b"))
    again = quote(order=order, ledger=ledger.without("a"))
    assert again.lines[0].slots == (1,)
    assert again.total == first.total


def test_slots_are_of_paid_units_even_where_fewer_were_delivered() -> None:
    order = shop.order(shop.line(units=3, delivered=2, gross=1000))
    q = quote(shop.wanted(quantity=2), order=order)
    assert q.total == 667


def test_lines_of_one_request_on_the_same_order_line_take_different_slots() -> None:
    order = shop.order(shop.line(units=3, gross=1000))
    q = quote(shop.wanted(), shop.wanted(quantity=2, reason="broken"), order=order)
    assert [line.slots for line in q.lines] == [(1,), (2, 3)]
    assert q.total == 1000


# --- restocking fee ----------------------------------------------------------------------------------------------

FIFTEEN = shop.policy(fees=Fees(restocking=1500))


def test_a_restocking_fee_is_a_percent_of_the_tax_inclusive_value() -> None:
    q = quote(policy=FIFTEEN)
    assert amounts_of(q) == [
        (ComponentKind.ITEM, 11900),
        (ComponentKind.RESTOCKING_FEE, -1785),
    ]
    assert q.total == 10115
    assert q.tax == 1900 - 285


def test_a_restocking_fee_goes_by_slots_and_adds_up_in_any_split() -> None:
    order = shop.order(shop.line(units=3, gross=1000))
    policy = shop.policy(fees=Fees(restocking=1000))
    fees = [q.sum_of(ComponentKind.RESTOCKING_FEE) for q in one_by_one(order, 3, policy=policy)]
    assert fees == [-33, -34, -33]  # 33.3, 66.7, 100 rounded half up


def test_a_restocking_fee_is_fixed_with_the_first_unit_that_is_charged() -> None:
    order = shop.order(shop.line(units=2, gross=20000))
    ledger = Ledger(order).with_hold(quote(order=order, policy=FIFTEEN).hold("a"))
    dearer = shop.policy(version=2, fees=Fees(restocking=5000))
    q = quote(order=order, ledger=ledger, policy=dearer)
    assert q.lines[0].fee == 1500
    assert q.sum_of(ComponentKind.RESTOCKING_FEE) == -1500


def test_units_that_are_not_charged_fix_no_fee() -> None:
    order = shop.order(shop.line(units=2, gross=20000))
    free = quote(shop.wanted(reason="broken"), order=order, policy=FIFTEEN)
    assert free.lines[0].fee is None
    ledger = Ledger(order).with_hold(free.hold("a"))
    assert quote(order=order, ledger=ledger, policy=FIFTEEN).lines[0].fee == 1500


def test_no_restocking_fee_where_the_merchant_is_at_fault() -> None:
    assert quote(shop.wanted(reason="broken"), policy=FIFTEEN).total == 11900


def test_a_waived_restocking_fee_belongs_to_its_slots() -> None:
    order = shop.order(shop.line(units=2, gross=20000))
    waived = quote(shop.wanted(waive_fee_reason="Loyal"), order=order, policy=FIFTEEN)
    assert waived.total == 10000
    ledger = Ledger(order).with_hold(waived.hold("a"))
    assert quote(order=order, ledger=ledger, policy=FIFTEEN).total == 8500


def test_blanks_are_no_reason_to_waive_a_fee() -> None:
    policy = shop.policy(fees=Fees(restocking=1500, return_shipping=shop.amounts(EUR=490)))
    blank = quote(
        shop.wanted(waive_fee_reason="  "),
        policy=policy,
        asking={"waive_shipping_fee_reason": " "},
    )
    assert blank.total == 11900 - 1785 - 490


def test_a_restocking_fee_for_opened_goods_spares_sealed_ones() -> None:
    fees = Fees(restocking=1500, restocking_conditions=(Condition.OPENED,))
    policy = shop.policy(fees=fees)
    assert quote(policy=policy).total == 10115
    assert quote(shop.wanted(condition=Condition.SEALED), policy=policy).total == 11900


def test_an_untaxed_fee_leaves_the_tax_alone() -> None:
    policy = shop.policy(
        fees=Fees(restocking=1500, taxed=False, return_shipping=shop.amounts(EUR=490))
    )
    assert quote(policy=policy).tax == 1900


# --- return shipping ---------------------------------------------------------------------------------------------

SHIPPING_FEE = shop.policy(fees=Fees(return_shipping=shop.amounts(EUR=490)))


def test_return_shipping_is_taken_off_once_for_the_whole_return() -> None:
    order = shop.order(shop.line("1"), shop.line("2"))
    q = quote(shop.wanted("1"), shop.wanted("2"), order=order, policy=SHIPPING_FEE)
    assert q.sum_of(ComponentKind.RETURN_SHIPPING) == -490
    assert q.tax == 2 * 1900 - 78


def test_return_shipping_floors_a_refund_at_zero_and_makes_no_debt() -> None:
    order = shop.order(shop.line(units=2, gross=400))
    first, second = one_by_one(order, 2, policy=SHIPPING_FEE)
    assert first.total == second.total == 0  # each return has its own fee, none of another's
    assert first.payouts == ()


def test_return_shipping_is_ours_where_we_are_at_fault() -> None:
    assert quote(shop.wanted(reason="broken"), policy=SHIPPING_FEE).total == 11900


def test_return_shipping_can_be_waived_with_a_reason() -> None:
    q = quote(policy=SHIPPING_FEE, asking={"waive_shipping_fee_reason": "Sent twice"})
    assert q.total == 11900


# --- amounts set by hand -----------------------------------------------------------------------------------------


def test_zero_is_a_decision() -> None:
    q = quote(shop.wanted(amount=0, amount_reason="Kept as a gift"))
    assert (q.total, q.tax, q.payouts) == (0, 0, ())


def test_not_set_is_not_zero() -> None:
    assert quote(shop.wanted(amount=None)).total == 11900


def test_an_amount_below_the_entitlement_takes_its_tax_along() -> None:
    q = quote(shop.wanted(amount=5950, amount_reason="Scratched"))
    assert amounts_of(q) == [(ComponentKind.ITEM, 11900), (ComponentKind.MANUAL, -5950)]
    assert q.tax == 950


def test_an_amount_above_the_entitlement_is_goodwill_and_its_own_component() -> None:
    q = quote(shop.wanted(amount=12400, amount_reason="Long wait"))
    assert amounts_of(q) == [(ComponentKind.ITEM, 11900), (ComponentKind.GOODWILL, 500)]
    assert q.tax == 1900


def test_a_lower_amount_never_moves_to_another_unit() -> None:
    order = shop.order(shop.line(units=2, gross=20000))
    lower = quote(shop.wanted(amount=1, amount_reason="Scratched"), order=order)
    ledger = Ledger(order).with_hold(lower.hold("a"))
    assert quote(order=order, ledger=ledger).total == 10000


def test_no_fee_comes_off_an_amount_set_by_hand() -> None:
    q = quote(shop.wanted(amount=9000, amount_reason="Agreed"), policy=FIFTEEN)
    assert q.total == 9000


def test_goodwill_of_the_return_is_its_own_component_without_tax() -> None:
    q = quote(asking={"goodwill": 500, "goodwill_reason": "Long wait"})
    assert amounts_of(q)[-1] == (ComponentKind.GOODWILL, 500)
    assert (q.total, q.tax) == (12400, 1900)


# --- caps --------------------------------------------------------------------------------------------------------


def test_a_line_gives_back_no_more_than_its_gross() -> None:
    order = shop.order(shop.line(units=2, gross=20000, refunded_before=15000))
    assert [q.total for q in one_by_one(order, 2)] == [5000, 0]


def test_units_that_came_back_before_hold_the_lowest_slots() -> None:
    order = shop.order(shop.line(units=3, gross=1000, returned_before=1, refunded_before=333))
    q = quote(shop.wanted(quantity=2), order=order)
    assert q.lines[0].slots == (2, 3)
    assert q.total == 667


def test_an_order_gives_back_no_more_than_was_captured() -> None:
    order = shop.order(tenders=(shop.card(11900, refunded=10000),))
    q = quote(order=order)
    assert (q.total, q.sum_of(ComponentKind.CAP)) == (1900, -10000)
    assert q.tax == round(1900 * 1900 / 11900)


def test_a_cap_that_takes_everything_takes_all_tax_too() -> None:
    order = shop.order(
        charges=(shop.shipping(590, tax=94),), tenders=(shop.card(12490, refunded=12490),)
    )
    policy = shop.policy(original_shipping=OriginalShipping.ALWAYS)
    q = quote(order=order, policy=policy)
    assert (q.total, q.tax) == (0, 0)


def test_pending_refunds_count_against_the_order() -> None:
    order = shop.order(
        shop.line(units=2, gross=20000), tenders=(shop.card(15000),)
    )  # paid short: a discount the source forgot
    first, second = one_by_one(order, 2)
    assert (first.total, second.total) == (10000, 5000)


def test_goodwill_is_beyond_the_cap_and_does_not_use_it_up() -> None:
    order = shop.order(shop.line(units=2, gross=20000))
    first = quote(order=order, asking={"goodwill": 500, "goodwill_reason": "Long wait"})
    ledger = Ledger(order).with_hold(first.hold("a"))
    assert first.total == 10500
    assert quote(order=order, ledger=ledger).total == 10000


def test_a_line_that_cost_nothing_comes_back_for_nothing() -> None:
    order = shop.order(shop.line(units=2, gross=0), charges=(shop.shipping(),))
    policy = shop.policy(
        fees=Fees(restocking=1500, return_shipping=shop.amounts(EUR=490)), coupon=CouponRule.REPRICE
    )
    q = quote(shop.wanted(quantity=2), order=order, policy=policy)
    assert (q.total, q.tax, q.payouts) == (0, 0, ())


def test_the_largest_amounts_stay_exact() -> None:
    units = 999
    order = shop.order(shop.line(units=units, gross=10**15, tax=10**14))
    q = quote(shop.wanted(quantity=units), order=order, policy=FIFTEEN)
    assert q.total == 10**15 - 15 * 10**13


# --- estimate ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timing", "estimate"),
    [("after_inspection", True), ("on_receipt", False), ("advance", False), ("keep_item", False)],
)
def test_money_that_waits_for_an_inspection_is_an_estimate(timing: str, estimate: bool) -> None:
    assert quote(policy=shop.policy(refund_timing=RefundTiming(timing))).estimate is estimate


def test_rounding_rule_and_policy_version_stand_on_the_quote() -> None:
    q = quote(policy=shop.policy(version=7))
    assert q.rounding == "half_up"
    assert [str(ref) for ref in q.policies] == ["general v7"]


def test_who_previews_changes_no_money() -> None:
    assert quote(actor=shop.SUPERVISOR) == quote(actor=shop.AGENT)
