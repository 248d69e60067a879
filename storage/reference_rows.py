"""Rows of ref.db: what the central API sends, as the columns that are stored."""

# ruff: noqa: S608 - the names in these statements are ours, values are parameters

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias, cast

from sqlalchemy import Connection

from rma.erasing import Erasure
from rma.order import Customer, Order, Product
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from storage.documents import write
from storage.search import code_key, email_key, name_key, reversed_digits, storable

Value: TypeAlias = (
    Customer | Order | Product | RmaRecord | RefusedReturn | Policy | ReasonTree | Erasure
)

_IN_KEYS = "IN (SELECT value FROM json_each(?))"
"""Membership in a list of keys that is given as one JSON text."""


@dataclass(frozen=True, slots=True)
class ReferenceRow:
    """The newest version of one thing, or its tombstone."""

    kind: str
    """`erasure`, `customer`, `order`, `product`, `rma`, `refusal`, `policy` or `reasons`."""
    key: str
    row_version: int
    value: Value | None
    """None: it is gone."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind is stored."""

    table: str
    columns: tuple[str, ...]
    """The first is the key."""
    values: Callable[[Any], tuple[object, ...]]
    """What follows key and row version."""

    @property
    def key(self) -> str:
        """Name of the key column."""
        return self.columns[0]

    @property
    def upsert(self) -> str:
        """Insert, or replace what is older."""
        places = ", ".join("?" for _ in self.columns)
        news = ", ".join(f"{column} = excluded.{column}" for column in self.columns[1:])
        return (
            f"INSERT INTO {self.table} ({', '.join(self.columns)}) VALUES ({places}) "
            f"ON CONFLICT ({self.key}) DO UPDATE SET {news} "
            f"WHERE excluded.row_version > {self.table}.row_version"
        )


