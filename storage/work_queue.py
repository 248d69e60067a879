"""What a desk has to send, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection, Engine

from rma.operations import (
    AttentionItem,
    OperationKind,
    Outcome,
    QueueState,
    Result,
    SealedOperation,
)
from rma.record import Problem, RmaRecord
from storage import audit_acts, drafts, held, number_blocks, outbox, poison, settings
from storage.audit import Chain
from storage.engines import reading
from storage.epoch import enter
from storage.file_lock import FolderLock
from storage.retention import prune
from storage.subjects import Subject, subject_of
from storage.work_file import WorkFile


class WorkQueue(WorkFile):
    """The outbox, the server's answers, and what a person has to look at."""

    def __init__(self, engine: Engine, lock: FolderLock, clock: Callable[[], datetime]) -> None:
        super().__init__(engine, lock, clock)
        with reading(engine) as connection:
            self._epoch = settings.server_epoch(connection)

    def waiting(self, limit: int, max_bytes: int) -> list[SealedOperation]:
        """What to send next, oldest first, order kept inside a stream; what was put off goes last."""
        with reading(self._engine) as connection:
            return outbox.waiting(connection, limit, max_bytes)

    def held_after(self, op_id: str, limit: int, max_bytes: int) -> list[SealedOperation]:
        """What the server holds and this desk made after an operation, oldest first; of all where the id is empty."""
        with reading(self._engine) as connection:
            return held.following(connection, op_id, limit, max_bytes)

    def is_held_about(self, keys: Collection[str]) -> bool:
        """Whether the server holds something of this desk about one of these returns."""
        with reading(self._engine) as connection:
            return held.is_any_about(connection, keys)

    def apply_results(self, results: Sequence[Result]) -> None:
        """Write down the server's answers, in one transaction. Unknown and answered operations are left alone.

        What the server holds is answered by anything but that it is still held.
        """
        identity = self._enrolled()
        with self._writing() as connection:
            chain = self._chain(connection, identity)
            entries = outbox.awaiting(connection, (result.op_id for result in results))
            for result in results:
                entry = entries.get(result.op_id)
                if entry is None or not entry.is_decided_by(result.outcome):
                    continue
                outbox.decide(connection, result, self._now(), self._epoch)
                if result.outcome.final:
                    self._take_over(connection, chain, entries.pop(result.op_id), result)
                booked = result.outcome is not Outcome.NUMBER_CONFLICT
                if result.outcome.wants_attention and booked:
                    self._settle_overtaken(connection, chain, result.op_id)

    def isolate(self, op_id: str, problem: Problem) -> None:
        """Hold an operation that the server cannot read, and all that builds on it, for a person to see."""
        self._moved(
            lambda connection: poison.hold(connection, op_id, problem, self._now()), again=False
        )

    def offer_again(self, op_id: str) -> int:
        """Send again what is held, with what was held because of it; gives back how many, 0 if it is not held."""
        return self._moved(lambda connection: poison.offer_again(connection, op_id), again=True)

    def server_epoch(self) -> str | None:
        """The epoch of the server as last heard of; None before its first answer."""
        return self._epoch

    def enter_epoch(self, epoch: str) -> int:
        """Go on with a server of this epoch; gives back how many acknowledged operations wait again because of it."""
        identity = self._enrolled()
        with self._writing() as connection:
            waiting = enter(connection, epoch)
            if waiting:
                self._chain(connection, identity).append(audit_acts.reoffered(epoch, waiting))
        self._epoch = epoch
        return waiting

    def prune(self) -> int:
        """Delete from the outbox what nobody needs any more; gives back how much."""
        with self._writing() as connection:
            return prune(connection, self._now())

    def last_pending(self, number: str) -> str | None:
        """The newest unanswered operation of an RMA: what a further one depends on."""
        with reading(self._engine) as connection:
            return outbox.last_pending(connection, number)

    def told_by(self, number: str) -> str | None:
        """The operation of this desk that told what an RMA is now; None where another desk did."""
        with reading(self._engine) as connection:
            return outbox.told_by(connection, number)

    def attention(self) -> list[AttentionItem]:
        """What the server changed or refused and nobody settled, oldest first."""
        with reading(self._engine) as connection:
            return outbox.attention(connection)

    def settle(self, op_id: str, note: str) -> None:
        """A person has looked at it; nothing happens if that was done."""
        identity = self._enrolled()
        with self._writing() as connection:
            self._settle(connection, self._chain(connection, identity), op_id, note)

    def queue(self) -> QueueState:
        """What waits on this desk."""
        with reading(self._engine) as connection:
            waiting, oldest_at, attention = outbox.counts(connection)
            parked, unnumbered = drafts.count(connection)
            return QueueState(
                waiting=waiting,
                oldest_at=oldest_at,
                attention=attention,
                numbers_left=number_blocks.left(connection),
                parked=parked,
                unnumbered=unnumbered,
            )

    def _moved(self, move: Callable[[Connection], list[tuple[str, str]]], *, again: bool) -> int:
        """Operations out of the queue or into it, each with its audit entry; how many."""
        identity = self._enrolled()
        with self._writing() as connection:
            chain = self._chain(connection, identity)
            moved = move(connection)
            for op_id, number in moved:
                subject = self._subject(connection, op_id, number)
                chain.append(audit_acts.isolated(subject, op_id, again=again))
        return len(moved)

    def _settle(self, connection: Connection, chain: Chain, op_id: str, note: str) -> None:
        number = outbox.settle(connection, op_id, note, self._now())
        if number is not None:
            subject = self._subject(connection, op_id, number)
            chain.append(audit_acts.settled(subject, op_id, note))

    def _subject(self, connection: Connection, op_id: str, number: str) -> Subject:
        return subject_of(connection, self._records, op_id, number)

    def _settle_overtaken(self, connection: Connection, chain: Chain, op_id: str) -> None:
        """What was edited or cancelled before the server refused it is taken care of already."""
        if outbox.is_overtaken(connection, op_id):
            self._settle(connection, chain, op_id, "overtaken")

    def _take_over(
        self, connection: Connection, chain: Chain, entry: outbox.Entry, result: Result
    ) -> None:
        """Bring the local RMA in line with a final answer."""
        is_news = result.outcome.wants_attention or entry.held
        if result.record is None and not is_news:
            if result.row_version is not None:
                self._records.confirm(connection, entry.number, result.row_version)
            return
        local = self._records.find_within(connection, entry.number)
        if local is None:
            if is_news:
                subject = self._subject(connection, result.op_id, entry.number)
                chain.append(audit_acts.answered_without_rma(subject, result.outcome.value))
            return
        theirs = result.record or _unbooked(entry, result, local.record)
        # Refused or released without the server's RMA: ours is not to be trusted over what the feed brings.
        distrusted = is_news and result.record is None
        known = local.row_version
        version = None if distrusted else max(known or 0, result.row_version or 0) or None
        # Later changes of this desk still wait: what they made of the RMA stays on the screen.
        taken = None if local.pending else theirs
        self._records.answer(connection, entry.number, taken, version)
        if is_news:
            chain.append(
                audit_acts.answered(local.record, theirs or local.record, result.outcome.value)
            )


def _unbooked(entry: outbox.Entry, result: Result, record: RmaRecord) -> RmaRecord | None:
    """A finalized return, or an edit of one, that the server has not: it says why, and holds nothing any more."""
    lost = entry.kind in (OperationKind.FINALIZE, OperationKind.SUPERSEDE) and result.outcome in (
        Outcome.KEY_REUSED,
        Outcome.NUMBER_CONFLICT,
        Outcome.REJECTED,
        Outcome.HELD_FOR_REVIEW,
    )
    return replace(record, problem=result.problem, holding=False) if lost else None
