"""A temporary SQLite database: rows wait there until they come back sorted, with constant memory.

Rows of one order come back together, however the files are ordered: first the order, then its lines as they stand in
the file. Rejected rows wait there too, so that the reject file is in the order of the input.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import NamedTuple

from central_api.intake.columns import Shape
from central_api.intake.errors import BadCell, IntakeRefused
from central_api.intake.harmless import shown

BROKEN_LINE = 4
"""Rank of a mark that an order has a line which cannot be read."""


class Staged(NamedTuple):
    """A good row that waits."""

    key: str
    rank: int
    """Of its file, `Shape.rank`."""
    line: int
    raw: str


class Reject(NamedTuple):
    """A row that was not imported."""

    rank: int
    line: int
    field: str
    reason: str
    raw: str
    """As it is shown."""


class Staging:
    """The waiting rows of one import; a context manager that leaves nothing behind, also where it is killed."""

    def __init__(self) -> None:
        # Without a name SQLite makes a file of its own in the temporary folder, which goes with the process.
        self._connection = sqlite3.connect("", isolation_level=None)
        for statement in (
            "PRAGMA journal_mode = OFF",
            "PRAGMA synchronous = OFF",
            "PRAGMA locking_mode = EXCLUSIVE",
            "PRAGMA cache_size = -16384",
            "PRAGMA temp_store = FILE",
            "CREATE TABLE row (key TEXT, rank INTEGER, line INTEGER, raw TEXT)",
            "CREATE TABLE reject (rank INTEGER, line INTEGER, field TEXT, reason TEXT, raw TEXT)",
            "BEGIN",
        ):
            self._connection.execute(statement)

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._connection.close()
        if isinstance(error, sqlite3.OperationalError):
            raise IntakeRefused(
                f"The temporary folder cannot take the rows ({error}): it needs about as much room as the unpacked "
                "files, twice. Set TMPDIR to a folder that has it, then import again."
            ) from error

    def add(self, rows: Iterable[Staged]) -> None:
        """Let rows wait."""
        self._connection.executemany("INSERT INTO row VALUES (?, ?, ?, ?)", rows)

    def reject(self, row: Staged, error: BadCell) -> None:
        """A good row cannot be imported after all."""
        self.reject_all([Reject(row.rank, row.line, error.field, error.reason, shown(row.raw))])

    def reject_all(self, rejects: Iterable[Reject]) -> None:
        """Remember rows that are not imported."""
        self._connection.executemany("INSERT INTO reject VALUES (?, ?, ?, ?, ?)", rejects)

    def sorted_rows(self, first: int, last: int) -> Iterator[Staged]:
        """Waiting rows of the files from rank `first` to `last`, by key, file and line."""
        cursor = self._connection.execute(
            "SELECT key, rank, line, raw FROM row WHERE rank BETWEEN ? AND ? ORDER BY key, rank, line",
            (first, last),
        )
        return map(Staged._make, cursor)

    def rejects(self) -> Iterator[Reject]:
        """All rejected rows, in the order of the input."""
        cursor = self._connection.execute(
            "SELECT rank, line, field, reason, raw FROM reject ORDER BY rank, line"
        )
        return map(Reject._make, cursor)

    def rejected(self, shape: Shape) -> int:
        """How many rows of a file were rejected."""
        found: int = self._connection.execute(
            "SELECT count(*) FROM reject WHERE rank = ?", (shape.rank,)
        ).fetchone()[0]
        return found
