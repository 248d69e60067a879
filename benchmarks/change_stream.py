"""Changes as a busy call center makes them, written straight into the central database by a process of its own.

python -m benchmarks.change_stream DATABASE, driven by lines on standard input: `steady N` (a second, until the next line), `burst N`
(at once), `stop`. Each line is answered by the newest position of the feed.
"""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import Any

from sqlalchemy import Connection, insert

from benchmarks.push_shop import CHUNK, NOW
from benchmarks.town import town_customers
from central_api.catalog import upsert_customers, upsert_orders
from central_api.database import open_database, writing
from central_api.documents import KINDS, digest_of, log_changes, update_rows
from central_api.feed import newest
from central_api.tables import RMA
from rma.order import Customer, Order
from rma.record import RmaRecord
from sync.protocol.documents import write_document
from tests import shop

CUSTOMERS, ORDERS, RMAS = 9_000, 9_000, 2_000
"""That change, one after the other: no page of the feed has the same one twice."""
RENAMED = 10
"""One in so many customers that change gets another name."""
TICK = 0.05
"""Seconds between two transactions of a steady stream: many small ones, as many people make them."""
BLOCK = 471_000
"""From here on are the numbers of its RMAs."""

_Change = tuple[str, str, tuple[str, str]]
"""A kind, a key, and the two documents that take turns."""


def fill(database: str) -> None:
    """Let the central API know what is going to change."""
    customers, orders, records = _customers(), _orders(), _records()
    engine = open_database(database)
    for start in range(0, CUSTOMERS, CHUNK):
        with writing(engine) as connection:
            upsert_customers(connection, customers[start : start + CHUNK])
            upsert_orders(connection, orders[start : start + CHUNK])
    with writing(engine) as connection:
        connection.execute(insert(RMA), [_row(record) for record in records])
        log_changes(connection, "rma", ((record.number, 1) for record in records), NOW)
    engine.dispose()


def _customers() -> list[Customer]:
    """People of the town, whom its desks know already."""
    return list(islice(town_customers(), CUSTOMERS))


def _orders() -> list[Order]:
    lines = tuple(
        shop.line(str(place), sku=f"SKU-{place}", units=2, gross=4998) for place in range(1, 4)
    )
    return [
        shop.order(
            *lines,
            order_id=f"S-{index}",
            number=f"S{index:06}",
            customer_id=customer.customer_id,
        )
        for index, customer in enumerate(islice(_customers(), ORDERS))
    ]


def _records() -> list[RmaRecord]:
    orders = _orders()
    made = shop.finalized()
    return [
        replace(
            made,
            number=shop.number(index % 1_000, BLOCK + index // 1_000),
            order_id=orders[index].order_id,
            customer_id=orders[index].customer_id,
        )
        for index in range(RMAS)
    ]


def _row(record: RmaRecord) -> dict[str, Any]:
    document = write_document(record)
    return {
        "number": record.number,
        "digest": digest_of(document),
        "document": document.decode(),
        "row_version": 1,
        "state": record.state.value,
        "holding": True,
        "author": record.author,
        "finalized_at": record.finalized_at,
        "booked_at": NOW,
        "order_id": record.order_id,
        "customer_id": record.customer_id,
        "metrics": "{}",
    }


def _changes() -> Iterator[_Change]:
    """Everything that changes, mixed; next to nothing of it stands in a row of the look-up list."""
    customers = (
        ("customer", c.customer_id, _two(_changed(c, at), c)) for at, c in enumerate(_customers())
    )
    orders = (("order", o.order_id, _two(replace(o, source="shop"), o)) for o in _orders())
    records = (("rma", r.number, _two(replace(r, author="Agent Two"), r)) for r in _records())
    share = CUSTOMERS // RMAS
    for record in records:
        yield record
        yield from islice(customers, share)
        yield from islice(orders, share)
    yield from customers
    yield from orders


def _changed(customer: Customer, at: int) -> Customer:
    """Some get another name, most something else."""
    if at % RENAMED == 0:
        return replace(customer, name=f"{customer.name} Ann")
    return replace(customer, tier="gold")


def _two(first: object, second: object) -> tuple[str, str]:
    return write_document(first).decode(), write_document(second).decode()


def _write(connection: Connection, changes: Sequence[tuple[int, _Change]]) -> None:
    """Change these things, each for the so-manieth time."""
    now = datetime.now(UTC)
    by_kind: dict[str, list[dict[str, Any]]] = {}
    for times, (kind, key, documents) in changes:
        row = {KINDS[kind].key.name: key, "row_version": times + 1}
        by_kind.setdefault(kind, []).append(row | {"document": documents[times % 2]})
    for kind, rows in by_kind.items():
        update_rows(connection, KINDS[kind], rows)
        key = KINDS[kind].key.name
        log_changes(connection, kind, [(row[key], row["row_version"]) for row in rows], now)


def main() -> None:
    """Write as told, until standard input ends."""
    engine = open_database(sys.argv[1])
    every = list(_changes())
    source = ((1 + count // len(every), change) for count, change in enumerate(cycle(every)))
    rate, due, at = 0, 0.0, time.monotonic()
    print("ready", flush=True)
    while True:
        told = ""
        if select.select([sys.stdin], [], [], TICK if rate else None)[0]:
            told = sys.stdin.readline()
            if not told:
                return
        now = time.monotonic()
        due, at = due + rate * (now - at), now
        word, _, number = told.strip().partition(" ")
        if word:
            rate, due = 0, 0.0
        if word == "steady":
            rate = int(number)
        count = int(number) if word == "burst" else int(due)
        if count:
            with writing(engine) as connection:
                _write(connection, list(islice(source, count)))
            due = max(0.0, due - count)
        if word:
            with engine.connect() as connection:
                print(newest(connection), flush=True)


if __name__ == "__main__":
    main()
