"""`csr-central` as a process: its commands, their answers and exit codes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from central_api.__main__ import main
from central_api.database import open_database, writing
from tests.central_api.branch import POLICY, REASONS, Branch

PROGRAM = [sys.executable, "-m", "central_api"]


@pytest.fixture
def database(empty_database: str) -> str:
    """A place for a database."""
    return empty_database


def answer(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> dict[str, object]:
    """Run a command and read its JSON."""
    assert main([*arguments, "--json"]) == code
    tree: dict[str, object] = json.loads(capsys.readouterr().out)
    return tree


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """`csr-central serve` on a free port, with what it says first."""
    process = subprocess.Popen(
        [*PROGRAM, "serve", "--port", "0", *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        yield process, process.stdout.readline()
    finally:
        process.kill()
        process.communicate()


def test_a_fresh_server_serves_the_defaults_and_stops_when_asked(database: str) -> None:
    with serving("--database", database, "--with-defaults", "--json") as (process, line):
        url = json.loads(line)["listening"]
        assert httpx.get(f"{url}/readyz", trust_env=False).json() == {"status": "ready"}
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=10)

    assert rest[0] == ""
    assert process.returncode in (0, -signal.SIGTERM)
    assert len(list_policies(database)) > 3


def list_policies(database: str) -> list[str]:
    """What is published, in the words of the command."""
    done = subprocess.run(
        [*PROGRAM, "policy", "list", "--database", database],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


def test_a_waiting_desk_gets_its_answer_at_shutdown_and_does_not_hold_it_up(branch: Branch) -> None:
    branch.now = datetime.now(UTC)  # the server that gets the token is by the real clock
    desk = branch.desk()
    database = branch.url
    with serving("--database", database) as (process, line):
        url = httpx.URL(line.removeprefix("listening ").strip())
        waiting = HTTPConnection(url.host, url.port, timeout=20)
        token = {"Authorization": f"Bearer {desk.token}"}
        waiting.request("GET", "/v1/bootstrap", headers=token)
        cursor = json.load(waiting.getresponse())["cursor"]
        waiting.request("GET", f"/v1/changes?cursor={cursor}&wait=25", headers=token)
        httpx.get(f"{url}/healthz", trust_env=False)  # by now the server has read the request

        process.send_signal(signal.SIGTERM)

        assert json.load(waiting.getresponse()) == {"changes": [], "cursor": cursor, "more": False}
        process.wait(10)


@pytest.mark.parametrize(
    "arguments",
    [
        ["serve", "--host", "0.0.0.0"],
        ["serve", "--tls-cert", "x"],
        ["serve", "--port", "99999"],
        ["enroll", "--role", "boss", "--name", "Ada"],
        ["policy"],
        [],
    ],
)
def test_wrong_arguments_are_a_usage_error(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)

    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["serve", "enroll", "policy", "reasons", "check", "import"])
def test_every_command_has_help_with_an_example(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main([command, "--help"])

    shown = capsys.readouterr().out
    assert f"csr-central {command}" in shown
    assert "exit codes" in shown


def test_enroll_prints_a_code(central_database: str, capsys: pytest.CaptureFixture[str]) -> None:
    database = central_database
    enroll = ["enroll", "--role", "agent", "--name", "Ada", "--database", database]

    printed = answer(capsys, *enroll)

    assert printed["name"] == "Ada"
    assert main(enroll) == 0
    assert capsys.readouterr().out.strip() != printed["code"]
    assert main(["enroll", "--role", "admin", "--name", "Ada", "--database", database]) == 1
    assert "Ada is known as agent" in capsys.readouterr().err


def test_a_policy_is_checked_published_and_listed(
    central_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "general.toml"
    file.write_text(POLICY)
    where = ["--database", central_database]

    assert answer(capsys, "policy", "check", str(file)) == {"code": "general", "version": 1}
    assert answer(capsys, "policy", "publish", str(file), *where)["published"] is True
    assert answer(capsys, "policy", "publish", str(file), *where)["published"] is False
    listed = answer(capsys, "policy", "list", *where)["policies"]
    assert [policy["name"] for policy in listed] == ["General"]  # type: ignore[attr-defined]
    file.write_text(POLICY + "\n# changed")
    assert main(["policy", "publish", str(file), *where]) == 1
    assert "higher version" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"version = 'one'", b"\xff\xfe\x00", b"["])
def test_a_malformed_policy_is_refused_with_a_message(
    content: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "bad.toml"
    file.write_bytes(content)

    assert main(["policy", "check", str(file)]) == 1
    assert capsys.readouterr().err.strip()


def test_a_missing_file_is_refused_with_a_message(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", "/no/such/file.toml"]) == 1
    assert "/no/such/file.toml" in capsys.readouterr().err


def test_reasons_are_published(
    central_database: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "reasons.toml"
    file.write_text(REASONS)

    published = answer(capsys, "reasons", "publish", str(file), "--database", central_database)

    assert published == {"version": 1, "published": True}


def test_check_agrees_with_honest_books_and_finds_a_changed_one(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = branch.desk()
    desk.push(desk.returning())
    database = branch.url

    honest = answer(capsys, "check", "--database", database)
    with writing(open_database(database)) as connection:
        connection.exec_driver_sql("UPDATE order_line SET consumed = 0")
        connection.exec_driver_sql("UPDATE expected_inbound SET units = 7")
    changed = answer(capsys, "check", "--database", database, code=1)

    assert honest == {"order_lines": 1, "rmas": 1, "audit_entries": 1, "faults": [], "notes": []}
    assert len(changed["faults"]) == 2  # type: ignore[arg-type]


def test_a_database_that_is_none_is_refused_with_a_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "central.db"
    file.write_text("this is no database, however long it may be made" * 100)

    assert main(["check", "--database", str(file)]) == 1
    assert "central.db" in capsys.readouterr().err
