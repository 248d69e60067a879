"""Migrations: the tables as the models say, atomically, and never on a foreign or newer database."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from central_api import schema
from central_api.database import open_database, reading, writing
from central_api.errors import DatabaseUnusable
from central_api.tables import metadata


def test_migrating_makes_the_tables_of_the_models(tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "new" / "central.db"))

    schema.migrate(engine)
    schema.migrate(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": False})
        assert compare_metadata(context, metadata) == []
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert modes == ["wal", 2, 1]


def test_a_newer_database_is_refused(tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "central.db"))
    schema.migrate(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseUnusable, match="newer"):
        schema.migrate(engine)


def test_a_foreign_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "central.db"))
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE theirs (x)"))

    with pytest.raises(DatabaseUnusable, match="another program"):
        schema.migrate(engine)


def test_a_migration_that_fails_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_database(str(tmp_path / "central.db"))
    with monkeypatch.context() as broken:
        broken.setattr("alembic.op.bulk_insert", None)
        with pytest.raises(TypeError):
            schema.migrate(engine)
    with reading(engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM sqlite_master")).scalar() == 0

    schema.migrate(engine)


def test_alembic_is_not_loaded_when_the_schema_is_there(tmp_path: Path) -> None:
    schema.migrate(open_database(str(tmp_path / "central.db")))
    program = (
        "import sys; from central_api import schema, database\n"
        f"schema.migrate(database.open_database({str(tmp_path / 'central.db')!r}))\n"
        "sys.exit('alembic' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
