"""What the sans-IO core asks the world to do: one class per step, and the type of its answer.

The core yields an effect and is sent the answer, or is thrown a `SyncError`. The runner performs effects with the
client and the stores; tests perform them with a model.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from rma.operations import Result, SealedOperation
from rma.record import Problem
from storage.loading import LoadPosition
from storage.reference_rows import ReferenceRow
from sync.protocol.envelopes import BootstrapPlan, ChangePage

A = TypeVar("A")
T = TypeVar("T")


class Effect(Generic[A]):
    """One step of the world, answered with an `A`."""

    __slots__ = ()


Steps: TypeAlias = Generator[Effect[Any], Any, T]
"""A part of the core: yields effects, ends with a `T`."""


def ask(effect: Effect[A]) -> Steps[A]:
    """Yield one effect and give its answer its type."""
    answer: A = yield effect
    return answer


@dataclass(frozen=True, slots=True)
class ReportDesk(Effect[None]):
    """Tell the server of the numbers that were used and of the audit chain, where that changed; do as it answers."""


@dataclass(frozen=True, slots=True)
class LeaseWanted(Effect[str | None]):
    """Ask the store for the lease id to ask a block with."""


@dataclass(frozen=True, slots=True)
class AskForBlock(Effect[int]):
    """Ask the server for a block of numbers."""

    lease_id: str
    block: int | None = None
    """The one that this desk has by this lease, where the server may have lost it."""


@dataclass(frozen=True, slots=True)
class StoreLease(Effect[None]):
    """Keep a leased block."""

    lease_id: str
    block: int


@dataclass(frozen=True, slots=True)
class Waiting(Effect[list[SealedOperation]]):
    """Read the oldest operations that wait."""

    limit: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class HeldAfter(Effect[list[SealedOperation]]):
    """Read what the server holds of what was made here after an operation, oldest first; of all where the id is empty."""

    op_id: str
    limit: int
    max_bytes: int


@dataclass(frozen=True, slots=True)
class Push(Effect[tuple[Result, ...]]):
    """Send frozen operations; none at all asks whether the server takes any."""

    bodies: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class ApplyResults(Effect[None]):
    """Store what the server decided."""

    results: tuple[Result, ...]


@dataclass(frozen=True, slots=True)
class Isolate(Effect[None]):
    """Take an operation that the server cannot read out of the queue, with all that builds on it."""

    op_id: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class NoticeEpoch(Effect[str | None]):
    """The epoch of the server's last answer; None where it is the one that this desk knows, or there was no answer."""


@dataclass(frozen=True, slots=True)
class HeldLeases(Effect[list[tuple[str, int]]]):
    """Every lease that this desk has, with its block."""


@dataclass(frozen=True, slots=True)
class EnterEpoch(Effect[int]):
    """Go on with a server of another epoch: how many acknowledged operations wait again because of it."""

    epoch: str


@dataclass(frozen=True, slots=True)
class ReadCursor(Effect[str | None]):
    """Read where the change feed goes on."""


@dataclass(frozen=True, slots=True)
class FetchChanges(Effect[ChangePage | None]):
    """Read a page of the change feed; None when there is something better to do than to wait for one."""

    cursor: str
    wait: int
    """Seconds the server may hold the answer back until something changes."""


@dataclass(frozen=True, slots=True)
class ApplyChanges(Effect[None]):
    """Store a page and its cursor."""

    page: ChangePage


@dataclass(frozen=True, slots=True)
class EraseReference(Effect[None]):
    """Delete the reference data."""


@dataclass(frozen=True, slots=True)
class ForgetReference(Effect[None]):
    """Drop the cursor."""


@dataclass(frozen=True, slots=True)
class FetchPlan(Effect[BootstrapPlan]):
    """Ask what there is to download."""


@dataclass(frozen=True, slots=True)
class ResumeLoad(Effect[LoadPosition | None]):
    """Go on with the copy that was cut in the middle; None where there is none."""


@dataclass(frozen=True, slots=True)
class BeginLoad(Effect[None]):
    """Start a new copy of the reference data."""

    cursor: str


@dataclass(frozen=True, slots=True)
class FetchRows(Effect[tuple[ReferenceRow, ...]]):
    """Download the rows of one kind that follow a key, in key order; empty at the end."""

    kind: str
    after: str | None


@dataclass(frozen=True, slots=True)
class AddRows(Effect[None]):
    """Add rows to the new copy."""

    rows: tuple[ReferenceRow, ...]
    done: float
    """How much of the download is there with them, 0 to 1."""


@dataclass(frozen=True, slots=True)
class FinishLoad(Effect[None]):
    """Put the new copy in place."""
