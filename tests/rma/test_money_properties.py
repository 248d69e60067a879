"""Any order, split and cancel of a line adds up to what was paid; never above a cap, never negative."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rma.assessment import Assessment, assess
from rma.ledger import Ledger
from rma.money import round_half_up, spread
from rma.order import Order, OrderDiscount, Tender, TenderKind
from rma.policy import CouponRule, Fees, OriginalShipping, Policy
from rma.quote import ComponentKind, Quote
from rma.record import RmaRecord, cancel, check, finalize
from rma.request import LineRequest, Resolution
from rma.slots import slot_value
from tests import shop

THOROUGH = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


@st.composite
def orders(draw: st.DrawFn, *, settled_before: bool = False) -> Order:
    """Up to three lines with tax, a coupon, shipping, and one to three tenders that paid for all."""
    count = draw(st.integers(1, 3))
    lines, shares = [], {}
    for index in range(1, count + 1):
        units = draw(st.integers(1, 6))
        gross = draw(st.integers(0, 50_000))
        before = draw(st.integers(0, units - 1)) if settled_before else 0
        lines.append(
            shop.line(
                str(index),
                units=units,
                delivered=draw(st.integers(before, units)) if settled_before else units,
                gross=gross,
                tax=draw(st.integers(0, gross)),
                returned_before=before,
                refunded_before=draw(st.integers(0, gross)) if settled_before else 0,
            )
        )
        shares[str(index)] = draw(st.integers(0, 10_000))
    shipping = draw(st.integers(0, 2_000))
    charges = (shop.shipping(shipping, tax=draw(st.integers(0, shipping))),) if shipping else ()
    discounts: tuple[OrderDiscount, ...] = ()
    if draw(st.booleans()):
        before_discount = sum(line.gross for line in lines) + sum(shares.values())
        minimum, without_tax = draw(st.integers(0, before_discount)), draw(st.booleans())
        discounts = (shop.discount(shares, minimum=minimum, without_tax=without_tax),)
    paid = sum(line.gross for line in lines) + shipping
    return shop.order(
        *lines,
        charges=charges,
        discounts=discounts,
        tenders=tuple(draw(tenders(paid, settled_before))),
        currency=draw(st.sampled_from(["EUR", "JPY", "BHD"])),
    )


@st.composite
def tenders(draw: st.DrawFn, paid: int, settled_before: bool) -> list[Tender]:
    weights = draw(st.lists(st.integers(1, 9), min_size=1, max_size=3))
    made = []
    for index, captured in enumerate(spread(paid, weights)):
        change = draw(st.integers(0, 500))
        made.append(
            shop.tender(
                draw(st.sampled_from(TenderKind)),
                captured + change,
                str(index),
                change=change,
                refunded=draw(st.integers(0, captured)) if settled_before else 0,
            )
        )
    return made


def policies(*, fees: bool, coupon: st.SearchStrategy[CouponRule]) -> st.SearchStrategy[Policy]:
    """A policy with any shipping and coupon rule; fees from nothing to everything."""
    percent = st.integers(0, 10_000) if fees else st.just(0)
    flat = st.integers(0, 3_000) if fees else st.just(0)
    return st.builds(
        lambda shipping, rule, restocking, way_back: shop.policy(
            original_shipping=shipping,
            coupon=rule,
            fees=Fees(
                restocking=restocking,
                return_shipping=shop.amounts(EUR=way_back, JPY=way_back, BHD=way_back),
            ),
        ),
        st.sampled_from(OriginalShipping),
        coupon,
        percent,
        flat,
    )


@dataclass
class Desk:
    """An order and all returns made of it."""

    order: Order
    policy: Policy
    records: list[RmaRecord] = field(default_factory=list)
    totals: dict[str, Quote] = field(default_factory=dict)

    @property
    def ledger(self) -> Ledger:
        return shop.ledger(self.order, self.records)

    def left(self) -> dict[str, int]:
        return {line.line_id: self.ledger.returnable(line) for line in self.order.lines}

    def make(self, *wants: LineRequest, goodwill: int = 0) -> Quote:
        request = shop.request(*wants, goodwill=goodwill, goodwill_reason="Long wait")
        case = shop.case(
            request=request, order=self.order, ledger=self.ledger, policies=(self.policy,)
        )
        assessment: Assessment = assess(case)
        assert assessment == assess(case)  # preview and commit are the same
        assert check(assessment) is None
        number = shop.number(len(self.records))
        record = finalize(case, assessment, number=number, device=shop.DEVICE)
        assert record.quote is not None
        assert record.quote == assessment.quote
        self.records.append(record)
        return record.quote

    def cancel(self, index: int) -> None:
        self.records[index] = cancel(
            self.records[index],
            actor=shop.AGENT,
            device=shop.DEVICE,
            at=shop.NOW,
            reason="Keeps it",
        )

    def live(self) -> list[Quote]:
        return [r.quote for r in self.records if r.hold is not None and r.quote is not None]

    def return_the_rest(self) -> None:
        wants = [shop.wanted(line_id, count) for line_id, count in self.left().items() if count]
        if wants:
            self.make(*wants)


def some_returns(data: st.DataObject, desk: Desk, *, cancels: bool, **fields: object) -> None:
    """A few returns of some units each, and a cancel now and then."""
    for _ in range(data.draw(st.integers(0, 5))):
        live = [i for i, record in enumerate(desk.records) if record.hold is not None]
        if cancels and live and data.draw(st.booleans()):
            desk.cancel(data.draw(st.sampled_from(live)))
            continue
        open_lines = [line_id for line_id, count in desk.left().items() if count]
        if not open_lines:
            continue
        wants = []
        for line_id in data.draw(st.lists(st.sampled_from(open_lines), min_size=1, unique=True)):
            quantity = data.draw(st.integers(1, desk.left()[line_id]))
            wants.append(shop.wanted(line_id, quantity, **drawn_fields(data, fields)))
        desk.make(*wants, goodwill=data.draw(st.sampled_from([0, 0, 500])) if fields else 0)


def drawn_fields(data: st.DataObject, fields: dict[str, object]) -> dict[str, object]:
    return {
        name: data.draw(strategy)
        for name, strategy in fields.items()
        if isinstance(strategy, st.SearchStrategy)
    }


def goods(order: Order) -> tuple[int, int]:
    return sum(line.gross for line in order.lines), sum(line.tax for line in order.lines)


@THOROUGH
@given(st.data(), orders(), policies(fees=False, coupon=st.just(CouponRule.KEEP)))
def test_any_order_split_and_cancel_adds_up_to_what_was_paid(
    data: st.DataObject, order: Order, policy: Policy
) -> None:
    desk = Desk(order, policy)
    some_returns(data, desk, cancels=True)
    desk.return_the_rest()
    shipping = sum(q.sum_of(ComponentKind.ORIGINAL_SHIPPING) for q in desk.live())
    shipping_tax = sum(
        c.tax
        for q in desk.live()
        for c in q.components
        if c.kind is ComponentKind.ORIGINAL_SHIPPING
    )
    gross, tax = goods(order)
    assert sum(q.total for q in desk.live()) == gross + shipping
    assert sum(q.tax for q in desk.live()) == tax + shipping_tax
    if policy.original_shipping in (OriginalShipping.ALWAYS, OriginalShipping.FULL_RETURN):
        assert shipping == sum(charge.gross for charge in order.charges)
        assert shipping_tax == sum(charge.tax for charge in order.charges)


@THOROUGH
@given(st.data(), orders(), policies(fees=False, coupon=st.just(CouponRule.REPRICE)))
def test_a_repriced_coupon_adds_up_in_any_order_split_and_cancel(
    data: st.DataObject, order: Order, policy: Policy
) -> None:
    desk = Desk(order, policy)
    some_returns(data, desk, cancels=True)
    desk.return_the_rest()
    shipping = sum(q.sum_of(ComponentKind.ORIGINAL_SHIPPING) for q in desk.live())
    gross, _ = goods(order)
    assert sum(q.total for q in desk.live()) == gross + shipping
    coupons = [c for q in desk.live() for c in q.components if c.kind is ComponentKind.COUPON]
    assert sum(c.amount for c in coupons) == sum(c.tax for c in coupons) == 0


def test_a_cancel_leaves_no_cent_of_the_coupons_tax_behind() -> None:
    order = shop.order(
        shop.line("1", units=5, gross=3, tax=3),
        shop.line("2", gross=423, tax=0),
        discounts=(shop.discount({"1": 705, "2": 0}, minimum=567),),
        tenders=(shop.card(426),),
    )
    desk = Desk(order, shop.policy(coupon=CouponRule.REPRICE))
    desk.make(shop.wanted("1"), shop.wanted("2"))
    desk.make(shop.wanted("1"))
    desk.cancel(0)
    desk.make(shop.wanted("1"))
    desk.return_the_rest()
    assert (sum(q.total for q in desk.live()), sum(q.tax for q in desk.live())) == (426, 3)


@THOROUGH
@given(
    st.data(),
    orders(settled_before=True),
    policies(fees=True, coupon=st.sampled_from(CouponRule)),
)
def test_never_above_a_cap_never_negative_whatever_happened_before(
    data: st.DataObject, order: Order, policy: Policy
) -> None:
    desk = Desk(order, policy)
    some_returns(
        data,
        desk,
        cancels=True,
        reason=st.sampled_from(["broken", "no_longer_wanted"]),
        resolution=st.sampled_from([None, Resolution.REFUND, Resolution.STORE_CREDIT]),
        amount=st.sampled_from([None, None, 0, 100, 20_000]),
        amount_reason=st.just("Agreed"),
        waive_fee_reason=st.sampled_from(["", "Loyal"]),
    )
    desk.return_the_rest()
    check_caps(order, desk)
    for record in desk.records:
        assert record.quote is not None
        check_quote(record.quote)


def check_caps(order: Order, desk: Desk) -> None:
    live = desk.live()
    goodwill = sum(q.sum_of(ComponentKind.GOODWILL) for q in live)
    refundable = sum(tender.refundable for tender in order.tenders)
    assert sum(q.total for q in live) <= refundable + goodwill
    for tender in order.tenders:
        promised = sum(
            payout.amount
            for q in live
            for payout in q.payouts
            if payout.tender_id == tender.tender_id
        )
        assert 0 <= promised <= tender.refundable
    for line in order.lines:
        given_back = sum(li.value for q in live for li in q.lines if li.line_id == line.line_id)
        assert given_back <= line.gross - line.refunded_before


def check_quote(quote: Quote) -> None:
    assert quote.total >= 0
    assert sum(payout.amount for payout in quote.payouts) == quote.total
    assert all(payout.amount > 0 for payout in quote.payouts)
    assert len([p for p in quote.payouts if p.tender_id is None]) <= 1
    assert 0 <= quote.tax <= quote.total
    for line in quote.lines:
        assert line.total >= 0
        assert 0 <= sum(c.tax for c in line.components) <= line.total


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 12), st.integers(0, 10_000))
@example(9, 9, 3, 10_000)
@example(0, 1, 2, 5_000)  # the second unit is worth nothing, and the fee's cent falls on it
@settings(deadline=None)
def test_restocking_fees_of_single_units_add_up_to_the_fee_of_the_line(
    net: int, tax: int, units: int, percent: int
) -> None:
    gross = net + tax
    order = shop.order(shop.line(units=units, gross=gross, tax=tax))
    policy = shop.policy(fees=Fees(restocking=percent))
    whole, single = Desk(order, policy), Desk(order, policy)
    whole.return_the_rest()
    for _ in range(units):
        single.make(shop.wanted())

    def fee_up_to(count: int) -> int:
        return round_half_up(gross * count * percent, units * 10_000)

    # a unit that is worth less than its slot of the fee floors the refund at 0 and makes no debt
    floored = sum(
        max(0, fee_up_to(slot) - fee_up_to(slot - 1) - slot_value(gross, units, slot))
        for slot in range(1, units + 1)
    )
    fee = ComponentKind.RESTOCKING_FEE
    of_units = sum(q.sum_of(fee) for q in single.live())
    assert of_units == sum(q.sum_of(fee) for q in whole.live()) + floored
