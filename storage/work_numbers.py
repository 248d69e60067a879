"""The numbers that a desk may tell, and what the server knows of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Engine

from rma.desk_report import DeskReport, DeskReportAnswer
from rma.numbers import WANTED_NUMBERS
from storage import audit_acts, desk_report, fencing, number_blocks, settings
from storage.engines import reading
from storage.file_lock import FolderLock
from storage.high_water import HighWater
from storage.work_file import WorkFile


class WorkNumbers(WorkFile):
    """Leased blocks; no number below its mark in `high_water`, or of a block without one, is told, whatever is here."""

    def __init__(
        self,
        engine: Engine,
        lock: FolderLock,
        clock: Callable[[], datetime],
        high_water: HighWater | None = None,
    ) -> None:
        super().__init__(engine, lock, clock)
        self._high_water = high_water
        self._run = str(uuid4())
        self._reported_at: datetime | None = None
        if high_water is not None:
            self._fence(high_water)

    def close(self) -> None:
        """Note how far the numbers are used, close the file and give the folder free."""
        try:
            if self._high_water is not None:
                with reading(self._engine) as connection:
                    self._high_water.settle(number_blocks.used(connection))
        finally:
            super().close()

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

        A database from before the lease gets the same block again: what was told of it meanwhile is not.

        Raises:
            WrongBlock: if it lies outside the range.
        """
        begins = self._high_water.begin(block) if self._high_water is not None else 0
        with self._writing() as connection:
            is_new = block not in number_blocks.used(connection)
            number_blocks.add(connection, lease_id, block)
            moved = number_blocks.fence(connection, {block: begins}) if is_new else {}
            if moved and self._identity is not None:
                act = audit_acts.fenced(moved, fencing.TOLD)
                self._chain(connection, self._identity).append(act)
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

    def _fence(self, high_water: HighWater) -> None:
        marks = high_water.read()
        with reading(self._engine) as connection:
            is_known = settings.have_blocks_marks(connection)
            new = {} if is_known else fencing.never_marked(connection, marks)
        if not is_known:
            marks |= new
            if high_water.begin_at(new):
                with self._writing() as connection:
                    settings.set_blocks_have_marks(connection)
        with reading(self._engine) as connection:
            if not fencing.is_needed(connection, marks):
                return
        with self._writing() as connection:
            fenced = fencing.fence(connection, marks)
            if self._identity is not None:
                chain = self._chain(connection, self._identity)
                for act in fenced.acts:
                    chain.append(act)
