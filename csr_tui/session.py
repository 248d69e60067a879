"""An opened desk: what the app gets from the composition root."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from desk.desk import Desk
    from desk.ports import Clock, Sync
    from rma.operations import Identity
from screens.forms.last_values import LastValues

GiveWay: TypeAlias = Callable[[], Awaitable[bool]]
"""Waits a moment, where somebody types; whether somebody did lately."""


@dataclass(slots=True, kw_only=True)
class Session:
    """The use cases, who works here, and the engine behind them."""

    desk: Desk
    clock: Clock
    sync: Sync | None = None
    """None where the desk works without a central API."""
    keep_syncing: Callable[[asyncio.Event, GiveWay], Awaitable[None]] | None = None
    """Runs until it is cancelled; the event wakes it when something waits, and it gives way to keys before each page."""
    load_rest: Callable[[], None] | None = None
    """Loads what is not needed for the first search, and would hold up the first return; blocks."""
    last_values: LastValues = field(default_factory=LastValues)
    """What the return before held, for Ctrl+R."""
    protection: str = ""
    """What protects this desk's keys, for the status line."""
    close: Callable[[], Awaitable[None]]
    """Releases stores and connections; called once, at the end."""

    @property
    def identity(self) -> Identity | None:
        """Who works here now; None before enrollment."""
        return self.desk.work.identity()


OpenDesk: TypeAlias = Callable[[], Awaitable[Session]]
"""Opens the desk; heavy imports and stores are loaded in a thread, never on the event loop."""