def utc_text(at: datetime) -> str:
    """An instant as a text that sorts."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def _document(value: Value) -> str:
    return write(value, defaults=False)  # they change with the version, and the file with it


def _customer(value: Customer) -> tuple[object, ...]:
    return (
        name_key(value.name),
        reversed_digits(value.phone),
        email_key(value.email),
        code_key(value.postcode),
        _document(value),
    )


def _order(value: Order) -> tuple[object, ...]:
    number = code_key(value.number)
    return number, storable(value.customer_id), utc_text(value.placed_at), _document(value)


def _product(value: Product) -> tuple[object, ...]:
    return name_key(value.name), value.price is not None, _document(value)


def _rma(value: RmaRecord) -> tuple[object, ...]:
    return (
        storable(value.order_id),
        storable(value.customer_id),
        value.state.value,
        utc_text(value.finalized_at),
        code_key(value.request.reference),
        _document(value),
    )


def _refusal(value: RefusedReturn) -> tuple[object, ...]:
    return storable(value.customer_id), utc_text(value.refused_at), _document(value)


SHAPES: dict[str, Shape] = {
    "customer": Shape(
        "customer",
        (
            "customer_id",
            "row_version",
            "name_key",
            "phone_key",
            "email_key",
            "postcode_key",
            "document",
        ),
        _customer,
    ),
    "order": Shape(
        "sales_order",
        ("order_id", "row_version", "number_key", "customer_id", "placed_at", "document"),
        _order,
    ),
    "product": Shape("product", ("sku", "row_version", "name_key", "priced", "document"), _product),
    "rma": Shape(
        "rma",
        (
            "number",
            "row_version",
            "order_id",
            "customer_id",
            "state",
            "finalized_at",
            "reference_key",
            "document",
        ),
        _rma,
    ),
    "refusal": Shape(
        "refusal",
        ("refusal_id", "row_version", "customer_id", "refused_at", "document"),
        _refusal,
    ),
    "erasure": Shape(
        "erasure", ("customer_id", "row_version", "document"), lambda v: (_document(v),)
    ),
    "policy": Shape("policy", ("key", "row_version", "document"), lambda v: (_document(v),)),
    "reasons": Shape(
        "reasons",
        ("key", "row_version", "version", "document"),
        lambda v: (v.version, _document(v)),
    ),
}
"""Every kind of the change feed."""


def insert_rows(connection: Connection, rows: Iterable[ReferenceRow]) -> None:
    """Insert in bulk, without looking at what is there: older versions lose, tombstones are left out."""
    for shape, group in _by_shape(rows):
        values = [
            (row.key, row.row_version, *shape.values(row.value))
            for row in group
            if row.value is not None
        ]
        _many(connection, shape.upsert, values)


def apply_rows(connection: Connection, rows: Iterable[ReferenceRow]) -> None:
    """Bring tables and name index to these versions; what is newer already stays."""
    for shape, group in _by_shape(rows):
        newest: dict[str, ReferenceRow] = {}
        for row in group:
            known = newest.get(row.key)
            if known is None or row.row_version > known.row_version:
                newest[row.key] = row
        _apply_kind(connection, shape, list(newest.values()))


def _apply_kind(connection: Connection, shape: Shape, rows: Sequence[ReferenceRow]) -> None:
    kind = rows[0].kind
    known = _versions(connection, shape, rows) | _tombstones(connection, kind, rows)
    fresh = [row for row in rows if row.row_version > known.get(row.key, -1)]
    names = shape.table == "customer"
    if names:
        _forget_names(connection, fresh)
    gone = [row for row in fresh if row.value is None]
    _many(connection, f"DELETE FROM {shape.table} WHERE {shape.key} = ?", [(r.key,) for r in gone])
    _many(
        connection,
        "INSERT OR REPLACE INTO tombstone (kind, key, row_version) VALUES (?, ?, ?)",
        [(kind, row.key, row.row_version) for row in gone],
    )
    alive = [row for row in fresh if row.value is not None]
    _many(
        connection,
        "DELETE FROM tombstone WHERE kind = ? AND key = ?",
        [(kind, row.key) for row in alive],
    )
    insert_rows(connection, alive)
    if names:
        _learn_names(connection, alive)
        if any(isinstance(row.value, Customer) and row.value.erased for row in alive):
            _forget_traces(connection)


def _versions(connection: Connection, shape: Shape, rows: Sequence[ReferenceRow]) -> dict[str, int]:
    found = connection.exec_driver_sql(
        f"SELECT {shape.key} AS key, row_version FROM {shape.table} WHERE {shape.key} {_IN_KEYS}",
        (_keys(rows),),
    )
    return {row.key: row.row_version for row in found}


def _tombstones(connection: Connection, kind: str, rows: Sequence[ReferenceRow]) -> dict[str, int]:
    found = connection.exec_driver_sql(
        f"SELECT key, row_version FROM tombstone WHERE kind = ? AND key {_IN_KEYS}",
        (kind, _keys(rows)),
    )
    return {row.key: row.row_version for row in found}


def _forget_names(connection: Connection, rows: Sequence[ReferenceRow]) -> None:
    """A contentless index forgets a row when it is told what it holds of it."""
    old = connection.exec_driver_sql(
        f"SELECT id, name_key FROM customer WHERE customer_id {_IN_KEYS}", (_keys(rows),)
    ).fetchall()
    _many(
        connection,
        "INSERT INTO customer_name (customer_name, rowid, words) VALUES ('delete', ?, ?)",
        [(row.id, row.name_key) for row in old],
    )


def _forget_traces(connection: Connection) -> None:
    """What was said of a row stays in the index until its parts are merged, and in the samples of the statistics."""
    connection.exec_driver_sql("INSERT INTO customer_name (customer_name) VALUES ('optimize')")
    sampled = "SELECT 1 FROM sqlite_master WHERE name = 'sqlite_stat4'"
    if connection.exec_driver_sql(sampled).first() is not None:
        connection.exec_driver_sql("DELETE FROM sqlite_stat4")


def _learn_names(connection: Connection, rows: Sequence[ReferenceRow]) -> None:
    connection.exec_driver_sql(
        "INSERT INTO customer_name (rowid, words) "
        f"SELECT id, name_key FROM customer WHERE customer_id {_IN_KEYS}",
        (_keys(rows),),
    )


def _by_shape(
    rows: Iterable[ReferenceRow],
) -> Iterable[tuple[Shape, list[ReferenceRow]]]:
    groups: dict[str, list[ReferenceRow]] = {}
    for row in rows:
        groups.setdefault(row.kind, []).append(row)
    for kind, group in groups.items():
        yield SHAPES[kind], group


def _keys(rows: Sequence[ReferenceRow]) -> str:
    return json.dumps([row.key for row in rows])


def _many(connection: Connection, statement: str, values: list[tuple[object, ...]]) -> None:
    if values:
        connection.exec_driver_sql(statement, cast(Any, values))
