"""What an operator does about the server: check it, copy it, put a copy back, look at the desks."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text, update

from central_api import desk_reports, feed
from central_api.__main__ import main
from central_api.database import is_sqlite, open_database, reading, writing
from central_api.desk_reports import take_report
from central_api.tables import AUDIT_ENTRY, OPERATION, RMA, RMA_LINE
from rma.desk_report import ChainHead, DeskReport
from tests import shop
from tests.central_api.branch import Branch, Desk


@pytest.fixture
def branch(central_database: str) -> Iterator[Branch]:
    orders = [shop.order(order_id=f"O-{n}", number=f"10000{n}") for n in range(1, 5)]
    opened = Branch.open(central_database, *orders)
    yield opened
    opened.engine.dispose()


@pytest.fixture
def file_branch(tmp_path: Path, migrated_file: Path) -> Iterator[Branch]:
    """A shop in a file."""
    path = tmp_path / "central.db"
    shutil.copy(migrated_file, path)
    opened = Branch.open(str(path))
    yield opened
    opened.engine.dispose()


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert main([*words, "--json"]) == code
    printed = capsys.readouterr()
    return json.loads(printed.out) if printed.out else printed.err


def faults(capsys: pytest.CaptureFixture[str], branch: Branch) -> list[str]:
    assert main(["check", "--database", branch.url, "--json"]) in (0, 1)
    found: list[str] = json.loads(capsys.readouterr().out)["faults"]
    return found


def made(desk: Desk, number: int = 1) -> str:
    order = shop.order(order_id=f"O-{number}", number=f"10000{number}")
    operation = desk.returning(order=order)
    desk.push(operation)
    return operation.command.number


def change(branch: Branch, *statements: Any) -> None:
    with writing(branch.engine) as connection:
        for statement in statements:
            connection.execute(statement)


# ---- check --------------------------------------------------------------------------------------------------------


def test_honest_books_agree(branch: Branch, capsys: pytest.CaptureFixture[str]) -> None:
    desk = branch.desk()
    made(desk, 1)
    made(desk, 2)

    assert faults(capsys, branch) == []


def test_a_return_that_was_taken_away_is_missed(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = made(branch.desk())
    change(
        branch,
        delete(RMA_LINE),
        delete(RMA),
        update(OPERATION).values(number=number),
        text("UPDATE order_line SET consumed = 0"),
        text("DELETE FROM expected_inbound"),
    )

    assert faults(capsys, branch) == [f"1 returns were told and are not booked: {number}"]


def test_a_return_that_nobody_told_is_found(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = made(branch.desk())
    change(branch, delete(OPERATION))

    first, second = faults(capsys, branch)

    assert first == f"1 returns are booked that no desk told: {number}"
    assert second.startswith("1 operations are in the audit and nowhere else")


def test_an_operation_that_was_put_in_by_hand_is_found(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = branch.desk()
    made(desk)
    later = branch.now + timedelta(seconds=1)
    values: dict[str, Any] = {
        "op_id": "by-hand",
        "device": desk.caller.device,
        "sha256": "-",
        "kind": "test",
        "number": None,
        "outcome": "accepted",
        "result": "{}",
        "received_at": later,
    }
    change(branch, OPERATION.insert().values(values))

    assert faults(capsys, branch) == ["1 operations were decided and are not in the audit: by-hand"]


def test_an_altered_document_and_an_altered_entry_are_found(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    number = made(branch.desk())
    change(
        branch,
        update(RMA).values(document=text("replace(document, 'Kettle', 'Cattle')")),
        update(AUDIT_ENTRY).values(outcome="rejected"),
    )

    first, second = faults(capsys, branch)

    assert first == f"return {number}: its document was altered"
    assert "was altered" in second


# ---- desks --------------------------------------------------------------------------------------------------------


def report(desk: Desk, **changed: Any) -> DeskReport:
    values: dict[str, Any] = {
        "incarnation": "life-1",
        "run": "run-1",
        "used": {str(desk.block): 3},
        "head": ChainHead(entries=2, hash="2" * 64),
        "countersigned": None,
    }
    return DeskReport(**values | changed)


def test_desks_are_listed_with_people_numbers_and_faults(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = branch.desk()
    silent = branch.desk("Eve")
    with writing(branch.engine) as connection:
        take_report(connection, desk.caller, report(desk), branch.now)
        shorter = report(desk, run="run-2", head=ChainHead(entries=1, hash="1" * 64))
        take_report(connection, desk.caller, shorter, branch.now)

    listed = {
        each["device"]: each for each in run(capsys, "devices", "--database", branch.url)["devices"]
    }

    told = listed[desk.caller.device]
    assert (told["people"], told["blocks"], told["numbers_left"]) == (["Ada"], 1, 997)
    assert "2 were countersigned" in told["fault"]
    assert told["seen_at"] is not None
    assert listed[silent.caller.device]["seen_at"] is None


def test_marks_of_another_desk_s_blocks_are_not_taken(branch: Branch) -> None:
    desk, other = branch.desk(), branch.desk("Eve")

    with writing(branch.engine) as connection:
        stolen = report(other, used={str(desk.block): 900})
        take_report(connection, other.caller, stolen, branch.now)
        answer = take_report(connection, desk.caller, report(desk), branch.now)

    assert answer.used == {}


def test_an_earlier_run_that_speaks_again_retires_its_numbers(branch: Branch) -> None:
    desk = branch.desk()
    with writing(branch.engine) as connection:
        for name in ("run-1", "run-2"):
            answer = take_report(connection, desk.caller, report(desk, run=name), branch.now)
            assert not answer.retire
        assert take_report(connection, desk.caller, report(desk), branch.now).retire
        renewed = report(desk, incarnation="life-2", run="run-3", used={})
        assert not take_report(connection, desk.caller, renewed, branch.now).retire


def test_an_older_copy_that_was_put_in_place_is_found_by_its_shorter_history_at_once(
    branch: Branch,
) -> None:
    desk = branch.desk()
    with writing(branch.engine) as connection:
        for name, entries in (("run-9", 9), ("run-3", 3)):
            head = ChainHead(entries=entries, hash=str(entries) * 64)
            told = report(desk, run=name, head=head)
            take_report(connection, desk.caller, told, branch.now)
    assert "9 were countersigned" in fault_of(branch, desk)


def fault_of(branch: Branch, desk: Desk) -> str:
    """What is wrong with the audit chain of a desk."""
    with reading(branch.engine) as connection:
        return "".join(
            fault for fault in desk_reports.faults(connection) if desk.caller.device in fault
        )


# ---- backup and restore -------------------------------------------------------------------------------------------


def test_a_copy_that_is_put_back_begins_another_history(
    file_branch: Branch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy, database = tmp_path / "copies" / "central.db", file_branch.url
    desk = file_branch.desk()
    run(capsys, "backup", str(copy), "--database", database)
    desk.push(desk.returning())
    with reading(file_branch.engine) as connection:
        before = feed.epoch(connection)
    file_branch.engine.dispose()

    told = run(capsys, "restore", str(copy), "--database", database)

    assert Path(told["kept"]).exists()
    engine = open_database(database)
    with reading(engine) as connection:
        assert feed.epoch(connection) != before
        assert connection.execute(text("SELECT count(*) FROM rma")).scalar_one() == 0
    engine.dispose()
    assert run(capsys, "check", "--database", database)["faults"] == []


def test_a_database_in_use_is_not_replaced(
    file_branch: Branch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    run(capsys, "backup", str(copy), "--database", file_branch.url)
    with reading(file_branch.engine) as connection:
        connection.execute(text("SELECT 1 FROM feed"))

        refused = run(capsys, "restore", str(copy), "--database", file_branch.url, code=1)

    assert "stop csr-central first" in refused


def test_a_damaged_copy_is_refused(
    file_branch: Branch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy.db"
    run(capsys, "backup", str(copy), "--database", file_branch.url)
    content = bytearray(copy.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    copy.write_bytes(content)
    file_branch.engine.dispose()

    refused = run(capsys, "restore", str(copy), "--database", file_branch.url, code=1)

    assert "copy.db" in refused
    assert not list(Path(tmp_path).glob("*.replaced-*"))


def test_what_was_restored_by_other_means_is_told_to_the_desks(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    with reading(branch.engine) as connection:
        before = feed.epoch(connection)

    run(capsys, "restore", "--database", branch.url)

    with reading(branch.engine) as connection:
        assert feed.epoch(connection) != before


def test_postgresql_is_copied_by_its_own_tools(
    branch: Branch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "copy.db"
    if is_sqlite(branch.engine):
        assert run(capsys, "backup", str(target), "--database", branch.url)["bytes"] > 0
        assert "exists" in run(capsys, "backup", str(target), "--database", branch.url, code=1)
        return

    assert "pg_dump" in run(capsys, "backup", str(target), "--database", branch.url, code=1)
    copied = ("restore", str(target), "--database", branch.url)
    assert "pg_restore" in run(capsys, *copied, code=1)
