"""What a typed text stands for in a code field."""

from __future__ import annotations

import pytest

from screens.values import CONDITIONS, reason_values
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
    value = CONDITIONS.match(typed).value
    assert value is not None and value.code == code


@pytest.mark.parametrize("typed", ["", "x", "9", "0", "²", "-1"])
def test_what_fits_nothing_stands_for_nothing(typed: str) -> None:
    assert CONDITIONS.match(typed).value is None


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
