"""work.db and ref.db at rest: nothing of a customer in clear, a wrong key changes nothing, what was in clear is encrypted."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from rma.order import Customer
from storage.encrypting import encrypt_in_place
from storage.engines import connect
from storage.errors import EncryptingFailed, StoreTrouble
from storage.in_clear import is_plain
from storage.reference import ReferenceStore
from storage.reference_rows import ReferenceRow
from storage.work import WorkStore
from storage.work_schema import REVISIONS, upgrade
from tests import shop
from tests.keys import KEY, decrypted
from tests.storage.desk import make, open_work
from tests.storage.test_opening import scripts_of_tomorrow

PAGE = 4096
OTHER = bytes(reversed(KEY))

NAME, MAIL, PHONE, NOTE = "Wilhelmina", "zaphod@example.net", "15554443322", "brokenhinge"
CUSTOMER = Customer(
    customer_id="CUSTOMER-0190A1B2",
    name=f"{NAME} Quux",
    email=MAIL,
    phone=f"+{PHONE}",
    postcode="QQ7 7QQ",
    country="GB",
)


@pytest.fixture
def used(tmp_path: Path) -> Iterator[Path]:
    """A desk's folder with a customer's data in every kind of file, while the desk is open and after an update."""
    open_work(tmp_path).close()
    upgrade(tmp_path / "work.db", KEY, scripts_of_tomorrow(tmp_path / "s", "pass"), _TOMORROW)
    (tmp_path / "work.db").unlink()
    work = open_work(tmp_path)
    work.save_draft(shop.draft(email=MAIL, phone=PHONE))
    make(work, asking={"lines": (shop.wanted(note=NOTE),)})
    reference = ReferenceStore.open(tmp_path, KEY)
    load = reference.begin_load("0")
    load.add([ReferenceRow("customer", "CUSTOMER-0190A1B2", 1, CUSTOMER)])
    load.finish()
    reference.apply([ReferenceRow("customer", "CUSTOMER-0190A1B2", 2, CUSTOMER)], "1")
    assert reference.customers_by_name([NAME], 9) == [CUSTOMER]
    yield tmp_path
    reference.close()
    work.close()


_TOMORROW = (*REVISIONS, "9000")


def test_no_file_holds_a_customer_in_clear(used: Path) -> None:
    files = [path for path in used.iterdir() if path.is_file()]
    assert {f"{base}{end}" for base in ("work.db", "ref.db") for end in ("", "-wal", "-shm")} <= {
        path.name for path in files
    }
    assert any(path.suffix == ".backup" for path in files)
    for path in files:
        content = path.read_bytes().lower()
        for personal in (NAME, MAIL, PHONE, PHONE[::-1], NOTE, "CUSTOMER-0190A1B2", "CREATE TABLE"):
            assert personal.lower().encode() not in content, f"{path.name} holds {personal}"


def test_the_same_words_are_found_where_the_databases_are_in_clear(tmp_path: Path) -> None:
    """The test above could not fail, if these words were written in another way."""
    plain(used_once(tmp_path))
    content = (tmp_path / "work.db").read_bytes().lower()
    assert NOTE.encode() in content


@pytest.mark.parametrize("key", [OTHER, KEY[:-1] + b"\xff"])
def test_with_another_key_nothing_opens_and_nothing_is_changed(tmp_path: Path, key: bytes) -> None:
    path = used_once(tmp_path)
    before = path.read_bytes()
    with pytest.raises(StoreTrouble, match="does not open with this desk's key"):
        WorkStore.open(tmp_path, key, seal=_never, clock=lambda: shop.NOW)
    assert path.read_bytes() == before
    assert not path.with_name("work.db-wal").exists()
    open_work(tmp_path).close()


def test_a_page_that_was_altered_is_noticed(tmp_path: Path) -> None:
    path = used_once(tmp_path)
    content = bytearray(path.read_bytes())
    for start in range(PAGE, len(content), PAGE):
        content[start + 1000] ^= 1
    path.write_bytes(content)
    with pytest.raises(StoreTrouble, match="is damaged"):
        open_work(tmp_path)


def test_ref_db_of_another_key_is_made_anew(tmp_path: Path) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    reference.apply([ReferenceRow("customer", "CUSTOMER-0190A1B2", 2, CUSTOMER)], "1")
    reference.close()
    reference = ReferenceStore.open(tmp_path, OTHER)
    assert reference.cursor() is None
    assert reference.customer("CUSTOMER-0190A1B2") is None
    reference.close()


def test_a_work_db_in_clear_is_encrypted_with_all_that_is_in_it_and_so_is_its_backup(
    tmp_path: Path,
) -> None:
    path = used_once(tmp_path)
    before = content_of(path)
    plain(path)
    plain_copy = tmp_path / "work.db.0001.backup"
    plain_copy.write_bytes(path.read_bytes())

    encrypt_in_place(path, KEY)

    assert content_of(path) == content_of(plain_copy) == before
    assert NOTE.encode() not in path.read_bytes() + plain_copy.read_bytes()
    assert not list(tmp_path.glob("*.unfinished"))


def test_a_desk_whose_work_db_is_in_clear_opens_and_works_on(tmp_path: Path) -> None:
    plain(used_once(tmp_path))
    work = open_work(tmp_path)
    assert work.verify_audit() is None
    make(work, "op-2")
    assert work.queue().waiting == 2
    work.close()
    assert not is_plain(tmp_path / "work.db")


def test_what_another_program_has_open_stays_in_clear_and_whole(tmp_path: Path) -> None:
    path = plain(used_once(tmp_path))
    holding = "; ".join(
        (
            "import sqlite3, sys",
            "held = sqlite3.connect(sys.argv[1])",
            "held.execute('PRAGMA journal_mode = WAL')",
            "print(held.execute('SELECT count(*) FROM outbox').fetchone(), flush=True)",
            "sys.stdin.read()",
        )
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout and other.stdout.readline() == b"(1,)\n"
        with pytest.raises(EncryptingFailed, match="It is as it was"):
            encrypt_in_place(path, KEY)
        assert is_plain(path)
    assert not list(tmp_path.glob("*.unfinished"))

    encrypt_in_place(path, KEY)
    with decrypted(path) as database:
        assert database.execute("SELECT count(*) FROM outbox").fetchone() == (1,)


def test_nothing_is_printed_where_the_screen_is_drawn(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    used_once(tmp_path)
    with pytest.raises(StoreTrouble):
        WorkStore.open(tmp_path, OTHER, seal=_never, clock=lambda: shop.NOW)
    assert capfd.readouterr() == ("", "")


def used_once(folder: Path) -> Path:
    """A closed work.db with one return."""
    work = open_work(folder)
    make(work, asking={"lines": (shop.wanted(note=NOTE),)})
    work.close()
    return folder / "work.db"


def content_of(path: Path) -> dict[str, list[object]]:
    """Every row of every table, and the schema."""
    with decrypted(path) as database:
        schema = database.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        tables = [name for kind, name, _sql in schema if kind == "table"]
        rows = {name: database.execute(f"SELECT * FROM {name}").fetchall() for name in tables}
    return {**rows, "schema": sorted(schema)}


def plain(path: Path) -> Path:
    """The same database in clear, in the place of the encrypted one."""
    copy = path.with_name("plain")
    source = connect(path, KEY)
    source.execute("ATTACH ? AS plain KEY ''", (str(copy),))
    source.execute("SELECT sqlcipher_export('plain')")
    source.close()
    copy.replace(path)
    return path


def _never(*_arguments: object) -> None:  # type: ignore[misc]
    raise AssertionError
