"""Take over customers, products and orders from the shop: in bulk, and only what changed.

A row whose document is the same writes nothing and tells no desk. A changed order updates its lines; RMAs keep their
snapshots. The functions join the caller's transaction.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, delete, select

from central_api.documents import (
    KINDS,
    Stored,
    chunks,
    digest_of,
    insert_rows,
    log_changes,
    stored_digests,
    update_rows,
)
from central_api.erasing import erased_among, shut_out
from central_api.outbound import with_everything_sent
from central_api.tables import ORDER_LINE, ORDERS, RMA, RMA_LINE
from rma.erasing import without_person
from rma.order import Customer, Order, OrderLine, Product
from sync.protocol.documents import write_document

T = TypeVar("T", Customer, Order, Product)


@dataclass(frozen=True, slots=True)
class RefusedOrder:
    """An order whose new snapshot contradicts returns that exist; it stays as it was."""

    order_id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the rows."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    refused: tuple[RefusedOrder, ...] = ()
    erased: int = 0
    """Customers who were erased: their rows were not taken over."""

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.inserted + other.inserted,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
            self.erased + other.erased,
        )


@dataclass(frozen=True, slots=True)
class _Sorted:
    """Rows by what has to happen to them; the values are ready for the table."""

    new: dict[str, dict[str, Any]]
    changed: dict[str, dict[str, Any]]
    unchanged: int


def upsert_customers(connection: Connection, customers: Sequence[Customer]) -> Counts:
    """Insert new customers and update changed ones; who was erased stays so."""
    shut_out(connection)
    gone = erased_among(connection, (customer.customer_id for customer in customers))
    kept = [customer for customer in customers if customer.customer_id not in gone]
    counts = _upsert_simple(connection, "customer", kept, lambda c: c.customer_id, _customer)
    return replace(counts, erased=len(customers) - len(kept))


def upsert_products(connection: Connection, products: Sequence[Product]) -> Counts:
    """Insert new products and update changed ones."""
    return _upsert_simple(connection, "product", products, lambda p: p.sku, lambda p: {})


def upsert_orders(connection: Connection, orders: Sequence[Order]) -> Counts:
    """Insert new orders and update changed ones, with their lines.

    An order that would take units or lines away from existing RMAs is refused, the others go on.
    """
    shut_out(connection)
    gone = erased_among(connection, (order.customer_id for order in orders))
    by_id = {order.order_id: without_person(order, gone) for order in orders}
    rows = _sort(connection, "order", by_id, _order)
    kind = KINDS["order"]
    insert_rows(connection, kind.table, list(rows.new.values()))
    insert_rows(
        connection,
        ORDER_LINE,
        [_line(order_id, line, ()) for order_id in rows.new for line in by_id[order_id].lines],
    )
    changed, refused = _replace_lines(connection, [by_id[key] for key in rows.changed])
    update_rows(connection, kind, [rows.changed[key] for key in changed])
    now = datetime.now(UTC)
    log_changes(connection, "order", ((key, 1) for key in rows.new), now)
    log_changes(
        connection, "order", ((key, rows.changed[key]["row_version"]) for key in changed), now
    )
    return Counts(len(rows.new), len(changed), rows.unchanged, tuple(refused))


def _upsert_simple(
    connection: Connection,
    kind_name: str,
    items: Sequence[T],
    key_of: Callable[[T], str],
    columns: Callable[[T], dict[str, Any]],
) -> Counts:
    rows = _sort(connection, kind_name, {key_of(item): item for item in items}, columns)
    kind = KINDS[kind_name]
    insert_rows(connection, kind.table, list(rows.new.values()))
    update_rows(connection, kind, list(rows.changed.values()))
    written = {**rows.new, **rows.changed}
    log_changes(
        connection,
        kind_name,
        ((key, row["row_version"]) for key, row in written.items()),
        datetime.now(UTC),
    )
    return Counts(len(rows.new), len(rows.changed), rows.unchanged)


def _sort(
    connection: Connection,
    kind_name: str,
    by_key: Mapping[str, T],
    columns: Callable[[T], dict[str, Any]],
) -> _Sorted:
    kind = KINDS[kind_name]
    known = stored_digests(connection, kind, by_key)
    new: dict[str, dict[str, Any]] = {}
    changed: dict[str, dict[str, Any]] = {}
    unchanged = 0
    for key, item in by_key.items():
        document = kind.document(item)
        digest = digest_of(document)
        stored: Stored | None = known.get(key)
        # What was stored before defaults were left out means the same: no desk hears of it again.
        if stored is not None and (stored.digest == digest or _is_in_full(stored, item)):
            unchanged += 1
            continue
        target = new if stored is None else changed
        target[key] = {
            kind.key.name: key,
            "row_version": 1 if stored is None else stored.row_version + 1,
            "digest": digest,
            "document": document,
            **columns(item),
        }
    return _Sorted(new, changed, unchanged)


def _is_in_full(stored: Stored, item: object) -> bool:
    return stored.digest == digest_of(write_document(item))


def _customer(customer: Customer) -> dict[str, Any]:
    return {
        "name": customer.name.casefold(),
        "email": customer.email.casefold(),
        "phone": "".join(c for c in customer.phone if c.isascii() and c.isdigit()),
    }


def _order(order: Order) -> dict[str, Any]:
    return {
        "number": order.number,
        "customer_id": order.customer_id,
        "currency": order.currency,
    }


def _line(order_id: str, line: OrderLine, held: Sequence[int]) -> dict[str, Any]:
    return {
        "order_id": order_id,
        "line_id": line.line_id,
        "delivered": line.delivered,
        "consumed": line.returned_before + len(held),  # by unit, as in `rma.ledger`
    }


def _replace_lines(
    connection: Connection, orders: Sequence[Order]
) -> tuple[list[str], list[RefusedOrder]]:
    """Bring the lines of changed orders up to date; gives the ids of those that fit what is held of them.

    The orders are locked first, so that no return is booked between reading what is held and writing it.
    """
    for chunk in chunks(sorted(order.order_id for order in orders)):
        locked = select(ORDERS.c.order_id).where(ORDERS.c.order_id.in_(chunk))
        connection.execute(locked.order_by(ORDERS.c.order_id).with_for_update()).all()
    held = held_slots(connection, [order.order_id for order in orders])
    orders = with_everything_sent(connection, orders)
    currencies = _currencies(connection, held)
    fitting: list[Order] = []
    refused: list[RefusedOrder] = []
    for order in orders:
        currency = currencies.get(order.order_id, order.currency)
        reason = _contradiction(order, held.get(order.order_id, {}), currency)
        if reason is None:
            fitting.append(order)
        else:
            refused.append(RefusedOrder(order.order_id, reason))
    for chunk in chunks(order.order_id for order in fitting):
        connection.execute(delete(ORDER_LINE).where(ORDER_LINE.c.order_id.in_(chunk)))
    insert_rows(
        connection,
        ORDER_LINE,
        [
            _line(order.order_id, line, held.get(order.order_id, {}).get(line.line_id, ()))
            for order in fitting
            for line in order.lines
        ],
    )
    return [order.order_id for order in fitting], refused


def held_slots(connection: Connection, order_ids: Sequence[str]) -> dict[str, dict[str, list[int]]]:
    """Slots that live RMAs hold, by order and line."""
    held: dict[str, dict[str, list[int]]] = {}
    for chunk in chunks(order_ids):
        rows = connection.execute(
            select(RMA_LINE.c.order_id, RMA_LINE.c.line_id, RMA_LINE.c.slots)
            .join(RMA, RMA.c.number == RMA_LINE.c.number)
            .where(RMA_LINE.c.order_id.in_(chunk), RMA.c.holding)
        )
        for order_id, line_id, slots in rows:
            held.setdefault(order_id, {}).setdefault(line_id, []).extend(json.loads(slots))
    return held


def _currencies(connection: Connection, order_ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for chunk in chunks(order_ids):
        rows = connection.execute(
            select(ORDERS.c.order_id, ORDERS.c.currency).where(ORDERS.c.order_id.in_(chunk))
        )
        found.update((row.order_id, row.currency) for row in rows)
    return found


def _contradiction(order: Order, held: Mapping[str, Sequence[int]], currency: str) -> str | None:
    if order.currency != currency:
        return f"its currency is {order.currency} now, but returns promise money in {currency}"
    for line_id, slots in held.items():
        line = order.line(line_id)
        if line is None:
            return f"line {line_id} is gone, but a return holds {len(slots)} of its units"
        if slots and max(slots) > line.units:
            return f"line {line_id} has {line.units} units, but a return holds unit {max(slots)}"
        consumed = _line(order.order_id, line, slots)["consumed"]
        if consumed > line.delivered:
            return (
                f"line {line_id} was delivered {line.delivered} times, "
                f"but {consumed} units came back or are on returns"
            )
    return None
