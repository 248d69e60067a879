"""Rows of ref.db: what the central API sends, as the columns that are stored."""

# ruff: noqa: S608 - the names in these statements are ours, values are parameters

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

from sqlalchemy import Connection

from rma.erasing import Erasure
from rma.order import Customer, Order, Product
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from storage.documents import write
from storage.search import code_key, email_key, name_key, reversed_digits, storable

if TYPE_CHECKING:
    from storage.searched import (
        Searched,
        SearchedCustomer,
        SearchedOrder,
        SearchedProduct,
        SearchedRma,
    )

Value: TypeAlias = (
    Customer | Order | Product | RmaRecord | RefusedReturn | Policy | ReasonTree | Erasure
)

_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)

_IN_KEYS = "IN (SELECT value FROM json_each(?))"
"""Membership in a list of keys that is given as one JSON text."""


class ReferenceRow(NamedTuple):
    """The newest version of one thing, or its tombstone."""

    kind: str
    """`erasure`, `customer`, `order`, `product`, `rma`, `refusal`, `policy` or `reasons`."""
    key: str
    row_version: int
    value: Value | Searched | None
    """None: it is gone."""
    document: str | None = None
    """Its JSON as it came; None: written from `value`, which is all of it then."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How one kind is stored."""

    table: str
    key: str
    """Name of the key column."""
    searched: tuple[str, ...] = ()
    """Columns between the row version and the document."""
    values: Callable[[Any], tuple[object, ...]] = lambda _value: ()
    """What they hold."""

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return (self.key, "row_version", *self.searched, "document")

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


def since_1970(at: datetime) -> int:
    """An instant as it sorts, in microseconds: a quarter of its text."""
    return (at - _EPOCH) // _MICROSECOND


def _customer(value: Customer | SearchedCustomer) -> tuple[object, ...]:
    return (
        name_key(value.name),
        reversed_digits(value.phone),
        email_key(value.email),
        code_key(value.postcode),
    )


def _order(value: Order | SearchedOrder) -> tuple[object, ...]:
    return code_key(value.number), storable(value.customer_id), since_1970(value.placed_at)


def _product(value: Product | SearchedProduct) -> tuple[object, ...]:
    return name_key(value.name), value.price is not None


def _rma(value: RmaRecord | SearchedRma) -> tuple[object, ...]:
    return (
        storable(value.order_id),
        storable(value.customer_id),
        value.state.value,
        since_1970(value.finalized_at),
        code_key(value.request.reference),
    )


def _refusal(value: RefusedReturn) -> tuple[object, ...]:
    return storable(value.customer_id), since_1970(value.refused_at)


SHAPES: dict[str, Shape] = {
    "customer": Shape(
        "customer",
        "customer_id",
        ("name_key", "phone_key", "email_key", "postcode_key"),
        _customer,
    ),
    "order": Shape("sales_order", "order_id", ("number_key", "customer_id", "placed_at"), _order),
    "product": Shape("product", "sku", ("name_key", "priced"), _product),
    "rma": Shape(
        "rma",
        "number",
        ("order_id", "customer_id", "state", "finalized_at", "reference_key"),
        _rma,
    ),
    "refusal": Shape("refusal", "refusal_id", ("customer_id", "refused_at"), _refusal),
    "erasure": Shape("erasure", "customer_id"),
    "policy": Shape("policy", "key"),
    "reasons": Shape("reasons", "key", ("version",), lambda value: (value.version,)),
}
"""Every kind of the change feed."""


def insert_rows(connection: Connection, rows: Iterable[ReferenceRow]) -> None:
    """Insert in bulk, without looking at what is there: older versions lose, tombstones are left out."""
    for shape, group in _by_shape(rows):
        values = [
            (row.key, row.row_version, *shape.values(row.value), _document(row))
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


def _document(row: ReferenceRow) -> str:
    if row.document is not None:
        return row.document
    return write(row.value, defaults=False)  # they change with the version, and the file with it


def _apply_kind(connection: Connection, shape: Shape, rows: Sequence[ReferenceRow]) -> None:
    kind = rows[0].kind
    known = _versions(connection, shape, rows) | _tombstones(connection, kind, rows)
    fresh = [row for row in rows if row.row_version > known.get(row.key, -1)]
    names = shape.table == "customer"
    renamed = _forget_names(connection, fresh) if names else frozenset()
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
        _learn_names(connection, [row for row in alive if row.key in renamed])
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


def _forget_names(connection: Connection, rows: Sequence[ReferenceRow]) -> frozenset[str]:
    """Forget the names that are no longer true, and say whose new ones have to be learned.

    A contentless index forgets a row when it is told what it holds of it. Both cost as much as all the rest of a change,
    and most changes of a customer are of something else.
    """
    told = {row.key: None if row.value is None else name_key(row.value.name) for row in rows}  # type: ignore[union-attr]
    known = connection.exec_driver_sql(
        f"SELECT id, customer_id, name_key FROM customer WHERE customer_id {_IN_KEYS}",
        (_keys(rows),),
    ).fetchall()
    wrong = [row for row in known if told[row.customer_id] != row.name_key]
    _many(
        connection,
        "INSERT INTO customer_name (customer_name, rowid, words) VALUES ('delete', ?, ?)",
        [(row.id, row.name_key) for row in wrong],
    )
    still_true = {row.customer_id for row in known} - {row.customer_id for row in wrong}
    return frozenset(told.keys() - still_true)


def _forget_traces(connection: Connection) -> None:
    """What was said of a row stays in the index until its parts are merged."""
    connection.exec_driver_sql("INSERT INTO customer_name (customer_name) VALUES ('optimize')")


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
