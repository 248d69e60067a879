"""Exchange and replacement: what goes out, what it costs, and what it brings when it comes back (rules 4.7, 5.12)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from rma.assessment import Assessment
from rma.ledger import Ledger
from rma.order import LineKind, Order, Product, TenderKind, Warranty, WarrantyUnit
from rma.outbound import OutboundQuote, Payment
from rma.policy import Approval, CouponRule, Fees, OriginalShipping, Policy, Window
from rma.quote import ComponentKind, Quote
from rma.record import RmaRecord, cancel
from rma.request import LineRequest, Resolution, ReturnType
from rma.sent import told_products, with_sent
from rma.verdict import Verdict
from tests import shop
from tests.rma.sending import delivered

SENDING = shop.sending()


def judged(*lines: LineRequest, **fields: Any) -> Assessment:
    return shop.judged(*lines, **{"policy": SENDING} | fields)


def quoted(*lines: LineRequest, **fields: Any) -> Quote:
    assessment = judged(*lines, **fields)
    assert assessment.quote is not None
    assert assessment.missing == ()
    return assessment.quote


def outbound(*lines: LineRequest, **fields: Any) -> OutboundQuote:
    sent = quoted(*lines, **fields).outbound
    assert sent is not None
    return sent


def after(order: Order, *records: RmaRecord) -> tuple[Order, Ledger]:
    """The order and its ledger with all that these returns hold and send."""
    order = with_sent(order, records)
    return order, shop.ledger(order, records)


def payouts(quote: Quote) -> list[tuple[TenderKind, int]]:
    return [(share.kind, share.amount) for share in quote.payouts]


# --- the price difference ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "owed", "refunded"), [(15000, 3100, 0), (11900, 0, 0), (10000, 0, 1900)]
)
def test_the_difference_is_owed_or_refunded(today: int, owed: int, refunded: int) -> None:
    quote = quoted(shop.swapped(), products=(shop.kettle(today),))
    assert (quote.owed, quote.total) == (owed, refunded)
    assert payouts(quote) == ([(TenderKind.CARD, refunded)] if refunded else [])


def test_the_difference_is_the_same_both_ways() -> None:
    there = outbound(shop.swapped(), products=(shop.kettle(15000),))
    back = outbound(
        shop.swapped(),
        order=shop.order(shop.line(gross=15000)),
        products=(shop.kettle(11900),),
    )
    assert there.difference == -back.difference == 3100


def test_tax_is_that_of_each_step_and_never_rounded_again() -> None:
    quote = quoted(shop.swapped(), products=(shop.kettle(15000, 2395),))
    assert quote.outbound is not None
    assert (quote.outbound.credit_tax, quote.outbound.tax) == (1900, 2395)
    assert quote.outbound.difference_tax == 495
    assert [(c.kind, c.amount, c.tax) for c in quote.all_components] == [
        (ComponentKind.ITEM, 11900, 1900),
        (ComponentKind.CARRIED, -11900, -1900),
    ]
    assert quote.tax == 0


def test_a_refund_of_the_rest_keeps_the_tax_of_what_came_back() -> None:
    quote = quoted(shop.swapped(), products=(shop.kettle(5950, 950),))
    assert (quote.total, quote.tax) == (5950, 950)


def test_several_units_go_out_at_their_exact_multiple() -> None:
    wish = shop.swapped(quantity=2, outbound_units=3)
    sent = outbound(
        wish, order=shop.order(shop.line(units=2, gross=1000)), products=(shop.kettle(333, 53),)
    )
    assert (sent.total, sent.tax, sent.difference) == (999, 159, -1)


def test_as_many_go_out_as_come_back_unless_said_otherwise() -> None:
    order = shop.order(shop.line(units=3, gross=1000))
    assert (
        outbound(shop.swapped(quantity=2), order=order, products=(shop.kettle(400),)).total == 800
    )


def test_the_lowest_slots_pay() -> None:
    order = shop.order(shop.line(units=3, gross=1000))
    values = []
    records: list[RmaRecord] = []
    for index in range(3):
        order_now, ledger = after(order, *records)
        fields: dict[str, Any] = {
            "order": order_now,
            "ledger": ledger,
            "policy": SENDING,
            "products": (shop.kettle(500),),
        }
        sent = outbound(shop.swapped(), **fields)
        values.append(sent.credit)
        records.append(shop.finalized(shop.swapped(), rma_number=shop.number(index), **fields))
    assert values == [333, 334, 333]


def test_fees_come_off_before_the_value_is_carried() -> None:
    policy = shop.sending(fees=Fees(restocking=1000, return_shipping=shop.amounts(EUR=490)))
    sent = outbound(shop.swapped(), policy=policy, products=(shop.kettle(15000),))
    assert sent.credit == 11900 - 1190 - 490
    assert sent.owed == 15000 - sent.credit


def test_sending_costs_what_the_policy_says_with_tax_in_proportion() -> None:
    policy = shop.sending(fees=Fees(outbound_shipping=shop.amounts(EUR=390)))
    sent = outbound(shop.swapped(), policy=policy, products=(shop.kettle(11900, 1900),))
    assert (sent.shipping, sent.shipping_tax, sent.owed) == (390, 62, 390)
    untaxed = shop.sending(fees=Fees(outbound_shipping=shop.amounts(EUR=390), taxed=False))
    sent = outbound(shop.swapped(), policy=untaxed, products=(shop.kettle(11900, 1900),))
    assert (sent.shipping, sent.shipping_tax) == (390, 0)


def test_sending_is_free_at_the_merchants_fault() -> None:
    policy = shop.sending(fees=Fees(outbound_shipping=shop.amounts(EUR=390)))
    wish = shop.swapped(reason="broken")
    assert outbound(wish, policy=policy, products=(shop.kettle(11900),)).owed == 0


def test_goodwill_pays_for_the_difference_first_and_the_rest_is_refunded() -> None:
    asking = {"goodwill": 1000, "goodwill_reason": "Long wait"}
    quote = quoted(shop.swapped(), asking=asking, products=(shop.kettle(12500),))
    assert quote.outbound is not None
    assert (quote.outbound.difference, quote.outbound.discount, quote.owed) == (600, 600, 0)
    assert quote.total == 400


def test_one_return_nets_refunded_and_exchanged_lines() -> None:
    order = shop.order(shop.line("1", gross=5000), shop.line("2", gross=5000))
    quote = quoted(shop.wanted("1"), shop.swapped("2"), order=order, products=(shop.kettle(8000),))
    assert (quote.owed, quote.total) == (0, 2000)


def test_money_that_is_left_over_goes_where_a_refund_would_go() -> None:
    old = shop.sending(store_credit_after_days=5)
    quote = quoted(shop.swapped(), policy=old, products=(shop.kettle(10000),))
    assert payouts(quote) == [(TenderKind.STORE_CREDIT, 1900)]


def test_an_exchange_wins_over_a_destination_override() -> None:
    asking = {"destination_override": Resolution.STORE_CREDIT, "destination_reason": "Card expired"}
    quote = quoted(shop.swapped(), asking=asking, products=(shop.kettle(10000),))
    assert quote.lines[0].resolution is Resolution.EXCHANGE
    assert payouts(quote) == [(TenderKind.STORE_CREDIT, 1900)]


def test_a_return_of_type_exchange_exchanges_every_line_without_a_wish() -> None:
    wish = shop.wanted(outbound_sku="NEW")
    asking = {"return_type": ReturnType.EXCHANGE}
    assert quoted(wish, asking=asking, products=(shop.kettle(11900),)).total == 0


def test_a_large_exchange_is_confirmed_though_no_money_goes_back() -> None:
    policy = shop.sending(approval=Approval(amount=shop.amounts(EUR=10000)))
    assessment = judged(shop.swapped(), policy=policy, products=(shop.kettle(11900),))
    assert assessment.verdict is Verdict.NEEDS_APPROVAL
    assert assessment.findings[0].sentence.startswith("A return worth 119.00 EUR")


def test_the_price_is_the_orders_currency_or_nothing() -> None:
    assessment = judged(shop.swapped(), products=(shop.kettle(11900, currency="USD"),))
    assert [m.field for m in assessment.missing] == ["outbound_sku"]


# --- a replacement -----------------------------------------------------------------------------------------------


def test_a_replacement_moves_no_money() -> None:
    policy = shop.sending(
        fees=Fees(
            restocking=1500,
            return_shipping=shop.amounts(EUR=490),
            outbound_shipping=shop.amounts(EUR=390),
        )
    )
    quote = quoted(shop.replaced(), policy=policy)
    assert (quote.total, quote.tax, quote.owed, payouts(quote)) == (0, 0, 0, [])


def test_a_replacement_is_for_a_fault() -> None:
    assert judged(shop.replaced(reason="wrong_size")).verdict is Verdict.INELIGIBLE
    defect = {"return_type": ReturnType.DEFECT}
    assert judged(shop.replaced(reason="wrong_size"), asking=defect).verdict is Verdict.ELIGIBLE


def test_a_replacement_inherits_gross_and_tax_of_its_slots() -> None:
    order = shop.order(shop.line(units=3, gross=1000, tax=160))
    record = delivered(shop.finalized(shop.replaced(quantity=2), order=order, policy=SENDING))
    line = with_sent(order, [record]).lines[-1]
    assert (line.units, line.delivered, line.gross, line.tax) == (2, 2, 667, 107)
    assert line.origin is not None
    assert (line.origin.line_id, line.origin.slots) == ("1", (1, 2))
    assert line.kind is LineKind.GOODS


def test_its_warranty_runs_on() -> None:
    order = shop.order(shop.line(warranty=Warranty(2, WarrantyUnit.MONTHS)))
    record = delivered(
        shop.finalized(shop.replaced(), order=order, policy=SENDING),
        at=shop.NOW + timedelta(days=40),
    )
    order, ledger = after(order, record)
    late = shop.NOW + timedelta(days=40)
    defect = {"return_type": ReturnType.DEFECT}
    short = shop.sending(window=Window(days=1))
    fields: dict[str, Any] = {
        "order": order,
        "ledger": ledger,
        "policy": short,
        "asking": defect,
    }
    wish = shop.wanted(order.lines[-1].line_id, reason="broken")
    assert shop.judged(wish, at=late, **fields).verdict is Verdict.ELIGIBLE
    # two months after the first delivery of 10 November, not after the second of 30 December
    assert shop.judged(wish, at=late + timedelta(days=12), **fields).verdict is Verdict.INELIGIBLE


def test_a_replacement_of_a_replacement_still_counts_from_the_first_delivery() -> None:
    order = shop.order(shop.line(warranty=Warranty(2, WarrantyUnit.YEARS)))
    first = delivered(shop.finalized(shop.replaced(), order=order, policy=SENDING))
    order_now, ledger = after(order, first)
    second = delivered(
        shop.finalized(
            shop.replaced(order_now.lines[-1].line_id),
            rma_number=shop.number(1),
            order=order_now,
            ledger=ledger,
            policy=SENDING,
        )
    )
    last = with_sent(order, [first, second]).lines[-1]
    assert last.origin is not None
    assert last.origin.warranty_from == shop.DELIVERED
    assert last.gross == 11900


# --- the return of what was sent out -----------------------------------------------------------------------------


def test_what_was_sent_out_comes_back_only_after_its_delivery() -> None:
    order = shop.order()
    record = shop.finalized(shop.replaced(), order=order, policy=SENDING)
    order_now, ledger = after(order, record)
    line = order_now.lines[-1]
    assert ledger.returnable(line) == 0
    order_now, ledger = after(order, delivered(record))
    assert ledger.returnable(order_now.lines[-1]) == 1
    assert ledger.returnable(order_now.lines[0]) == 0


def test_a_returned_replacement_is_refunded_to_the_origins_tenders() -> None:
    order = shop.order(
        tenders=(
            shop.tender(TenderKind.CARD, 5000),
            shop.tender(TenderKind.GIFT_CARD, 6900),
        )
    )
    record = delivered(shop.finalized(shop.replaced(), order=order, policy=SENDING))
    order_now, ledger = after(order, record)
    quote = quoted(shop.wanted(order_now.lines[-1].line_id), order=order_now, ledger=ledger)
    assert payouts(quote) == [(TenderKind.CARD, 5000), (TenderKind.GIFT_CARD, 6900)]


def exchanged(order: Order, price: int, *, policy: Policy = SENDING, **asking: Any) -> RmaRecord:
    record = shop.finalized(
        shop.swapped(), order=order, policy=policy, products=(shop.kettle(price),), asking=asking
    )
    owed = record.quote.owed if record.quote else 0
    return delivered(record, Payment(kind=TenderKind.PAYPAL, amount=owed) if owed else None)


def test_an_exchanged_item_has_no_warranty_of_the_one_it_was_exchanged_for() -> None:
    order = shop.order(shop.line(warranty=Warranty(2, WarrantyUnit.YEARS)))
    item = with_sent(order, [exchanged(order, 15000)]).lines[-1]
    assert item.warranty is None


def returned(order: Order, *records: RmaRecord, policy: Policy = SENDING) -> Quote:
    order_now, ledger = after(order, *records)
    line_id = order_now.lines[-1].line_id
    return quoted(shop.wanted(line_id), order=order_now, ledger=ledger, policy=policy)


def test_a_dearer_exchange_brings_back_the_carried_value_first_and_then_what_was_added() -> None:
    order = shop.order()
    quote = returned(order, exchanged(order, 15000))
    assert payouts(quote) == [(TenderKind.CARD, 11900), (TenderKind.PAYPAL, 3100)]


def test_a_cheaper_exchange_brings_back_its_own_price_only() -> None:
    order = shop.order()
    record = exchanged(order, 10000)
    assert record.quote is not None
    assert record.quote.total + returned(order, record).total == 11900


def test_a_fee_of_the_exchange_never_comes_back() -> None:
    order = shop.order()
    policy = shop.sending(fees=Fees(restocking=1000))
    assert returned(order, exchanged(order, 10710, policy=policy)).total == 10710


def test_goodwill_that_paid_for_an_exchange_never_becomes_money() -> None:
    order = shop.order(shop.line("1"), shop.line("2", gross=5000))
    record = exchanged(order, 12500, goodwill=600, goodwill_reason="Long wait")
    assert returned(order, record).total == 11900


def test_the_exchanged_item_can_be_exchanged_again() -> None:
    order = shop.order()
    record = exchanged(order, 15000)
    order_now, ledger = after(order, record)
    wish = shop.swapped(order_now.lines[-1].line_id, outbound_sku="OTHER")
    quote = quoted(
        wish, order=order_now, ledger=ledger, products=(shop.kettle(11900, sku="OTHER"),)
    )
    assert payouts(quote) == [(TenderKind.CARD, 3100)]


def test_a_cancelled_exchange_leaves_the_order_as_it_was() -> None:
    order = shop.order()
    record = shop.finalized(
        shop.swapped(),
        order=order,
        policy=shop.policy(resolutions=tuple(Resolution)),
        products=(shop.kettle(15000),),
    )
    gone = cancel(record, actor=shop.AGENT, device=shop.DEVICE, at=shop.NOW, reason="Keeps it")
    assert with_sent(order, [gone]) == order


def test_the_told_price_stands_when_the_return_is_judged_once_more() -> None:
    record = shop.finalized(
        shop.swapped(quantity=2, outbound_units=3),
        order=shop.order(shop.line(units=2)),
        policy=SENDING,
        products=(shop.kettle(5000, 798),),
    )
    [told] = told_products(record.quote)
    assert told == Product(
        sku="NEW", name="New kettle", category="kitchen", price=shop.kettle(5000, 798).price
    )


# --- order-level money -------------------------------------------------------------------------------------------


def test_the_original_shipping_stays_until_what_was_sent_out_comes_back_too() -> None:
    order = shop.order(shop.line("1"), charges=(shop.shipping(590),))
    for rule in (OriginalShipping.ALWAYS, OriginalShipping.FULL_RETURN):
        policy = shop.sending(original_shipping=rule)
        record = exchanged(order, 11900, policy=policy)
        assert record.quote is not None
        assert record.quote.total == 0
        back = returned(order, record, policy=policy)
        assert back.sum_of(ComponentKind.ORIGINAL_SHIPPING) == 590


def test_a_coupon_is_kept_with_what_is_sent_out() -> None:
    """60 + 60 with 20 off from 100: a replaced unit is still bought."""
    order = shop.order(
        shop.line("1", units=2, gross=10000),
        discounts=(shop.discount({"1": 2000}, minimum=10000),),
    )
    policy = shop.sending(coupon=CouponRule.REPRICE)
    quote = quoted(shop.replaced(), order=order, policy=policy)
    assert quote.sum_of(ComponentKind.COUPON) == 0


def test_a_replaced_unit_loses_the_coupon_like_any_other() -> None:
    """60 + 60 with 20 off from 100: the first unit brings 40.00, the second 60.00, replaced or not."""
    order = shop.order(
        shop.line("1", units=2, gross=10000),
        discounts=(shop.discount({"1": 2000}, minimum=10000),),
    )
    policy = shop.sending(coupon=CouponRule.REPRICE)
    record = delivered(shop.finalized(shop.replaced(), order=order, policy=policy))
    totals = []
    records = [record]
    for index, line_id in ((1, f"{record.number}-1"), (2, "1")):
        order_now, ledger = after(order, *records)
        back = shop.finalized(
            shop.wanted(line_id),
            rma_number=shop.number(index),
            order=order_now,
            ledger=ledger,
            policy=policy,
        )
        assert back.quote is not None
        totals.append(back.quote.total)
        records.append(back)
    assert totals == [4000, 6000]
