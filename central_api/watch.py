"""Wake the desks that wait for changes: one look at the feed for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

LOOK_SECONDS = 0.25
"""How often the feed is looked at while somebody waits; our own writes wake at once."""


class FeedWatch:
    """Desks wait here; `newest` tells the feed's newest position, and is asked only while one waits."""

    def __init__(self, newest: Callable[[], Awaitable[int]]) -> None:
        self._newest = newest
        self._changed = asyncio.Event()
        self._waiting = 0
        self._closed = False
        self._looker: asyncio.Task[None] | None = None

    async def wait(self, seconds: float) -> None:
        """Return when something may have changed, when time is up, or at shutdown."""
        if self._closed:
            return
        self._waiting += 1
        if self._looker is None or self._looker.done():
            self._looker = asyncio.create_task(self._look())
        try:
            await asyncio.wait_for(self._changed.wait(), seconds)
        except TimeoutError:
            return
        finally:
            self._waiting -= 1

    def wake(self) -> None:
        """Something was written."""
        changed, self._changed = self._changed, asyncio.Event()
        changed.set()

    def close(self) -> None:
        """Let everybody go, now and later."""
        self._closed = True
        self.wake()

    @property
    def closed(self) -> bool:
        """Whether the server is going down."""
        return self._closed

    async def _look(self) -> None:
        seen = await self._newest()
        while self._waiting and not self._closed:
            await asyncio.sleep(LOOK_SECONDS)
            newest = await self._newest()
            if newest != seen:
                seen = newest
                self.wake()
