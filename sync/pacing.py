"""When a desk exchanges, when it only asks whether the server is there, and when it rests: pure, without a clock.

Time comes in as seconds of a clock that never goes back. `next_step` says what to do now; what came of it is told by
`exchanged`, `failed`, `probed` or `answered_a_person`. A step is only advice until it is told: asking twice is harmless.

    answers            --exchanged-->  long polls, one after the other
    failed once, twice --exchanged-->  answers
    failed three times: the breaker is open. Only a probe goes out, until the server answers one; then everything at once
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random
from typing import TypeAlias

from sync.backoff import LONGEST_STALL, Backoff, floor_of
from sync.report import SyncReport

LONG_POLL = 25
"""Seconds that the server may hold back the answer when nothing has changed."""

SHORTEST_POLL = 1.0
"""Seconds: a server that has no news and does not hold the answer back is not asked more often than this."""

BREAKS_AT = 3
"""Failures in a row after which only probes go out."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """Exchange now."""

    push: bool
    """Whether what waits is sent; False while only that waits which the server put off."""
    wait: int
    """Seconds of a long poll; 0 for none."""


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask whether the server is ready, and nothing else."""


@dataclass(frozen=True, slots=True)
class Rest:
    """Do nothing for a while."""

    seconds: float
    ends_with_work: bool
    """Whether new work of the desk ends it early."""


Step: TypeAlias = Exchange | Probe | Rest


class Pacing:
    """The decisions of one desk."""

    def __init__(self, random: Random) -> None:
        self._backoff = Backoff(random)
        self._stalls = Backoff(random, cap=LONGEST_STALL)
        self._failures = 0
        self._floor = -math.inf
        """Before this nothing goes out: the server asked for it."""
        self._try_at = -math.inf
        self._push_at = -math.inf
        self._poll_at = -math.inf
        self._polls = False
        """Whether the last exchange brought everything: from then on, news are waited for."""
        self._ready = False
        """Whether the server answered a probe since the last failure."""

    @property
    def is_open(self) -> bool:
        """Whether the breaker is open: nothing but a probe goes out."""
        return self._failures >= BREAKS_AT and not self._ready

    def next_step(self, now: float, *, work: bool) -> Step:
        """What to do now; `work` says that the desk made something since the last exchange began."""
        if now < self._floor:
            return Rest(self._floor - now, ends_with_work=False)
        if now < self._try_at and (self.is_open or not work):
            return Rest(self._try_at - now, ends_with_work=not self.is_open)
        if self.is_open:
            return Probe()
        polls = self._polls and not work
        if polls and now < self._poll_at:
            return Rest(self._poll_at - now, ends_with_work=True)
        due = self._push_at - now
        wait = min(LONG_POLL, max(math.ceil(due), 1)) if due > 0 else LONG_POLL
        return Exchange(push=work or due <= 0, wait=wait if polls else 0)

    def exchanged(self, step: Exchange, report: SyncReport, *, began: float, now: float) -> None:
        """An exchange went through."""
        self._answered()
        self._polls = True
        if step.wait and not report.pulled and now - began < SHORTEST_POLL:
            self._poll_at = now + SHORTEST_POLL
        if not report.stalled:
            self._stalls.reset()
            self._push_at = -math.inf
        elif step.push:
            self._push_at = now + self._stalls.next_wait()

    def failed(self, now: float, *, retry_after: float = 0.0) -> None:
        """An exchange or a probe did not go through; `retry_after` are the seconds that the server asked for."""
        self._failures += 1
        self._ready, self._polls, self._push_at = False, False, -math.inf
        self._floor = now + floor_of(retry_after)
        self._try_at = self._floor + self._backoff.next_wait()

    def probed(self) -> None:
        """The server is ready: everything goes out at once."""
        self._ready = True
        self._floor = self._try_at = -math.inf

    def answered_a_person(self) -> None:
        """An exchange that a person asked for went through: there is nothing to wait for any more."""
        self._answered()
        self._poll_at = -math.inf

    def _answered(self) -> None:
        self._failures, self._ready = 0, False
        self._floor = self._try_at = -math.inf
        self._backoff.reset()
