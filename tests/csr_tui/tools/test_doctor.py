"""`csr-tui doctor` looks at a desk, and says what to do."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from csr_tui.bootstrap import open_desk
from csr_tui.demo.central import Central
from storage.columns import stored
from tests.csr_tui.tools.desk_files import fill, findings, make_return, out_of_reach, said
from tests.keys import decrypted, key_of


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
