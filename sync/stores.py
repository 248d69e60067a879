"""What the engine needs of the two local stores, as protocols; `storage` implements them.

Every method blocks: the runner calls them in threads.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from rma.operations import Result, SealedOperation
from storage.reference_rows import ReferenceRow


class Work(Protocol):
    """work.db: the outbox, the leased numbers, the clock."""

    def waiting(self, limit: int, max_bytes: int) -> list[SealedOperation]:
        """Operations to send, oldest first, order kept inside a stream."""
        ...

    def apply_results(self, results: Sequence[Result]) -> None:
        """Take what the server decided, in one transaction; unknown ones are ignored."""
        ...

    def lease_wanted(self) -> str | None:
        """The lease id to ask for a block with; None when there are numbers enough."""
        ...

    def store_lease(self, lease_id: str, block: int) -> None:
        """Keep a leased block."""
        ...

    def clock_offset(self) -> timedelta:
        """Server time minus device time, as last measured."""
        ...

    def set_clock_offset(self, offset: timedelta) -> None:
        """Keep a new measurement."""
        ...


class Load(Protocol):
    """A first download under way."""

    def add(self, rows: Sequence[ReferenceRow]) -> None:
        """Add rows in bulk."""
        ...

    def finish(self) -> None:
        """Build the indexes, keep the cursor, and put the new copy in place of the old one."""
        ...


class Reference(Protocol):
    """ref.db: the copy of what the central API has."""

    def cursor(self) -> str | None:
        """Where to go on reading changes; None when everything has to be downloaded first."""
        ...

    def apply(self, rows: Sequence[ReferenceRow], cursor: str) -> None:
        """Take a page of changes and its cursor in one transaction."""
        ...

    def begin_load(self, cursor: str) -> Load:
        """Start a first download beside the copy in use."""
        ...

    def forget(self) -> None:
        """Drop the cursor: the next sync downloads everything again."""
        ...
