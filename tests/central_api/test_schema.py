"""Migrations: the tables as the models say, atomically, once, and never on a foreign or newer database."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from central_api import schema
from central_api.database import is_sqlite, open_database, reading, writing
from central_api.errors import DatabaseUnusable
from central_api.tables import metadata

PROCESSES = 4


@pytest.mark.filterwarnings("ignore:Did not recognize type .xid8")
def test_migrating_makes_the_tables_of_the_models(empty_database: str) -> None:
    engine = open_database(empty_database)

    schema.migrate(engine)
    schema.migrate(engine)

    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": False, "include_name": _is_portable}
        )
        assert compare_metadata(context, metadata) == []


def _is_portable(name: str | None, type_: str, parents: object) -> bool:
    """The feed's transaction is of PostgreSQL alone."""
    return (type_, name) not in {("column", "xid"), ("index", "ix_change_log_xid_id")}


def test_sqlite_is_opened_for_safety_and_for_readers_beside_a_writer(tmp_path: Path) -> None:
    engine = open_database(str(tmp_path / "new" / "central.db"))

    with engine.connect() as connection:
        modes = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert modes == ["wal", 2, 1]


def test_a_new_sqlite_file_can_be_opened_by_several_at_once(tmp_path: Path) -> None:
    at_once = 4
    with ThreadPoolExecutor(at_once) as opening:
        for n in range(100):
            together = Barrier(at_once)

            def mode(path: Path = tmp_path / f"{n}.db", together: Barrier = together) -> str:
                engine = open_database(str(path))
                together.wait()
                with reading(engine) as connection:
                    found: str = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
                engine.dispose()
                return found

            opened = [opening.submit(mode) for _ in range(at_once)]
            assert [each.result() for each in opened] == ["wal"] * at_once


def test_a_newer_database_is_refused(empty_database: str) -> None:
    engine = open_database(empty_database)
    schema.migrate(engine)
    with writing(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseUnusable, match="newer"):
        schema.migrate(engine)


def test_a_foreign_database_is_refused_and_left_alone(empty_database: str) -> None:
    engine = open_database(empty_database)
    with writing(engine) as connection:
        connection.execute(text("CREATE TABLE theirs (x INTEGER)"))

    with pytest.raises(DatabaseUnusable, match="another program"):
        schema.migrate(engine)
    with reading(engine) as connection:
        assert inspect(connection).get_table_names() == ["theirs"]


def test_a_migration_that_fails_leaves_nothing_behind(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = open_database(empty_database)
    with monkeypatch.context() as broken:
        broken.setattr("alembic.op.bulk_insert", None)
        with pytest.raises(TypeError):
            schema.migrate(engine)
    with reading(engine) as connection:
        assert inspect(connection).get_table_names() == []

    schema.migrate(engine)


@pytest.mark.slow
def test_several_servers_that_start_at_once_migrate_once(empty_database: str) -> None:
    program = (
        "import sys; from central_api import schema, database\n"
        f"engine = database.open_database({empty_database!r})\n"
        "print('ready', flush=True); sys.stdin.read(1)\n"
        "schema.migrate(engine)\n"
    )
    starting = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(PROCESSES)
    ]
    for process in starting:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in starting:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
    ended = [(process.communicate(timeout=60)[1], process.returncode) for process in starting]

    assert ended == [("", 0)] * PROCESSES
    with reading(open_database(empty_database)) as connection:
        assert connection.execute(text("SELECT count(*) FROM feed")).scalar_one() == 1


def test_alembic_is_not_loaded_when_the_schema_is_there(central_database: str) -> None:
    program = (
        "import sys; from central_api import schema, database\n"
        f"schema.migrate(database.open_database({central_database!r}))\n"
        "sys.exit('alembic' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_text_sorts_alike_on_both_databases(central_database: str) -> None:
    engine = open_database(central_database)
    with writing(engine) as connection:
        for number in ("b-1", "B-2", "a", "Ä", "_"):
            connection.execute(
                text(
                    "INSERT INTO product (sku, row_version, digest, document) VALUES (:s, 1, '', '')"
                ),
                {"s": number},
            )
    with reading(engine) as connection:
        found = connection.execute(text("SELECT sku FROM product ORDER BY sku")).scalars().all()

    assert found == ["B-2", "_", "a", "b-1", "Ä"]


@pytest.mark.parametrize("name", ["mysql://root@localhost/central", "no such: thing://", "://"])
def test_a_database_of_another_kind_is_refused(name: str) -> None:
    with pytest.raises(DatabaseUnusable, match="postgresql://"):
        open_database(name)


def test_a_server_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    engine = open_database(f"postgresql://nobody:secret@/shop?host={tmp_path}")

    assert not is_sqlite(engine)
    with pytest.raises(DatabaseUnusable, match="shop") as refused:
        schema.migrate(engine)
    assert "secret" not in str(refused.value)
