"""Bring work.db to the schema of this version: all of it or nothing, with a copy of the old file beside it.

Alembic is imported only when the schema is behind. The caller holds the folder's lock.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine, event

from storage.engines import open_database, reading, writing
from storage.erasing import REWRITTEN
from storage.errors import MigrationFailed, NewerDatabase, NotEnoughSpace, StorageError
from storage.retention import RETIRED

if TYPE_CHECKING:
    import sqlite3

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009")
"""Every revision, oldest first; they sort as texts."""

SCRIPTS = "storage:work_migrations"

_REWRITING = (
    "UPDATE OF seq, op_id, number, kind, stream, depends_on, made_at, body, sha256, signature"
)
FROZEN = {
    "outbox": (_REWRITING, "DELETE"),
    "audit_entry": ("UPDATE", "DELETE"),
}
"""What never happens to a row again."""

EXCEPTIONS = {("outbox", "DELETE"): RETIRED, ("outbox", _REWRITING): REWRITTEN}
"""Rows for which it may happen."""

SPARE_BYTES = 16 << 20
"""Free space that an update leaves on the disk."""


def upgrade(
    path: Path, key: bytes | None, scripts: str = SCRIPTS, revisions: tuple[str, ...] = REVISIONS
) -> None:
    """Create work.db or update it to the last of `revisions`.

    Raises:
        NewerDatabase: if a newer version wrote it.
        NotEnoughSpace: if there is no room for the copy and the update.
        MigrationFailed: if a step failed; the file is as it was.
    """
    engine = open_database(path, key, durable=True)
    # Batch migrations copy tables and drop the old ones: references would be cut or cascade.
    event.listen(engine, "connect", _ignore_references)
    try:
        found = revision(engine)
        if found == revisions[-1]:
            return
        if found is not None:
            if found not in revisions:
                raise NewerDatabase(path, found, revisions[-1])
            _check_space(path)
            _copy(engine, path.with_name(f"{path.name}.{found}.backup"))
        try:
            with writing(engine) as connection:
                _migrate(connection, scripts)
                _freeze(connection)
                _check_references(connection)
        except StorageError:
            raise
        except Exception as error:
            raise MigrationFailed(path, error) from error
    finally:
        engine.dispose()


def revision(engine: Engine) -> str | None:
    """The schema's revision; None where there is none yet."""
    with reading(engine) as connection:
        table = connection.exec_driver_sql(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'alembic_version'"
        ).first()
        if table is None:
            return None
        found: str | None = connection.exec_driver_sql(
            "SELECT max(version_num) FROM alembic_version"
        ).scalar_one()
        return found


def _migrate(connection: Connection, scripts: str) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", scripts)
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _freeze(connection: Connection) -> None:
    """Renew the triggers: a batch migration that copies a table drops them silently."""
    for table, actions in FROZEN.items():
        for action in actions:
            exception = EXCEPTIONS.get((table, action))
            kept = f"WHEN NOT ({exception})" if exception else ""
            connection.exec_driver_sql(
                f"CREATE TRIGGER IF NOT EXISTS frozen_{table}_{action.split()[0].lower()} "
                f"BEFORE {action} ON {table} {kept} "
                f"BEGIN SELECT RAISE(ABORT, 'this row of {table} is frozen'); END"
            )


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise ValueError(f"{len(broken)} rows point nowhere, the first in {broken[0][0]}")


def _check_space(path: Path) -> None:
    """Room for the copy, for the largest table once more, and for the log of the transaction."""
    needed = 3 * path.stat().st_size + SPARE_BYTES
    free = shutil.disk_usage(path.parent).free
    if free < needed:
        raise NotEnoughSpace(path, needed, free)


def _copy(engine: Engine, target: Path) -> None:
    """A whole copy under a name that only a complete one gets."""
    unfinished = target.with_name(f"{target.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (str(unfinished),))
    finally:
        raw.close()
    with unfinished.open("rb+") as copy:
        os.fsync(copy.fileno())
    unfinished.replace(target)


def _ignore_references(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = OFF")
