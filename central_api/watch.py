"""Wake the desks that wait for changes: one look at the feed for all of them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog

LOOK_SECONDS = 0.25
"""How often the feed is looked at while somebody waits; our own writes wake at once."""

_log = structlog.get_logger(__name__)


class FeedWatch:
    """Desks wait here. `newest` tells the feed's newest position; it is asked only while somebody waits."""

    def __init__(self, newest: Callable[[], Awaitable[str]]) -> None:
        self._newest = newest
        self._changed = asyncio.Event()
        self._waiting = 0
        self._looker: asyncio.Task[None] | None = None
        self.closed = False
        """Whether the server is going down."""

    def moment(self) -> asyncio.Event:
        """Now; ask before reading, so that nothing written meanwhile is missed."""
        return self._changed

    async def after(self, moment: asyncio.Event, seconds: float) -> None:
        """Return when something may have changed since `moment`, when time is up, or at shutdown."""
        if self.closed:
            return
        self._waiting += 1
        if self._looker is None or self._looker.done():
            self._looker = asyncio.create_task(self._look())
        try:
            await asyncio.wait_for(moment.wait(), seconds)
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
        self.closed = True
        self.wake()

    async def _look(self) -> None:
        seen = ""
        while self._waiting and not self.closed:
            try:
                newest = await self._newest()
            except Exception as error:
                _log.warning("feed_not_read", error=str(error))  # those who wait still want news
            else:
                if newest != seen:
                    seen = newest
                    self.wake()
            await asyncio.sleep(LOOK_SECONDS)
