"""The server is killed after it committed a batch and before anybody heard of that."""

from __future__ import annotations

import gzip
import json
import threading
from collections.abc import Iterable

from sqlalchemy import select

from central_api.database import open_database, reading
from central_api.tables import OPERATION
from sync.protocol.signing import split_line
from tests.faults.books import faults
from tests.faults.place import Place, prepared
from tests.faults.proxy import Passing
from tests.faults.result import Result

FIRST_AIM, STEP, SPREAD = 0.012, 0.002, 0.006
"""Seconds from the last byte of a push to the kill: the kill comes later where nothing was committed yet, and earlier
where it was answered, so that most hit the moment between, however fast the machine is; by twice as much each time that
it missed on the same side."""

HIT = "committed, not answered"

MOST_TRIES = 12
"""For each round that was asked for, until one hit."""

PAUSE = 0.1
"""Seconds between two returns: a push is of one or two, and takes about as long as the longest wait."""

BACK_SECONDS = 60.0
"""After the server is back, by when a push goes through again."""


class _Ambush:
    """Kills the server a moment after a push is with it as a whole."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self.aim = FIRST_AIM
        self._step = STEP
        self._set = False
        self._struck = threading.Event()
        self._victim: Passing | None = None
        place.proxy.push_arrived = self._push_arrived

    def strike(self) -> Passing | None:
        """Wait for the next push, and kill; gives the push, None where none came."""
        self._struck.clear()
        self._set = True
        struck = self._struck.wait(30)
        self._set = False
        return self._victim if struck else None

    def missed(self, *, early: bool) -> None:
        """Aim later, or earlier."""
        same_side = (self._step > 0) is early
        self._step = 2 * self._step if same_side else -STEP if self._step > 0 else STEP
        self.aim = max(0.0, self.aim + self._step)

    def _push_arrived(self, passing: Passing) -> None:
        if not self._set:
            return
        self._set = False
        self._victim = passing
        after = self.aim + self._place.draw.uniform(-SPREAD, SPREAD)
        self._place.proxy.later(max(0.0, after), self._kill)

    def _kill(self) -> None:
        self._place.stop_server()
        self._struck.set()


def between(rounds: int, seed: int) -> Result:
    """Kill so many times; what the kill hit is counted."""
    with prepared(f"between/{seed}") as place:
        ambush = _Ambush(place)
        desk = place.start_desk(0, seed=f"{seed}", pause=PAUSE)
        for turn in range(rounds * MOST_TRIES):
            if turn >= rounds and place.counts[HIT]:
                break
            push = ambush.strike()
            assert push, "no push came"
            if not _committed(place.database, _operations(push)):
                place.counts["not committed"] += 1
                ambush.missed(early=True)
            elif push.answered:
                place.counts["committed and answered"] += 1
                ambush.missed(early=False)
            else:
                place.counts[HIT] += 1
            place.start_server()
            if not place.a_push_is_taken(BACK_SECONDS):
                break
            place.hear(0, desk.said())
        place.hear(0, desk.kill())
        found = faults(place)
        if not place.counts[HIT]:
            found.append("no kill hit the moment between commit and answer: nothing was tried")
        return Result.of(place, found)


def _operations(push: Passing) -> list[str]:
    """The keys of what was pushed."""
    head, _, body = push.request.partition(b"\r\n\r\n")
    lines = (
        gzip.decompress(body)
        if b"gzip" in head.lower().split(b"content-encoding:")[-1][:6]
        else body
    )
    return [json.loads(split_line(line)[0])["op_id"] for line in lines.splitlines()]


def _committed(database: str, operations: Iterable[str]) -> bool:
    engine = open_database(database)
    try:
        with reading(engine) as connection:
            found = select(OPERATION.c.op_id).where(OPERATION.c.op_id.in_(operations))
            return connection.execute(found).first() is not None
    finally:
        engine.dispose()
