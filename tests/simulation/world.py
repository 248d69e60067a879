"""One run's server, network and desks, and what was told there; it opens again what died."""

from __future__ import annotations

import asyncio
import shutil
import traceback
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from rma.errors import RmaError
from tests.simulation.evidence import Queued
from tests.simulation.mix import Mix
from tests.simulation.network import Network
from tests.simulation.process import Killed, Process, running
from tests.simulation.server import Server
from tests.simulation.template import Template
from tests.simulation.trace import Trace
from tests.simulation.virtual import VirtualClock
from tests.simulation.workplace import Workplace


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
    told_again: list[str] = field(default_factory=list)
    """Numbers that were said for a second return."""
    surprises: list[str] = field(default_factory=list)
    """What broke in a way that nobody planned for."""
    lost: dict[str, Queued] = field(default_factory=dict)
    """Operations that a desk had only on a disk that is gone, by key; those that were sent are still on the server."""
    feed_forgot: bool = False
    """Whether the server's feed no longer has everything that it announced."""
    drained_after: float | None = None
    """Seconds from the end of all troubles until nothing waited any more."""
    server: Server = field(init=False)
    network: Network = field(init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def begin(self, template: Template) -> None:
        """Copy the template and start everything."""
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

    def spawn(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Let something go on beside everything else, until the run ends."""
        with running(None):
            task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def tell(self, number: str, desk: Workplace) -> None:
        """A caller was told this number."""
        if number in self.told:
            self.told_again.append(number)
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
        return self.server.up and all(desk.is_open for desk in self.desks)

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
        if self.draw.random() < 0.5:
            desk.old_release = False
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
