"""What `csr-central` does about a database that is not there, not up to date, or damaged."""

from __future__ import annotations

import json
import resource
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from sqlalchemy import text

from central_api.__main__ import main
from central_api.database import open_database, reading
from tests.central_api.branch import Branch

EVERY_OTHER_COMMAND = [
    ["check"],
    ["devices"],
    ["backup", "copy.db"],
    ["restore"],
    ["enroll", "--role", "agent", "--name", "Ada"],
    ["policy", "list"],
    ["revoke", "Ada"],
    ["release"],
    ["erase", "C-1", "--yes"],
    ["recovery-key", "recovery.key"],
]


@pytest.fixture
def database(tmp_path: Path, migrated_file: Path) -> Path:
    """A shop with one return, in a file that nobody has open."""
    path = tmp_path / "central.db"
    shutil.copy(migrated_file, path)
    branch = Branch.open(str(path))
    desk = branch.desk()
    desk.push(desk.returning())
    branch.engine.dispose()
    return path


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, which is the current one."""
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that exits with 1 says, on stderr alone."""
    assert main(arguments) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    return printed.err


# ---- one that is not there ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", EVERY_OTHER_COMMAND, ids=lambda words: words[0])
def test_a_mistyped_database_is_named_and_nothing_is_made(
    command: list[str], elsewhere: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = elsewhere / "nope" / "x.db"

    said = refused(capsys, *command, "--database", str(missing))

    assert f"There is no database {missing}" in said
    assert list(elsewhere.iterdir()) == []


def test_an_empty_file_is_no_database(elsewhere: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = elsewhere / "x.db"
    empty.touch()

    assert f"{empty} is empty" in refused(capsys, "check", "--database", str(empty))
    assert empty.stat().st_size == 0


def test_an_import_makes_the_database(elsewhere: Path) -> None:
    for name in ("customers", "orders", "lines"):
        Path(f"{name}.jsonl").touch()
    files = [
        word for name in ("customers", "orders", "lines") for word in (f"--{name}", f"{name}.jsonl")
    ]
    new = elsewhere / "new" / "x.db"

    main(["import", *files, "--database", str(new)])

    assert main(["check", "--database", str(new)]) == 0


# ---- check writes nothing -----------------------------------------------------------------------------------------


def test_check_changes_no_byte(database: Path) -> None:
    with closing(sqlite3.connect(database)) as file:
        file.execute("PRAGMA journal_mode = DELETE")  # as a copy is
    before = database.read_bytes()

    assert main(["check", "--database", str(database)]) == 0

    assert database.read_bytes() == before


def test_check_does_not_migrate(database: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with closing(sqlite3.connect(database)) as file, file:
        file.execute("UPDATE alembic_version SET version_num = '0001'")

    said = refused(capsys, "check", "--database", str(database))

    assert "csr-central serve brings it up to date" in said
    with closing(sqlite3.connect(database)) as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


def test_a_database_is_copied_before_it_is_migrated(database: Path, tmp_path: Path) -> None:
    with closing(sqlite3.connect(database)) as file, file:
        file.execute("UPDATE alembic_version SET version_num = '0001'")

    assert main(["backup", str(tmp_path / "copy.db"), "--database", str(database)]) == 0

    with closing(sqlite3.connect(tmp_path / "copy.db")) as file:
        assert file.execute("SELECT version_num FROM alembic_version").fetchone() == ("0001",)


# ---- damage -------------------------------------------------------------------------------------------------------


def root_of(database: Path, name: str) -> int:
    """Where the first page of a table or index begins."""
    with closing(sqlite3.connect(database)) as file:
        (page,) = file.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (name,)
        ).fetchone()
        (size,) = file.execute("PRAGMA page_size").fetchone()
    return (int(page) - 1) * int(size)


def overwrite(database: Path, name: str) -> None:
    """Fill the first page of a table or index with rubbish."""
    with database.open("rb+") as file:
        file.seek(root_of(database, name))
        file.write(b"\x55" * 4096)


def an_index(database: Path) -> str:
    """An index that no check reads."""
    with closing(sqlite3.connect(database)) as file:
        (name,) = file.execute(
            "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'read_log' LIMIT 1"
        ).fetchone()
    return str(name)


@pytest.mark.parametrize(
    "where", [lambda _: "customer", lambda _: "rma", an_index], ids=["customer", "rma", "index"]
)
def test_check_finds_a_damaged_page(
    where: Callable[[Path], str], database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(database, where(database))

    assert main(["check", "--database", str(database), "--json"]) == 1

    printed = capsys.readouterr()
    told = json.loads(printed.out)
    assert all("damaged" in fault for fault in told["faults"])
    assert told["faults"]
    assert told["rmas"] is None
    assert printed.err == ""


def test_check_names_a_document_that_cannot_be_read(
    database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with closing(sqlite3.connect(database)) as file, file:
        file.execute("UPDATE orders SET document = replace(document, '{', '')")

    assert main(["check", "--database", str(database)]) == 1

    assert "a document cannot be read" in capsys.readouterr().out


def test_a_damaged_database_is_not_copied(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(database, "rma")
    copies = tmp_path / "copies"

    said = refused(capsys, "backup", str(copies / "c.db"), "--database", str(database))

    assert "damaged" in said
    assert "restore" in said
    assert list(copies.iterdir()) == []


@pytest.mark.parametrize("command", [["devices"], ["enroll", "--role", "agent", "--name", "Eve"]])
def test_a_command_that_meets_a_damaged_page_says_so(
    command: list[str], database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    overwrite(database, "device")
    overwrite(database, "person")

    said = refused(capsys, *command, "--database", str(database))

    assert said.startswith("The database is damaged")
    assert "sqlalche" not in said


# ---- no room ------------------------------------------------------------------------------------------------------


@contextmanager
def no_file_grows_above(size: int) -> Iterator[None]:
    """As on a full disk."""
    before, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, most))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (before, most))


def test_a_copy_that_has_no_room_leaves_nothing_behind(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copies = tmp_path / "copies"

    with no_file_grows_above(64 * 1024):
        said = refused(capsys, "backup", str(copies / "c.db"), "--database", str(database))

    assert f"cannot be copied into {copies}" in said
    assert list(copies.iterdir()) == []


def test_a_restore_that_has_no_room_changes_nothing(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, shop = tmp_path / "copy.db", tmp_path / "shop"
    main(["backup", str(copy), "--database", str(database)])
    capsys.readouterr()
    shop.mkdir()
    there = shop / "central.db"
    shutil.copy(database, there)
    before = there.read_bytes()

    with no_file_grows_above(64 * 1024):
        said = refused(capsys, "restore", str(copy), "--database", str(there))

    assert "Errno" not in said
    assert [each.name for each in shop.iterdir()] == [there.name]
    assert there.read_bytes()[100:] == before[100:]  # its header says now that nobody has it open


def test_a_recovery_key_that_has_no_room_leaves_no_file_and_is_not_told_to_desks(
    database: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "recovery.key"
    command = ["recovery-key", str(key), "--database", str(database)]
    engine = open_database(str(database))
    with reading(engine) as connection:
        keys = text("SELECT count(*) FROM recovery_key")
        made_before = connection.execute(keys).scalar_one()  # and the files beside it are there
        assert made_before == 0
        with no_file_grows_above(0):
            said = refused(capsys, *command)
        assert str(key) in said
        assert not key.exists()
        assert main(command) == 0
    with reading(engine) as connection:
        assert connection.execute(keys).scalar_one() == 1
    engine.dispose()
    capsys.readouterr()
    assert f"{key} exists: name a new file" in refused(capsys, *command)
