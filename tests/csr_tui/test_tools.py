"""What a person does about a desk without a screen: look at it, copy it, put a copy back, look into its outbox."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from csr_tui.__main__ import main
from csr_tui.bootstrap import open_desk
from csr_tui.demo.central import Central
from rma.record import Problem, ProblemType
from storage.columns import stored
from tests.csr_tui.test_commands import Result, _fresh_order, _wanted
from tests.keys import decrypted, key_of


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("NO_COLOR", raising=False)

    def run(*words: str) -> Result:
        capsys.readouterr()
        code = main(list(words))
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return run


@pytest.fixture
def desk(own_shop: Path) -> str:
    return str(own_shop / "desks" / "agent")


def findings(result: Result) -> dict[str, str]:
    return {each["area"]: each["level"] for each in result.tree["findings"]}


def said(result: Result, area: str) -> str:
    (found,) = (each for each in result.tree["findings"] if each["area"] == area)
    return f"{found['said']} {found['do']}"


def make_return(desk: str, tmp_path: Path) -> str:
    """A return that waits; gives its number."""
    document = tmp_path / "return.json"
    document.write_text(_wanted(_fresh_order(desk)))
    assert main(["return", "create", "--file", str(document), "--data", desk]) in (0, 3)
    with decrypted(Path(desk) / "work.db", key_of(Path(desk))) as work:
        (number,) = work.execute("SELECT number FROM outbox WHERE state = 'ready'").fetchone()
    return str(number)


def damage(path: Path, offset: int) -> None:
    """One bit of a database is another."""
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


def page_of(desk: str, table: str) -> int:
    """An offset in the page where this table of work.db begins."""
    with decrypted(Path(desk) / "work.db", key_of(Path(desk))) as work:
        (page,) = work.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    return (int(page) - 1) * 4096 + 100


def out_of_reach(path: Path) -> None:
    """SQLite cannot open the database: a folder stands where its log should be."""
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
    path.with_name(f"{path.name}-wal").mkdir()


def fill(disk: Path, leaving: int = 0) -> None:
    """Nothing more fits on the disk but so many bytes."""
    with (disk / "filling").open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(4096))
        if leaving:
            file.truncate(file.tell() - leaving)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of its own, in memory; only where this user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounting = ("mount", "-t", "tmpfs", "-o", "size=8m,mode=700", "tmpfs", str(disk))
    try:
        subprocess.run(mounting, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no disk can be mounted here")
    yield disk
    subprocess.run(("umount", "--lazy", str(disk)), check=True)


# ---- doctor -------------------------------------------------------------------------------------------------------


def test_a_healthy_desk_has_nothing_broken(run: Any, desk: str) -> None:
    result = run("doctor", "--data", desk, "--offline", "--json")

    assert result.code == 0
    found = findings(result)
    assert {"versions", "folder", "work.db", "ref.db", "audit", "clock", "queue"} <= found.keys()
    assert found["work.db"] == found["audit"] == found["numbers"] == "good"
    assert found["secrets"] == "look"


def test_the_doctor_looks_while_the_desk_is_open(run: Any, desk: str) -> None:
    opened = open_desk(Path(desk))
    try:
        assert run("doctor", "--data", desk, "--offline").code == 0
    finally:
        opened.close()


def test_the_doctor_says_what_to_do_in_words(run: Any, desk: str) -> None:
    result = run("doctor", "--data", desk, "--offline")

    assert "look    secrets   file, not protected" in result.out
    assert "run csr-tui protect" in result.out


def test_a_page_that_was_altered_is_found(run: Any, desk: str) -> None:
    path = Path(desk) / "work.db"
    content = bytearray(path.read_bytes())
    content[4096 * 3 + 100] ^= 1
    path.write_bytes(content)

    result = run("doctor", "--data", desk, "--offline", "--json")

    assert result.code == 1
    assert findings(result)["work.db"] == "wrong"
    assert "copy of the folder first" in said(result, "work.db")


def test_a_rewritten_audit_chain_is_found(run: Any, desk: str) -> None:
    with decrypted(Path(desk) / "work.db", key_of(Path(desk))) as work:
        work.execute("DROP TRIGGER frozen_audit_entry_update")
        work.execute("UPDATE audit_entry SET actor = 'Somebody' WHERE seq = 1")

    result = run("doctor", "--data", desk, "--offline", "--json")

    assert result.code == 1
    assert "was altered" in said(result, "audit")


def test_a_clock_that_is_far_off_numbers_that_run_out_and_old_work_are_told(
    run: Any, desk: str, tmp_path: Path
) -> None:
    make_return(desk, tmp_path)
    with decrypted(Path(desk) / "work.db", key_of(Path(desk))) as work:
        work.execute("DROP TRIGGER frozen_outbox_update")
        work.execute("UPDATE outbox SET made_at = ?", (stored(datetime(2025, 1, 1, tzinfo=UTC)),))
        work.execute("UPDATE number_block SET next_index = 950")
    opened = open_desk(Path(desk))
    opened.work.set_clock_offset(timedelta(minutes=10))
    opened.close()

    result = run("doctor", "--data", desk, "--offline", "--json")

    assert findings(result)["queue"] == findings(result)["clock"] == "look"
    assert "600 s behind" in said(result, "clock")
    assert findings(result)["numbers"] == "wrong"
    assert result.code == 1


def test_a_disk_that_cannot_be_read_is_no_damage(run: Any, desk: str) -> None:
    for name in ("work.db", "ref.db"):
        out_of_reach(Path(desk) / name)

    result = run("doctor", "--data", desk, "--offline", "--json")

    assert result.code == 1
    for name in ("work.db", "ref.db"):
        assert findings(result)[name] == "wrong"
        assert "could not be looked at" in said(result, name)
        assert "Nothing says that it is damaged" in said(result, name)
        assert "elete it" not in said(result, name)


def test_what_a_full_disk_holds_is_not_called_damaged(
    run: Any, desk: str, small_disk: Path
) -> None:
    shutil.copytree(desk, small_disk / "desk")
    fill(small_disk)

    result = run("doctor", "--data", str(small_disk / "desk"), "--offline", "--json")

    assert "could not be looked at" in said(result, "work.db")
    assert "could not be looked at" in said(result, "ref.db")
    assert "Free some space" in said(result, "folder")


def test_a_copy_of_the_shop_without_anything_fetched_is_told(run: Any, desk: str) -> None:
    (Path(desk) / "ref.db").write_bytes(b"broken")
    open_desk(Path(desk)).close()  # makes it anew

    result = run("doctor", "--data", desk, "--offline", "--json")

    assert (result.code, findings(result)["ref.db"]) == (0, "look")
    assert "Nothing was fetched yet" in said(result, "ref.db")
    assert "csr-tui sync" in said(result, "ref.db")


def test_without_a_desk_the_doctor_says_how_to_get_one(run: Any, tmp_path: Path) -> None:
    result = run("doctor", "--data", str(tmp_path / "none"), "--json")

    assert (result.code, findings(result)["folder"]) == (0, "look")
    assert not (tmp_path / "none").exists()


def test_without_its_secrets_the_doctor_says_so(run: Any, desk: str) -> None:
    (Path(desk) / "desk.secrets").unlink()

    result = run("doctor", "--data", desk, "--offline", "--json")

    assert (result.code, findings(result)["secrets"]) == (1, "wrong")


def test_a_server_that_answers_is_told(run: Any, desk: str, central: Central) -> None:
    assert findings(run("doctor", "--data", desk, "--json"))["server"] == "good"


def test_a_server_that_does_not_answer_breaks_nothing(run: Any, desk: str) -> None:
    result = run("doctor", "--data", desk, "--json")

    assert (result.code, findings(result)["server"]) == (0, "look")


# ---- backup and restore -------------------------------------------------------------------------------------------


def test_a_copy_of_an_open_desk_is_whole_and_encrypted(run: Any, desk: str, tmp_path: Path) -> None:
    make_return(desk, tmp_path)
    opened = open_desk(Path(desk))
    try:
        result = run("backup", str(tmp_path / "copies"), "--data", desk, "--json")
    finally:
        opened.close()

    assert (result.code, result.tree["waiting"]) == (0, 1)
    copy = Path(result.tree["folder"])
    assert not (copy / "work.db").read_bytes().startswith(b"SQLite")
    assert [path.name for path in copy.iterdir()] == ["work.db"]
    assert copy.stat().st_mode & 0o077 == 0 == (copy / "work.db").stat().st_mode & 0o077


def test_a_restored_desk_is_as_it_was_and_another_incarnation(
    run: Any, desk: str, tmp_path: Path
) -> None:
    number = make_return(desk, tmp_path)
    copy = run("backup", str(tmp_path / "copies"), "--data", desk, "--json").tree["folder"]
    (Path(desk) / "work.db").write_bytes(b"broken")

    result = run("restore", copy, "--data", desk, "--json")

    assert result.code == 0
    assert Path(result.tree["kept"]).read_bytes() == b"broken"
    opened = open_desk(Path(desk))
    try:
        assert opened.work.record(number) is not None
        assert opened.work.verify_audit() is None
        assert [entry.command for entry in opened.work.audit_entries()][-1] == "restore"
    finally:
        opened.close()
    again = run("restore", copy, "--data", desk, "--json")
    assert (again.code, again.tree["waiting"]) == (0, 1)


def test_what_only_this_desk_has_is_not_lost_to_an_older_copy(
    run: Any, desk: str, tmp_path: Path
) -> None:
    copy = run("backup", str(tmp_path / "copies"), "--data", desk, "--json").tree["folder"]
    make_return(desk, tmp_path)
    before = (Path(desk) / "work.db").read_bytes()

    refused = run("restore", copy, "--data", desk)

    assert refused.code == 1
    assert "1 operation waits here" in refused.err
    assert (Path(desk) / "work.db").read_bytes() == before
    assert not list(Path(desk).glob("work.db.restored*"))
    assert run("restore", copy, "--data", desk, "--losing").code == 0


def test_a_restored_desk_tells_no_number_again(run: Any, desk: str, tmp_path: Path) -> None:
    copy = run("backup", str(tmp_path / "copies"), "--data", desk, "--json").tree["folder"]
    told = make_return(desk, tmp_path)
    assert run("restore", copy, "--data", desk, "--losing").code == 0

    again = make_return(desk, tmp_path)

    assert int(again[:9]) == int(told[:9]) + 1


def test_a_desk_restored_elsewhere_says_that_its_numbers_are_not_used(
    run: Any, desk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passphrase = tmp_path / "passphrase"
    passphrase.write_text("correct horse battery\n")
    monkeypatch.setenv("CSR_TUI_PASSPHRASE_FILE", str(passphrase))
    assert run("protect", "--with", "vault", "--data", desk).code == 0
    copy = run("backup", str(tmp_path / "copies"), "--data", desk, "--json").tree["folder"]
    new = tmp_path / "new"
    new.mkdir()
    shutil.copy(Path(copy) / "desk.vault", new)

    result = run("restore", copy, "--data", str(new))

    assert result.code == 0
    assert "so the 1000 that were left are not used" in " ".join(result.out.split())
    assert "csr-tui sync brings new ones" in " ".join(result.out.split())
    again = run("restore", copy, "--data", desk, "--json")
    assert (again.code, again.tree["numbers_given_up"]) == (0, 0)
    opened = open_desk(new)
    assert opened.work.queue().numbers_left == 0
    opened.close()
    assert "numbers left" in said(
        run("doctor", "--data", str(new), "--offline", "--json"), "numbers"
    )


@pytest.mark.parametrize("place", ["header", "middle"])
def test_a_damaged_desk_is_not_copied_and_the_way_on_is_told(
    run: Any, desk: str, tmp_path: Path, place: str
) -> None:
    whole = run("backup", str(tmp_path / "whole"), "--data", desk, "--json").tree["folder"]
    damage(Path(desk) / "work.db", 5 if place == "header" else page_of(desk, "draft"))

    refused = run("backup", str(tmp_path / "copies"), "--data", desk)

    assert refused.code == 1
    assert f"{Path(desk) / 'work.db'} is damaged" in refused.err
    assert "csr-tui restore COPY" in refused.err
    assert list((tmp_path / "copies").iterdir()) == []
    assert run("restore", whole, "--data", desk).code == 0
    assert run("backup", str(tmp_path / "copies"), "--data", desk).code == 0


def test_what_waits_can_be_written_down_from_a_file_that_is_damaged_elsewhere(
    run: Any, desk: str, tmp_path: Path
) -> None:
    number = make_return(desk, tmp_path)
    damage(Path(desk) / "work.db", page_of(desk, "draft"))
    assert "outbox export" in said(run("doctor", "--data", desk, "--offline", "--json"), "work.db")

    written = tmp_path / "waiting.ndjson"
    result = run("outbox", "export", "--in-clear", str(written), "--data", desk)

    assert result.code == 0
    assert number in json.loads(written.read_text())["body"]


@pytest.mark.parametrize("place", ["header", "middle"])
def test_a_damaged_desk_that_is_opened_names_the_way_back(run: Any, desk: str, place: str) -> None:
    with decrypted(Path(desk) / "work.db", key_of(Path(desk))) as work:
        (page,) = work.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'setting'"
        ).fetchone()
    damage(Path(desk) / "work.db", 5 if place == "header" else (page - 1) * 4096 + 100)

    refused = run("lookup", "maria", "--data", desk)

    assert refused.code == 1
    assert "csr-tui restore" in refused.err


def test_a_copy_that_does_not_fit_is_the_fault_of_its_place(
    run: Any, desk: str, small_disk: Path
) -> None:
    fill(small_disk, leaving=64 << 10)

    refused = run("backup", str(small_disk / "copies"), "--data", desk)

    assert refused.code == 1
    assert f"{small_disk / 'copies'} has no room for the copy" in refused.err
    assert list((small_disk / "copies").iterdir()) == []


def test_a_desk_that_cannot_be_looked_at_is_not_replaced(
    run: Any, desk: str, tmp_path: Path
) -> None:
    copy = run("backup", str(tmp_path / "copies"), "--data", desk, "--json").tree["folder"]
    out_of_reach(Path(desk) / "work.db")

    refused = run("restore", copy, "--data", desk)

    assert (refused.code, "could not be looked at" in refused.err) == (1, True)


def test_an_open_desk_is_not_restored(run: Any, desk: str, tmp_path: Path) -> None:
    copy = run("backup", str(tmp_path / "copies"), "--data", desk, "--json").tree["folder"]
    opened = open_desk(Path(desk))
    try:
        refused = run("restore", copy, "--data", desk)
    finally:
        opened.close()

    assert (refused.code, "close it" in refused.err) == (1, True)


@pytest.mark.parametrize("change", ["damaged", "missing", "another"])
def test_a_copy_that_is_not_sound_changes_nothing(
    run: Any, desk: str, tmp_path: Path, change: str
) -> None:
    copy = Path(run("backup", str(tmp_path / "copies"), "--data", desk, "--json").tree["folder"])
    if change == "damaged":
        content = bytearray((copy / "work.db").read_bytes())
        content[4096 * 2 + 9] ^= 1
        (copy / "work.db").write_bytes(content)
    elif change == "missing":
        (copy / "work.db").unlink()
    else:
        with closing(decrypted(copy / "work.db", key_of(Path(desk)))) as other, other:
            other.execute(
                "UPDATE setting SET value = json_set(value, '$.device', 'another-desk') "
                "WHERE name = 'identity'"
            )
    before = (Path(desk) / "work.db").read_bytes()

    refused = run("restore", str(copy), "--data", desk)

    assert refused.code == 1
    assert "no sound copy" in refused.err
    assert (Path(desk) / "work.db").read_bytes() == before


# ---- folders that cannot be used ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ("lookup", "maria"),
        ("sync",),
        ("plain",),
        ("enroll", "http://localhost:1", "AAAA-BBBB"),
        ("protect",),
    ],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("below", [False, True])
def test_a_file_in_the_place_of_the_folder_is_said(
    run: Any, tmp_path: Path, command: tuple[str, ...], below: bool
) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "desk" if below else tmp_path / "file"

    refused = run(*command, "--data", str(folder))

    assert refused.code == 1
    assert f"The folder {folder} cannot be used" in refused.err or (
        command == ("protect",) and "csr-tui enroll" in refused.err
    )


@pytest.mark.parametrize("command", [("lookup", "maria"), ("sync",), ("restore",), ("protect",)])
def test_a_lock_that_cannot_be_taken_is_said(
    run: Any, desk: str, tmp_path: Path, command: tuple[str, ...]
) -> None:
    copy = run("backup", str(tmp_path / "copies"), "--data", desk, "--json").tree["folder"]
    for name in ("work.lock", "desk.lock"):
        (Path(desk) / name).unlink(missing_ok=True)
        (Path(desk) / name).mkdir()

    refused = run(*command, *([copy] if command == ("restore",) else []), "--data", desk)

    assert refused.code == 1
    assert f"The folder {desk} cannot be used" in refused.err


# ---- outbox -------------------------------------------------------------------------------------------------------


def test_the_outbox_lists_and_shows_what_waits(run: Any, desk: str, tmp_path: Path) -> None:
    number = make_return(desk, tmp_path)

    (listed,) = run("outbox", "list", "--data", desk, "--json").tree["operations"]
    shown = run("outbox", "show", listed["op_id"], "--data", desk, "--json")

    assert (listed["number"], listed["state"]) == (number, "ready")
    assert shown.tree["envelope"]["payload"]["number"] == number
    assert number in run("outbox", "list", "--data", desk).out


def test_an_operation_that_does_not_exist_is_not_found(run: Any, desk: str) -> None:
    assert run("outbox", "show", "no-such", "--data", desk).code == 6
    assert run("outbox", "retry", "no-such", "--data", desk).code == 6


def test_nothing_waits_is_said(run: Any, desk: str) -> None:
    assert "Nothing waits here." in run("outbox", "list", "--data", desk).out


def test_what_is_held_waits_again_after_a_retry(run: Any, desk: str, tmp_path: Path) -> None:
    make_return(desk, tmp_path)
    (row,) = run("outbox", "list", "--data", desk, "--json").tree["operations"]
    assert run("outbox", "retry", row["op_id"], "--data", desk).code == 4
    problem = Problem(type=ProblemType.MALFORMED, detail="-", remedy="-")
    opened = open_desk(Path(desk))
    opened.work.isolate(row["op_id"], problem)
    opened.close()
    (held,) = run("outbox", "list", "--data", desk, "--json").tree["operations"]

    result = run("outbox", "retry", row["op_id"], "--data", desk, "--json")

    assert (held["state"], result.code, result.tree["offered"]) == ("held", 0, 1)
    (after,) = run("outbox", "list", "--data", desk, "--json").tree["operations"]
    assert (after["state"], after["sha256"]) == ("ready", row["sha256"])


def test_an_exported_outbox_names_nobody_unless_asked_to(
    run: Any, desk: str, tmp_path: Path
) -> None:
    number = make_return(desk, tmp_path)
    file = tmp_path / "out.ndjson"

    assert run("outbox", "export", str(file), "--data", desk).code == 0
    plain = file.read_text()
    assert run("outbox", "export", str(file), "--in-clear", "--data", desk).code == 0

    assert number in plain
    assert "caller@example.com" not in plain
    assert file.stat().st_mode & 0o077 == 0
    (line,) = file.read_text().splitlines()
    assert "caller@example.com" in json.loads(line)["body"]
