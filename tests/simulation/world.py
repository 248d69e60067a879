"""One run's server, network and desks, and what was told there; it opens again what died."""

from __future__ import annotations

import asyncio
import shutil
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import Connection, update

from central_api import feed
from central_api.erasing import erase_customer
from central_api.tables import DEVICE_KEY
from rma.errors import RmaError
from storage.retention import KEPT
from tests import shop
from tests.simulation import goods
from tests.simulation.evidence import Queued
from tests.simulation.mix import Mix
from tests.simulation.network import Network
from tests.simulation.old_release import UNSIGNED
from tests.simulation.process import Killed, Process, running
from tests.simulation.server import Server
from tests.simulation.template import Template
from tests.simulation.trace import Trace
from tests.simulation.virtual import VirtualClock
from tests.simulation.workplace import Workplace

MOST_SLEPT = KEPT - timedelta(days=10)


@dataclass(frozen=True, slots=True)
class ToldAgain:
    """A number that was told for a second return."""

    number: str
    desks: tuple[str, str]
    told_apart: bool
    """Whether the two had been told apart, if they are copies of each other."""
    heard: bool
    """Whether the second had heard of the first return."""

    @property
    def by_copies(self) -> bool:
        """Whether a desk and its copy told it."""
        return are_copies(*self.desks)


def are_copies(one: str, other: str) -> bool:
    """Whether one of two desks was made as a copy of the other."""
    return f"{one}-copy" == other or f"{other}-copy" == one


