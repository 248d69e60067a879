"""The server's clock, read from the dates of its answers: certain errors are corrected, large ones when two agree."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sync.clock import APART, ClockReading, ClockWatch, read_clock
from tests.sync.memory import NOW

SECOND = timedelta(seconds=1)
KNOWN = timedelta()


def reading(offset: timedelta, uncertainty: timedelta = SECOND) -> ClockReading:
    return ClockReading(offset, uncertainty)


def test_a_difference_within_the_uncertainty_moves_nothing() -> None:
    assert ClockWatch().correction(reading(SECOND), KNOWN, 0.0) is None


@pytest.mark.parametrize("seconds", [-60, -5, 5, 60])
def test_a_small_correction_is_taken_at_once(seconds: int) -> None:
    offset = timedelta(seconds=seconds)
    assert ClockWatch().correction(reading(offset), KNOWN, 0.0) == offset


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_large_one_is_taken_when_a_later_answer_agrees(hours: int) -> None:
    watch, offset = ClockWatch(), timedelta(hours=hours)
    assert watch.correction(reading(offset), KNOWN, 0.0) is None
    assert watch.correction(reading(offset + SECOND), KNOWN, APART) == offset + SECOND


def test_answers_of_the_same_moment_do_not_confirm_each_other() -> None:
    watch, offset = ClockWatch(), timedelta(hours=1)
    assert watch.correction(reading(offset), KNOWN, 0.0) is None
    assert watch.correction(reading(offset), KNOWN, APART / 2) is None
    assert watch.correction(reading(offset), KNOWN, APART) == offset


def test_a_server_that_was_stopped_and_goes_on_with_an_old_date_moves_nothing() -> None:
    watch = ClockWatch()
    assert watch.correction(reading(timedelta(minutes=-10)), KNOWN, 0.0) is None
    assert watch.correction(reading(KNOWN), KNOWN, 1.0) is None
    assert watch.correction(reading(timedelta(minutes=-10)), KNOWN, 100.0) is None


def test_a_clock_that_stands_still_does_not_agree_with_itself() -> None:
    watch = ClockWatch()
    for seconds in range(0, 60, 6):
        stale = timedelta(minutes=-10, seconds=-seconds)
        assert watch.correction(reading(stale), KNOWN, float(seconds)) is None


def test_of_two_that_disagree_the_later_one_has_to_be_confirmed() -> None:
    watch = ClockWatch()
    assert watch.correction(reading(timedelta(hours=1)), KNOWN, 0.0) is None
    assert watch.correction(reading(timedelta(hours=2)), KNOWN, 10.0) is None
    assert watch.correction(reading(timedelta(hours=2)), KNOWN, 20.0) == timedelta(hours=2)


def test_a_date_that_is_none_is_no_reading() -> None:
    assert read_clock("yesterday", NOW, SECOND) is None


def test_the_longer_an_exchange_took_the_less_certain_it_is() -> None:
    date = "Fri, 20 Nov 2026 10:00:00 GMT"
    quick, slow = read_clock(date, NOW, SECOND), read_clock(date, NOW, 20 * SECOND)
    assert quick is not None
    assert slow is not None
    assert quick.uncertainty < slow.uncertainty
    assert not slow.corrects(timedelta())
