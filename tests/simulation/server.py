"""The central API as a process on a database file: the real app, below the network. It can die, and come back."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import httpx
import structlog
from fastapi import FastAPI
from sqlalchemy import Connection, Engine

from central_api.app import create_app
from central_api.database import open_database, reading, writing
from tests.simulation.process import Killed, Process, running

URL = "http://127.0.0.1:8080"

LOOK_SECONDS = 15.0
"""How often a long poll looks for what another process wrote: seldom, as each look costs real time."""


class ServerGone(ConnectionError):
    """It died, or was not there."""


class Server(Process):
    """One central API. `start` before use."""

    def __init__(self, folder: Path) -> None:
        super().__init__("server")
        self.database = folder / "central.db"
        self.up = False
        self.starts = 0
        self._handling: dict[asyncio.Task[httpx.Response], None] = {}
        """In the order in which they came: a set would end them in another one in each run."""
        self._living: asyncio.Task[None] | None = None
        self._engine: Engine | None = None
        self._outside: Engine | None = None
        self._api: httpx.ASGITransport | None = None

    def start(self) -> None:
        """Come up on the database as it is."""
        self.dead = self.killed = False
        self.starts += 1
        with running(self):
            app = _app(str(self.database))
            self._engine = app.state.engine
            self._api = httpx.ASGITransport(app, raise_app_exceptions=False)
            self._living = asyncio.ensure_future(self._live(app.router.lifespan_context(app)))
        self.up = True

    async def stop(self) -> None:
        """Go down at once, whatever is under way."""
        self.up, self.dead = False, True
        tasks = [*self._handling, *([self._living] if self._living else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self._living = None
        if self._engine is not None:
            self._engine.dispose()

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Handle a request.

        Raises:
            ServerGone: if the server is down, or dies over it.
        """
        if not self.up or self.killed or self._api is None:
            raise ServerGone
        with running(self):
            task = asyncio.ensure_future(_whole(self._api, request))
        self._handling[task] = None
        try:
            await asyncio.wait((task,))
        finally:
            del self._handling[task]
        if task.cancelled() or self.killed or isinstance(task.exception(), Killed):
            raise ServerGone
        return task.result()

    def back_up(self, to: Path) -> None:
        """Copy the database, as it is between two transactions."""
        _copy(self.database, to)

    def restore(self, backup: Path) -> None:
        """Put a backup in the database's place; the server has to be down."""
        _copy(backup, self.database)

    @contextmanager
    def looking(self) -> Iterator[Connection]:
        """A look at the database from outside."""
        with self.opened() as engine, reading(engine) as connection:
            yield connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """A transaction of another program, such as the import."""
        with self.opened() as engine, writing(engine) as connection:
            yield connection

    @contextmanager
    def opened(self) -> Iterator[Engine]:
        """The database, for another program."""
        with running(None):
            if self._outside is None:
                self._outside = open_database(str(self.database))
            try:
                yield self._outside
            finally:
                self._outside.dispose()  # its connections: the file may be another one next time

    async def _live(self, lifespan: contextlib.AbstractAsyncContextManager[object]) -> None:
        """What runs beside the requests, until the server goes down."""
        with contextlib.suppress(Killed):
            async with lifespan:
                await asyncio.Event().wait()


async def _whole(api: httpx.ASGITransport, request: httpx.Request) -> httpx.Response:
    """The answer with its body, as it travels."""
    answer = await api.handle_async_request(request)
    assert isinstance(answer.stream, httpx.AsyncByteStream)
    raw = b"".join([part async for part in answer.stream])
    return httpx.Response(
        answer.status_code, headers=answer.headers, stream=httpx.ByteStream(raw), request=request
    )


_made: list[FastAPI] = []


def _app(database: str) -> FastAPI:
    """The app on a database: with the state of a new one, and the routes of the first, which cost 50 ms to work out."""
    app = create_app(database, clock=_now)
    if not _made:
        _made.append(app)
    _made[0].state = app.state
    return _made[0]


def _now() -> datetime:
    return datetime.now(UTC)


def _copy(database: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    for suffix in ("", "-wal"):
        source, target = Path(f"{database}{suffix}"), Path(f"{to}{suffix}")
        target.unlink(missing_ok=True)
        if source.exists():
            shutil.copyfile(source, target)
    Path(f"{to}-shm").unlink(missing_ok=True)


@contextmanager
def quiet_servers() -> Iterator[None]:
    """Servers that log nothing, and look seldom for what others wrote."""
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    config = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    try:
        with patch("central_api.watch.LOOK_SECONDS", LOOK_SECONDS):
            yield
    finally:
        structlog.configure(**config)
        logging.disable(level)
