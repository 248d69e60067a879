"""The database of a desk as an older release left it: its tables, its columns and its triggers, with everything that waits.

The old schema is made by the migrations themselves, up to a revision; only what they made is read from there.
"""

from __future__ import annotations

import functools
import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config

from storage.engines import connect, open_database, raw_key, writing
from storage.work_schema import SCRIPTS
from tests.simulation.process import running

UNSIGNED = ("0003", "0004", "0005")
"""Revisions of releases that signed nothing."""

_FROZEN = (
    "CREATE TRIGGER frozen_outbox_update BEFORE UPDATE OF seq, op_id, number, kind, stream, depends_on, made_at, body, "
    "sha256 ON outbox BEGIN SELECT RAISE(ABORT, 'this row of outbox is frozen'); END",
    "CREATE TRIGGER frozen_outbox_delete BEFORE DELETE ON outbox "
    "BEGIN SELECT RAISE(ABORT, 'this row of outbox is frozen'); END",
)
"""Triggers of those releases."""


def downgrade(path: Path, key: bytes, revision: str) -> None:
    """Write the work.db at `path`, which nobody has open, as a release of this schema revision would have left it."""
    old = path.with_name("older.db")
    with running(None), closing(connect(old, key)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"ATTACH DATABASE ? AS newer KEY {raw_key(key)}", (str(path),))
        connection.execute("BEGIN")
        tables, others = schema(revision)
        for _name, sql in tables:
            connection.execute(sql)
        for name, _sql in tables:
            if name != "alembic_version":
                _copy_rows(connection, name)
        connection.execute("INSERT INTO main.alembic_version VALUES (?)", (revision,))
        for sql in (*others, *_FROZEN):
            connection.execute(sql)
        connection.execute("COMMIT")
        connection.execute("DETACH DATABASE newer")
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
        if Path(f"{old}{suffix}").exists():
            Path(f"{old}{suffix}").replace(f"{path}{suffix}")


@functools.cache
def schema(revision: str) -> tuple[list[tuple[str, str]], list[str]]:
    """Tables by name, and what else there is, as SQL: what the migrations make up to this revision."""
    with running(None), TemporaryDirectory() as folder:
        engine = open_database(Path(folder) / "work.db", None, durable=False)
        config = Config()
        config.set_main_option("script_location", SCRIPTS)
        with writing(engine) as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            rows = connection.exec_driver_sql(
                "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"
            ).all()
        engine.dispose()
    tables = [(row.name, row.sql) for row in rows if row.type == "table"]
    return tables, [row.sql for row in rows if row.type == "index"]


def _copy_rows(connection: sqlite3.Connection, table: str) -> None:
    ours = [row[1] for row in connection.execute(f"PRAGMA main.table_info({table})")]
    theirs = {row[1] for row in connection.execute(f"PRAGMA newer.table_info({table})")}
    columns = ", ".join(f'"{name}"' for name in ours if name in theirs)
    connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}")
