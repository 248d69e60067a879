"""When a desk exchanges, probes and rests: decided without a clock, so that every moment can be tried."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from sync.backoff import CAP, LONGEST_STALL
from sync.pacing import BREAKS_AT, LONG_POLL, SHORTEST_POLL, Exchange, Pacing, Probe, Rest, Step
from sync.report import SyncReport

PUSH = Exchange(push=True, wait=0)
POLL = Exchange(push=True, wait=LONG_POLL)


class Highest(Random):
    """Always draws the longest wait."""

    def uniform(self, a: float, b: float) -> float:
        return b


class Desk:
    """A pacing with a clock beside it."""

    def __init__(self) -> None:
        self.pacing = Pacing(Highest())
        self.now = 1_000.0

    def step(self, *, work: bool = False) -> Step:
        return self.pacing.next_step(self.now, work=work)

    def exchange(self, *, took: float = 5.0, work: bool = False, **report: int | bool) -> Exchange:
        step = self.step(work=work)
        assert isinstance(step, Exchange), step
        began, self.now = self.now, self.now + took
        told = SyncReport(**report)  # type: ignore[arg-type]
        self.pacing.exchanged(step, told, began=began, now=self.now)
        return step

    def fail(self, times: int = 1, *, retry_after: float = 0.0) -> None:
        for _ in range(times):
            self.pacing.failed(self.now, retry_after=retry_after)

    def rest(self) -> Rest:
        step = self.step()
        assert isinstance(step, Rest), step
        return step

    def rest_out(self) -> None:
        self.now += self.rest().seconds


def test_the_first_exchange_sends_and_reads_at_once() -> None:
    assert Desk().step() == PUSH


def test_after_everything_was_exchanged_news_are_waited_for() -> None:
    desk = Desk()
    desk.exchange()
    assert desk.step() == POLL


def test_work_goes_out_at_once_instead_of_a_long_poll() -> None:
    desk = Desk()
    desk.exchange()
    assert desk.step(work=True) == PUSH


def test_a_server_that_holds_no_answer_back_is_asked_once_a_second_but_work_does_not_wait() -> None:
    desk = Desk()
    desk.exchange()
    desk.exchange(took=0.0)
    assert desk.rest() == Rest(SHORTEST_POLL, ends_with_work=True)
    assert desk.step(work=True) == PUSH
    desk.rest_out()
    assert desk.step() == POLL


def test_news_are_no_reason_to_rest() -> None:
    desk = Desk()
    desk.exchange()
    desk.exchange(took=0.0, pulled=3)
    assert desk.step() == POLL


def test_a_failure_is_followed_by_a_rest_that_new_work_ends() -> None:
    desk = Desk()
    desk.fail()
    assert desk.rest() == Rest(0.5, ends_with_work=True)
    assert desk.step(work=True) == PUSH
    desk.rest_out()
    assert desk.step() == PUSH


def test_rests_grow_with_each_failure_up_to_the_cap() -> None:
    desk = Desk()
    rests = []
    for _ in range(7):
        desk.fail()
        rests.append(desk.rest().seconds)
    assert rests == [0.5, 1.0, 2.0, 4.0, 8.0, CAP, CAP]


def test_the_breaker_opens_at_the_third_failure_and_then_only_probes_go_out() -> None:
    desk = Desk()
    desk.fail(BREAKS_AT)
    assert desk.pacing.is_open
    assert not desk.rest().ends_with_work
    assert isinstance(desk.step(work=True), Rest)
    desk.rest_out()
    assert desk.step() == Probe()
    desk.fail()
    desk.rest_out()
    assert desk.step(work=True) == Probe()


def test_an_answered_probe_sends_everything_at_once() -> None:
    desk = Desk()
    desk.fail(BREAKS_AT)
    desk.rest_out()
    desk.pacing.probed()
    assert desk.step() == PUSH
    desk.exchange()
    assert not desk.pacing.is_open
    assert desk.step() == POLL


def test_a_failure_after_a_probe_opens_the_breaker_again_with_a_longer_rest() -> None:
    desk = Desk()
    desk.fail(BREAKS_AT)
    before = desk.rest().seconds
    desk.pacing.probed()
    desk.fail()
    assert desk.rest().seconds > before
    desk.rest_out()
    assert desk.step() == Probe()


def test_what_the_server_asks_for_is_a_floor_that_nothing_shortens() -> None:
    desk = Desk()
    desk.fail(retry_after=120.0)
    assert desk.step(work=True) == Rest(120.0, ends_with_work=False)
    desk.now += 120.0
    assert desk.step() == Rest(0.5, ends_with_work=True)


def test_a_probe_respects_the_floor_too() -> None:
    desk = Desk()
    desk.fail(BREAKS_AT, retry_after=30.0)
    assert desk.rest().seconds == 30.0
    desk.now += 30.0
    assert isinstance(desk.step(), Rest)


def test_an_exchange_of_a_person_ends_every_rest() -> None:
    desk = Desk()
    desk.fail(BREAKS_AT, retry_after=600.0)
    desk.pacing.answered_a_person()
    assert desk.step() == PUSH


def test_what_the_server_put_off_is_sent_again_after_growing_intervals() -> None:
    desk = Desk()
    desk.exchange(stalled=True)
    intervals = []
    for _ in range(9):
        since = desk.now
        while isinstance(step := desk.step(), Exchange) and not step.push:
            desk.exchange(took=step.wait, stalled=True)
        intervals.append(desk.now - since)
        desk.exchange(stalled=True)
    assert intervals == [1, 1, 2, 4, 8, 16, 32, LONGEST_STALL, LONGEST_STALL]


def test_what_was_put_off_is_sent_when_its_time_comes_not_a_long_poll_later() -> None:
    desk = Desk()
    for _ in range(5):
        desk.exchange(stalled=True, work=True)
    step = desk.step()
    assert isinstance(step, Exchange)
    assert (step.push, step.wait) == (False, 8)


def test_new_work_takes_what_was_put_off_along() -> None:
    desk = Desk()
    desk.exchange(stalled=True)
    assert desk.step(work=True) == PUSH


def test_what_was_put_off_goes_out_with_everything_else_after_an_outage() -> None:
    desk = Desk()
    for _ in range(8):
        desk.exchange(stalled=True, work=True)
    desk.fail(BREAKS_AT)
    desk.pacing.probed()
    assert desk.step() == PUSH


@given(
    events=st.lists(st.sampled_from(["ok", "stalled", "news", "fail", "later", "work"])),
    seed=st.integers(),
)
def test_no_rest_is_endless_and_no_step_repeats_without_time_passing_or_an_answer(
    events: list[str], seed: int
) -> None:
    pacing, now = Pacing(Random(seed)), 0.0

    def until(asked: Callable[[Step], bool]) -> Step:
        nonlocal now
        for _ in range(3):
            step = pacing.next_step(now, work=False)
            if asked(step):
                return step
            assert isinstance(step, Rest)
            assert 0.0 < step.seconds <= 60.0 + max(CAP, LONGEST_STALL)
            now += step.seconds
        raise AssertionError("it rests for ever")

    for event in events:
        step = until(lambda step: not isinstance(step, Rest))
        if isinstance(step, Probe):
            pacing.failed(now) if event == "fail" else pacing.probed()
        elif event in ("fail", "later"):
            pacing.failed(now, retry_after=60.0 if event == "later" else 0.0)
        else:
            assert isinstance(step, Exchange)
            report = SyncReport(stalled=event == "stalled" or not step.push)
            report.pulled = int(event == "news")
            pacing.exchanged(step, report, began=now, now=now + 0.1)
            now += 0.1
