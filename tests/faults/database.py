"""PostgreSQL ends at once (`pg_ctl -m immediate`) in the middle of batches, and comes back."""

from __future__ import annotations

import time

from tests import postgres
from tests.faults.books import faults
from tests.faults.place import prepared
from tests.faults.result import Result

CAREFUL = ("max_connections=50", "shared_buffers=16MB")
"""As PostgreSQL comes: what is committed is kept."""

LONGEST_WORK, LONGEST_PAUSE = 0.6, 0.6
"""Seconds."""

BACK_SECONDS = 60.0
"""After PostgreSQL is back, by when a desk's push goes through again."""


def database(rounds: int, seed: int) -> Result:
    """Restart PostgreSQL so many times under two desks and one API process, which is never restarted."""
    programs = postgres.programs()
    assert programs is not None, "no PostgreSQL"
    with (
        postgres.running(programs, CAREFUL) as cluster,
        cluster.database() as name,
        prepared(f"database/{seed}", desks=2, database=cluster.url(name)) as place,
    ):
        desks = [
            place.start_desk(index, seed=f"{seed}/{index}", patience=None, pause=0.03)
            for index in range(2)
        ]
        for _turn in range(rounds):
            time.sleep(place.draw.uniform(0, LONGEST_WORK))
            cluster.crash()
            time.sleep(place.draw.uniform(0, LONGEST_PAUSE))
            cluster.start()
            if not place.a_push_is_taken(BACK_SECONDS):
                break
            for index, desk in enumerate(desks):
                place.hear(index, desk.said())
        for index, desk in enumerate(desks):
            place.hear(index, desk.kill())
        found = faults(place)
        if place.server and place.server.has_ended:
            found.append("the API process ended")
        return Result.of(place, found)
