"""The connection to the central API, loaded in a thread when it is first asked for: the desk answers before it syncs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from desk.ports import SyncStatus
from rma.errors import RmaError

if TYPE_CHECKING:
    from csr_tui.bootstrap import OpenedDesk
    from csr_tui.connection import Connection


class LateConnection:
    """A connection that is made at its first use; implements `desk.ports.Sync`. It belongs to one event loop."""

    def __init__(self, opened: OpenedDesk) -> None:
        """`opened` is an enrolled desk."""
        self._opened = opened
        self._connection: Connection | None = None
        self._one_at_a_time = asyncio.Lock()
        self._trouble = ""

    def status(self) -> SyncStatus:
        """The state of the last try, for the status line."""
        if self._connection is None:
            return SyncStatus(online=False if self._trouble else None, trouble=self._trouble)
        return self._connection.status()

    async def sync_now(self) -> SyncStatus:
        """Push what waits and pull what changed; what fails stands in the status.

        Raises:
            SyncError: if this desk's token or its server's address cannot be used.
        """
        return await (await self._made()).sync_now()

    async def keep_syncing(
        self, wake: asyncio.Event, give_way: Callable[[], Awaitable[bool]]
    ) -> None:
        """Sync until it is cancelled; the event wakes it when something waits, and it gives way before each page.

        Raises:
            SyncError: if this desk's token or its server's address cannot be used.
        """
        await (await self._made()).engine.run_forever(wake, give_way)

    async def close(self) -> None:
        """Let go of the network."""
        if self._connection is not None:
            await self._connection.close()

    async def _made(self) -> Connection:
        async with self._one_at_a_time:
            if self._connection is None:
                try:
                    self._connection = await asyncio.to_thread(self._opened.connection)
                except RmaError as error:
                    self._trouble = str(error)
                    raise
        return self._connection
