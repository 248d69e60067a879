"""The one place that opens databases, and the ways to use one: reading and writing.

Reading is a deferred transaction (a snapshot that blocks nobody), writing an immediate one. What the driver reports
about disk and file becomes a sentence for people; anything else is a fault of ours and stays as it is.
"""

from __future__ import annotations

import random
import sqlite3
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import QueuePool

from rma.wording import _, mark
from storage.errors import StoreTrouble

BUSY_SECONDS = 5
"""How long a transaction waits for another one."""

CACHE_KIB = 512
"""Pages that each connection keeps: the system has the file's in memory anyway, and a return is no faster with more."""

_BEGIN = "begin_mode"

_TROUBLE = {
    sqlite3.SQLITE_BUSY: mark("is in use by another program: close it, then try again"),
    sqlite3.SQLITE_LOCKED: mark("is in use by another program: close it, then try again"),
    sqlite3.SQLITE_READONLY: mark("cannot be written: check the rights of the file and its folder"),
    sqlite3.SQLITE_IOERR: mark("cannot be read or written: check the disk"),
    sqlite3.SQLITE_CORRUPT: mark("is damaged: keep a copy of it and report this"),
    sqlite3.SQLITE_FULL: mark("cannot grow, the disk is full: free some space, then try again"),
    sqlite3.SQLITE_CANTOPEN: mark(
        "cannot be opened: check that its folder exists and may be written"
    ),
    sqlite3.SQLITE_NOTADB: mark("is not a database of ours: keep a copy of it and report this"),
}


def open_database(path: Path, *, durable: bool) -> Engine:
    """Open the database at `path`; connections are made at first use, files with them.

    `durable`: a commit that returned survives a power cut; otherwise it may be lost, but nothing breaks.
    """

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(
            path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            _use_wal(connection)
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            if durable:
                connection.execute("PRAGMA fullfsync = ON")
                connection.execute("PRAGMA checkpoint_fullfsync = ON")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            connection.execute("PRAGMA temp_store = MEMORY")
        except sqlite3.Error:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://",
        creator=connect,
        poolclass=QueuePool,
        pool_size=4,
        max_overflow=28,
        pool_reset_on_return=None,  # every use below ends its own transaction
        execution_options={"path": path},
        hide_parameters=True,  # they are what people typed: no report and no log may hold them
    )
    event.listen(engine, "begin", _begin)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one snapshot.

    Raises:
        StoreTrouble: if the file cannot be read.
    """
    with _in_words(engine), engine.connect() as connection:
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A write transaction from the first statement on: committed at the end, rolled back on any exception.

    Raises:
        StoreTrouble: if the file cannot be written; nothing was changed then.
    """
    with _in_words(engine), engine.connect() as connection:
        connection.execution_options(**{_BEGIN: "IMMEDIATE"})
        with connection.begin():
            yield connection


def run(connection: Connection, sql: str, parameters: Sequence[object] = ()) -> sqlite3.Cursor:
    """One statement of a hot path, inside the transaction of `connection`: a third of what a built one costs.

    Nothing is converted: instants go in as `columns.stored` writes them.
    """
    driver: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    return driver.execute(sql, parameters)


def fetch(engine: Engine, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
    """The rows of one SELECT, as tuples: a snapshot of its own, without the cost of a transaction around it.

    Raises:
        StoreTrouble: if the file cannot be read.
    """
    with _in_words(engine):
        connection = engine.raw_connection()
        try:
            rows: list[Any] = connection.cursor().execute(sql, parameters).fetchall()
            return rows
        finally:
            connection.close()


def _use_wal(connection: sqlite3.Connection) -> None:
    """Two that open a new file at once both switch it, and SQLite answers one of them BUSY without waiting."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(random.uniform(0, 0.02))  # noqa: S311 - so that two do not meet again


def _begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get(_BEGIN, "")
    connection.connection.cursor().execute(f"BEGIN {kind}")


@contextmanager
def _in_words(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlite3.Error) as error:
        reported = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(reported, "sqlite_errorcode", 0) & 0xFF
        if code not in _TROUBLE:
            raise
        path = engine.get_execution_options()["path"]
        said = _("{file} {trouble}. The last change was not made.")
        raise StoreTrouble(said.format(file=path, trouble=_(_TROUBLE[code]))) from error
