"""What the engine needs of the two local stores, as protocols; `storage` implements them.

Every method blocks: the runner calls them in threads.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from rma.desk_report import DeskReport, DeskReportAnswer
from rma.operations import Result, SealedOperation
from rma.record import Problem
from storage.erasing import Rewrite
from storage.loading import LoadPosition
from storage.reference_rows import ReferenceRow


class Work(Protocol):
    """work.db: the outbox, the leased numbers, the clock."""

    def waiting(self, limit: int, max_bytes: int) -> list[SealedOperation]:
        """Operations to send, oldest first, order kept inside a stream."""
        ...

    def held_after(self, op_id: str, limit: int, max_bytes: int) -> list[SealedOperation]:
        """What the server holds and this desk made after an operation, oldest first; of all where the id is empty."""
        ...

    def is_held_about(self, keys: Collection[str]) -> bool:
        """Whether the server holds something of this desk about one of these returns."""
        ...

    def apply_results(self, results: Sequence[Result]) -> None:
        """Take what the server decided, in one transaction; unknown ones are ignored, and what is still held."""
        ...

    def isolate(self, op_id: str, problem: Problem) -> None:
        """Hold an operation that the server cannot read, and all that builds on it, for a person to see."""
        ...

    def server_epoch(self) -> str | None:
        """The epoch of the server as last heard of; None before its first answer."""
        ...

    def held_leases(self) -> list[tuple[str, int]]:
        """Every lease that came, with its block."""
        ...

    def enter_epoch(self, epoch: str) -> int:
        """Go on with a server of this epoch; gives back how many acknowledged operations wait again because of it."""
        ...

    def erased_customers(self) -> frozenset[str]:
        """Everybody of whom this desk knows that they were erased."""
        ...

    def erase_personal(
        self, customer_ids: Collection[str], numbers: Mapping[str, str], rewrite: Rewrite
    ) -> int:
        """Erase these customers, and what was acknowledged of earlier ones meanwhile; gives back how many values."""
        ...

    def prune(self) -> int:
        """Delete from the outbox what nobody needs any more; gives back how much."""
        ...

    def desk_report(self) -> DeskReport | None:
        """What the server should know of this desk; None where it was told so."""
        ...

    def take_report_answer(self, told: DeskReport, answer: DeskReportAnswer) -> None:
        """Do what the server's answer asks for."""
        ...

    def lease_wanted(self) -> str | None:
        """The lease id to ask for a block with; None when there are numbers enough."""
        ...

    def store_lease(self, lease_id: str, block: int) -> None:
        """Keep a leased block."""
        ...

    def note_contact(self) -> None:
        """The server has answered."""
        ...

    def note_revoked(self, name: str, revoked: bool) -> None:
        """The server has said that this person may no longer work, or that they may."""
        ...

    def clock_offset(self) -> timedelta:
        """Server time minus device time, as last measured."""
        ...

    def set_clock_offset(self, offset: timedelta) -> None:
        """Keep a new measurement."""
        ...


class Load(Protocol):
    """A first download under way."""

    @property
    def position(self) -> LoadPosition:
        """How far it has come."""
        ...

    def add(self, rows: Sequence[ReferenceRow]) -> None:
        """Add rows in bulk."""
        ...

    def finish(self) -> None:
        """Build the indexes, keep the cursor, and put the new copy in place of the old one."""
        ...

    def close(self) -> None:
        """Let go of it; it can be resumed."""
        ...


class Reference(Protocol):
    """ref.db: the copy of what the central API has."""

    def cursor(self) -> str | None:
        """Where to go on reading changes; None when everything has to be downloaded first."""
        ...

    def apply(self, rows: Sequence[ReferenceRow], cursor: str) -> None:
        """Take a page of changes and its cursor in one transaction."""
        ...

    def erased_customers(self) -> list[str]:
        """Everybody who was erased, as far as the server told."""
        ...

    def begin_load(self, cursor: str) -> Load:
        """Start a first download beside the copy in use."""
        ...

    def resume_load(self) -> Load | None:
        """Go on with a download that was cut; None where there is none."""
        ...

    def erase(self) -> None:
        """Delete everything: this desk may no longer have it."""
        ...

    def forget(self) -> None:
        """Drop the cursor: the next sync downloads everything again."""
        ...
