"""Counts the keys that a return takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


class KeyTally:
    """Key presses since a return was opened, and when the first one was. Widgets that take keys share one."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self.keys = 0
        """Pressed so far."""
        self.first_at: datetime | None = None
        """When the first was pressed, UTC."""

    def begin(self, keys: int, first_at: datetime | None) -> None:
        """Count on from what a draft has taken so far."""
        self.keys, self.first_at = keys, first_at

    def press(self) -> None:
        """One more key."""
        if self.first_at is None:
            self.first_at = self._now()
        self.keys += 1
