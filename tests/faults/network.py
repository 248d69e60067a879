"""A network that cuts, delays, swallows, repeats and answers with something else."""

from __future__ import annotations

import time

from tests.faults.books import faults
from tests.faults.place import Place, prepared
from tests.faults.proxy import Fault, Passing, passes
from tests.faults.result import Result
from tests.faults.wire_faults import FAULTS

PATIENCE = 0.7
"""Seconds that a desk waits for an answer."""

ROUND_SECONDS = 60.0
"""By when what is to happen has happened: a desk never waits for longer than ten seconds."""


class _Weather:
    """Decides what happens to the next requests."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._fault: Fault = passes
        self._times = 0
        self.quiet = 0
        """Requests since then that nothing happened to."""
        place.proxy.fault_of = self._fault_of

    def strike(self) -> bool:
        """Let one fault happen to the next one to three requests, and one go through after it; False where none came."""
        self._fault = self._place.draw.choice(FAULTS)
        self.quiet, self._times = 0, self._place.draw.randint(1, 3)
        deadline = time.monotonic() + ROUND_SECONDS
        while self._times or not self.quiet:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def _fault_of(self, passing: Passing) -> Fault:
        if not self._times:
            self.quiet += 1
            return passes
        self._times -= 1
        self._place.proxy.counts[self._fault.__name__] += 1
        return self._fault


def network(rounds: int, seed: int) -> Result:
    """Let so many faults happen to two desks that work."""
    with prepared(f"network/{seed}", desks=2) as place:
        weather = _Weather(place)
        desks = [
            place.start_desk(index, seed=f"{seed}/{index}", patience=PATIENCE, pause=0.2)
            for index in range(2)
        ]
        for _turn in range(rounds):
            if not weather.strike():
                place.surprises.append("a minute passed without a request")
                break
            for index, desk in enumerate(desks):
                place.hear(index, desk.said())
        for index, desk in enumerate(desks):
            place.hear(index, desk.kill())
        return Result.of(place, faults(place))
