"""Opening work.db: one process at a time, migrated as a whole or not at all, never downgraded."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import textwrap
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier, Thread

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.exc import DBAPIError

from storage.engines import fetch, open_database, reading, run, writing
from storage.errors import (
    AlreadyOpen,
    MigrationFailed,
    NewerDatabase,
    NotEnoughSpace,
    StoreTrouble,
)
from storage.work_schema import REVISIONS, SCRIPTS, revision, upgrade
from storage.work_tables import METADATA
from tests import shop
from tests.keys import KEY, decrypted
from tests.storage.desk import make, open_work

Usage = namedtuple("Usage", "total used free")


def test_a_second_store_on_the_same_folder_is_refused_until_the_first_is_closed(
    tmp_path: Path,
) -> None:
    work = open_work(tmp_path)
    with pytest.raises(AlreadyOpen, match="close it"):
        open_work(tmp_path)

    closing = Thread(target=work.close)
    closing.start()
    closing.join()
    open_work(tmp_path).close()


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    work = open_work(tmp_path)
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from storage.errors import AlreadyOpen
        from tests.storage.desk import open_work
        try:
            open_work(Path(sys.argv[1]))
        except AlreadyOpen as error:
            print(error)
    """)
    process = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "Another csr-tui works in" in process.stdout
    work.close()


def test_the_migrations_make_exactly_the_tables_of_the_code(tmp_path: Path) -> None:
    upgrade(tmp_path / "work.db", KEY)
    engine = open_database(tmp_path / "work.db", KEY, durable=True)
    with reading(engine) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok"
    assert revision(engine) == REVISIONS[-1]
    engine.dispose()


def unsigned(database: sqlite3.Connection) -> None:
    """The outbox as it was before operations were signed."""
    database.execute("DROP TRIGGER frozen_outbox_update")
    database.execute("ALTER TABLE outbox DROP COLUMN signature")


def test_a_desk_from_before_calls_and_refusals_keeps_its_work_and_gets_their_tables(
    full: Path,
) -> None:
    _, outbox = content(full)
    with decrypted(full) as database:
        database.execute("DROP TABLE call")
        database.execute("DROP TABLE refusal")
        database.execute("DROP TABLE pin")
        database.execute("DROP TABLE erasure")
        unsigned(database)
        database.execute("ALTER TABLE outbox DROP COLUMN erased")
        database.execute("DROP TRIGGER frozen_outbox_delete")
        database.execute("DROP INDEX ix_outbox_put_off")
        database.execute("DROP INDEX ix_outbox_attention")
        database.execute("ALTER TABLE outbox DROP COLUMN epoch")
        database.execute("UPDATE alembic_version SET version_num = '0001'")

    work = open_work(full.parent)
    assert work.draft("D-1") is not None
    assert work.calls_of("C-1", 20) == []
    assert work.refusals_of_customer("C-1", 20) == []
    work.close()
    assert content(full)[1] == outbox


def test_the_audit_chain_of_a_desk_from_before_still_holds_with_its_personal_values(
    full: Path,
) -> None:
    with decrypted(full) as database:
        personal = database.execute("SELECT * FROM audit_personal").fetchall()
        database.execute("ALTER TABLE audit_personal RENAME TO known")
        database.execute(
            "CREATE TABLE audit_personal (entry INTEGER NOT NULL, field VARCHAR NOT NULL, "
            "customer_id VARCHAR NOT NULL, salt BLOB NOT NULL, value TEXT NOT NULL, "
            "CONSTRAINT pk_audit_personal PRIMARY KEY (entry, field), "
            "CONSTRAINT fk_audit_personal_entry FOREIGN KEY (entry) REFERENCES audit_entry (seq))"
        )
        database.execute("INSERT INTO audit_personal SELECT * FROM known")
        database.execute("DROP TABLE known")
        database.execute("CREATE INDEX ix_audit_entry_entity ON audit_entry (entity)")
        unsigned(database)
        database.execute("UPDATE alembic_version SET version_num = '0004'")

    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    engine = open_database(full, KEY, durable=True)
    with writing(engine) as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0005")  # the others of the file have happened already
        command.stamp(config, REVISIONS[-1])
    engine.dispose()

    work = open_work(full.parent)
    assert work.verify_audit() is None
    work.close()
    with decrypted(full) as database:
        assert personal
        assert database.execute("SELECT * FROM audit_personal").fetchall() == personal
        tree = "SELECT count(*) FROM sqlite_master WHERE name IN (?, ?)"
        names = ("ix_audit_entry_entity", "sqlite_autoindex_audit_personal_1")
        assert database.execute(tree, names).fetchone() == (0,)


