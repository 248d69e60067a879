"""Sources that add tax on top, or say it only per order; what went back of charges and payments (domain rule 5.3)."""

from __future__ import annotations

import pytest

from rma.order import Order
from tests.central_api.intake.conftest import Intake, found

ORDER = "order_id,customer_id,placed_at,currency,prices_without_tax"
LINE = "order_id,line_no,sku,qty"


def paid(order: Order) -> list[tuple[int, int]]:
    """Gross and tax of each line."""
    return [(line.gross, line.tax) for line in order.lines]


def imported(intake: Intake, orders: str, lines: str) -> Order:
    """The order of these files, all of whose rows are good."""
    summary = intake.run(orders=orders, lines=lines)
    assert summary.rejected == 0, intake.rejects()
    return found(intake.order())


def test_tax_on_top_is_added_to_the_net_of_each_line(intake: Intake) -> None:
    order = imported(
        intake,
        f"{ORDER},shipping,shipping_tax\n100,7,2026-11-01,EUR,yes,5.00,0.95\n",
        f"{LINE},net,unit_price,tax\n100,1,A,2,100.00,,19.00\n100,2,B,3,,3.333,1.90\n",
    )
    assert paid(order) == [(11900, 1900), (1190, 190)]
    assert [(c.gross, c.tax) for c in order.charges] == [(595, 95)]
    assert order.tenders[0].captured == 11900 + 1190 + 595


def test_a_discount_of_net_prices_comes_off_the_net_before_the_tax(intake: Intake) -> None:
    order = imported(
        intake,
        f"{ORDER},discount,discount_minimum\n100,7,2026-11-01,EUR,yes,20.00,100.00\n",
        f"{LINE},net,tax\n100,1,A,1,50.00,4.00\n100,2,B,1,50.00,4.00\n",
    )
    assert paid(order) == [(4400, 400), (4400, 400)]
    (discount,) = order.discounts
    assert (discount.amount, discount.minimum, discount.without_tax) == (2000, 10000, True)


def test_tax_known_only_per_order_is_spread_by_line_net_after_discounts(intake: Intake) -> None:
    order = imported(
        intake,
        f"{ORDER},discount,tax\n100,7,2026-11-01,EUR,yes,30.00,10.00\n",
        f"{LINE},net\n100,1,A,1,80.00\n100,2,B,1,40.00\n100,3,C,1,30.00\n",
    )
    # nets after the discount: 64, 32, 24
    assert [gross - tax for gross, tax in paid(order)] == [6400, 3200, 2400]
    assert [tax for _, tax in paid(order)] == [533, 267, 200]
    assert "tax=0" not in order.assumed


def test_lines_that_say_their_tax_keep_it_and_the_others_share_the_rest(intake: Intake) -> None:
    order = imported(
        intake,
        f"{ORDER},tax\n100,7,2026-11-01,EUR,yes,10.00\n",
        f"{LINE},net,tax\n100,1,A,1,80.00,7.00\n100,2,B,1,10.00,\n100,3,C,1,20.00,\n",
    )
    assert [tax for _, tax in paid(order)] == [700, 100, 200]


def test_tax_known_only_per_order_is_shared_out_where_prices_contain_it_too(
    intake: Intake,
) -> None:
    order = imported(
        intake,
        f"{ORDER},tax\n100,7,2026-11-01,EUR,no,10.00\n",
        f"{LINE},gross\n100,1,A,1,80.00\n100,2,B,1,20.00\n",
    )
    assert paid(order) == [(8000, 800), (2000, 200)]


def test_what_went_back_of_a_net_line_counts_with_its_tax(intake: Intake) -> None:
    order = imported(
        intake,
        f"{ORDER}\n100,7,2026-11-01,EUR,yes\n",
        f"{LINE},net,tax,returned_before,refunded_before\n100,1,A,1,100.00,19.00,1,119.00\n",
    )
    assert order.lines[0].refunded_before == 11900


@pytest.mark.parametrize(
    ("orders", "lines", "reason"),
    [
        (
            f"{ORDER},tax\n100,7,2026-11-01,EUR,yes,1.00\n",
            f"{LINE},net,tax\n100,1,A,1,80.00,7.00\n100,2,B,1,10.00,\n",
            "tax: the lines have more tax than the order",
        ),
        (
            f"{ORDER}\n100,7,2026-11-01,EUR,yes\n",
            f"{LINE},gross\n100,1,A,1,80.00\n",
            "order_id: none of its lines can be imported",
        ),
        (
            f"{ORDER},tax\n100,7,2026-11-01,EUR,yes,9.00\n",
            f"{LINE},net\n100,1,A,1,80.00\n100,2,B,x,10.00\n",
            "tax: cannot be shared out: a line of the order is rejected",
        ),
        (
            f"{ORDER},shipping,shipping_refunded\n100,7,2026-11-01,EUR,no,5.00,6.00\n",
            f"{LINE},gross\n100,1,A,1,80.00\n",
            "shipping_refunded: is more than was paid for shipping",
        ),
    ],
    ids=["more tax than the order", "gross of a net order", "line lost", "shipping back twice"],
)
def test_what_does_not_fit_is_rejected(
    intake: Intake, orders: str, lines: str, reason: str
) -> None:
    intake.run(orders=orders, lines=lines)
    assert intake.order() is None
    assert intake.reason() == reason


def test_shipping_that_went_back_before_is_not_refundable_again(intake: Intake) -> None:
    order = imported(
        intake,
        f"{ORDER},shipping,shipping_refunded,tenders\n"
        "100,7,2026-11-01,EUR,no,5.00,5.00,card:3.00;paypal:82.00\n",
        f"{LINE},gross\n100,1,A,1,80.00\n",
    )
    assert order.charges[0].refunded == 500
    assert [tender.refunded for tender in order.tenders] == [300, 200]
    assert "refunded=capture_order" in order.assumed


def test_payments_that_say_what_went_back_are_believed(intake: Intake) -> None:
    order = imported(
        intake,
        f"{ORDER},shipping,shipping_refunded,tenders\n100,7,2026-11-01,EUR,no,5.00,5.00,"
        '"[{""kind"": ""card"", ""amount"": ""85.00"", ""refunded"": ""0.00""}]"\n',
        f"{LINE},gross\n100,1,A,1,80.00\n",
    )
    assert order.tenders[0].refunded == 0
    assert "refunded=capture_order" not in order.assumed
