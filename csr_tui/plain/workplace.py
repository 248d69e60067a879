"""What plain mode works with: the use cases, the clock, who works here, and the way to the central API."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from desk.desk import Desk
from desk.ports import Clock, SyncStatus
from rma.operations import Identity
from rma.request import Role
from screens.status_words import DeskStatus, connection, wanted, who


class Sync(Protocol):
    """The engine behind the desk, from outside its event loop."""

    def status(self) -> SyncStatus:
        """The state of the last try."""

    def now(self) -> SyncStatus:
        """Push what waits and pull what changed; blocks."""

    def wake(self) -> None:
        """Something waits to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Workplace:
    """An open desk."""

    desk: Desk
    clock: Clock
    sync: Sync | None = None
    """None where the desk works without a central API."""

    @property
    def identity(self) -> Identity | None:
        """Who works here; None before enrollment."""
        return self.desk.work.identity()

    @property
    def role(self) -> Role:
        """What the person who works here may do."""
        return self.identity.role if self.identity else Role.AGENT

    @property
    def turned_away(self) -> str | None:
        """Who works here, where the central API said that they may no longer."""
        name = self.identity.person if self.identity else None
        return name if self.sync is not None and self.sync.status().revoked == name else None

    def status_words(self) -> str:
        """Person, connection and what wants attention: one sentence each."""
        status = DeskStatus(
            identity=self.identity,
            queue=self.desk.work.queue(),
            sync=self.sync.status() if self.sync else None,
            now=self.clock.now(),
        )
        parts = (who(status), connection(status), wanted(status).replace(" · ", ". "))
        return " ".join(f"{part}." for part in parts if part)
