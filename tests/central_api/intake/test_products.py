"""Prices in the products file: what can go out in an exchange."""

from __future__ import annotations

import pytest

from rma.order import Price
from tests.central_api.intake.conftest import Intake, found

HEAD = "sku,name,price,tax,currency\n"


def test_a_product_has_the_price_of_today(intake: Intake) -> None:
    intake.run(products=f"{HEAD}KET,Kettle,119.00,19.00,eur\nMUG,Mug,1000,,JPY\nBOX,Box,,,\n")

    assert [found(intake.product(sku)).price for sku in ("KET", "MUG", "BOX")] == [
        Price(currency="EUR", gross=11900, tax=1900),
        Price(currency="JPY", gross=1000),
        None,
    ]


def test_a_price_without_a_currency_has_that_of_the_import(intake: Intake) -> None:
    intake.run(products=f"{HEAD}KET,Kettle,119.00,,\n", currency="GBP")

    assert found(intake.product("KET")).price == Price(currency="GBP", gross=11900)


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ("1.00,2.00,EUR", "tax"),
        ("1.00,,", "currency"),
        ("1.00,,EURO", "price"),
        ("x,,EUR", "price"),
        ("-1.00,,EUR", "price"),
        ("1.005,,EUR", "price"),
    ],
)
def test_a_price_that_cannot_be_read_is_rejected(intake: Intake, cells: str, field: str) -> None:
    intake.run(products=f"{HEAD}KET,Kettle,{cells}\n")

    assert [row[:3] for row in intake.rejects()] == [("products.csv", 2, field)]
    assert intake.product("KET") is None
