"""work.db: what this desk made. Small and precious; each method is one transaction that survives a power cut."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from rma.call import Call
from rma.draft import Draft
from rma.operations import (
    FinalizeReturn,
    Identity,
    LocalRecord,
    MadeReturn,
    Operation,
    SealedOperation,
    SupersedeReturn,
)
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from rma.verification import Told
from storage import audit, audit_acts, calls, drafts, erasing, number_blocks, outbox, refusals
from storage.audit import AuditEntry
from storage.encrypting import encrypt_in_place
from storage.engines import open_database, reading
from storage.erasing import WorkErasing
from storage.errors import AlreadyFinalized, AlreadyRefused, EditedMeanwhile
from storage.file_lock import FolderLock
from storage.high_water import HighWater
from storage.number_blocks import Heard
from storage.work_numbers import WorkNumbers
from storage.work_people import WorkPeople
from storage.work_queue import WorkQueue
from storage.work_schema import upgrade

FILE = "work.db"
LOCK = "work.lock"

Seal = Callable[[Operation, Identity], SealedOperation]


def _nothing(_first: str, _below: str) -> None:
    """Nothing was heard of."""


class WorkStore(WorkNumbers, WorkQueue, WorkPeople, WorkErasing):
    """The desk's own database; implements `desk.ports.Work`. Usable from several threads."""

    def __init__(
        self,
        engine: Engine,
        lock: FolderLock,
        seal: Seal,
        clock: Callable[[], datetime],
        high_water: HighWater | None = None,
    ) -> None:
        self._seal = seal
        super().__init__(engine, lock, clock, high_water)

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
            SecretsError: if it cannot be read how far the numbers were used.
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
            if erasing.is_erased(connection, told.customer_id):
                told = replace(told, skipped="")
            self._chain(connection, identity).append(audit_acts.verified(told))

    # ---- returns ----------------------------------------------------------------------------------------------

    def finalize(
        self,
        builds: Sequence[Callable[[str], MadeReturn]],
        draft_ids: Sequence[str],
        heard: Heard = _nothing,
    ) -> list[RmaRecord]:
        """Take a number for each build, store RMA, outbox row and audit entry, drop the drafts: one transaction.

        No number up to the highest of its block that was `heard` of is taken: a copy of this desk told it. `draft_ids` names the draft of each build, or is empty where there were none. On any exception nothing has
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
            numbers = number_blocks.take(connection, len(builds), heard)
            if self._high_water is not None:
                self._high_water.reach(number_blocks.used_by(numbers))
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

    def records_around(self, order_id: str, customer_id: str) -> list[LocalRecord]:
        """RMAs of an order and all of a customer made or changed here, oldest first."""
        return self._records.around(self._engine, order_id, customer_id)

    def records_since(self, since: datetime, limit: int) -> list[LocalRecord]:
        """RMAs finalized here since then, newest first."""
        with reading(self._engine) as connection:
            return self._records.since(connection, since, limit)

    # ---- audit ------------------------------------------------------------------------------------------------

    def audit_entries(self) -> Iterator[AuditEntry]:
        """Every entry of the audit chain, oldest first."""
        with reading(self._engine) as connection:
            yield from audit.entries(connection)

    def verify_audit(self) -> str | None:
        """What is broken about the audit chain, in a sentence; None when it holds."""
        with reading(self._engine) as connection:
            return audit.verify(connection)
