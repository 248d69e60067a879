"""The outbox as a person looks at it from beside: each operation with what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, select

from storage.outbox import DONE
from storage.work_tables import OUTBOX


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """One operation."""

    op_id: str
    kind: str
    number: str
    """The RMA it is about; empty where it has none."""
    stream: str
    depends_on: str | None
    made_at: datetime
    state: str
    outcome: str | None
    problem: str | None
    """JSON of what the server said."""
    decided_at: datetime | None
    settled_at: datetime | None
    sha256: str
    body: bytes


_COLUMNS = [OUTBOX.c[name] for name in OutboxItem.__dataclass_fields__]


def items(connection: Connection, *, all_of_them: bool) -> list[OutboxItem]:
    """Operations in the order in which they were made; without `all_of_them` only what is not over."""
    query = select(*_COLUMNS)
    if not all_of_them:
        query = query.where(OUTBOX.c.state != DONE, OUTBOX.c.settled_at.is_(None))
    return _read(connection, query)


def found(connection: Connection, op_id: str) -> list[OutboxItem]:
    """Those whose id begins so: one where enough of it was given."""
    begins = OUTBOX.c.op_id.startswith(op_id, autoescape=True)
    return _read(connection, select(*_COLUMNS).where(begins))


def _read(connection: Connection, query: Select[Any]) -> list[OutboxItem]:
    return [OutboxItem(*row) for row in connection.execute(query.order_by(OUTBOX.c.seq))]
