"""Amounts are typed with the decimal sign of the language or with a point, and never read a thousand times too large."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.money import BadAmount, format_amount, parse_amount
from screens.formats import amount, use_locale
from screens.typed_amount import typed_amount

LOCALES = ["", "de", "en_GB", "fr", "de_CH", "de_AT"]
CURRENCIES = ["JPY", "EUR", "BHD"]


@pytest.fixture(autouse=True)
def no_locale_afterwards() -> Iterator[None]:
    yield
    use_locale("")


def minor(text: str, currency: str, locale: str) -> int | None:
    """What a desk of this language takes a text for; None where it is no amount."""
    use_locale(locale)
    try:
        return parse_amount(typed_amount(text, currency).plain, currency)
    except BadAmount:
        return None


@pytest.mark.parametrize(
    ("locale", "text", "means"),
    [
        ("de", "12,50", 1250),
        ("de", "12.50", 1250),
        ("de", "12,5", 1250),
        ("de", "12", 1200),
        ("de", "1.234,50", 123450),
        ("de", "1.234", None),
        ("de", "1,234", None),
        ("de", "1,234.50", None),
        ("de", "1.2345,50", None),
        ("de", "1.234,567", None),
        ("de", "12,", None),
        ("en_GB", "12.50", 1250),
        ("en_GB", "12,50", None),
        ("en_GB", "1,234.50", 123450),
        ("en_GB", "1,234", None),
        ("en_GB", "1.234,50", None),
        ("fr", "1 234,50", 123450),
        ("fr", "1 234", 123400),
        ("", "12.50", 1250),
        ("", "12,50", None),
        ("", "1,234.50", None),
    ],
)
def test_a_text_means_one_amount_or_none(locale: str, text: str, means: int | None) -> None:
    assert minor(text, "EUR", locale) == means


def test_where_thousands_are_parted_by_points_three_decimals_are_no_amount() -> None:
    assert minor("1.234", "BHD", "de") is None
    assert minor("1,234", "BHD", "de") == 1234
    assert minor("1.234", "BHD", "en_GB") == 1234
    assert minor("1.234", "JPY", "de") is None


@given(st.integers(0, 10**9), st.sampled_from(CURRENCIES), st.sampled_from(LOCALES), st.booleans())
def test_an_amount_typed_as_it_is_shown_means_itself_or_nothing(
    cents: int, currency: str, locale: str, as_shown: bool
) -> None:
    use_locale(locale)
    text = amount(cents, currency) if as_shown else format_amount(cents, currency)
    assert minor(text, currency, locale) in (cents, None)
    if currency == "EUR":
        assert minor(text, currency, locale) == cents


@given(st.text("0123456789.,' \u202f’", max_size=12), st.sampled_from(CURRENCIES))
def test_no_two_languages_take_a_text_for_different_amounts(text: str, currency: str) -> None:
    assert len({minor(text, currency, locale) for locale in LOCALES} - {None}) <= 1
