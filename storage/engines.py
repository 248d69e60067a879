"""The one place that opens databases, and the ways to use one: reading and writing.

The driver is SQLCipher's: SQLite that encrypts each page, and notices where one was altered. Reading is a deferred
transaction (a snapshot that blocks nobody), writing an immediate one. What the driver reports about disk and file
becomes a sentence for people; anything else is a fault of ours and stays as it is.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from rma.wording import _, mark
from storage.errors import Damaged, StoreTrouble

if TYPE_CHECKING:
    import sqlite3  # the driver has the shape of Python's own, and no types

BUSY_SECONDS = 5
"""How long a transaction waits for another one."""

CACHE_KIB = 512
"""Pages that each connection keeps: the system has the file's in memory anyway, and a return is no faster with more."""

MOST_IDLE = 4
"""Connections that stay open between two uses; as many more as are needed at once."""

_TROUBLE = {
    sqlcipher.SQLITE_BUSY: mark("is in use by another program: close it, then try again"),
    sqlcipher.SQLITE_LOCKED: mark("is in use by another program: close it, then try again"),
    sqlcipher.SQLITE_READONLY: mark(
        "cannot be written: check the rights of the file and its folder"
    ),
    sqlcipher.SQLITE_IOERR: mark(
        "cannot be read or written: check the disk, and whether it is full"
    ),
    sqlcipher.SQLITE_CORRUPT: mark(
        "is damaged: keep a copy of its folder. csr-tui doctor says what to do, csr-tui restore puts back a copy"
    ),
    sqlcipher.SQLITE_FULL: mark("cannot grow, the disk is full: free some space, then try again"),
    sqlcipher.SQLITE_CANTOPEN: mark(
        "cannot be opened: check that its folder exists and may be written"
    ),
    sqlcipher.SQLITE_NOTADB: mark(
        "does not open with this desk's key, or is damaged: keep a copy of its folder. csr-tui restore puts back a "
        "copy; if the key was lost, your operator's csr-central recover helps"
    ),
}
_DAMAGE = (sqlcipher.SQLITE_CORRUPT, sqlcipher.SQLITE_NOTADB)
_OUT_OF_REACH = (_TROUBLE.keys() | {sqlcipher.SQLITE_PERM, sqlcipher.SQLITE_NOMEM}) - set(_DAMAGE)


