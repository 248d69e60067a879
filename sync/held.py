"""Ask again what became of the operations that the server holds for a supervisor.

They are sent once more, byte for byte: the server gives the stored answer, which is another one once they were released.
Nothing about them changes here meanwhile, so that it makes no difference how often, or whether, this goes through.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager

from sync.effects import ApplyResults, HeldAfter, Push, Steps, ask
from sync.epoch import is_known_epoch
from sync.errors import EpochChanged, ServerFailing, ServerRefused, TooLarge
from sync.poison import MOST_IN_VAIN, is_about_the_content
from sync.protocol.envelopes import MAX_BATCH, MAX_BATCH_BYTES
from sync.protocol.signing import signed_line
from sync.report import SyncReport

ASKED_EVERY = 3_600.0
"""Seconds: what was released and refused changes no return, so that the feed does not tell of it."""


class Asking:
    """When it is time to ask: after a start, every hour, and soon after something happened to such a return. Pure."""

    def __init__(self) -> None:
        self._due_at = -math.inf

    def is_due(self, now: float) -> bool:
        """Whether to ask with the exchange that begins now, in seconds of a clock that never goes back."""
        return now >= self._due_at

    def soon(self) -> None:
        """Something happened to one of them, or a person wants to know."""
        self._due_at = -math.inf

    @contextmanager
    def during(self, report: SyncReport, now: float) -> Iterator[bool]:
        """Around an exchange: whether it asks. Where it did not come to that, the next one does."""
        asks = self.is_due(now)
        if asks:
            self._due_at = now + ASKED_EVERY
        try:
            yield asks
        finally:
            if asks and not report.asked_about_held:
                self.soon()


def ask_about_held(report: SyncReport) -> Steps[None]:
    """Send all that the server holds, a batch at a time.

    What it chokes on is left out: it is asked about another time, as is all the rest where it chokes on everything. Held by a server of another epoch, it waits with all
    the rest of that one, as soon as that is followed.
    """
    after, limit, in_vain = "", MAX_BATCH, 0
    while in_vain < MOST_IN_VAIN and (
        batch := (yield from ask(HeldAfter(after, limit, MAX_BATCH_BYTES)))
    ):
        try:
            lines = tuple(signed_line(each.body, each.signature) for each in batch)
            results = yield from ask(Push(lines))
            if not (yield from is_known_epoch(report)):
                return
        except EpochChanged:
            return
        except (ServerFailing, ServerRefused, TooLarge) as error:
            if isinstance(error, ServerFailing) and not is_about_the_content(error):
                raise
            if not is_about_the_content(error):
                report.trouble = str(error)
                return
            if len(batch) > 1:
                limit = len(batch) // 2
                continue
            limit, in_vain = MAX_BATCH, in_vain + 1
        else:
            asked = {each.op_id for each in batch}
            yield from ask(ApplyResults(tuple(each for each in results if each.op_id in asked)))
            in_vain = 0
        after = batch[-1].op_id
    report.asked_about_held = True
