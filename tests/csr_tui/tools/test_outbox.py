"""`csr-tui outbox` shows what waits, has it tried again, and writes it down."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from csr_tui.bootstrap import open_desk
from rma.record import Problem, ProblemType
from tests.csr_tui.tools.desk_files import make_return


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
