"""RMAs in work.db: made or changed on this desk."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, bindparam, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from rma.operations import CallMetrics, LocalRecord
from rma.record import RmaRecord
from storage.columns import stored
from storage.documents import DocumentCache, write
from storage.engines import fetch, run
from storage.work_tables import RMA

_SELECT = (
    "SELECT number, document, row_version, EXISTS (SELECT 1 FROM outbox "
    "WHERE outbox.number = rma.number AND outbox.state = 'ready') FROM rma "
)
_OLDEST_FIRST = " ORDER BY finalized_at, number"
_BY_NUMBER = f"{_SELECT} WHERE number = ?"
_BY_ORDER = f"{_SELECT} WHERE order_id = ? {_OLDEST_FIRST}"
_BY_CUSTOMER = f"{_SELECT} WHERE customer_id = ? {_OLDEST_FIRST}"
_AROUND = f"{_SELECT} WHERE order_id = ? OR customer_id = ? {_OLDEST_FIRST}"
_NUMBERS_SINCE = (
    select(RMA.c.number)
    .where(RMA.c.made_here, RMA.c.finalized_at >= bindparam("since"))
    .order_by(RMA.c.finalized_at.desc(), RMA.c.number.desc())
    .limit(bindparam("most"))
)
_INSERT = """
    INSERT INTO rma (number, order_id, customer_id, state, finalized_at, document, made_here, draft_id,
        channel, started_at, first_key_at, keys, refused_tries)
    VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?)
"""
_ANSWER = update(RMA).where(RMA.c.number == bindparam("key"))
_CONFIRM = "UPDATE rma SET row_version = max(coalesce(row_version, 0), ?) WHERE number = ?"
_CACHE_CHARACTERS = 512 << 10
"""Characters of records that are kept read, for 1.2 MiB of memory: the 200 of the last day fit in."""


class LocalRecords:
    """Reads and writes RMAs; what belongs to a transaction comes with its connection."""

    def __init__(self) -> None:
        self._documents = DocumentCache(RmaRecord, _CACHE_CHARACTERS)

    def find(self, engine: Engine, number: str) -> LocalRecord | None:
        """One RMA."""
        return next(iter(self._known(fetch(engine, _BY_NUMBER, (number,)))), None)

    def find_within(self, connection: Connection, number: str) -> LocalRecord | None:
        """One RMA, as a transaction sees it."""
        return next(iter(self._known(connection.exec_driver_sql(_BY_NUMBER, (number,)))), None)

    def of_order(self, engine: Engine, order_id: str) -> list[LocalRecord]:
        """RMAs of an order, oldest first."""
        return self._known(fetch(engine, _BY_ORDER, (order_id,)))

    def of_customer(self, engine: Engine, customer_id: str) -> list[LocalRecord]:
        """RMAs of a customer, oldest first."""
        return self._known(fetch(engine, _BY_CUSTOMER, (customer_id,)))

    def around(self, engine: Engine, order_id: str, customer_id: str) -> list[LocalRecord]:
        """RMAs of an order and all of a customer, oldest first."""
        return self._known(fetch(engine, _AROUND, (order_id, customer_id)))

    def since(self, connection: Connection, since: datetime, limit: int) -> list[LocalRecord]:
        """RMAs finalized here, newest first."""
        numbers = (
            connection.execute(_NUMBERS_SINCE, {"since": since, "most": limit}).scalars().all()
        )
        found = (self.find_within(connection, number) for number in numbers)
        return [record for record in found if record is not None]

    def add(
        self, connection: Connection, record: RmaRecord, metrics: CallMetrics, draft_id: str | None
    ) -> None:
        """Store an RMA made here, with how the call went."""
        first_key_at = metrics.first_key_at
        run(
            connection,
            _INSERT,
            (
                record.number,
                record.order_id,
                record.customer_id,
                record.state.value,
                stored(record.finalized_at),
                write(record),
                draft_id,
                record.channel.value,
                stored(metrics.started_at),
                None if first_key_at is None else stored(first_key_at),
                metrics.keys,
                metrics.refused_tries,
            ),
        )

    def put(self, connection: Connection, record: RmaRecord) -> None:
        """Store an RMA as it was changed here, wherever it was made."""
        row = upsert(RMA).values(
            number=record.number,
            order_id=record.order_id,
            customer_id=record.customer_id,
            state=record.state.value,
            finalized_at=record.finalized_at,
            document=write(record),
            made_here=False,
        )
        connection.execute(
            row.on_conflict_do_update(
                ["number"], set_={"document": row.excluded.document, "state": row.excluded.state}
            )
        )

    def answer(
        self, connection: Connection, number: str, record: RmaRecord | None, row_version: int | None
    ) -> None:
        """Store what the server said: its version, and its RMA where that differs."""
        values: dict[str, Any] = {"key": number, "row_version": row_version}
        if record is not None:
            values |= {"document": write(record), "state": record.state.value}
        connection.execute(_ANSWER, values)

    def confirm(self, connection: Connection, number: str, row_version: int) -> None:
        """Store the server's version of an RMA that it took as it was."""
        run(connection, _CONFIRM, (row_version, number))

    def _known(self, rows: Iterable[Any]) -> list[LocalRecord]:
        return [
            LocalRecord(
                record=self._documents.read(number, document),
                row_version=row_version,
                pending=bool(pending),
            )
            for number, document, row_version, pending in rows
        ]
