"""Wait for one of several things to happen, and no longer than so long."""

from __future__ import annotations

import asyncio


async def set_within(seconds: float, *events: asyncio.Event) -> bool:
    """Whether one of the events is set within the time."""
    if any(event.is_set() for event in events):
        return True
    if seconds <= 0:
        return False
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        for task in waiting:
            task.cancel()
