"""`csr-tui backup` makes a sound copy of a desk, and `csr-tui restore` puts it back."""

from __future__ import annotations

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from csr_tui.bootstrap import open_desk
from tests.csr_tui.tools.desk_files import damage, fill, make_return, out_of_reach, page_of, said
from tests.keys import decrypted, key_of


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
