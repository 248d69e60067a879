"""Second pass: staged rows become products, customers and orders, one transaction for each chunk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, groupby
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import Connection, Engine, select

from central_api.catalog import Counts, upsert_customers, upsert_orders
from central_api.database import write
from central_api.documents import KINDS, chunks, stored_digests
from central_api.intake.batches import Size, batches
from central_api.intake.columns import ORDERS
from central_api.intake.errors import BadCell
from central_api.intake.orders import MAX_LINES, OrderReader, ReadOrder
from central_api.intake.rows import Cells, InputTable
from central_api.intake.staging import BROKEN_LINE, Staged, Staging
from central_api.matching import match_imported
from central_api.tables import ORDER_LINE
from rma.order import Customer, Product

T = TypeVar("T", Customer, Product)

MAX_ORDER_CHARACTERS = 8 * 1024 * 1024
"""Of the lines of one order, which are in memory together."""

CHUNK_ROWS = 5000
"""Rows that one transaction writes."""


def write_simple(
    engine: Engine,
    table: InputTable,
    staging: Staging,
    read: Callable[[Cells], T],
    upsert: Callable[[Connection, Sequence[T]], Counts],
) -> Iterator[Counts]:
    """Write customers or products; gives what became of each chunk."""
    rank = table.shape.rank
    for chunk in batches(_distinct(staging, rank, table.shape.key), _size, CHUNK_ROWS):
        items = []
        for row in chunk:
            try:
                items.append(read(table.parse(row.raw)))
            except BadCell as error:
                staging.reject(row, error)
        yield write(engine, _storing(upsert, items))


def _storing(
    upsert: Callable[[Connection, Sequence[T]], Counts], items: Sequence[T]
) -> Callable[[Connection], Counts]:
    return lambda connection: upsert(connection, items)


def write_orders(
    engine: Engine, reader: OrderReader, staging: Staging, assume: Callable[[str], None]
) -> Iterator[Counts]:
    """Write orders with their lines; gives what became of each chunk."""
    for chunk in batches(_orders(reader, staging), _order_size, CHUNK_ROWS):
        counts = _write_chunk(engine, chunk, staging, assume)
        match_imported(engine, (read.order for read in chunk), datetime.now(UTC))
        yield counts


def _size(row: Staged) -> Size:
    return 1, len(row.raw)


def _order_size(read: ReadOrder) -> Size:
    rows = (read.row, *read.line_rows)
    return len(rows), sum(len(row.raw) for row in rows)


def _distinct(staging: Staging, rank: int, key_field: str) -> Iterator[Staged]:
    """The first row of each key; the others are rejected."""
    first: Staged | None = None
    for row in staging.sorted_rows(rank, rank):
        if first is not None and row.key == first.key:
            staging.reject(row, _stands_already(key_field, first))
            continue
        first = row
        yield row


def _stands_already(key_field: str, first: Staged) -> BadCell:
    return BadCell(key_field, f"{first.key} stands already in line {first.line}")


def _orders(reader: OrderReader, staging: Staging) -> Iterator[ReadOrder]:
    rows = staging.sorted_rows(ORDERS.rank, BROKEN_LINE)
    for _, group in groupby(rows, attrgetter("key")):
        order = _order(group, reader, staging)
        if order is not None:
            yield order


def _order(group: Iterator[Staged], reader: OrderReader, staging: Staging) -> ReadOrder | None:
    """The order of the rows of one key: its row comes first, then its lines, then marks of broken lines."""
    head: Staged | None = None
    lines: list[Staged] = []
    characters = 0
    broken = False
    for row in group:
        if row.rank == BROKEN_LINE:
            broken = True
        elif row.rank == ORDERS.rank:
            if head is None:
                head = row
            else:
                staging.reject(row, _stands_already(ORDERS.key, head))
        elif head is None:
            staging.reject(row, BadCell("order_id", "the orders file has no such order"))
        else:
            lines.append(row)
            characters += len(row.raw)
            if len(lines) > MAX_LINES or characters > MAX_ORDER_CHARACTERS:
                _reject_too_long(head, chain(lines, group), staging)
                return None
    return None if head is None else reader.read(head, lines, broken=broken)


def _reject_too_long(head: Staged, lines: Iterable[Staged], staging: Staging) -> None:
    most = f"{MAX_LINES:,} lines or {MAX_ORDER_CHARACTERS:,} characters of them"
    error = BadCell("order_id", f"the order has more than {most}")
    staging.reject(head, error)
    for row in lines:
        if row.rank != BROKEN_LINE:
            staging.reject(row, error)


def _store(connection: Connection, chunk: Sequence[ReadOrder]) -> tuple[dict[str, BadCell], Counts]:
    refused = _unfit(connection, chunk)
    fitting = [read for read in chunk if read.order.order_id not in refused]
    upsert_customers(connection, [read.guest for read in fitting if read.guest is not None])
    return refused, upsert_orders(connection, [read.order for read in fitting])


def _write_chunk(
    engine: Engine, chunk: Sequence[ReadOrder], staging: Staging, assume: Callable[[str], None]
) -> Counts:
    refused, counts = write(engine, lambda connection: _store(connection, chunk))
    refused |= {
        order.order_id: BadCell("order_id", f"the stored order stays: {order.reason}")
        for order in counts.refused
    }
    for read in chunk:
        error = refused.get(read.order.order_id)
        if error is None:
            for name in read.order.assumed:
                assume(name)
        else:
            _reject_whole(read, error, staging)
    return counts


def _unfit(connection: Connection, chunk: Sequence[ReadOrder]) -> dict[str, BadCell]:
    """Orders of unknown customers, and incomplete ones that would take lines away from a stored order."""
    wanted = {read.order.customer_id for read in chunk if read.guest is None}
    known = stored_digests(connection, KINDS["customer"], wanted)
    incomplete = [read.order.order_id for read in chunk if read.incomplete]
    stored: dict[str, set[str]] = {}
    for ids in chunks(incomplete):
        rows = connection.execute(
            select(ORDER_LINE.c.order_id, ORDER_LINE.c.line_id).where(
                ORDER_LINE.c.order_id.in_(ids)
            )
        )
        for order_id, line_id in rows:
            stored.setdefault(order_id, set()).add(line_id)
    unfit: dict[str, BadCell] = {}
    for read in chunk:
        order = read.order
        if read.guest is None and order.customer_id not in known:
            unfit[order.order_id] = BadCell(
                "customer_id", f"there is no customer {order.customer_id}"
            )
        elif gone := stored.get(order.order_id, set()) - {line.line_id for line in order.lines}:
            unfit[order.order_id] = BadCell(
                "order_id",
                f"the stored order stays: it has line {min(gone)}, and a line row of the order is bad",
            )
    return unfit


def _reject_whole(read: ReadOrder, error: BadCell, staging: Staging) -> None:
    staging.reject(read.row, error)
    why = BadCell("order_id", f"its order is rejected (orders line {read.row.line})")
    for row in read.line_rows:
        staging.reject(row, why)
