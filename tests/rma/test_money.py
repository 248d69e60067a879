"""Amounts as people type and read them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.money import MAX_AMOUNT, BadAmount, exponent, format_amount, parse_amount


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("12.50", "EUR", 1250),
        (" 12 ", "EUR", 1200),
        ("0.00", "EUR", 0),
        ("1000", "JPY", 1000),
        ("3.333", "BHD", 3333),
        ("-4.2", "EUR", -420),
    ],
)
def test_an_amount_is_read_in_the_digits_of_its_currency(
    text: str, currency: str, minor: int
) -> None:
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    "text", ["", "12,50", "1e3", "12.345", "abc", "١٢", "1 000", "nan", "1" * 16, "9" * 15]
)
def test_what_is_no_amount_is_refused_with_what_to_type(text: str) -> None:
    with pytest.raises(BadAmount, match=r"."):
        parse_amount(text, "EUR")


def test_a_yen_has_no_decimals() -> None:
    with pytest.raises(BadAmount, match="more decimals than JPY"):
        parse_amount("10.5", "JPY")


@pytest.mark.parametrize("code", ["eur", "EU", "EURO", "€", ""])
def test_a_currency_code_is_three_capital_letters(code: str) -> None:
    with pytest.raises(BadAmount, match="three capital letters"):
        exponent(code)


def test_amounts_are_written_with_the_digits_of_their_currency() -> None:
    assert format_amount(1250, "EUR") == "12.50"
    assert format_amount(-5, "EUR") == "-0.05"
    assert format_amount(1000, "JPY") == "1000"
    assert format_amount(3333, "BHD") == "3.333"


@given(st.integers(1 - MAX_AMOUNT, MAX_AMOUNT - 1), st.sampled_from(["EUR", "JPY", "BHD", "CLF"]))
def test_what_is_written_is_read_back(amount: int, currency: str) -> None:
    assert parse_amount(format_amount(amount, currency), currency) == amount
