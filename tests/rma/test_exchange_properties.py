"""However goods are returned, exchanged and replaced: nobody gets more than was paid, and no unit comes back twice."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rma.assessment import assess
from rma.ledger import Ledger
from rma.order import Order, TenderKind
from rma.outbound import Payment
from rma.policy import CouponRule, Policy
from rma.quote import ComponentKind, Quote
from rma.record import RmaRecord, check, finalize
from rma.request import LineRequest, Resolution
from rma.sent import with_sent
from tests import shop
from tests.rma.sending import delivered
from tests.rma.test_money_properties import orders, policies

THOROUGH = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
WAYS = [Resolution.REFUND, Resolution.STORE_CREDIT, Resolution.EXCHANGE, Resolution.REPLACEMENT]


class Desk:
    """An order and everything that came back and went out for it."""

    def __init__(self, order: Order, policy: Policy, price: int, tax: int) -> None:
        self.first = order
        self.policy = policy
        self.products = (shop.kettle(price, min(price, tax), currency=order.currency),)
        self.records: list[RmaRecord] = []

    @property
    def order(self) -> Order:
        return with_sent(self.first, self.records)

    @property
    def ledger(self) -> Ledger:
        return shop.ledger(self.order, self.records)

    def open_lines(self) -> list[tuple[str, int]]:
        ledger = self.ledger
        left = [(line.line_id, ledger.returnable(line)) for line in self.order.lines]
        return [(line_id, count) for line_id, count in left if count]

    def make(self, *wants: LineRequest, goodwill: int = 0) -> Quote:
        order = self.order
        case = shop.case(
            request=shop.request(*wants, goodwill=goodwill, goodwill_reason="Long wait"),
            order=order,
            ledger=self.ledger,
            policies=(self.policy,),
            products=self.products,
        )
        assessment = assess(case)
        assert check(assessment) is None
        number = shop.number(len(self.records))
        record = finalize(case, assessment, number=number, device=shop.DEVICE)
        quote = record.quote
        assert quote is not None
        if record.outbound is not None:
            owed = Payment(kind=TenderKind.PAYPAL, amount=quote.owed)
            record = delivered(record, owed if quote.owed else None)
        self.records.append(record)
        return quote

    @property
    def paid(self) -> int:
        return sum(tender.captured - tender.change for tender in self.order.tenders)

    @property
    def refunded(self) -> int:
        return self.ledger.promised_total


def returns(data: st.DataObject, desk: Desk, rounds: int, ways: list[Resolution]) -> None:
    for _ in range(rounds):
        lines = desk.open_lines()
        if not lines:
            return
        wants = []
        for line_id, count in data.draw(st.lists(st.sampled_from(lines), min_size=1, unique=True)):
            way = data.draw(st.sampled_from(ways))
            sku = desk.order.line(line_id)
            if way is Resolution.EXCHANGE and sku is not None and sku.sku == "NEW":
                way = Resolution.REPLACEMENT
            wants.append(
                shop.wanted(
                    line_id,
                    data.draw(st.integers(1, count)),
                    reason="broken"
                    if way is Resolution.REPLACEMENT
                    else data.draw(st.sampled_from(["broken", "no_longer_wanted"])),
                    resolution=way,
                    outbound_sku="NEW" if way is Resolution.EXCHANGE else "",
                    outbound_units=data.draw(st.integers(0, 3)),
                )
            )
        desk.make(*wants, goodwill=data.draw(st.sampled_from([0, 0, 700])))


def offering(policy: Policy) -> Policy:
    return shop.sending(
        fees=policy.fees, original_shipping=policy.original_shipping, coupon=policy.coupon
    )


@THOROUGH
@given(
    st.data(),
    orders(),
    policies(fees=True, coupon=st.sampled_from(CouponRule)).map(offering),
    st.integers(0, 30_000),
    st.integers(0, 3_000),
)
def test_nobody_gets_more_than_was_paid(
    data: st.DataObject, order: Order, policy: Policy, price: int, tax: int
) -> None:
    desk = Desk(order, policy, price, tax)
    returns(data, desk, 5, WAYS)
    assert desk.refunded <= desk.paid
    for line in desk.order.lines:
        assert desk.ledger.refunded(line) <= line.gross
        assert desk.ledger.consumed(line) <= line.delivered
    for tender in desk.order.tenders:
        assert desk.ledger.promised(tender.tender_id) <= tender.refundable


@THOROUGH
@given(
    st.data(),
    orders(),
    policies(fees=False, coupon=st.just(CouponRule.KEEP)).map(offering),
    st.integers(0, 30_000),
)
def test_without_fees_everything_that_was_paid_comes_back_in_the_end(
    data: st.DataObject, order: Order, policy: Policy, price: int
) -> None:
    desk = Desk(order, policy, price, 0)
    returns(data, desk, 4, WAYS)
    while lines := desk.open_lines():
        desk.make(*(shop.wanted(i, n, resolution=Resolution.REFUND) for i, n in lines))
    shipping = sum(charge.gross for charge in order.charges)
    goods = desk.paid - shipping
    given_back = sum(
        record.quote.sum_of(ComponentKind.ORIGINAL_SHIPPING)
        for record in desk.records
        if record.quote
    )
    assert desk.refunded == goods + given_back


@THOROUGH
@given(
    st.data(),
    orders(),
    policies(fees=True, coupon=st.sampled_from(CouponRule)).map(offering),
    st.integers(0, 30_000),
    st.integers(0, 3_000),
)
def test_every_sum_is_that_of_its_parts(
    data: st.DataObject, order: Order, policy: Policy, price: int, tax: int
) -> None:
    desk = Desk(order, policy, price, tax)
    returns(data, desk, 4, WAYS)
    for record in desk.records:
        quote = record.quote
        assert quote is not None
        assert quote.total >= 0
        assert sum(share.amount for share in quote.payouts) == quote.total
        assert all(share.amount > 0 for share in quote.payouts)
        sent = quote.outbound
        if sent is None:
            continue
        goodwill = quote.sum_of(ComponentKind.GOODWILL)
        assert quote.owed == 0 or quote.total == 0
        if any(not line.replacement for line in sent.lines):
            # what came back and what was added pay for what goes out and for what is given back
            assert sent.credit + goodwill + sent.owed == sent.total + quote.total
        for line in sent.lines:
            assert 0 <= line.discount <= line.price
            assert 0 <= line.gross_tax <= line.gross


@given(st.integers(0, 10**6), st.integers(0, 10**6))
@settings(deadline=None)
def test_the_difference_is_the_same_both_ways(one: int, other: int) -> None:
    def difference(paid: int, today: int) -> int:
        quote = shop.judged(
            shop.swapped(),
            order=shop.order(shop.line(gross=paid)),
            policy=shop.sending(),
            products=(shop.kettle(today),),
        ).quote
        assert quote is not None
        assert quote.outbound is not None
        return quote.outbound.difference

    assert difference(one, other) == -difference(other, one) == other - one
