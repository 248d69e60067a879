"""The server is stopped (SIGSTOP) for longer than the desk waits, and goes on (SIGCONT) with what nobody waits for any more."""

from __future__ import annotations

import signal
import time

from tests.faults.books import faults
from tests.faults.place import prepared
from tests.faults.result import Result

PATIENCE = 0.5
"""Seconds that the desk waits for an answer."""

BETWEEN = 0.4
"""Seconds between two stops, at most."""


def stopped(rounds: int, seed: int) -> Result:
    """Stop the server so many times."""
    with prepared(f"stopped/{seed}") as place:
        draw = place.draw
        desk = place.start_desk(0, seed=f"{seed}", patience=PATIENCE, pause=0.1)
        assert place.server
        for _turn in range(rounds):
            time.sleep(draw.uniform(0, BETWEEN))
            place.server.signal(signal.SIGSTOP)
            time.sleep(draw.uniform(1.2, 3.0) * PATIENCE)
            place.server.signal(signal.SIGCONT)
            place.hear(0, desk.said())
        place.hear(0, desk.kill())
        found = faults(place)
        if not place.proxy.counts["answers too late"]:
            found.append("no answer came too late: nothing was tried")
        return Result.of(place, found)
