"""Copies of an embedded database: made and checked while it serves, put back while it does not.

PostgreSQL has tools of its own for both; what is left to do after them is `renew_history`.
"""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from central_api import chain, feed
from central_api.database import is_sqlite, open_database, write
from central_api.errors import DatabaseUnusable
from central_api.schema import migrate

_LOGS = ("-wal", "-shm")


def back_up(engine: Engine, target: Path) -> None:
    """Copy the database into a new file, and check the copy.

    Raises:
        DatabaseUnusable: if it is no SQLite file, the target exists, or the copy is not sound.
        OSError: if it cannot be written.
    """
    if not is_sqlite(engine):
        raise DatabaseUnusable("PostgreSQL is copied with its own tools: use pg_dump.")
    if target.exists():
        raise DatabaseUnusable(f"{target} exists: name a new file.")
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    try:
        _copy(engine, unfinished)
        check_file(unfinished)
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    except BaseException:
        _remove(unfinished, "-journal")
        raise


def _copy(engine: Engine, target: Path) -> None:
    try:
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("VACUUM INTO ?", (str(target),))
    except sqlite3.Error as error:
        code = error.sqlite_errorcode & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise OSError(errno.ENOSPC, "no room", str(target.parent)) from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
        raise DatabaseUnusable(
            f"The database cannot be copied into {target.parent}: {error}."
        ) from error
    target.chmod(0o600)


def damage(connection: Connection) -> list[str]:
    """What SQLite finds wrong with the pages of the database, in its words; nothing for a sound one and PostgreSQL."""
    if not is_sqlite(connection):
        return []
    found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
    return [f"the database is damaged: {line}" for line in found if line != "ok"]


def check_file(path: Path) -> None:
    """Whether a file is a whole database of ours.

    Raises:
        DatabaseUnusable: if it is not; the message says why.
    """
    if not path.is_file():
        raise DatabaseUnusable(f"{path} does not exist.")
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as file:
            found = [text for (text,) in file.execute("PRAGMA integrity_check(5)")]
            file.execute("SELECT epoch FROM feed").fetchone()
    except sqlite3.Error as error:
        raise DatabaseUnusable(f"{path} is no sound copy: {error}.") from error
    if found != ["ok"]:
        raise DatabaseUnusable(f"{path} is damaged: {found[0]}.")


def put_back(copy: Path, path: Path, now: datetime) -> Path | None:
    """Put a copy in the place of the database, which is kept beside it; gives the kept file.

    Raises:
        DatabaseUnusable: if the copy is not sound, or the database is in use.
        OSError: if it cannot be written.
    """
    check_file(copy)
    _close_others_out(path)
    new = path.with_name(f"{path.name}.restored")
    _remove(new, *_LOGS)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copy(copy, new)
        new.chmod(0o600)
        engine = open_database(str(new))
        try:
            migrate(engine)
            renew_history(engine, now)
        finally:
            engine.dispose()
        with closing(sqlite3.connect(new)) as file:
            file.execute("PRAGMA journal_mode = DELETE")  # what is renamed is the file alone
        with new.open("rb+") as file_:
            os.fsync(file_.fileno())
        kept = _keep(path, now) if path.exists() else None
    except BaseException:
        _remove(new, *_LOGS)
        raise
    new.replace(path)
    return kept


def _keep(path: Path, now: datetime) -> Path:
    """A copy of the database beside it, with the logs of a damaged one; these go last, so that a full disk changes nothing."""
    kept = path.with_name(f"{path.name}.replaced-{now:%Y%m%d-%H%M%S}")
    try:
        shutil.copy2(path, kept)
    except OSError:
        kept.unlink(missing_ok=True)
        raise
    for suffix in _LOGS:
        log = path.with_name(path.name + suffix)
        if log.exists():
            log.replace(kept.with_name(kept.name + suffix))
    return kept


def _remove(path: Path, *suffixes: str) -> None:
    """A file that is unfinished, and what SQLite has beside it."""
    for suffix in ("", *suffixes):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def renew_history(engine: Engine, now: datetime) -> None:
    """Let every desk know that the database was restored: they offer again what they told since the copy."""
    entry = chain.Entry(
        at=now,
        device="",
        person=chain.SERVER,
        entity="server",
        command="server.restore",
        outcome="renewed",
    )

    def renew(connection: Connection) -> None:
        feed.renew(connection, now)
        chain.append(connection, [entry])

    write(engine, renew)


def _close_others_out(path: Path) -> None:
    """A file that a server has open must not be replaced. Leaving WAL needs the file for oneself."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=1)) as file:
            (mode,) = file.execute("PRAGMA journal_mode = DELETE").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            return  # it is damaged, and is kept as it is
        mode = "wal"
    except sqlite3.DatabaseError:
        return
    if mode != "delete":
        raise DatabaseUnusable(f"{path} is in use: stop csr-central first.")
