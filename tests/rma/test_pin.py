"""PINs: what is good enough, and how long a desk waits after wrong ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.pin import FIRST_WAIT, FREE_TRIES, LONGEST_WAIT, Pin, unfit_pin, wait_left

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize("pin", ["480215", "korrekt pferd", "äöüßéñ"])
def test_six_digits_or_letters_are_enough(pin: str) -> None:
    assert unfit_pin(pin, "Ada Byron") == ""


@pytest.mark.parametrize("pin", ["", "12345", "1", "x" * 101])
def test_too_short_and_too_long_are_said(pin: str) -> None:
    assert "characters" in unfit_pin(pin) or "digits" in unfit_pin(pin)


@pytest.mark.parametrize(
    "pin", ["000000", "123456", "654321", "abcdefgh", "Ada Byron", "ada byron"]
)
def test_what_is_guessed_first_is_not_taken(pin: str) -> None:
    assert "guessed first" in unfit_pin(pin, "Ada Byron")


def test_three_tries_are_free_then_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    def wait(tries: int) -> timedelta:
        return wait_left(Pin("v", tries, NOW), NOW)

    assert [wait(tries) for tries in range(FREE_TRIES)] == [timedelta(0)] * FREE_TRIES
    assert wait(3) == FIRST_WAIT
    assert wait(4) == 2 * FIRST_WAIT
    assert wait(5) == 4 * FIRST_WAIT
    assert wait(50) == LONGEST_WAIT


def test_the_wait_passes() -> None:
    pin = Pin("v", 3, NOW)
    assert wait_left(pin, NOW + timedelta(seconds=20)) == timedelta(seconds=10)
    assert wait_left(pin, NOW + FIRST_WAIT) == timedelta(0)


@given(
    tries=st.integers(0, 10_000), passed=st.timedeltas(timedelta(days=-900), timedelta(days=900))
)
def test_no_clock_locks_anybody_out_for_longer_than_the_longest_wait(
    tries: int, passed: timedelta
) -> None:
    left = wait_left(Pin("v", tries, NOW), NOW + passed)
    assert timedelta(0) <= left <= LONGEST_WAIT
