"""Counts the keys that a return takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


class KeyTally:
    """Key presses since a return was opened, and when the first one was. Widgets that take keys share one."""

    def __init__(
        self, now: Callable[[], datetime], keys: int = 0, first_at: datetime | None = None
    ) -> None:
        self._now = now
        self.keys = keys
        """Pressed so far."""
        self.first_at = first_at
        """When the first was pressed, UTC."""

    def press(self) -> None:
        """One more key."""
        if self.first_at is None:
            self.first_at = self._now()
        self.keys += 1
