"""The first download of ref.db: a file beside the one in use, filled page by page.

With each page it keeps, in the same transaction, where the next one begins: a download that was cut, by the network, a
crash or a power cut, goes on there.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from sqlalchemy import Connection, Engine

from storage import reference_schema
from storage.engines import open_database, reading, writing
from storage.errors import StoreTrouble
from storage.reference_rows import ReferenceRow, insert_rows

_LOAD, _CURSOR = "load", "cursor"


@dataclass(frozen=True, slots=True)
class LoadPosition:
    """How far a download has come."""

    cursor: str
    """Where the change feed goes on after it."""
    kind: str | None = None
    """Of the last row; None before the first."""
    after: str | None = None
    """Key of the last row."""
    rows: int = 0
    """How many there are."""


class ReferenceLoad:
    """The whole of ref.db, being fetched into a file beside it. Used by one thread at a time."""

    def __init__(
        self, path: Path, engine: Engine, position: LoadPosition, take_over: Callable[[], None]
    ) -> None:
        self._path = path
        self._engine = engine
        self._position = position
        self._take_over = take_over

    @classmethod
    def begin(
        cls, path: Path, key: bytes, cursor: str, take_over: Callable[[], None]
    ) -> ReferenceLoad:
        """A new file; what an unfinished load left is thrown away."""
        engine = reference_schema.create(path, key, indexes=False)
        load = cls(path, engine, LoadPosition(cursor), take_over)
        load.add(())
        return load

    @classmethod
    def resume(cls, path: Path, key: bytes, take_over: Callable[[], None]) -> ReferenceLoad | None:
        """The load that was cut; None where there is none that this version could go on with."""
        position = _position(path, key)
        if position is None:
            return None
        return cls(path, open_database(path, key, durable=False), position, take_over)

    @property
    def position(self) -> LoadPosition:
        """How far it has come."""
        return self._position

    def add(self, rows: Sequence[ReferenceRow]) -> None:
        """Add the next rows of a kind in bulk; the same ones again change nothing."""
        position = self._position
        if rows:
            count = position.rows + len(rows)
            position = replace(position, kind=rows[-1].kind, after=rows[-1].key, rows=count)
        with writing(self._engine) as connection:
            insert_rows(connection, rows)
            _set(connection, _LOAD, json.dumps(asdict(position)))
        self._position = position

    def finish(self) -> None:
        """Index everything, remember the cursor, and swap the file in; other threads may be reading."""
        with writing(self._engine) as connection:
            reference_schema.index_everything(connection)
            connection.exec_driver_sql("DELETE FROM meta WHERE name = ?", (_LOAD,))
            set_cursor(connection, self._position.cursor)
        self._engine.dispose()
        with self._path.open("rb+") as file:
            os.fsync(file.fileno())
        self._take_over()

    def close(self) -> None:
        """Let go of the file; what is in it stays for the next try."""
        self._engine.dispose()


def set_cursor(connection: Connection, cursor: str) -> None:
    """Remember where the change feed goes on."""
    _set(connection, _CURSOR, cursor)


def swap_in_finished(new: Path, path: Path, key: bytes) -> None:
    """Complete what a crash between the end of a load and its swap left: nobody has the files open."""
    if new.exists() and _meta(new, key, _CURSOR) is not None:
        reference_schema.remove(path)
        new.replace(path)


def _position(path: Path, key: bytes) -> LoadPosition | None:
    kept = _meta(path, key, _LOAD) if path.exists() else None
    return None if kept is None else LoadPosition(**json.loads(kept))


def _meta(path: Path, key: bytes, name: str) -> str | None:
    """What the file remembers; None where it is not one of this version."""
    engine = open_database(path, key, durable=False)
    try:
        if not reference_schema.fits(engine):
            return None
        with reading(engine) as connection:
            found = connection.exec_driver_sql("SELECT value FROM meta WHERE name = ?", (name,))
            value: str | None = found.scalar()
            return value
    except StoreTrouble:
        return None
    finally:
        engine.dispose()


def _set(connection: Connection, name: str, value: str) -> None:
    connection.exec_driver_sql(
        "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", (name, value)
    )
