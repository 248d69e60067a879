"""What was paid where tax comes on top: line net after discounts, and its tax (domain rule 5.3)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.ledger import Ledger
from rma.order import Order
from rma.policy import CouponRule
from rma.quote import ComponentKind, Quote
from rma.taxes import TaxBeyondOrder, line_taxes
from tests import shop

REPRICE = shop.policy(coupon=CouponRule.REPRICE)


def test_golden_order_tax_is_spread_by_line_net_by_largest_remainder() -> None:
    assert line_taxes([1999, 999, 501], [None] * 3, 1000) == (571, 286, 143)


def test_a_line_that_says_its_tax_keeps_it() -> None:
    assert line_taxes([8000, 1000, 2000], [700, None, None], 1000) == (700, 100, 200)
    assert line_taxes([8000, 2000], [700, 190], 0) == (700, 190)


def test_a_line_that_says_no_tax_at_all_takes_part_a_line_of_zero_does_not() -> None:
    assert line_taxes([8000, 2000], [0, None], 300) == (0, 300)


def test_lines_with_more_tax_than_their_order_are_refused() -> None:
    with pytest.raises(TaxBeyondOrder):
        line_taxes([8000, 2000], [700, None], 699)


@given(st.data())
def test_the_taxes_of_all_lines_add_up_to_the_orders(data: st.DataObject) -> None:
    nets = data.draw(st.lists(st.integers(0, 10**9), min_size=1, max_size=12))
    known = [data.draw(st.none() | st.integers(0, 10**6)) for _ in nets]
    known[data.draw(st.integers(0, len(nets) - 1))] = None
    said = sum(tax or 0 for tax in known)
    order_tax = said + data.draw(st.integers(0, 10**9))
    taxes = line_taxes(nets, known, order_tax)
    assert sum(taxes) == order_tax
    assert min(taxes) >= 0
    assert all(tax == own for tax, own in zip(taxes, known, strict=True) if own is not None)


# --- coupons of net prices ---------------------------------------------------------------------------------------


def net_order() -> Order:
    """50 + 50 net, 20 off from 100, 10 % of tax on top: 44.00 was paid for each."""
    return shop.order(
        shop.line("1", gross=4400, tax=400),
        shop.line("2", gross=4400, tax=400),
        discounts=(shop.discount({"1": 1000, "2": 1000}, minimum=10000, without_tax=True),),
    )


def in_turn(order: Order, *line_ids: str) -> list[Quote]:
    ledger, quotes = Ledger(order), []
    for index, line_id in enumerate(line_ids):
        quote = shop.judged(shop.wanted(line_id), order=order, ledger=ledger, policy=REPRICE).quote
        assert quote is not None
        ledger = ledger.with_hold(quote.hold(shop.number(index)))
        quotes.append(quote)
    return quotes


def test_golden_a_lost_net_discount_takes_the_tax_on_it_along_and_brings_it_back() -> None:
    quotes = in_turn(net_order(), "1", "2")
    assert [q.sum_of(ComponentKind.COUPON) for q in quotes] == [-1100, 1100]
    assert [q.total for q in quotes] == [3300, 5500]
    assert [q.tax for q in quotes] == [300, 500]


def test_a_net_minimum_is_compared_with_net_values() -> None:
    order = shop.order(
        shop.line("1", gross=4400, tax=400),
        shop.line("2", gross=8800, tax=800),
        # line 2 alone: 80 net and 20 of discount make 100; with its tax it would be 108
        discounts=(shop.discount({"1": 0, "2": 2000}, minimum=10100, without_tax=True),),
    )
    (quote,) = in_turn(order, "1")
    assert quote.sum_of(ComponentKind.COUPON) == -2200