@dataclass
class World:
    """Everything of one run. `begin` before use."""

    folder: Path
    clock: VirtualClock
    mix: Mix
    draw: Random
    trace: Trace
    desks: list[Workplace] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    """RMA numbers that were said on the phone, each with the desk that said it."""
    told_again: list[ToldAgain] = field(default_factory=list)
    """Numbers that were said for a second return."""
    slept: timedelta = timedelta()
    """How long all machines were suspended."""
    restored_at: list[datetime] = field(default_factory=list)
    """When the server was restored."""
    told_apart: bool = False
    """Whether all copies of a desk have been in contact for so long that they have numbers of their own."""
    surprises: list[str] = field(default_factory=list)
    """What broke in a way that nobody planned for."""
    lost: dict[tuple[str, str], Queued] = field(default_factory=dict)
    """Operations that a desk had only on a disk that is gone, by desk and key; the server has those that were sent."""
    names: set[str] = field(default_factory=set)
    """Of customers, now or earlier."""
    erased: list[str] = field(default_factory=list)
    """Customers who were erased."""
    recovery_key: bytes = b""
    """The operators' private half."""
    feed_forgot: bool = False
    """Whether the server's feed no longer has everything that it announced."""
    drained_after: float | None = None
    """Seconds from the end of all troubles until nothing waited any more."""
    server: Server = field(init=False)
    network: Network = field(init=False)
    keyed: dict[str, datetime] = field(default_factory=dict)
    """When desks got their first key that had worked without one, by device."""
    helpers: list[asyncio.Task[None]] = field(default_factory=list)
    """People who came later."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, template: Template) -> None:
        """Copy the template and start everything."""
        self.recovery_key = template.recovery_key
        self.names.update(each.name for each in (shop.customer(), *goods.BYSTANDERS))
        shutil.copytree(template.server, self.folder / "server")
        self.server = Server(self.folder / "server")
        self.server.died = lambda: self._end_of(self.server, self._revive_server)
        self.network = Network(
            self.clock, self.server, self.mix, Random(self.draw.random()), self.trace
        )
        self.server.start()
        for index in range(self.mix.desks):
            folder = self.folder / f"desk-{index}"
            shutil.copytree(template.desk(index, fresh=index in self.mix.fresh), folder)
            desk = Workplace(folder.name, folder)
            desk.old_release = index in self.mix.old_release
            self._look_after(desk)
            self.desks.append(desk)
            desk.open()
            if desk.old_release:
                self.spawn(self._update_some_time(desk))

    async def end(self) -> None:
        """Stop everything."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for desk in self.desks:
            await desk.close()
        await self.server.stop()

    def happened(self, what: str, *details: object) -> None:
        """Write it down."""
        self.trace(self.clock.monotonic(), what, *details)

    def sleep_over(self, time: timedelta) -> None:
        """Suspend all machines; not for so long altogether that an outbox leaves out what the checker looks for."""
        if self.slept + time < MOST_SLEPT:
            self.slept += time
            self.clock.sleep_over(time.total_seconds())

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let something go on beside everything else, until the run ends."""
        with running(None):
            task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            self.surprised("something that goes on", error)

    def tell(self, number: str, desk: Workplace) -> None:
        """A caller was told this number."""
        if number in self.told:
            pair = (self.told[number], desk.name)
            heard = desk.opened.reference.record(number) is not None
            self.told_again.append(ToldAgain(number, pair, self.told_apart, heard))
        self.told[number] = desk.name
        self.happened("told", desk.name, number)

    def surprised(self, where: str, error: BaseException) -> None:
        """Something broke that nobody planned for."""
        frames = traceback.extract_tb(error.__traceback__)
        place = (
            f", raised in {frames[-1].name} ({frames[-1].filename}:{frames[-1].lineno})"
            if frames
            else ""
        )
        self.surprises.append(f"{where}: {error!r}{place}")

    def open_desks(self) -> list[Workplace]:
        """Desks where somebody can work now."""
        return [desk for desk in self.desks if desk.is_open]

    def kill(self, process: Process) -> None:
        """End a process now."""
        revive = self._revive_server if process is self.server else _reviving(self, process)
        self._end_of(process, revive)

    def everybody_is_there(self) -> bool:
        """Whether nobody is being started again."""
        return self.server.up and all(desk.is_open and not desk.old_release for desk in self.desks)

    def clone(self, desk: Workplace) -> Workplace:
        """Copy a desk's folder with all that is in it, and let somebody work at the copy too."""
        desk.copies += 1
        copy = Workplace(f"{desk.name}-copy", self.folder / f"{desk.name}-copy")
        desk.copy(copy.folder)
        copy.copies, copy.skew = desk.copies, desk.skew
        self._look_after(copy)
        self.desks.append(copy)
        return copy

    def restore_server(self) -> None:
        """Put the last backup in the place of the database, as `csr-central restore` and the operator leave it."""
        self.server.restore(self.folder / "backup.db")
        with self.server.changing() as connection:
            feed.renew(connection, datetime.now(UTC))
            for device, moment in self.keyed.items():  # it is enrolled anew
                self._register(connection, device, moment)
            for customer_id in self.erased:  # from the list that is kept beside the backups
                erase_customer(connection, customer_id, by="", reason="", now=datetime.now(UTC))
        self.feed_forgot = True
        self.restored_at.append(datetime.now(UTC))

    def _register(self, connection: Connection, device: str, moment: datetime) -> None:
        connection.execute(
            update(DEVICE_KEY).where(DEVICE_KEY.c.device == device).values(registered_at=moment)
        )

    async def _update_some_time(self, desk: Workplace) -> None:
        while desk.old_release:
            await asyncio.sleep(self.draw.uniform(10, 150))
            if desk.is_open:
                await self._update(desk)
                await self.revive_desk(desk)

    async def _update(self, desk: Workplace) -> None:
        """This release takes the place of the older one: it finds that one's database, and gets a key."""
        revision = self.draw.choice(UNSIGNED)
        device, waiting = desk.identity.device, desk.opened.work.queue().waiting
        await desk.age(revision)
        self.keyed[device] = datetime.now(UTC)
        with self.server.changing() as connection:
            self._register(connection, device, self.keyed[device])
        desk.old_release = False
        self.happened("updated", desk.name, revision, waiting)
        if waiting:
            self.happened("updated with a full queue", desk.name)

    def _look_after(self, desk: Workplace) -> None:
        def failed(error: BaseException) -> None:
            self.surprised(f"the sync of {desk.name} ended", error)

        desk.died = lambda: self._end_of(desk, _reviving(self, desk))
        desk.failed = failed

    def _end_of(self, process: Process, revive: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if process.dead:
            return
        process.dead = True
        if process is self.server:
            self.server.up = False
        self.happened("died", process.name)
        self.spawn(revive())

    async def _revive_server(self) -> None:
        await self.server.stop()
        await asyncio.sleep(self.draw.choice((0.0, 1.0, 5.0, 30.0)))
        self.server.start()
        self.happened("server is back")

    async def revive_desk(self, desk: Workplace) -> None:
        """Open a desk that died, as often as it takes."""
        await desk.close()
        await asyncio.sleep(self.draw.choice((0.0, 1.0, 5.0, 30.0)))
        while True:
            try:
                desk.open()
            except (Killed, RmaError) as error:
                self.happened("not opened", desk.name, type(error).__name__)
                await desk.close()
                await asyncio.sleep(5)
            else:
                self.happened("desk is back", desk.name)
                return


def _reviving(world: World, process: Process) -> Callable[[], Coroutine[Any, Any, None]]:
    assert isinstance(process, Workplace)
    return lambda: world.revive_desk(process)
