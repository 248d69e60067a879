"""work.db: what this desk made. Small and precious; each method is one transaction that survives a power cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Lock
from uuid import uuid4

from sqlalchemy import Connection, Engine

from rma.call import Call
from rma.desk_report import DeskReport, DeskReportAnswer
from rma.draft import Draft
from rma.numbers import WANTED_NUMBERS
from rma.operations import (
    AttentionItem,
    EnrolledPerson,
    FinalizeReturn,
    Identity,
    LocalRecord,
    MadeReturn,
    Operation,
    OperationKind,
    Outcome,
    QueueState,
    Result,
    SealedOperation,
    SupersedeReturn,
)
from rma.record import Problem, RmaRecord
from rma.refused import RefusedReturn
from rma.verification import Told
from storage import (
    audit,
    audit_acts,
    calls,
    desk_report,
    drafts,
    number_blocks,
    outbox,
    poison,
    refusals,
    settings,
)
from storage.audit import AuditEntry, Chain
from storage.encrypting import encrypt_in_place
from storage.engines import open_database, reading, writing
from storage.epoch import enter
from storage.errors import AlreadyFinalized, AlreadyRefused, EditedMeanwhile, NotEnrolled
from storage.file_lock import FolderLock
from storage.high_water import HighWater
from storage.local_records import LocalRecords
from storage.retention import prune
from storage.work_schema import upgrade

FILE = "work.db"
LOCK = "work.lock"

Seal = Callable[[Operation, Identity], SealedOperation]


class WorkStore:
    """The desk's own database; implements `desk.ports.Work`. Usable from several threads."""

    def __init__(
        self,
        engine: Engine,
        lock: FolderLock,
        seal: Seal,
        clock: Callable[[], datetime],
        high_water: HighWater | None = None,
    ) -> None:
        self._engine = engine
        self._lock = lock
        self._seal = seal
        self._clock = clock
        self._records = LocalRecords()
        # SQLite has one writer: threads of this process queue here instead of polling the file.
        self._one_writer = Lock()
        with reading(engine) as connection:
            self._identity = settings.identity(connection)
            self._clock_offset = settings.clock_offset(connection)
            self._epoch = settings.server_epoch(connection)
        self._high_water = high_water
        self._run = str(uuid4())
        self._reported_at: datetime | None = None
        if high_water is not None:
            self._fence(high_water.marks())

    @classmethod
    def open(
        cls,
        folder: Path,
        key: bytes,
        *,
        seal: Seal,
        clock: Callable[[], datetime],
        high_water: HighWater | None = None,
    ) -> WorkStore:
        """Open work.db in `folder`, made, encrypted or updated first where needed; `clock` is the device's own.

        No number below `high_water` is told again, whatever the database says.

        Raises:
            AlreadyOpen: if another process works there.
            EncryptingFailed: if it was in clear, and could not be encrypted.
            NewerDatabase, NotEnoughSpace, MigrationFailed: if it cannot be brought to this version.
            StoreTrouble: if the file cannot be used.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = FolderLock(folder, LOCK)
        try:
            encrypt_in_place(folder / FILE, key)
            upgrade(folder / FILE, key)
            engine = open_database(folder / FILE, key, durable=True)
            return cls(engine, lock, seal, clock, high_water)
        except BaseException:
            lock.release()
            raise

    def close(self) -> None:
        """Close the file and give the folder free."""
        try:
            if self._high_water is not None:
                with reading(self._engine) as connection:
                    self._high_water.settle(number_blocks.used(connection))
        finally:
            self._close()

    def _close(self) -> None:
        self._engine.dispose()
        self._lock.release()

    # ---- who works here ---------------------------------------------------------------------------------------

    def identity(self) -> Identity | None:
        """Who is signed in; None before enrollment."""
        return self._identity

    def people(self) -> tuple[EnrolledPerson, ...]:
        """Who is enrolled on this desk, in the order of their enrollment."""
        with reading(self._engine) as connection:
            return settings.people(connection)

    def sign_in(self, name: str) -> Identity:
        """Somebody who is enrolled here works here from now on; whether it is them is for the caller to know.

        Raises:
            NotEnrolled: if nobody of this name is enrolled here.
        """
        before = self._enrolled()
        person = next((each for each in self.people() if each.name == name), None)
        if person is None:
            raise NotEnrolled
        identity = replace(before, person=person.name, role=person.role)
        with self._writing() as connection:
            settings.set_identity(connection, identity)
            self._chain(connection, identity).append(audit_acts.signed_in(identity))
        self._identity = identity
        return identity

    def set_identity(self, identity: Identity) -> None:
        """Somebody was enrolled on this desk, and works here from now on."""
        with self._writing() as connection:
            settings.add_person(connection, EnrolledPerson(identity.person, identity.role))
            settings.set_identity(connection, identity)
            self._chain(connection, identity).append(audit_acts.enrolled(identity))
        self._identity = identity

    def clock_offset(self) -> timedelta:
        """What has to be added to the device's clock to get the server's."""
        return self._clock_offset

    def set_clock_offset(self, offset: timedelta) -> None:
        """Remember the last known offset."""
        with self._writing() as connection:
            settings.set_clock_offset(connection, offset)
        self._clock_offset = offset

    # ---- drafts -----------------------------------------------------------------------------------------------

    def save_draft(self, draft: Draft) -> None:
        """Insert or replace a draft; one that became a return stays gone."""
        with self._writing() as connection:
            drafts.save(connection, draft)

    def draft(self, draft_id: str) -> Draft | None:
        """One draft."""
        with reading(self._engine) as connection:
            return drafts.find(connection, draft_id)

    def drafts(self) -> list[Draft]:
        """All drafts, newest first."""
        with reading(self._engine) as connection:
            return drafts.newest_first(connection)

    def discard_draft(self, draft_id: str) -> None:
        """Delete a draft; nothing happens if it is gone."""
        with self._writing() as connection:
            drafts.discard(connection, draft_id)

    # ---- calls ------------------------------------------------------------------------------------------------

    def keep_call(self, call: Call) -> None:
        """Insert or replace a call with its note."""
        with self._writing() as connection:
            calls.keep(connection, call)

    def calls_of(self, customer_id: str, limit: int) -> list[Call]:
        """A customer's calls with a note, newest first."""
        with reading(self._engine) as connection:
            return calls.of_customer(connection, customer_id, limit)

    def log_verification(self, told: Told) -> None:
        """Enter into the audit chain by which facts a caller was verified, or why without any.

        Raises:
            NotEnrolled: before enrollment.
        """
        identity = self._enrolled()
        with self._writing() as connection:
            self._chain(connection, identity).append(audit_acts.verified(told))

    # ---- returns ----------------------------------------------------------------------------------------------

    def finalize(
        self, builds: Sequence[Callable[[str], MadeReturn]], draft_ids: Sequence[str]
    ) -> list[RmaRecord]:
        """Take a number for each build, store RMA, outbox row and audit entry, drop the drafts: one transaction.

        `draft_ids` names the draft of each build, or is empty where there were none. On any exception nothing has
        changed: no number is used, the drafts are still drafts.

        Raises:
            NoNumbersLeft: when the leased blocks are used up.
            AlreadyFinalized: when one of the drafts became a return before.
            NotEnrolled: before enrollment.
        """
        identity = self._enrolled()
        records: list[RmaRecord] = []
        with self._writing() as connection:
            for draft_id in draft_ids:
                told = drafts.finalized_as(connection, draft_id)
                if told is not None:
                    raise AlreadyFinalized(told)
            chain = self._chain(connection, identity)
            numbers = number_blocks.take(connection, len(builds))
            if self._high_water is not None:
                self._high_water.reach(number_blocks.used_by(connection, numbers))
            of_drafts: Sequence[str | None] = draft_ids or [None] * len(builds)
            for build, number, draft in zip(builds, numbers, of_drafts, strict=True):
                made = build(number)
                command = made.operation.command
                if not isinstance(command, FinalizeReturn) or made.record.number != number:
                    raise ValueError("a build has to finalize under the number it was given")
                self._records.add(connection, made.record, command.metrics, draft)
                outbox.put(connection, number, self._seal(made.operation, identity))
                chain.append(audit_acts.made(made.record, made.operation))
                records.append(made.record)
            for draft_id in draft_ids:
                drafts.discard(connection, draft_id)
        return records

    def change(self, record: RmaRecord, operation: Operation, draft_id: str | None = None) -> None:
        """Store the changed RMA, the outbox row and the audit entry, settle what that takes care of, drop the draft.

        Raises:
            NotEnrolled: before enrollment.
            EditedMeanwhile: if it is an edit, and the RMA was edited meanwhile.
        """
        identity = self._enrolled()
        with self._writing() as connection:
            if isinstance(operation.command, SupersedeReturn):
                before = self._records.find_within(connection, record.number)
                if before is not None and before.record.edition > operation.command.edition:
                    raise EditedMeanwhile
            self._records.put(connection, record)
            outbox.put(connection, record.number, self._seal(operation, identity))
            chain = self._chain(connection, identity)
            chain.append(audit_acts.made(record, operation))
            for op_id in outbox.settled_by(connection, operation.command):
                self._settle(connection, chain, op_id, operation.kind.value)
            if draft_id is not None:
                drafts.discard(connection, draft_id)

    def refuse(self, refused: RefusedReturn, operation: Operation) -> None:
        """Store a refused return, the outbox row and the audit entry, drop its draft.

        Raises:
            NotEnrolled: before enrollment.
            AlreadyFinalized: when the draft became a return before.
            AlreadyRefused: when it was refused before.
        """
        identity = self._enrolled()
        draft_id = refused.refusal_id
        with self._writing() as connection:
            told = drafts.finalized_as(connection, draft_id)
            if told is not None:
                raise AlreadyFinalized(told)
            if refusals.is_refused(connection, draft_id):
                raise AlreadyRefused
            refusals.add(connection, refused)
            outbox.put(connection, "", self._seal(operation, identity))
            self._chain(connection, identity).append(audit_acts.refused(refused, operation))
            drafts.discard(connection, draft_id)

    def refusals_of_customer(self, customer_id: str, limit: int) -> list[RefusedReturn]:
        """Returns of a customer that were refused here, newest first."""
        with reading(self._engine) as connection:
            return refusals.of_customer(connection, customer_id, limit)

    def record(self, number: str) -> LocalRecord | None:
        """One RMA made or changed here."""
        return self._records.find(self._engine, number)

    def records_of_order(self, order_id: str) -> list[LocalRecord]:
        """RMAs of an order made or changed here, oldest first."""
        return self._records.of_order(self._engine, order_id)

    def records_of_customer(self, customer_id: str) -> list[LocalRecord]:
        """RMAs of a customer made or changed here, oldest first."""
        return self._records.of_customer(self._engine, customer_id)

    def records_since(self, since: datetime, limit: int) -> list[LocalRecord]:
        """RMAs finalized here since then, newest first."""
        with reading(self._engine) as connection:
            return self._records.since(connection, since, limit)

    # ---- outbox -----------------------------------------------------------------------------------------------

    def waiting(self, limit: int, max_bytes: int) -> list[SealedOperation]:
        """What to send next, oldest first, order kept inside a stream; what was put off goes last."""
        with reading(self._engine) as connection:
            return outbox.waiting(connection, limit, max_bytes)

    def apply_results(self, results: Sequence[Result]) -> None:
        """Write down the server's answers, in one transaction. Unknown and answered operations are left alone."""
        identity = self._enrolled()
        with self._writing() as connection:
            chain = self._chain(connection, identity)
            entries = outbox.unanswered(connection, (result.op_id for result in results))
            for result in results:
                if result.op_id not in entries:
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

    # ---- numbers ----------------------------------------------------------------------------------------------

    def lease_wanted(self) -> str | None:
        """The lease id to ask for a block with, the same until it came; None when enough numbers are left.

        A role that makes no returns needs none.
        """
        if self._identity is not None and not self._identity.role.makes_returns:
            return None
        with reading(self._engine) as connection:
            if number_blocks.left(connection) >= WANTED_NUMBERS:
                return None
            wanted = settings.wanted_lease(connection)
        if wanted is None:
            wanted = str(uuid4())
            with self._writing() as connection:
                settings.set_wanted_lease(connection, wanted)
        return wanted

    def store_lease(self, lease_id: str, block: int) -> None:
        """Keep a leased block; storing it again changes nothing.

        Raises:
            WrongBlock: if it lies outside the range.
        """
        with self._writing() as connection:
            number_blocks.add(connection, lease_id, block)
            if settings.wanted_lease(connection) == lease_id:
                settings.set_wanted_lease(connection, None)

    def held_leases(self) -> list[tuple[str, int]]:
        """Every lease that came, with its block, oldest first."""
        with reading(self._engine) as connection:
            return number_blocks.leases(connection)

    def desk_report(self) -> DeskReport | None:
        """What the server should know of this desk; None where it heard of it a moment ago."""
        at = self._reported_at
        if self._identity is None or (at and abs(self._clock() - at) < desk_report.AGAIN):
            return None
        with reading(self._engine) as connection:
            incarnation = settings.incarnation(connection)
        if incarnation is None:
            with self._writing() as connection:
                incarnation = settings.renew_incarnation(connection)
        with reading(self._engine) as connection:
            return desk_report.report(connection, incarnation=incarnation, run=self._run)

    def take_report_answer(self, told: DeskReport, answer: DeskReportAnswer) -> None:
        """Do what the server's answer to a report asks for: numbers that it knows of are not told again."""
        identity = self._enrolled()
        with self._writing() as connection:
            act = desk_report.take(connection, answer)
            if act is not None:
                self._chain(connection, identity).append(act)
        if answer.retire:
            self._run = str(uuid4())
        elif not desk_report.wants_more(told, answer):
            self._reported_at = self._clock()

    def _fence(self, marks: Mapping[int, int]) -> None:
        with reading(self._engine) as connection:
            behind = any(
                upto < marks.get(block, 0) for block, upto in number_blocks.used(connection).items()
            )
        if not behind:
            return
        with self._writing() as connection:
            moved = number_blocks.fence(connection, marks)
            if self._identity is not None:
                act = audit_acts.fenced(moved, desk_report.BY_ITSELF)
                self._chain(connection, self._identity).append(act)

    # ---- audit ------------------------------------------------------------------------------------------------

    def audit_entries(self) -> Iterator[AuditEntry]:
        """Every entry of the audit chain, oldest first."""
        with reading(self._engine) as connection:
            yield from audit.entries(connection)

    def verify_audit(self) -> str | None:
        """What is broken about the audit chain, in a sentence; None when it holds."""
        with reading(self._engine) as connection:
            return audit.verify(connection)

    def erase_personal(self, customer_id: str) -> int:
        """Erase a customer's calls, and their values beside the audit chain, which still holds; gives back how many."""
        identity = self._enrolled()
        with self._writing() as connection:
            values = audit.erase_personal(connection, customer_id)
            values += calls.erase_of(connection, customer_id)
            if values:
                self._chain(connection, identity).append(audit_acts.erased(values))
            return values

    # -----------------------------------------------------------------------------------------------------------

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._one_writer, writing(self._engine) as connection:
            yield connection

    def _enrolled(self) -> Identity:
        if self._identity is None:
            raise NotEnrolled
        return self._identity

    def _now(self) -> datetime:
        return self._clock() + self._clock_offset

    def _chain(self, connection: Connection, identity: Identity) -> Chain:
        return Chain(connection, identity, at=self._now(), device_clock=self._clock())

    def _moved(self, move: Callable[[Connection], list[tuple[str, str]]], *, again: bool) -> int:
        """Operations out of the queue or into it, each with its audit entry; how many."""
        identity = self._enrolled()
        with self._writing() as connection:
            chain = self._chain(connection, identity)
            moved = move(connection)
            for op_id, number in moved:
                local = self._records.find_within(connection, number)
                if local is not None:
                    chain.append(audit_acts.isolated(local.record, op_id, again=again))
        return len(moved)

    def _settle(self, connection: Connection, chain: Chain, op_id: str, note: str) -> None:
        number = outbox.settle(connection, op_id, note, self._now())
        if number is not None:
            local = self._records.find_within(connection, number)
            customer_id = local.record.customer_id if local else ""
            chain.append(audit_acts.settled(number, customer_id, op_id, note))

    def _settle_overtaken(self, connection: Connection, chain: Chain, op_id: str) -> None:
        """What was edited or cancelled before the server refused it is taken care of already."""
        if outbox.is_overtaken(connection, op_id):
            self._settle(connection, chain, op_id, "overtaken")

    def _take_over(
        self, connection: Connection, chain: Chain, entry: outbox.Entry, result: Result
    ) -> None:
        """Bring the local RMA in line with a final answer."""
        if result.record is None and not result.outcome.wants_attention:
            if result.row_version is not None:
                self._records.confirm(connection, entry.number, result.row_version)
            return
        local = self._records.find_within(connection, entry.number)
        if local is None:
            return
        theirs = result.record or _unbooked(entry, result, local.record)
        refused = result.outcome.wants_attention and result.record is None
        known = local.row_version
        # Refused without the server's RMA: ours is no longer to be trusted over what the feed brings.
        version = None if refused else max(known or 0, result.row_version or 0) or None
        # Later changes of this desk still wait: what they made of the RMA stays on the screen.
        taken = None if local.pending else theirs
        self._records.answer(connection, entry.number, taken, version)
        if result.outcome.wants_attention:
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
