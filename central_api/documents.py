"""Documents as they are stored: the JSON that travels, with a digest, a row version and a change behind it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Dialect, Table, bindparam, select

from central_api.database import is_sqlite
from central_api.tables import (
    CHANGE_LOG,
    CUSTOMER,
    ERASURE,
    ORDERS,
    POLICY,
    PRODUCT,
    REASONS,
    REFUSAL,
    RMA,
)
from sync.protocol.documents import write_document

T = TypeVar("T")

CHUNK = 500
"""Keys in one IN list; SQLite takes 32,766 variables, PostgreSQL plans short lists best."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of document: its table, and the column that is its key on the wire."""

    name: str
    table: Table
    key: Column[Any]
    compact: bool = False
    """Whether defaults are left out: what comes from the shop by the million. What was told is written in full."""

    def document(self, value: Any) -> str:
        """A value as it is stored and travels."""
        return write_document(value, defaults=not self.compact).decode()


KINDS = {
    name: Kind(name, table, table.c[key], compact=name in ("product", "customer", "order"))
    for name, table, key in (
        ("erasure", ERASURE, "customer_id"),  # first: a desk knows it before what it is about
        ("reasons", REASONS, "key"),
        ("policy", POLICY, "key"),
        ("product", PRODUCT, "sku"),
        ("customer", CUSTOMER, "customer_id"),
        ("order", ORDERS, "order_id"),
        ("rma", RMA, "number"),
        ("refusal", REFUSAL, "refusal_id"),
    )
}
"""Every kind, in the order in which a desk fetches them."""


def digest_of(document: str | bytes) -> str:
    """What stands for a document when two are compared."""
    told = document.encode() if isinstance(document, str) else document
    return hashlib.blake2b(told, digest_size=16).hexdigest()


def chunks(items: Iterable[T], size: int = CHUNK) -> Iterator[list[T]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


@dataclass(frozen=True, slots=True)
class Stored:
    """A document as it stands in the database."""

    row_version: int
    digest: str


def stored_digests(connection: Connection, kind: Kind, keys: Iterable[str]) -> dict[str, Stored]:
    """Row version and digest of those of `keys` that exist."""
    known: dict[str, Stored] = {}
    columns = (kind.key, kind.table.c.row_version, kind.table.c.digest)
    for chunk in chunks(keys):
        rows = connection.execute(select(*columns).where(kind.key.in_(chunk)))
        known.update((key, Stored(version, digest)) for key, version, digest in rows)
    return known


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows of the same shape at once.

    Straight to the driver: a batch of returns is five of these. To PostgreSQL it is one statement with an array for
    each column, where `executemany` would be one statement for each row.
    """
    if not rows:
        return
    names = tuple(rows[0])
    columns = [[row[name] for row in rows] for name in names]
    statement, stored = _insert(table, names, connection.dialect)
    for place, as_stored in stored:  # mostly the instant of the batch
        forms = {value: as_stored(value) for value in set(columns[place])}
        columns[place] = [forms[value] for value in columns[place]]
    if is_sqlite(connection):
        connection.exec_driver_sql(statement, list(zip(*columns, strict=True)))
    else:
        connection.exec_driver_sql(statement, tuple(columns))


@lru_cache(maxsize=64)
def _insert(
    table: Table, names: tuple[str, ...], dialect: Dialect
) -> tuple[str, tuple[tuple[int, Callable[[Any], Any]], ...]]:
    """The statement, and at which places values are stored in another form than they have in Python."""
    types = [table.c[name].type for name in names]
    into = f"INSERT INTO {table.name} ({', '.join(names)})"
    if dialect.name == "sqlite":
        statement = f"{into} VALUES ({', '.join('?' for _ in names)})"
    else:  # %b: sent as they are; the text of an array would have to be escaped
        arrays = ", ".join(f"%b::{type_.compile(dialect)}[]" for type_ in types)
        statement = f"{into} SELECT * FROM unnest({arrays})"  # noqa: S608 - names of our own tables
    forms = [type_.dialect_impl(dialect).bind_processor(dialect) for type_ in types]
    return statement, tuple((place, form) for place, form in enumerate(forms) if form is not None)


def update_rows(connection: Connection, kind: Kind, rows: Sequence[dict[str, Any]]) -> None:
    """Update many rows of the same shape by their key."""
    if not rows:
        return
    name = kind.key.name
    values: dict[str, Any] = {column: bindparam(column) for column in rows[0] if column != name}
    statement = kind.table.update().where(kind.key == bindparam("key_")).values(values)
    connection.execute(
        statement,
        [{("key_" if column == name else column): v for column, v in row.items()} for row in rows],
    )


def log_changes(
    connection: Connection, kind: str, versions: Iterable[tuple[str, int]], at: datetime
) -> None:
    """Tell the change feed: key and new row version of each document of one kind."""
    insert_rows(
        connection,
        CHANGE_LOG,
        [{"kind": kind, "key": key, "row_version": version, "at": at} for key, version in versions],
    )
