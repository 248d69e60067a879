"""Open the central database: embedded SQLite, or PostgreSQL through psycopg.

The engine is opened, not imported. Statements are portable; the few places where the dialects differ ask `is_sqlite`.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url, text
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, OperationalError

from central_api.errors import DatabaseUnusable

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""

CONNECTIONS = 4
"""To PostgreSQL from one process, which is busy with Python and not with waiting: twenty fit into its default of 100."""

IDLE_SECONDS = 60
"""A PostgreSQL transaction of ours that does nothing for so long is dead, and holds back every desk's changes."""

TRIES = 6
"""How often a transaction is tried that crosses others."""

_CROSSED = ("40P01", "40001")
"""SQLSTATE of a deadlock, and of a failed serialization."""

_READING = "central_reading"

T = TypeVar("T")


def open_database(url_or_path: str, *, make: bool = True, read_only: bool = False) -> Engine:
    """Open a database by URL (`postgresql://…`, `sqlite:///…`) or by the path of an SQLite file.

    An SQLite file is made with its folders where there is none, unless `make` is False; `read_only` writes no byte of it.

    Raises:
        DatabaseUnusable: if there is no such kind of database, or no such file.
    """
    try:
        url = make_url(url_or_path if "://" in url_or_path else f"sqlite:///{url_or_path}")
    except ArgumentError as error:
        raise DatabaseUnusable(
            "The database cannot be named like that: give postgresql://USER@HOST/NAME or the path of a file."
        ) from error
    backend = url.drivername.partition("+")[0]
    if backend in ("postgresql", "postgres"):
        return _open_postgresql(url.set(drivername="postgresql+psycopg"))
    if backend == "sqlite":
        return _open_sqlite(url, make, read_only)
    raise DatabaseUnusable(
        f"{backend} is no database for csr-central: give postgresql://… or the path of a file."
    )


def _open_postgresql(url: URL) -> Engine:
    settings = {
        "lock_timeout": f"{BUSY_SECONDS}s",
        "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
        # What we ask goes by keys. A plan that was made while a table was small would read all of it, long after.
        "enable_seqscan": "off",
        "jit": "off",  # it takes a table without an index for a huge one then
    }
    asked = url.query.get("options", "")
    given = asked if isinstance(asked, str) else " ".join(asked)
    ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
    return create_engine(
        url,
        connect_args={"options": f"{ours} {given}".strip(), "application_name": "csr-central"},
        hide_parameters=True,  # what is logged of an error names no customer
        pool_pre_ping=True,
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS,
    )


def _open_sqlite(url: URL, make: bool, read_only: bool) -> Engine:
    if url.database:
        path = Path(url.database).expanduser()
        if make:
            path.parent.mkdir(parents=True, exist_ok=True)
        elif not path.is_file():
            raise DatabaseUnusable(
                f"There is no database {path}: check --database. csr-central serve and import make a new one."
            )
        url = url.set(database=str(path))
    engine = create_engine(
        url,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        hide_parameters=True,
        pool_size=16,
        max_overflow=32,
    )
    event.listen(engine, "connect", _prepare_to_read if read_only else _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def is_sqlite(connection: Connection | Engine) -> bool:
    """Whether this is the embedded database."""
    return connection.dialect.name == "sqlite"


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A transaction that sees one snapshot and never waits for writers."""
    options: dict[str, Any] = {_READING: True}
    if not is_sqlite(engine):
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    with engine.connect() as connection:
        connection = connection.execution_options(**options)
        with connection.begin():
            yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A transaction that writes; on SQLite it takes the write lock at once, so that it never fails half way."""
    with engine.begin() as connection:
        yield connection


def write(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Do work in a transaction that writes; again where PostgreSQL ended it because it crossed another one.

    Raises:
        OperationalError: when the database is busy or out of space; nothing is written then.
    """
    for tried in range(1, TRIES + 1):
        try:
            with writing(engine) as connection:
                return work(connection)
        except OperationalError as error:
            if tried == TRIES or getattr(error.orig, "sqlstate", None) not in _CROSSED:
                raise
        time.sleep(random.uniform(0, 0.05 * 2**tried))  # noqa: S311 - so that two do not meet again
    raise AssertionError("unreachable")


def lock_table(connection: Connection, table: Table) -> None:
    """Let no other transaction write this table until ours ends; on SQLite nobody else writes anyway."""
    if not is_sqlite(connection):
        connection.execute(text(f"LOCK TABLE {table.name} IN SHARE ROW EXCLUSIVE MODE"))


def insert_into(connection: Connection, table: Table) -> Any:
    """An INSERT that knows `on_conflict_do_nothing` and `on_conflict_do_update` of the dialect at hand."""
    return sqlite.insert(table) if is_sqlite(connection) else postgresql.insert(table)


def _prepare_to_read(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA query_only = ON")


def _prepare(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver starts no transaction of its own
    cursor = connection.cursor()
    _use_wal(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA fullfsync = ON")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # who was erased is in no free page either
    cursor.execute("PRAGMA cache_size = -65536")
    cursor.close()


def _use_wal(cursor: sqlite3.Cursor) -> None:
    """Two that open a new file at once both switch it, and SQLite answers one of them BUSY without waiting."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(random.uniform(0, 0.02))  # noqa: S311 - so that two do not meet again


def _begin(connection: Connection) -> None:
    reads = connection.get_execution_options().get(_READING, False)
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")
