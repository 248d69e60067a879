"""What an order of the files looks like on the server."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from rma.order import (
    Charge,
    ChargeKind,
    DiscountShare,
    LineKind,
    OrderDiscount,
    Tender,
    TenderKind,
    Warranty,
    WarrantyUnit,
)
from tests.central_api.intake.conftest import Intake, found

HEAD = "order_id,line_no,sku,qty,gross\n"
ORDER_HEAD = "order_id,customer_id,placed_at,currency"
PLACED = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)


def test_the_full_format_is_taken_over(intake: Intake) -> None:
    summary = intake.run(
        orders=(
            "order_id,number,customer_id,placed_at,currency,source,country,shipping,shipping_tax,fee,tenders\n"
            "100,W-100,7,2026-11-01T10:00:00+01:00,EUR,web,DE,5.90,0.94,1.00,card:40.00:4242;gift_card:16.90\n"
        ),
        lines=(
            "order_id,line_no,sku,name,qty,delivered,delivered_at,gross,tax,category,kind,final_sale,"
            "serials,lot,warranty,bundle_parent,returned_before,refunded_before\n"
            "100,1,KET,Kettle,3,2,2026-11-03 12:00,50.00,7.98,kitchen,goods,yes,"
            "S1;S2,L9,24 months,9,1,16.67\n"
        ),
    )

    order = found(intake.order())
    (line,) = order.lines
    assert summary.rejected == 0
    assert (order.number, order.source, order.country) == ("W-100", "web", "DE")
    assert order.placed_at == PLACED
    assert order.charges == (
        Charge(charge_id="shipping", kind=ChargeKind.SHIPPING, gross=590, tax=94),
        Charge(charge_id="fee", kind=ChargeKind.FEE, gross=100),
    )
    assert order.tenders == (
        Tender(tender_id="1", kind=TenderKind.CARD, captured=4000, refunded=1667, label="4242"),
        Tender(tender_id="2", kind=TenderKind.GIFT_CARD, captured=1690),
    )
    assert (line.units, line.delivered, line.gross, line.tax) == (3, 2, 5000, 798)
    assert line.delivered_at == datetime(2026, 11, 3, 12, 0, tzinfo=UTC)
    assert (line.category, line.final_sale, line.serials) == ("kitchen", True, ("S1", "S2"))
    assert (line.lot, line.bundle_parent) == ("L9", "9")
    assert line.warranty == Warranty(24, WarrantyUnit.MONTHS)
    assert (line.returned_before, line.refunded_before) == (1, 1667)
    assert order.assumed == ("refunded=capture_order",)


def test_what_the_files_do_not_say_is_assumed_and_reported(intake: Intake) -> None:
    summary = intake.run(customers="customer_id,country\n7,Germany\n")

    order = found(intake.order())
    (line,) = order.lines
    customer = intake.customer()
    assert customer is not None
    assert customer.name == "7"
    assert (line.delivered, line.delivered_at, line.tax) == (2, PLACED, 0)
    assert order.tenders == (Tender(tender_id="1", kind=TenderKind.UNKNOWN, captured=2500),)
    assert order.assumed == (
        "delivered=ordered",
        "delivered_at=placed_at",
        "kind=goods",
        "number=order_id",
        "tax=0",
        "tender=unknown",
    )
    assert dict(summary.assumed) == dict.fromkeys(order.assumed, 1) | {"name=customer_id": 1}


def test_headings_of_the_replay_data_are_understood(intake: Intake) -> None:
    summary = intake.run(
        customers="customer_id,country,first_seen\n7,Iceland,2010-10-31 14:20\n",
        orders="order_id,customer_id,ordered_at,country\n100,7,2010-10-31 14:20,Iceland\n",
        lines=(
            "order_id,line_no,sku,description,qty,unit_price,kind\n"
            '100,1,22041,"RECORD FRAME 7"" SINGLE SIZE ",48,2.10,product\n'
            "100,2,POST,POSTAGE,1,18.00,fee\n"
        ),
        currency="GBP",
    )

    frame, postage = found(intake.order()).lines
    assert (frame.name, frame.gross) == ('RECORD FRAME 7" SINGLE SIZE', 10080)
    assert frame.kind is LineKind.GOODS
    assert postage.kind is LineKind.FEE
    assert not postage.returnable_kind
    assert summary.files["customers"].ignored == ("first_seen",)


@pytest.mark.parametrize(
    ("qty", "price", "currency", "gross"),
    [
        (3, "3.335", "EUR", 1001),  # 10.005
        (1, "0.125", "EUR", 13),
        (1, "0.124", "EUR", 12),
        (7, "1.10", "EUR", 770),
        (3, "333.5", "JPY", 1001),  # 1000.5
        (3, "3.3335", "BHD", 10001),  # 10.0005
    ],
)
def test_line_totals_round_half_up_once(
    intake: Intake, qty: int, price: str, currency: str, gross: int
) -> None:
    intake.run(
        orders=f"{ORDER_HEAD}\n100,7,2026-11-01,{currency}\n",
        lines=f"order_id,line_no,sku,qty,unit_price\n100,1,KET,{qty},{price}\n",
    )

    assert found(intake.order()).lines[0].gross == gross


def test_an_order_discount_is_spread_over_the_lines_and_kept_with_its_minimum(
    intake: Intake,
) -> None:
    intake.run(
        orders=f"{ORDER_HEAD},discount,discount_minimum\n100,7,2026-11-01,EUR,100,1000.00\n",
        lines=HEAD + "100,1,A,1,500\n100,2,B,1,1000\n",
    )

    order = found(intake.order())
    assert [line.gross for line in order.lines] == [46667, 93333]
    assert order.discounts == (
        OrderDiscount(
            discount_id="discount",
            amount=10000,
            minimum=100000,
            shares=(DiscountShare("1", 3333), DiscountShare("2", 6667)),
        ),
    )
    assert order.tenders[0].captured == 140000


def test_shares_that_the_source_gives_are_kept(intake: Intake) -> None:
    intake.run(
        orders=f"{ORDER_HEAD},discount\n100,7,2026-11-01,EUR,10.00\n",
        lines=(
            "order_id,line_no,sku,qty,gross,discount_share\n100,1,A,1,50.00,10.00\n100,2,B,1,50.00,\n"
        ),
    )

    order = found(intake.order())
    assert [line.gross for line in order.lines] == [4000, 5000]
    assert order.discounts[0].shares == (DiscountShare("1", 1000),)


def test_several_discounts_are_given_as_json(intake: Intake) -> None:
    discounts = [
        {"discount_id": "SUMMER", "amount": "10.00", "minimum": "50.00"},
        {"discount_id": "VIP", "amount": 2.5, "shares": {"2": 2.5}},
    ]
    order = {"order_id": "100", "customer_id": 7, "placed_at": "2026-11-01", "currency": "EUR"}
    intake.run(
        orders=intake.write("orders.jsonl", json.dumps(order | {"discount": discounts}) + "\n"),
        lines=HEAD + "100,1,A,1,30.00\n100,2,B,1,70.00\n",
    )

    imported = found(intake.order())
    assert [line.gross for line in imported.lines] == [2700, 6050]
    assert [(d.discount_id, d.amount, d.minimum) for d in imported.discounts] == [
        ("SUMMER", 1000, 5000),
        ("VIP", 250, None),
    ]


def test_shares_that_do_not_add_up_are_refused(intake: Intake) -> None:
    intake.run(
        orders=f"{ORDER_HEAD},discount\n100,7,2026-11-01,EUR,10.00\n",
        lines="order_id,line_no,sku,qty,gross,discount_share\n100,1,A,1,50.00,9.99\n",
    )

    assert intake.order() is None
    assert intake.reason() == "discount: the shares of its lines do not add up to it"


def test_tenders_may_be_json_with_what_was_refunded_and_given_as_change(intake: Intake) -> None:
    tenders = [
        {"tender_id": "t9", "kind": "cash", "amount": "30.00", "change": "5.00"},
        {"kind": "card", "amount": "5.00", "refunded": "1.00", "label": "4242"},
    ]
    order = {"order_id": 100, "customer_id": "7", "placed_at": "2026-11-01", "currency": "eur"}
    intake.run(orders=intake.write("orders.jsonl", json.dumps(order | {"tenders": tenders})))

    assert found(intake.order()).tenders == (
        Tender(tender_id="t9", kind=TenderKind.CASH, captured=3000, change=500),
        Tender(tender_id="2", kind=TenderKind.CARD, captured=500, refunded=100, label="4242"),
    )


def test_products_fill_what_a_line_does_not_say(intake: Intake) -> None:
    lines = "order_id,line_no,sku,name,qty,gross\n100,1,KET,,1,5\n100,2,MUG,Mug signed,1,5\n"
    products = "sku,name,category\nKET,Kettle,kitchen\nMUG,Mug,kitchen\n"
    intake.run(lines=lines, products=products)
    first = intake.changes()
    again = intake.run(lines=lines)

    named = [(line.name, line.category) for line in found(intake.order()).lines]
    assert named == [("Kettle", "kitchen"), ("Mug signed", "kitchen")]
    assert again.files["orders"].counts is not None
    assert (again.files["orders"].counts.unchanged, intake.changes()) == (1, first)


def test_a_line_without_any_name_is_called_by_its_sku(intake: Intake) -> None:
    summary = intake.run(lines=HEAD + "100,1,KET,1,5\n")

    assert found(intake.order()).lines[0].name == "KET"
    assert summary.assumed["name=sku"] == 1


def test_an_order_without_a_customer_gets_a_guest_of_its_own(intake: Intake) -> None:
    summary = intake.run(orders=f"{ORDER_HEAD}\n100,,2026-11-01,EUR\n")

    order = found(intake.order())
    assert order.customer_id == "guest:100"
    guest = intake.customer("guest:100")
    assert guest is not None
    assert guest.name == "Guest, order 100"
    assert "customer=guest" in order.assumed
    assert summary.assumed["customer=guest"] == 1


def test_lines_of_an_order_may_stand_anywhere_in_the_file(intake: Intake) -> None:
    intake.run(
        orders=f"{ORDER_HEAD}\n200,7,2026-11-01,EUR\n100,8,2026-11-01,EUR\n",
        lines=HEAD + "100,1,A,1,1\n200,1,B,1,2\n100,2,C,1,3\n200,2,D,1,4\n",
    )

    assert [line.sku for line in found(intake.order("100")).lines] == ["A", "C"]
    assert [line.sku for line in found(intake.order("200")).lines] == ["B", "D"]


@pytest.mark.parametrize(
    ("phone", "country", "kept"),
    [
        ("030 1234567", "DE", "+49301234567"),
        ("+49 30 1234567", "", "+49301234567"),
        ("0049 30 1234567", "", "+49301234567"),
        ("030 1234567", "", "0301234567"),
        ("030 1234567", "Germany", "0301234567"),
        ("12-34", "DE", "1234"),
        ("call me", "DE", ""),
    ],
)
def test_phones_are_international_where_it_is_sure_and_else_digits(
    intake: Intake, phone: str, country: str, kept: str
) -> None:
    intake.run(customers=f"customer_id,name,phone,country\n7,Maria,{phone},{country}\n")

    customer = intake.customer()
    assert customer is not None
    assert customer.phone == kept


def test_risk_flags_are_a_list(intake: Intake) -> None:
    intake.run(customers="customer_id,risk_flags\n7,address reused; many claims\n")

    customer = intake.customer()
    assert customer is not None
    assert customer.risk_flags == ("address reused", "many claims")
