"""The tables of ref.db. Disposable: another version of them means a new file and a new download.

Documents are JSON of the dataclasses in `rma`; the columns beside them are what is searched. Instants are microseconds
since 1970.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine

from storage.engines import open_database, reading, writing
from storage.search import NAME_INDEX

VERSION = 9
"""Raised with every change of these tables, of `storage.search`, of a default in the documents, or of the encryption."""

TABLES = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE tombstone (kind TEXT, key TEXT, row_version INTEGER NOT NULL, "
    "PRIMARY KEY (kind, key)) WITHOUT ROWID",
    "CREATE TABLE customer (id INTEGER PRIMARY KEY, customer_id TEXT NOT NULL UNIQUE, "
    "row_version INTEGER NOT NULL, name_key TEXT NOT NULL, phone_key TEXT NOT NULL, "
    "email_key TEXT NOT NULL, postcode_key TEXT NOT NULL, document TEXT NOT NULL)",
    "CREATE TABLE sales_order (order_id TEXT PRIMARY KEY, row_version INTEGER NOT NULL, "
    "number_key TEXT NOT NULL, customer_id TEXT NOT NULL, placed_at INTEGER NOT NULL, "
    "document TEXT NOT NULL)",
    "CREATE TABLE product (sku TEXT PRIMARY KEY, row_version INTEGER NOT NULL, "
    "name_key TEXT NOT NULL, priced INTEGER NOT NULL, document TEXT NOT NULL)",
    "CREATE TABLE rma (number TEXT PRIMARY KEY, row_version INTEGER NOT NULL, "
    "order_id TEXT NOT NULL, customer_id TEXT NOT NULL, state TEXT NOT NULL, "
    "finalized_at INTEGER NOT NULL, reference_key TEXT NOT NULL, document TEXT NOT NULL)",
    "CREATE TABLE refusal (refusal_id TEXT PRIMARY KEY, row_version INTEGER NOT NULL, "
    "customer_id TEXT NOT NULL, refused_at INTEGER NOT NULL, document TEXT NOT NULL)",
    "CREATE TABLE erasure (customer_id TEXT PRIMARY KEY, row_version INTEGER NOT NULL, "
    "document TEXT NOT NULL)",
    "CREATE TABLE policy (key TEXT PRIMARY KEY, row_version INTEGER NOT NULL, "
    "document TEXT NOT NULL)",
    "CREATE TABLE reasons (key TEXT PRIMARY KEY, row_version INTEGER NOT NULL, "
    "version INTEGER NOT NULL, document TEXT NOT NULL)",
    NAME_INDEX,
)

INDEXES = (
    "CREATE INDEX customer_phone ON customer (phone_key) WHERE phone_key <> ''",
    "CREATE INDEX customer_email ON customer (email_key) WHERE email_key <> ''",
    "CREATE INDEX customer_postcode ON customer (postcode_key) WHERE postcode_key <> ''",
    "CREATE INDEX order_number ON sales_order (number_key)",
    "CREATE INDEX order_customer ON sales_order (customer_id, placed_at, order_id)",
    "CREATE INDEX rma_order ON rma (order_id, finalized_at, number)",
    "CREATE INDEX rma_customer ON rma (customer_id, finalized_at, number)",
    "CREATE INDEX rma_reference ON rma (reference_key, number) WHERE reference_key <> ''",
    "CREATE INDEX refusal_customer ON refusal (customer_id, refused_at)",
    "CREATE INDEX rma_state ON rma (state, finalized_at, number)",
)
"""Made at the end of a load: filling them row by row costs several times as much."""


_LOOKED_AT = 400
"""Rows of each index that tell the planner enough: all of them cost a second, and leave samples of what people are called."""


def create(path: Path, key: bytes | None, *, indexes: bool) -> Engine:
    """A new, empty database at `path`, without the indexes where a load makes them later."""
    remove(path)
    engine = open_database(path, key, durable=False)
    with writing(engine) as connection:
        for statement in TABLES + (INDEXES if indexes else ()):
            connection.exec_driver_sql(statement)
        connection.exec_driver_sql(f"PRAGMA user_version = {VERSION}")
    return engine


def index_everything(connection: Connection) -> None:
    """The end of a load: all indexes at once, the names' too."""
    for statement in INDEXES:
        connection.exec_driver_sql(statement)
    connection.exec_driver_sql(
        "INSERT INTO customer_name (rowid, words) SELECT id, name_key FROM customer"
    )
    connection.exec_driver_sql("INSERT INTO customer_name (customer_name) VALUES ('optimize')")
    connection.exec_driver_sql(f"PRAGMA analysis_limit = {_LOOKED_AT}")
    connection.exec_driver_sql("ANALYZE")


def fits(engine: Engine) -> bool:
    """Whether the file has the tables of this version."""
    with reading(engine) as connection:
        return bool(connection.exec_driver_sql("PRAGMA user_version").scalar_one() == VERSION)


def remove(path: Path) -> None:
    """Delete a database that nobody has open, with what SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
