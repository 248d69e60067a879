"""What the simulation found, each mended and tested for itself: the story of a seed changes with the code."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
import sqlcipher3.dbapi2
from sqlalchemy import text

from storage.engines import open_database, reading, writing
from storage.errors import StoreTrouble
from tests.simulation.mix import Mix
from tests.simulation.process import Process, breakable_commits, disk_full_error, running
from tests.simulation.server import quiet_servers
from tests.simulation.template import template
from tests.simulation.trace import Trace
from tests.simulation.virtual import run_virtually, virtual_world
from tests.simulation.workplace import clocks_and_releases
from tests.simulation.world import World


def no_room() -> None:
    """Every commit finds the disk full."""
    raise disk_full_error(sqlcipher3.dbapi2)


def test_a_desk_goes_on_after_a_commit_that_found_the_disk_full(tmp_path: Path) -> None:
    process = Process("desk")
    with breakable_commits(), running(process):
        engine = open_database(tmp_path / "work.db", None, durable=True)
        with writing(engine) as connection:
            connection.execute(text("CREATE TABLE told (number TEXT)"))
        process.before_commit = no_room
        with (
            pytest.raises(StoreTrouble, match="disk is full"),
            writing(engine) as connection,
        ):
            connection.execute(text("INSERT INTO told VALUES ('lost')"))
        process.before_commit = _there_is_room
        with writing(engine) as connection:
            connection.execute(text("INSERT INTO told VALUES ('kept')"))
        with reading(engine) as connection:
            assert connection.execute(text("SELECT number FROM told")).scalars().all() == ["kept"]
        engine.dispose()


@pytest.mark.parametrize("after", [0.1, 0.3, 0.6])
def test_a_desk_that_is_left_while_the_disk_is_full_ends(tmp_path: Path, after: float) -> None:
    made = template()
    with (
        virtual_world("found") as clock,
        quiet_servers(),
        breakable_commits(),
        clocks_and_releases(),
    ):
        mix = Mix(
            desks=1, orders=1, acts=0, fresh=frozenset({0}), old_release=frozenset(), trouble=0
        )
        world = World(tmp_path, clock, mix, Random(1), Trace())

        async def left_in_the_middle_of_the_first_download() -> bool:
            (desk,) = world.desks
            desk.skew = timedelta(seconds=30)  # so that there is a clock to correct
            await asyncio.sleep(after)
            desk.before_commit = no_room
            return await desk.leave()

        async def story() -> bool:
            world.begin(made)
            with world.network.in_place():
                ended = await left_in_the_middle_of_the_first_download()
                await world.end()
            return ended

        assert run_virtually(clock, story)


def _there_is_room() -> None:
    """Every commit goes through."""
