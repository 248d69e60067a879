"""An opened desk: what the app gets from the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from desk.desk import Desk
from desk.ports import Clock, Sync
from rma.operations import Identity


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The use cases, who works here, and the engine behind them."""

    desk: Desk
    clock: Clock
    identity: Identity | None
    """None before enrollment."""
    sync: Sync | None = None
    """None where the desk works without a central API."""
    keep_syncing: Callable[[asyncio.Event], Awaitable[None]] | None = None
    """Runs until it is cancelled; the event wakes it when something waits."""
    close: Callable[[], Awaitable[None]]
    """Releases stores and connections; called once, at the end."""


OpenDesk: TypeAlias = Callable[[], Awaitable[Session]]
"""Opens the desk; heavy imports and stores are loaded in a thread, never on the event loop."""
