"""`kill -9` of desks and of the server, at any moment of their work and of their start."""

from __future__ import annotations

import time

from tests.faults.books import faults
from tests.faults.place import prepared
from tests.faults.programs import Desk
from tests.faults.result import Result

LONGEST_LIFE = 0.8
"""Seconds between two kills; a desk works after a quarter of it, where nothing else runs."""

PAUSE = 0.05
"""Seconds between two returns of a desk."""

WORKING, TOLD_SECONDS = 0.5, 10.0
"""Share of kills before which a desk tells a number, and how long is waited for that: however slow the machine is."""


def kills(rounds: int, seed: int) -> Result:
    """Kill so many times; who was killed is started again at once."""
    with prepared(f"kills/{seed}", desks=2) as place:
        draw = place.draw
        desks: list[Desk] = [place.start_desk(i, seed=f"{seed}/{i}", pause=PAUSE) for i in range(2)]
        for turn in range(rounds):
            if draw.random() < WORKING:
                index = draw.randrange(2)
                place.listen(desks[index], index, "told", TOLD_SECONDS)
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
                    desks[index] = place.start_desk(
                        index, seed=f"{seed}/{index}/{turn}", pause=PAUSE
                    )
        for index in range(2):
            place.hear(index, desks[index].kill())
        return Result.of(place, faults(place))
