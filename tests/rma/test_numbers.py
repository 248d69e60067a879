"""RMA numbers: eleven digits, said 3-4-4, that catch a slip of the tongue before any lookup."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.numbers import BadRmaNumber, block_of, compose, parse, spoken

numbers = st.builds(compose, st.integers(100_000, 999_999), st.integers(0, 999))


def misheard(number: str) -> None:
    with pytest.raises(BadRmaNumber):
        parse(number)


def with_digits(number: str, at: int, digits: str) -> str:
    return number[:at] + digits + number[at + len(digits) :]


def test_a_number_is_its_block_its_index_and_two_check_digits() -> None:
    number = compose(471203, 958)
    assert number[:9] == "471203958"
    assert int(number) % 97 == 1
    assert block_of(number) == 471203
    assert spoken(number) == f"{number[:3]} {number[3:7]} {number[7:]}"


@given(numbers)
def test_every_composed_number_is_read_back(number: str) -> None:
    assert parse(number) == parse(spoken(number)) == number


@given(numbers)
def test_every_single_wrong_digit_is_caught(number: str) -> None:
    for at in range(11):
        for digit in "0123456789":
            if digit != number[at]:
                misheard(with_digits(number, at, digit))


@given(numbers)
def test_two_neighbours_swapped_are_caught(number: str) -> None:
    for at in range(10):
        pair = number[at : at + 2]
        if pair[0] != pair[1]:
            misheard(with_digits(number, at, pair[::-1]))


@given(numbers)
def test_digits_swapped_over_a_neighbour_are_caught(number: str) -> None:
    for at in range(9):
        three = number[at : at + 3]
        if three[0] != three[2]:
            misheard(with_digits(number, at, three[::-1]))


@given(numbers, st.integers(0, 9), st.sampled_from("0123456789"), st.sampled_from("0123456789"))
def test_a_twin_said_wrong_is_caught(number: str, at: int, right: str, wrong: str) -> None:
    twin = with_digits(number, at, right * 2)
    if right != wrong and is_number(twin):
        misheard(with_digits(twin, at, wrong * 2))


@given(numbers, st.integers(0, 8), st.sampled_from("0123456789"), st.sampled_from("0123456789"))
def test_a_twin_around_a_digit_said_wrong_is_caught(
    number: str, at: int, right: str, wrong: str
) -> None:
    middle = number[at + 1]
    twin = with_digits(number, at, right + middle + right)
    if right != wrong and is_number(twin):
        misheard(with_digits(twin, at, wrong + middle + wrong))


@pytest.mark.parametrize("digit", "23456789")
def test_thirteen_heard_as_thirty_is_caught(digit: str) -> None:
    caught = 0
    for block in range(100_000, 1_000_000, 8_999):
        for index in range(0, 1_000, 37):
            number = compose(block, index)
            for at in range(10):
                for said, heard in ((f"1{digit}", f"{digit}0"), (f"{digit}0", f"1{digit}")):
                    if number[at : at + 2] == said:
                        misheard(with_digits(number, at, heard))
                        caught += 1
    assert caught > 100


@pytest.mark.parametrize(
    "write",
    [
        lambda n: f"  {spoken(n)}\n",
        lambda n: spoken(n).replace(" ", "-"),
        lambda n: spoken(n).replace(" ", "\u00a0"),
        lambda n: spoken(n).replace(" ", "\u202f"),
        lambda n: spoken(n).replace(" ", "\u2013"),
        lambda n: spoken(n).replace(" ", "\u2011"),
        lambda n: spoken(n).replace(" ", "\t"),
        lambda n: spoken(n).replace(" ", "."),
        lambda n: "\u200b" + n + "\ufeff",
        lambda n: "".join(chr(ord(c) - ord("0") + 0xFF10) for c in n),
        " ".join,
    ],
    ids=[
        "spaces",
        "dashes",
        "nbsp",
        "narrow nbsp",
        "en dash",
        "hard hyphen",
        "tab",
        "dots",
        "zero width",
        "fullwidth",
        "spaced out",
    ],
)
def test_a_number_is_read_however_it_was_pasted(write: object) -> None:
    assert callable(write)
    assert parse(write(compose(471203, 12))) == compose(471203, 12)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "digits only"),
        ("RMA 471", "digits only"),
        ("٤٧١٢٠٣٠١٢٣٤", "digits only"),
        ("\x1b[2J47120301234", "digits only"),
        ("4712030123", "11 digits, this one 10"),
        ("471203012345", "11 digits, this one 12"),
        ("00000000097", "Check digits"),
        ("0" * 9 + "01", "Check digits"),
        ("9" * 500, "11 digits, this one 500"),
    ],
)
def test_what_is_no_number_is_refused_with_what_to_do(text: str, said: str) -> None:
    with pytest.raises(BadRmaNumber, match=said):
        parse(text)


def test_a_long_text_is_never_cut_down_to_a_number() -> None:
    misheard(compose(471203, 1) + " " * 80 + "9")


@pytest.mark.parametrize(
    ("block", "index"),
    [(99_999, 0), (1_000_000, 0), (471_203, -1), (471_203, 1_000)],
)
def test_block_and_index_have_their_ranges(block: int, index: int) -> None:
    with pytest.raises(ValueError, match="no RMA number"):
        compose(block, index)


@given(st.text(max_size=40))
def test_no_text_makes_it_stumble(text: str) -> None:
    try:
        assert int(parse(text)) % 97 == 1
    except BadRmaNumber as refusal:
        assert str(refusal).endswith(".")


def is_number(text: str) -> bool:
    try:
        return parse(text) == text
    except BadRmaNumber:
        return False
