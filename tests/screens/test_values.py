"""What a typed text stands for in a code field."""

from __future__ import annotations

import pytest

from screens.values import Value, Values, conditions, reason_values, serial_values
from tests import shop

REASONS = reason_values(shop.reasons(), "return")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("o", "opened"),
        ("O", "opened"),
        ("OPENED", "opened"),
        ("2", "opened"),
        ("  used ", "used"),
    ],
)
def test_first_letters_or_the_number_in_the_list_are_enough(typed: str, code: str) -> None:
    value = conditions().match(typed).value
    assert value is not None and value.code == code


@pytest.mark.parametrize("typed", ["", "x", "9", "0", "²", "-1"])
def test_what_fits_nothing_stands_for_nothing(typed: str) -> None:
    assert conditions().match(typed).value is None


def test_digits_that_are_no_number_in_the_list_are_the_beginning_of_a_code() -> None:
    serials = serial_values(("0000015566", "SN-B"))

    assert serials.match("00000155").value == Value("0000015566", "")
    assert serials.match("00000155667").value is None
    assert serial_values(("SN-A", "SN-B")).match("00000155667").value is None
    assert serial_values(("77123", "SN-B")).match("77").value == Value("77123", "")


def test_an_ambiguous_beginning_is_not_guessed() -> None:
    match = REASONS.match("wrong")
    assert match.value is None
    assert [value.code for value in match.fits] == ["wrong_item", "wrong_size"]


def test_spaces_stand_for_underscores() -> None:
    value = REASONS.match("wrong s").value
    assert value is not None and value.code == "wrong_size"


def test_a_later_word_of_the_label_is_found_when_no_beginning_fits() -> None:
    value = REASONS.match("longer").value
    assert value is not None and value.code == "no_longer_wanted"


def test_an_inner_reason_stands_for_nothing_of_itself() -> None:
    assert "quality" not in {value.code for value in REASONS.entries}


def test_narrowing_keeps_the_numbers_of_the_whole_list() -> None:
    assert [(number, value.code) for number, value in REASONS.filtered("wrong")] == [
        (2, "wrong_item"),
        (4, "wrong_size"),
    ]


def _many(count: int) -> Values:
    return Values(tuple(Value(f"code_{chr(97 + n)}", f"Label {n}") for n in range(count)))


@pytest.mark.parametrize(
    ("count", "text", "full"),
    [
        (9, "1", True),
        (9, "9", True),
        (9, "0", False),
        (5, "6", False),
        (9, "12", False),
        (12, "1", False),
        (12, "01", True),
        (12, "12", True),
        (12, "13", False),
        (12, "00", False),
        (9, "a", False),
        (9, "", False),
        (9, "²", False),
    ],
)
def test_a_number_is_full_when_it_has_all_its_digits_and_stands_for_a_value(
    count: int, text: str, full: bool
) -> None:
    assert _many(count).is_full(text) is full


def test_a_number_that_a_code_begins_with_is_never_full() -> None:
    values = Values((Value("2nd_choice", "Second choice"), Value("b", "B"), Value("c", "C")))
    assert not values.is_full("2")
    assert values.is_full("3")
