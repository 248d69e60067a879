"""End the RMAs whose last day has passed: their units are free again, every desk and worker hears of it.

Any number of servers may do this at once. Each looks without a lock, then decides again under the lock of the order:
an RMA that another server has ended, or a supervisor has extended meanwhile, is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine, select

from central_api.books import Books
from central_api.chain import SERVER, Entry
from central_api.database import reading, write
from central_api.documents import insert_rows
from central_api.tables import EVENT, RMA
from rma.expiry import expire, is_over

BATCH = 100
"""RMAs that one transaction ends."""

EXPIRED = "rma.expired"
"""Kind of the event that workers hear of."""

_log = structlog.get_logger(__name__)


def expire_over(engine: Engine, now: datetime) -> int:
    """End every RMA whose last day has passed; gives how many."""
    ended = 0
    for numbers in _over(engine, now):
        ended += _end(engine, numbers, now)
    if ended:
        _log.info("rmas_expired", count=ended)
    return ended


def _over(engine: Engine, now: datetime) -> Iterator[dict[str, str]]:
    """Numbers with their orders, in batches; each RMA once, also where it cannot be ended."""
    after = ""
    while True:
        with reading(engine) as connection:
            rows = connection.execute(
                select(RMA.c.number, RMA.c.order_id)
                .where(RMA.c.expires_at <= now, RMA.c.number > after)
                .order_by(RMA.c.number)
                .limit(BATCH)
            ).all()
        if not rows:
            return
        after = rows[-1].number
        yield {row.number: row.order_id for row in rows}


def _end(engine: Engine, numbers: dict[str, str], now: datetime) -> int:
    return write(engine, lambda connection: _end_in(connection, numbers, now))


def _end_in(connection: Connection, numbers: dict[str, str], now: datetime) -> int:
    books = Books(connection, "", order_ids=numbers.values(), numbers=numbers, op_ids=(), now=now)
    events = []
    for number in sorted(numbers):
        known = books.record(number)
        if known is not None and is_over(known.record, now):
            version = books.put(expire(known.record, now))
            books.enter(_entry(number, now))
            events.append({"kind": EXPIRED, "key": number, "row_version": version, "at": now})
    books.write(connection)
    insert_rows(connection, EVENT, events)
    return len(events)


def _entry(number: str, now: datetime) -> Entry:
    return Entry(
        at=now,
        device="",
        person=SERVER,
        entity=f"rma/{number}",
        command="return.expire",
        outcome="expired",
    )
