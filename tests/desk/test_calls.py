"""Calls: they begin, end, and are kept when there is something to keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.calls import Calls
from desk.errors import NotAllowed
from rma.call import Call
from tests.desk.memory import FixedClock, MemoryWork


@pytest.fixture
def work() -> MemoryWork:
    return MemoryWork()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def calls(work: MemoryWork, clock: FixedClock) -> Calls:
    return Calls(work, clock)


def with_customer(call: Call) -> Call:
    return replace(call, customer_id="C-1")


def test_a_call_lasts_from_its_beginning_to_its_end(calls: Calls, clock: FixedClock) -> None:
    call = calls.begin()
    assert call.length is None
    clock.move(minutes=3)
    assert calls.end(call).length == timedelta(minutes=3)


def test_a_call_without_a_note_leaves_nothing_behind(calls: Calls, work: MemoryWork) -> None:
    calls.end(with_customer(calls.begin()))
    assert not work.calls


def test_a_note_is_kept_as_one_line_with_its_author(calls: Calls) -> None:
    calls.note(with_customer(calls.begin()), "  sends it\n on Monday ")
    (kept,) = calls.of_customer("C-1")
    assert (kept.note, kept.author) == ("sends it on Monday", "Agent One")


def test_the_end_of_a_call_is_added_to_its_note(calls: Calls, clock: FixedClock) -> None:
    call = calls.note(with_customer(calls.begin()), "waits")
    clock.move(minutes=2)
    calls.end(call)
    (kept,) = calls.of_customer("C-1")
    assert kept.length == timedelta(minutes=2)


def test_an_empty_text_takes_the_note_away(calls: Calls) -> None:
    call = calls.note(with_customer(calls.begin()), "wrong customer")
    calls.note(call, " ")
    assert calls.of_customer("C-1") == ()


def test_a_note_needs_a_customer(calls: Calls) -> None:
    with pytest.raises(NotAllowed, match="Open the customer first"):
        calls.note(calls.begin(), "hello")
