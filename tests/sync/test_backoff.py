"""Waits between tries: full jitter under a bound that doubles up to a cap."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sync.backoff import CAP, FIRST_BOUND, LONGEST_FLOOR, Backoff, floor_of


@given(st.integers(), st.integers(1, 2_000))
def test_no_wait_is_negative_or_above_the_cap(seed: int, failures: int) -> None:
    backoff = Backoff(Random(seed))
    for _ in range(failures):
        assert 0.0 <= backoff.next_wait() <= CAP


def test_the_bound_doubles_with_each_failure_up_to_the_cap() -> None:
    class Highest(Random):
        def uniform(self, a: float, b: float) -> float:
            return b

    backoff = Backoff(Highest())
    assert [backoff.next_wait() for _ in range(7)] == [0.5, 1.0, 2.0, 4.0, 8.0, CAP, CAP]
    backoff.reset()
    assert backoff.next_wait() == FIRST_BOUND


def test_waits_are_spread_over_the_whole_range() -> None:
    waits = []
    for seed in range(200):
        backoff = Backoff(Random(seed))
        for _ in range(8):
            backoff.next_wait()
        waits.append(backoff.next_wait())
    assert min(waits) < CAP / 10 < CAP * 9 / 10 < max(waits)


def test_the_server_may_ask_for_any_sensible_floor() -> None:
    assert floor_of(120.0) == 120.0
    assert floor_of(1e9) == LONGEST_FLOOR
    assert floor_of(-5.0) == 0.0