def test_the_code_knows_every_revision() -> None:
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    scripts = ScriptDirectory.from_config(config)
    known = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(known)) == REVISIONS
    assert sorted(REVISIONS) == list(REVISIONS)


def test_alembic_is_not_imported_when_the_schema_is_up_to_date(tmp_path: Path) -> None:
    open_work(tmp_path).close()
    script = textwrap.dedent("""
        import sys
        from pathlib import Path
        from tests.storage.desk import open_work
        open_work(Path(sys.argv[1])).close()
        print(sorted(name for name in sys.modules if name.startswith("alembic")))
    """)
    process = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert process.stdout.strip() == "[]"


def test_a_newer_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    open_work(tmp_path).close()
    with decrypted(tmp_path / "work.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")

    with pytest.raises(NewerDatabase, match="update csr-tui"):
        open_work(tmp_path)
    with decrypted(tmp_path / "work.db") as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_file_that_is_no_database_is_reported_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "work.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreTrouble, match="does not open with this desk's key, or is damaged"):
        open_work(tmp_path)
    assert (tmp_path / "work.db").read_bytes().startswith(b"not a database")


NEXT_STEP = '''
"""A step of tomorrow."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "9000", "{last}"


def upgrade() -> None:
    with op.batch_alter_table("draft") as batch:
        batch.add_column(sa.Column("colour", sa.String()))
    with op.batch_alter_table("outbox", recreate="always") as batch:
        batch.add_column(sa.Column("tries", sa.Integer()))
    {failure}
'''


def scripts_of_tomorrow(folder: Path, failure: str) -> str:
    """The shipped scripts and one more step, which may fail at its end."""
    target = folder / "migrations"
    shutil.copytree(Path("storage/work_migrations").absolute(), target, dirs_exist_ok=True)
    (target / "versions" / "r9000_tomorrow.py").write_text(
        NEXT_STEP.format(failure=failure, last=REVISIONS[-1])
    )
    return str(target)


def content(path: Path) -> tuple[str, list[object]]:
    with decrypted(path) as database:
        schema = database.execute(
            "SELECT group_concat(sql) FROM (SELECT sql FROM sqlite_master ORDER BY name)"
        ).fetchone()[0]
        return schema, database.execute("SELECT * FROM outbox").fetchall()


@pytest.fixture
def full(tmp_path: Path) -> Path:
    """A work.db with a draft and a full outbox."""
    work = open_work(tmp_path)
    work.save_draft(shop.draft())
    for index in range(20):
        make(work, f"op-{index}")
    work.close()
    return tmp_path / "work.db"


@pytest.mark.parametrize("failure", ["raise RuntimeError('midway')", "op.execute('nonsense')"])
def test_a_failed_migration_leaves_the_old_database_and_the_retry_succeeds(
    full: Path, failure: str
) -> None:
    before = content(full)
    revisions = (*REVISIONS, "9000")

    with pytest.raises(MigrationFailed, match="It is as it was"):
        upgrade(full, KEY, scripts_of_tomorrow(full.parent, failure), revisions)
    assert content(full) == before
    open_work(full.parent).close()

    upgrade(full, KEY, scripts_of_tomorrow(full.parent, "pass"), revisions)
    schema, outbox = content(full)
    assert "colour" in schema
    assert [row[:-1] for row in outbox] == before[1]  # type: ignore[index]
    with (
        pytest.raises(sqlcipher.IntegrityError, match="frozen"),
        decrypted(full) as database,
    ):
        database.execute("UPDATE outbox SET body = x'00'")


