"""Stores in memory that keep the promises of `sync.stores`, and operations to put into them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice

from rma.desk_report import DeskReport, DeskReportAnswer
from rma.numbers import BLOCK_SIZE, WANTED_NUMBERS
from rma.operations import CancelReturn, Operation, Outcome, Result, SealedOperation
from rma.record import Problem
from storage.erasing import Rewrite
from storage.loading import LoadPosition
from storage.reference_rows import ReferenceRow
from sync.protocol.envelopes import seal

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def operation(
    index: int, stream: str = "O-1", *, depends_on: str | None = None, reason: str = "gone"
) -> SealedOperation:
    """A sealed cancellation; what it cancels does not matter here."""
    made = Operation(
        op_id=f"op-{index:04d}",
        stream=stream,
        depends_on=depends_on,
        made_at=NOW,
        command=CancelReturn(number="47120300058", reason=reason, at=NOW),
    )
    return seal(made, actor="Agent One", device="desk-1")


@dataclass
class MemoryWork:
    """The outbox of a desk."""

    operations: list[SealedOperation] = field(default_factory=list)
    outcomes: dict[str, list[Result]] = field(default_factory=dict)
    numbers: int = WANTED_NUMBERS
    leases: list[tuple[str, int]] = field(default_factory=list)
    contacts: int = 0
    revoked: set[str] = field(default_factory=set)
    offset: timedelta = timedelta()
    lease_id: int = 0
    epoch: str | None = None
    put_off: dict[str, int] = field(default_factory=dict)
    """Streams that go last, and in which order."""
    acknowledged_by: dict[str, str | None] = field(default_factory=dict)
    """The epoch of each outcome."""

    def waiting(self, limit: int, max_bytes: int) -> list[SealedOperation]:
        ready = [op for op in self.operations if op.op_id not in self.outcomes]
        open_ones = sorted(ready, key=lambda op: self.put_off.get(op.stream, 0))
        batch: list[SealedOperation] = []
        size = 0
        for each in islice(open_ones, limit):
            size += len(each.body) + 1
            if batch and size > max_bytes:
                break
            batch.append(each)
        return batch

    def held_after(self, op_id: str, limit: int, max_bytes: int) -> list[SealedOperation]:
        held = [op for op in self.operations if op.op_id > op_id and self.is_held(op.op_id)]
        return held[:limit]

    def is_held(self, op_id: str) -> bool:
        told = self.outcomes.get(op_id, [])
        return bool(told) and told[-1].outcome is Outcome.HELD_FOR_REVIEW

    def is_held_about(self, keys: Collection[str]) -> bool:
        return False

    def apply_results(self, results: Sequence[Result]) -> None:
        for result in results:
            if self.is_held(result.op_id) and result.outcome is Outcome.HELD_FOR_REVIEW:
                continue
            if not result.outcome.final:
                streams = [op.stream for op in self.operations if op.op_id == result.op_id]
                self.put_off |= dict.fromkeys(streams, len(self.put_off) + 1)
            if result.outcome.final:
                self.outcomes.setdefault(result.op_id, []).append(result)
                self.acknowledged_by[result.op_id] = self.epoch

    def isolate(self, op_id: str, problem: Problem) -> None:
        held = Result(op_id=op_id, outcome=Outcome.HELD_FOR_REVIEW, problem=problem)
        self.outcomes[op_id] = [held]
        for each in self.operations:
            if each.depends_on == op_id and each.op_id not in self.outcomes:
                self.isolate(each.op_id, problem)

    def server_epoch(self) -> str | None:
        return self.epoch

    def held_leases(self) -> list[tuple[str, int]]:
        return list(self.leases)

    def enter_epoch(self, epoch: str) -> int:
        known, self.epoch = self.epoch, epoch
        stale = [op for op, of in self.acknowledged_by.items() if known and of != epoch]
        for op_id in stale:
            del self.outcomes[op_id], self.acknowledged_by[op_id]
        return len(stale)

    def prune(self) -> int:
        return 0

    def erased_customers(self) -> frozenset[str]:
        return frozenset()

    def erase_personal(
        self, customer_ids: Collection[str], numbers: Mapping[str, str], rewrite: Rewrite
    ) -> int:
        return 0

    def desk_report(self) -> None:
        return None

    def take_report_answer(self, told: DeskReport, answer: DeskReportAnswer) -> None:
        raise AssertionError("nothing was told")

    def lease_wanted(self) -> str | None:
        return f"lease-{self.lease_id}" if self.numbers < WANTED_NUMBERS else None

    def store_lease(self, lease_id: str, block: int) -> None:
        self.leases.append((lease_id, block))
        self.numbers += BLOCK_SIZE
        self.lease_id += 1

    def note_contact(self) -> None:
        self.contacts += 1

    def note_revoked(self, name: str, revoked: bool) -> None:
        self.revoked = self.revoked | {name} if revoked else self.revoked - {name}

    def clock_offset(self) -> timedelta:
        return self.offset

    def set_clock_offset(self, offset: timedelta) -> None:
        self.offset = offset

    @property
    def queued(self) -> int:
        """Operations without a final outcome."""
        return len([op for op in self.operations if op.op_id not in self.outcomes])


@dataclass
class MemoryLoad:
    """A first download under way."""

    reference: MemoryReference
    at: str
    rows: list[ReferenceRow] = field(default_factory=list)

    @property
    def position(self) -> LoadPosition:
        if not self.rows:
            return LoadPosition(self.at)
        return LoadPosition(self.at, self.rows[-1].kind, self.rows[-1].key, len(self.rows))

    def add(self, rows: Sequence[ReferenceRow]) -> None:
        self.rows.extend(rows)

    def close(self) -> None:
        """What there is stays."""

    def finish(self) -> None:
        self.reference.unfinished = None
        self.reference.rows = {(row.kind, row.key): row for row in self.rows}
        self.reference.at = self.at


@dataclass
class MemoryReference:
    """The copy of what the central API has."""

    rows: dict[tuple[str, str], ReferenceRow] = field(default_factory=dict)
    at: str | None = None
    loads: int = 0
    unfinished: MemoryLoad | None = None

    def erased_customers(self) -> list[str]:
        return []

    def cursor(self) -> str | None:
        return self.at

    def apply(self, rows: Sequence[ReferenceRow], cursor: str) -> None:
        for row in rows:
            known = self.rows.get((row.kind, row.key))
            if known is None or known.row_version < row.row_version:
                self.rows[row.kind, row.key] = row
        self.at = cursor

    def begin_load(self, cursor: str) -> MemoryLoad:
        self.loads += 1
        self.unfinished = MemoryLoad(self, cursor)
        return self.unfinished

    def resume_load(self) -> MemoryLoad | None:
        return self.unfinished

    def erase(self) -> None:
        self.rows, self.at = {}, None

    def forget(self) -> None:
        self.at = None
