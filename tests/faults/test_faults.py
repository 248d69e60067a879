"""Desks and servers as real processes, under real faults: what was told arrives, once, and nothing else does.

`python -m tests.faults` runs as many rounds as it is asked for.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import delete

from central_api.database import open_database, writing
from central_api.tables import OPERATION
from tests import postgres
from tests.faults.between import HIT, between
from tests.faults.books import faults
from tests.faults.database import database
from tests.faults.full_disk import desk_disk_full, server_disk_full
from tests.faults.kills import kills
from tests.faults.last_unit import DESKS, last_unit
from tests.faults.network import network
from tests.faults.place import prepared
from tests.faults.result import Result
from tests.faults.stopped import stopped

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="these processes need Linux"),
]

SEED = 1

on_postgresql = pytest.mark.skipif(
    postgres.programs() is None and not os.environ.get(postgres.POSTGRES),
    reason=f"no PostgreSQL: install it, or let {postgres.POSTGRES} name its programs",
)


def held(scenario: Callable[[int, int], Result], rounds: int) -> Result:
    """What came of it, once everything held."""
    result = scenario(rounds, SEED)
    assert result.faults == []
    assert result.counts.get("told"), "nothing was tried"
    return result


def test_kill_9_of_desks_and_servers_loses_and_doubles_nothing() -> None:
    result = held(kills, 10)
    assert result.counts["desks killed"] and result.counts["servers killed"]


def test_what_a_stopped_server_does_late_harms_nothing() -> None:
    assert held(stopped, 4).counts["answers too late"]


def test_a_server_killed_between_commit_and_answer_is_asked_again() -> None:
    assert held(between, 6).counts[HIT]


def test_a_network_that_cuts_delays_swallows_and_repeats_harms_nothing() -> None:
    held(network, 12)


@on_postgresql
def test_postgresql_restarted_in_the_middle_of_batches_loses_nothing() -> None:
    held(database, 2)


def test_a_full_disk_of_a_desk_is_told_and_costs_nothing_that_was_told() -> None:
    result = held(desk_disk_full, 3)
    assert result.refusals and all("disk" in heard for heard in result.refusals)


def test_a_full_disk_of_the_server_holds_up_and_loses_nothing() -> None:
    assert held(server_disk_full, 3).counts["pushes not taken"]


@on_postgresql
def test_of_ten_desks_that_tell_the_last_unit_one_holds_it_and_nine_call_back() -> None:
    result = held(last_unit, 2)
    assert result.counts["hold it"] == 2
    assert result.counts["in attention"] == 2 * (DESKS - 1)


def test_the_books_show_what_is_missing_and_what_nobody_told() -> None:
    with prepared("books") as place:
        desk = place.start_desk(0)
        (number, *_) = place.listen(desk, 0, "told", 60)
        place.comes("pushes taken", 60)
        place.hear(0, desk.kill())
        assert faults(place) == []

        place.told["10000000000"] = place.desks[0].name
        del place.told[number]
        engine = open_database(place.database)
        with writing(engine) as connection:
            connection.execute(delete(OPERATION).where(OPERATION.c.number == number))
        engine.dispose()
        found = " ".join(faults(place))
    assert "10000000000 was told, and no outbox has it" in found
    assert f"finalize of {number} at Agent 1 is done, and not on the server" in found
