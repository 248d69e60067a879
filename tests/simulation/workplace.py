"""A desk as a process: real stores in a folder, real use cases, the real client and sync; it can die, and be opened again."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from csr_tui import bootstrap
from desk.desk import Desk
from rma.operations import Identity, Operation, SealedOperation
from storage import settings
from storage.engines import reading
from storage.secrets import DATABASE_KEY
from sync.protocol import envelopes
from tests.simulation.old_release import downgrade
from tests.simulation.process import RUNNING, Killed, Process, running

if TYPE_CHECKING:
    from csr_tui.bootstrap import OpenedDesk
    from csr_tui.connection import Connection


class Workplace(Process):
    """One desk. `open` before use."""

    def __init__(self, name: str, folder: Path) -> None:
        super().__init__(name)
        self.folder = folder
        self.skew = timedelta()
        """How far its clock is from the truth."""
        self.old_release = False
        """Whether it runs a release that signs nothing; it has no network yet."""
        self.copies = 0
        """How often it was copied."""
        self.lives = 0
        """How often it was opened."""
        self.failed: Callable[[BaseException], None] = lambda _error: None
        """Called when its sync ended by something that nobody expected."""
        self.wake = asyncio.Event()
        self._opened: OpenedDesk | None = None
        self._connection: Connection | None = None
        self._syncing: asyncio.Task[None] | None = None

    @property
    def opened(self) -> OpenedDesk:
        """Its stores and use cases; only while it is open."""
        assert self._opened is not None
        return self._opened

    @property
    def desk(self) -> Desk:
        """What an agent can do there."""
        return self.opened.desk

    @property
    def is_open(self) -> bool:
        """Whether somebody can work there."""
        return self._opened is not None and not self.dead and not self.killed

    @property
    def life(self) -> str | None:
        """Which life of the desk its database is: copies that were told apart have one each."""
        with reading(self.opened.work._engine) as connection:
            return settings.incarnation(connection)

    @property
    def identity(self) -> Identity:
        """Who works there."""
        identity = self.opened.work.identity()
        assert identity is not None
        return identity

    def open(self) -> None:
        """Open the stores and begin to sync.

        Raises:
            Killed: if a commit kills it meanwhile.
            RmaError: if the stores cannot be opened now.
        """
        self.dead = self.killed = False
        self.lives += 1
        with running(self):
            try:
                self._opened = bootstrap.open_desk(self.folder)
            except BaseException:
                self._end_if_killed()
                raise
            self._connection = self._opened.connection()
            self.wake = asyncio.Event()
            self._syncing = asyncio.ensure_future(self._sync(self._connection))

    async def leave(self) -> bool:
        """Tell the sync to end, as the program does when it is left; whether it did within a minute."""
        assert self._syncing is not None
        self._syncing.cancel()
        await asyncio.wait((self._syncing,), timeout=60)
        return self._syncing.done()

    async def close(self) -> None:
        """End at once, whatever is under way; what was committed stays."""
        self.dead = True
        syncing, self._syncing = self._syncing, None
        if syncing is not None:
            while not syncing.done():
                syncing.cancel()
                await asyncio.wait((syncing,), timeout=1)
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(Killed):
                await connection.close()
        opened, self._opened = self._opened, None
        if opened is not None:
            opened.close()

    def do(self, act: Callable[[Desk], Any]) -> Any:
        """An agent does something; what comes of it may have to be sent.

        Raises:
            Killed: if a commit killed the desk; it has to be closed then.
        """
        with running(self):
            try:
                done = act(self.desk)
            except BaseException:
                self._end_if_killed()
                raise
        self.wake.set()
        return done

    async def sync_now(self) -> None:
        """F5.

        Raises:
            Killed: if the desk ended meanwhile.
        """
        assert self._connection is not None
        life = self.lives
        with running(self):
            task = asyncio.ensure_future(self._connection.sync_now())
        try:
            await task
        except asyncio.CancelledError:
            raise
        except BaseException:
            if not self.is_open or self.lives != life:
                raise Killed from None
            raise

    def copy(self, to: Path) -> None:
        """Copy its folder, as it is between two transactions."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder, to, ignore=shutil.ignore_patterns("*-shm"))

    async def age(self, revision: str) -> None:
        """Close it, and leave its work.db as an older release had it: the next start brings it up to date."""
        key = self.opened.secrets.get(DATABASE_KEY)
        assert key is not None
        self.dead = True
        await self.close()
        downgrade(self.folder / "work.db", key, revision)

    async def _sync(self, connection: Connection) -> None:
        try:
            await connection.engine.run_forever(self.wake)
        except Killed:
            return
        except Exception as error:
            if not self.killed:
                self.failed(error)

    def _end_if_killed(self) -> None:
        """What is raised on the way out of a killed process means nothing: it is gone."""
        if self.killed:
            raise Killed from None


@contextmanager
def clocks_and_releases() -> Iterator[None]:
    """Let each desk have a clock of its own, and a release that is older where it is said so."""
    seal = envelopes.seal

    def sealing(operation: Operation, **named: Any) -> SealedOperation:
        desk = RUNNING.get()
        if isinstance(desk, Workplace) and desk.old_release:
            with patch.object(envelopes, "PROTOCOL_VERSION", envelopes.UNSIGNED_PROTOCOL):
                return seal(operation, **named | {"sign": None})
        return seal(operation, **named)

    with (
        patch.object(bootstrap, "utc_now", _device_clock),
        patch.object(envelopes, "seal", sealing),
        patch("sync.client.datetime", _DeviceDatetime),
    ):
        yield


def _device_clock() -> datetime:
    desk = RUNNING.get()
    return datetime.now(UTC) + (desk.skew if isinstance(desk, Workplace) else timedelta())


class _DeviceDatetime(datetime):
    """What the client reads the device's clock from."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        """The device's clock."""
        return _device_clock()


Act = Callable[[Workplace], Awaitable[None]]