def connect(path: Path, key: bytes | None) -> sqlite3.Connection:
    """One connection to the database at `path`, encrypted with this key of 32 bytes; None for one in clear.

    Whether the key fits is known at the first statement.
    """
    connection: sqlite3.Connection = sqlcipher.connect(
        path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA cipher_log_level = NONE")  # it prints where the screen is drawn
    if key is not None:
        connection.execute(f"PRAGMA key = {raw_key(key)}")
    return connection


def raw_key(key: bytes) -> str:
    """A key as SQLCipher's SQL has it: used as it is, nothing is derived from it, which would cost 100 ms."""
    return f"\"x'{key.hex()}'\""


def open_database(path: Path, key: bytes | None, *, durable: bool) -> Engine:
    """Open the database at `path`; connections are made at first use, files with them. For `key` see `connect`.

    `durable`: a commit that returned survives a power cut; otherwise it may be lost, but nothing breaks.
    """

    def opened() -> sqlite3.Connection:
        connection = connect(path, key)
        try:
            _use_wal(connection)
            connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            if durable:
                connection.execute("PRAGMA fullfsync = ON")
                connection.execute("PRAGMA checkpoint_fullfsync = ON")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # who was erased is in no free page
            connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
            connection.execute("PRAGMA temp_store = MEMORY")
        except sqlcipher.Error:
            connection.close()
            raise
        return connection

    engine = create_engine(
        "sqlite://",
        module=sqlcipher,
        creator=opened,
        poolclass=NullPool,  # `_lent` keeps them, for a tenth of the time
        pool_reset_on_return=None,  # every use below ends its own transaction
        execution_options={"path": path, "idle": []},
        hide_parameters=True,  # they are what people typed: no report and no log may hold them
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "engine_disposed", _close_idle)
    return engine


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """A connection that sees one snapshot.

    Raises:
        StoreTrouble: if the file cannot be read.
    """
    with _in_words(engine), _lent(engine) as (connection, _raw):
        yield connection


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """A write transaction from the first statement on: committed at the end, rolled back on any exception.

    Raises:
        StoreTrouble: if the file cannot be written; nothing was changed then.
    """
    with _in_words(engine), _lent(engine) as (connection, raw):
        raw.execute("BEGIN IMMEDIATE")
        yield connection
        if connection.in_transaction():  # SQLAlchemy was asked for something, and has to know
            connection.commit()
        else:
            raw.commit()


def run(
    connection: Connection, sql: str, parameters: Sequence[object] | Mapping[str, object] = ()
) -> sqlite3.Cursor:
    """One statement of a hot path, inside the transaction of `connection`: a third of what a built one costs.

    Nothing is converted: instants go in as `columns.stored` writes them.
    """
    return _raw(connection).execute(sql, parameters)


def run_many(connection: Connection, sql: str, rows: Sequence[Sequence[object]]) -> None:
    """The same statement once for each of `rows`."""
    _raw(connection).executemany(sql, rows)


def fetch(engine: Engine, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
    """The rows of one SELECT, as tuples: a snapshot of its own, without the cost of a transaction around it.

    Raises:
        StoreTrouble: if the file cannot be read.
    """
    try:
        lent = _taken(engine)
        rows: list[Any] = lent[1].execute(sql, parameters).fetchall()
    except (DBAPIError, sqlcipher.Error) as error:
        _raise_in_words(engine, error)
    _give_back(engine, lent)
    return rows


_Lent: TypeAlias = "tuple[Connection, sqlite3.Connection]"
"""An open connection and what drives it, outside of any transaction."""


def _taken(engine: Engine) -> _Lent:
    idle: list[_Lent] = engine.get_execution_options()["idle"]
    try:
        return idle.pop()
    except IndexError:
        connection = engine.connect()
        return connection, _raw(connection)


def _give_back(engine: Engine, lent: _Lent) -> None:
    idle: list[_Lent] = engine.get_execution_options()["idle"]
    if len(idle) < MOST_IDLE:
        idle.append(lent)
    else:
        lent[0].close()


@contextmanager
def _lent(engine: Engine) -> Iterator[_Lent]:
    """A connection for a while; whatever was begun and not ended is undone."""
    lent = connection, raw = _taken(engine)
    try:
        yield lent
    finally:
        if connection.get_transaction() is not None:  # also one that a failed commit left behind
            connection.rollback()
        if raw.in_transaction:
            raw.rollback()
        _give_back(engine, lent)


def _close_idle(engine: Engine) -> None:
    idle = engine.get_execution_options()["idle"]
    while idle:
        connection, _raw = idle.pop()
        connection.close()


def _raw(connection: Connection) -> sqlite3.Connection:
    raw: sqlite3.Connection = connection.connection.driver_connection  # type: ignore[assignment]
    return raw


def _use_wal(connection: sqlite3.Connection) -> None:
    """Two that open a new file at once both switch it, and SQLite answers one of them BUSY without waiting."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlcipher.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlcipher.SQLITE_BUSY or time.monotonic() > until:
                raise
        time.sleep(random.uniform(0, 0.02))  # noqa: S311 - so that two do not meet again


def _begin(connection: Connection) -> None:
    raw = _raw(connection)
    if not raw.in_transaction:  # else `writing` has begun it
        raw.execute("BEGIN")


@contextmanager
def _in_words(engine: Engine) -> Iterator[None]:
    try:
        yield
    except (DBAPIError, sqlcipher.Error) as error:
        _raise_in_words(engine, error)


def _raise_in_words(engine: Engine, error: DBAPIError | sqlcipher.Error) -> NoReturn:
    """Say what the driver reported about disk or file; raise anything else as it is."""
    reported = error.orig if isinstance(error, DBAPIError) else error
    code = result_code(reported)
    if code not in _TROUBLE:
        raise error
    path = engine.get_execution_options()["path"]
    said = _("{file} {trouble}. The last change was not made.")
    trouble = Damaged if code in _DAMAGE else StoreTrouble
    raise trouble(said.format(file=path, trouble=_(_TROUBLE[code]))) from error


def is_damage(error: Exception) -> bool:
    """Whether the driver says by this that the file is damaged."""
    return result_code(error) in _DAMAGE


def is_out_of_reach(error: Exception) -> bool:
    """Whether it says nothing about the file: the disk is full, cannot be read or written, or somebody is in the way."""
    return result_code(error) in _OUT_OF_REACH


def result_code(error: BaseException | None) -> int:
    """SQLite's primary result code; 0 where the driver gave none."""
    code: int = getattr(error, "sqlite_errorcode", 0)
    return code & 0xFF
