"""`kill -9` of desks and of the server, at any moment of their work and of their start."""

from __future__ import annotations

import time

from tests.faults.books import faults
from tests.faults.place import prepared
from tests.faults.programs import Desk
from tests.faults.result import Result

LONGEST_LIFE = 0.5
"""Seconds between two kills; a desk needs less than half of it until it works."""


def kills(rounds: int, seed: int) -> Result:
    """Kill so many times; who was killed is started again at once."""
    with prepared(f"kills/{seed}", desks=2) as place:
        draw = place.draw
        desks: list[Desk] = [place.start_desk(i, seed=f"{seed}/{i}") for i in range(2)]
        for turn in range(rounds):
            time.sleep(draw.uniform(0, LONGEST_LIFE))
            victim = draw.choice((0, 1, 0, 1, "server", "server", "both"))
            for index in range(2):
                if victim in (index, "both") or desks[index].has_ended:
                    place.hear(index, desks[index].kill())
                    place.counts["desks killed"] += 1
            if victim in ("server", "both"):
                place.stop_server()
                place.counts["servers killed"] += 1
                place.start_server()
            for index in range(2):
                place.hear(index, desks[index].said())
                if not desks[index].alive:
                    desks[index] = place.start_desk(index, seed=f"{seed}/{index}/{turn}")
        for index in range(2):
            place.hear(index, desks[index].kill())
        return Result.of(place, faults(place))
