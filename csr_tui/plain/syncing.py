"""Syncs behind a conversation that blocks: the engine's event loop runs in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from threading import Event, Thread

from csr_tui.connection import Connection
from desk.ports import SyncStatus

_log = logging.getLogger(__name__)


class Syncing:
    """Runs the engine of a connection until it is closed; every method may be called from another thread."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._loop = asyncio.new_event_loop()
        self._wake = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._started = Event()
        self._thread = Thread(target=self._run, name="sync", daemon=True)
        self._thread.start()
        self._started.wait()

    def status(self) -> SyncStatus:
        """The state of the last try."""
        return self._connection.status()

    def now(self) -> SyncStatus:
        """Push what waits and pull what changed; blocks until that has ended."""
        return asyncio.run_coroutine_threadsafe(self._connection.sync_now(), self._loop).result()

    def wake(self) -> None:
        """Something waits to be sent."""
        self._loop.call_soon_threadsafe(self._wake.set)

    def close(self) -> None:
        """Stop, and let go of the network."""
        if self._running is not None:
            self._loop.call_soon_threadsafe(self._running.cancel)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._running = self._loop.create_task(self._keep_syncing())
        self._started.set()
        with suppress(asyncio.CancelledError):
            self._loop.run_until_complete(self._running)
        self._loop.run_until_complete(self._connection.close())
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _keep_syncing(self) -> None:
        try:
            await self._connection.engine.run_forever(self._wake)
        except Exception:  # a call must not end because of the wire
            _log.exception("syncing stopped")
        await asyncio.Event().wait()  # `now` still works
