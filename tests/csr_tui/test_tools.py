"""What a person does about a desk without a screen: look at it, copy it, put a copy back, look into its outbox."""

from __future__ import annotations

import json
from contextlib import closing
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
    assert run("restore", copy, "--data", desk, "--losing").code == 0


def test_a_restored_desk_tells_no_number_again(run: Any, desk: str, tmp_path: Path) -> None:
    copy = run("backup", str(tmp_path / "copies"), "--data", desk, "--json").tree["folder"]
    told = make_return(desk, tmp_path)
    assert run("restore", copy, "--data", desk, "--losing").code == 0

    again = make_return(desk, tmp_path)

    assert int(again[:9]) == int(told[:9]) + 1


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
