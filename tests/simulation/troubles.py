"""What happens to machines: they die, also in the middle of a commit, lose the network, run out of disk or of time."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from unittest.mock import patch

import sqlcipher3.dbapi2

from central_api import feed
from central_api.catalog import upsert_customers, upsert_orders
from central_api.people import revoke
from central_api.policies import publish_policy
from desk import ids
from rma.errors import RmaError
from tests import shop
from tests.simulation import evidence, goods
from tests.simulation.people import Person
from tests.simulation.process import Killed, Process, disk_full_error
from tests.simulation.workplace import Workplace
from tests.simulation.world import World

NIGHT = timedelta(hours=10)
HOLIDAYS = timedelta(days=31)
"""Long enough for returns to expire."""


class Troubles:
    """The bad luck of one run."""

    def __init__(self, world: World, draw: Random) -> None:
        self._world = world
        self._draw = draw
        self._policies = 1

    async def weather(self) -> None:
        """The network is bad for a while, then fair for a while."""
        while True:
            self._world.network.fair = False
            await asyncio.sleep(self._draw.expovariate(1 / 60))
            self._world.network.fair = True
            await asyncio.sleep(self._draw.expovariate(1 / 20))

    async def shop_goes_on(self) -> None:
        """The shop changes orders, customers and policies, from a program of its own."""
        while True:
            await asyncio.sleep(self._draw.expovariate(1 / 40))
            with self._world.server.changing() as connection:
                match self._draw.randrange(3):
                    case 0:
                        index, before = self._draw.randrange(goods.ORDERS), self._draw.randint(0, 1)
                        upsert_orders(connection, [goods.order(index, returned_before=before)])
                    case 1:
                        name = f"Maria Müller {self._draw.randrange(100)}"
                        self._world.names.add(name)
                        upsert_customers(connection, [shop.customer(name=name)])
                    case _:
                        self._policies += 1
                        publish_policy(connection, goods.policy(self._policies), _now())
            self._world.happened("the shop changed something")

    async def of_machines(self) -> None:
        """One trouble after the other."""
        names, weights = list(self._world.mix.machines), list(self._world.mix.machines.values())
        while True:
            await asyncio.sleep(self._draw.expovariate(1 / self._world.mix.machine_seconds))
            name = self._draw.choices(names, weights)[0]
            self._world.happened(name)
            self._world.spawn(getattr(self, f"_{name.replace(' ', '_')}")())

    def end(self) -> None:
        """Everything is well from now on."""
        world = self._world
        world.network.fair = True
        world.network.cut_off.clear()
        for process in (world.server, *world.desks):
            process.before_commit = process.after_commit = _nothing
            process.free_disk()
        for desk in world.desks:
            desk.skew = timedelta()

    # ---- the troubles ---------------------------------------------------------------------------------------------

    async def _partition(self) -> None:
        desk = self._any_desk()
        self._world.network.cut_off.add(desk.name)
        await asyncio.sleep(self._draw.uniform(5, 120))
        self._world.network.cut_off.discard(desk.name)

    async def _server_crash(self) -> None:
        self._world.kill(self._world.server)

    async def _server_crash_at_a_commit(self) -> None:
        self._crash_at_a_commit(self._world.server, self._draw.randint(1, 6))

    async def _desk_crash(self) -> None:
        self._world.kill(self._any_desk())

    async def _desk_crash_at_a_commit(self) -> None:
        self._crash_at_a_commit(self._any_desk(), self._draw.randint(1, 8))

    async def _desk_disk_full(self) -> None:
        await self._full(self._any_desk(), sqlcipher3.dbapi2)

    async def _server_disk_full(self) -> None:
        await self._full(self._world.server, sqlite3)

    async def _clock_jump(self) -> None:
        desk = self._any_desk()
        desk.skew = timedelta(seconds=self._draw.uniform(-7200, 7200))
        if self._draw.random() < 0.5:
            await asyncio.sleep(self._draw.uniform(5, 60))
            desk.skew = timedelta()

    async def _night(self) -> None:
        night = HOLIDAYS if self._draw.random() < 0.15 else NIGHT
        self._world.sleep_over(night)

    async def _poison(self) -> None:
        """Something on the way chokes on an operation, whenever it comes by."""
        desk = self._any_desk()
        if not desk.is_open:
            return
        waiting = desk.opened.work.waiting(100, 1 << 20)
        if waiting:
            self._world.network.poison.add(self._draw.choice(waiting).op_id.encode())

    async def backups(self) -> None:
        """The server is backed up from time to time."""
        while True:
            self._world.server.back_up(self._world.folder / "backup.db")
            await asyncio.sleep(self._draw.expovariate(1 / 60))

    async def copies(self) -> None:
        """The desks' disks are copied from time to time."""
        while True:
            for desk in self._world.open_desks():
                desk.copy(self._world.folder / "copies" / desk.name)
            await asyncio.sleep(self._draw.expovariate(1 / 60))

    async def _desk_restored(self) -> None:
        """A desk's disk is lost: its databases come back as they were, its keyring lives elsewhere and is as it is."""
        desk = self._any_desk()
        copy = self._world.folder / "copies" / desk.name
        if not desk.is_open or not copy.exists():
            return
        had = evidence.outbox(desk)
        desk.dead = True
        await desk.close()
        for pattern in ("work.db*", "ref.db*"):
            for file in desk.folder.glob(pattern):
                file.unlink()
            for file in copy.glob(pattern):
                if not file.name.endswith("-shm"):
                    shutil.copyfile(file, desk.folder / file.name)
        await self._world.revive_desk(desk)
        kept = {row.op_id for row in evidence.outbox(desk)}
        gone = {(desk.name, row.op_id): row for row in had if row.op_id not in kept}
        self._world.lost |= gone

    async def _desk_cloned(self) -> None:
        """The folder of a desk is copied with its secrets, and both go on."""
        world, desk = self._world, self._any_desk()
        if not desk.is_open or desk.old_release or any(each.copies for each in world.desks):
            return
        copy = world.clone(desk)
        await world.revive_desk(copy)
        person = Person(world, copy, Random(self._draw.random()))
        world.helpers.append(world.spawn(person.work(self._draw.randint(2, 5))))

    async def _revoked(self) -> None:
        """A desk, or who works there, may no longer work; half of them may again after a while."""
        world, desk = self._world, self._any_desk()
        if not desk.is_open:
            return
        whom = self._draw.choice((desk.identity.device, desk.identity.person))
        with world.server.changing() as connection:
            revoke(connection, whom, _now())
        if self._draw.random() < 0.5:
            await asyncio.sleep(self._draw.uniform(5, 120))
            with world.server.changing() as connection:
                revoke(connection, whom, _now(), undo=True)
            world.happened("revocation undone")

    async def _server_restored(self) -> None:
        """The server's disk is lost: it comes back with its last backup, as `csr-central restore` leaves it."""
        server = self._world.server
        if server.dead:
            return
        server.dead, server.up = True, False
        await server.stop()
        await asyncio.sleep(self._draw.uniform(1, 20))
        self._world.restore_server()
        server.start()
        self._world.happened("server is back")

    async def _feed_trimmed(self) -> None:
        with self._world.server.changing() as connection:
            if old := feed.old(connection, _now()):
                feed.trim(connection, old)

    async def _same_key_twice(self) -> None:
        """A desk's source of chance is a copy of another's: it makes a key that another operation has."""
        open_desks = self._world.open_desks()
        if len(open_desks) < 2:
            return
        one, other = self._draw.sample(open_desks, 2)
        repeated: list[str] = []

        def kept(real: Callable[[], str]) -> str:
            repeated.append(real())
            return repeated[-1]

        with _next_ids(kept):
            self._returns_at(one)
        with _next_ids(lambda real: repeated.pop(0) if repeated else real()):
            self._returns_at(other)

    # ---------------------------------------------------------------------------------------------------------------

    def _any_desk(self) -> Workplace:
        return self._draw.choice(self._world.desks)

    def _returns_at(self, desk: Workplace) -> None:
        try:
            Person(self._world, desk, self._draw).make_return()
        except (RmaError, Killed) as error:
            self._world.happened("finalize refused", desk.name, type(error).__name__)

    def _crash_at_a_commit(self, process: Process, number: int) -> None:
        at = process.commits + number

        def crash() -> None:
            if process.commits >= at:
                process.before_commit = process.after_commit = _nothing
                raise Killed

        if self._draw.random() < 0.5:
            process.before_commit = crash
        else:
            process.after_commit = crash

    async def _full(self, process: Process, driver: Any) -> None:
        """Either no file grows for a while, or single commits find no room."""
        if self._draw.random() < 0.5:
            process.fill_disk()
        else:
            chance = Random(self._draw.random())

            def no_room() -> None:
                if chance.random() < 0.7:
                    raise disk_full_error(driver)

            process.before_commit = no_room
        await asyncio.sleep(self._draw.uniform(5, 60))
        process.free_disk()
        process.before_commit = _nothing


@contextmanager
def _next_ids(make: Callable[[Callable[[], str]], str]) -> Iterator[None]:
    real = ids.new_id
    with (
        patch("desk.returns.new_id", lambda: make(real)),
        patch("desk.rmas.new_id", lambda: make(real)),
    ):
        yield


def _now() -> datetime:
    return datetime.now(UTC)


def _nothing() -> None:
    """Nothing happens."""