def test_a_kill_in_the_middle_of_a_migration_leaves_the_old_database(full: Path) -> None:
    before = content(full)
    scripts = scripts_of_tomorrow(
        full.parent, "__import__('os').kill(__import__('os').getpid(), 9)"
    )
    script = (
        "import sys; from pathlib import Path; from storage.work_schema import REVISIONS, upgrade;"
        "from tests.keys import KEY, decrypted; upgrade(Path(sys.argv[1]), KEY, sys.argv[2], (*REVISIONS, '9000'))"
    )
    process = subprocess.run(
        [sys.executable, "-c", script, str(full), scripts], capture_output=True, check=False
    )
    assert process.returncode == -9
    assert content(full) == before
    open_work(full.parent).close()


def test_an_update_keeps_a_whole_copy_of_the_old_database(full: Path) -> None:
    before = content(full)
    upgrade(full, KEY, scripts_of_tomorrow(full.parent, "pass"), (*REVISIONS, "9000"))
    assert content(full.with_name(f"work.db.{REVISIONS[-1]}.backup")) == before
    with pytest.raises(NewerDatabase):
        open_work(full.parent)


def test_too_little_space_refuses_before_anything_is_touched(
    full: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = content(full)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Usage(10, 9, 1))
    with pytest.raises(NotEnoughSpace, match="free some"):
        upgrade(full, KEY, scripts_of_tomorrow(full.parent, "pass"), (*REVISIONS, "9000"))
    assert content(full) == before
    assert not full.with_name(f"work.db.{REVISIONS[-1]}.backup").exists()


def test_work_survives_power_cuts_and_reference_data_need_not(tmp_path: Path) -> None:
    for durable, synchronous in ((True, 2), (False, 1)):
        engine = open_database(tmp_path / f"{durable}.db", KEY, durable=durable)
        with reading(engine) as connection:
            pragma = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "synchronous", "fullfsync", "foreign_keys")
            }
        assert pragma == {
            "journal_mode": "wal",
            "synchronous": synchronous,
            "fullfsync": int(durable),
            "foreign_keys": 1,
        }
        engine.dispose()


def test_a_new_file_can_be_opened_by_several_at_once(tmp_path: Path) -> None:
    at_once = 4
    with ThreadPoolExecutor(at_once) as opening:
        for n in range(100):
            together = Barrier(at_once)

            def mode(path: Path = tmp_path / f"{n}.db", together: Barrier = together) -> str:
                engine = open_database(path, KEY, durable=True)
                together.wait()
                with reading(engine) as connection:
                    found: str = connection.exec_driver_sql("PRAGMA journal_mode").scalar_one()
                engine.dispose()
                return found

            opened = [opening.submit(mode) for _ in range(at_once)]
            assert [each.result() for each in opened] == ["wal"] * at_once


def test_a_closed_database_is_open_nowhere(tmp_path: Path) -> None:
    path = tmp_path / "any.db"
    engine = open_database(path, KEY, durable=True)
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE one (a)")
    assert fetch(engine, "SELECT count(*) FROM one") == [(0,)]
    assert path.with_name("any.db-wal").exists()

    engine.dispose()

    assert not path.with_name("any.db-wal").exists()  # the last connection takes it along


def test_what_was_begun_and_not_ended_is_undone_before_the_connection_is_used_again(
    tmp_path: Path,
) -> None:
    engine = open_database(tmp_path / "any.db", KEY, durable=True)
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE one (a)")
    with pytest.raises(KeyError), writing(engine) as connection:
        run(connection, "INSERT INTO one VALUES (1)")
        raise KeyError
    with pytest.raises(KeyError), writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO one VALUES (1)")
        raise KeyError
    with reading(engine) as connection:
        connection.exec_driver_sql("INSERT INTO one VALUES (1)")

    assert fetch(engine, "SELECT count(*) FROM one") == [(0,)]
    with writing(engine) as connection:
        run(connection, "INSERT INTO one VALUES (1)")
    assert fetch(engine, "SELECT count(*) FROM one") == [(1,)]
    engine.dispose()


def test_an_error_never_repeats_what_was_typed(tmp_path: Path) -> None:
    engine = open_database(tmp_path / "any.db", KEY, durable=False)
    with pytest.raises(DBAPIError) as raised, writing(engine) as connection:
        connection.exec_driver_sql("INSERT INTO nowhere VALUES (?)", ("her husband died",))
    assert "husband" not in str(raised.value)
