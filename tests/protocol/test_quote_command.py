"""`csr-tui quote` says the verdict by its exit code, and everything else on standard output."""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from csr_tui.commands import quote
from tests.protocol.documents import POLICY, question


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    quote.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["quote", *words])
    code: int = arguments.run(arguments)
    return code


@pytest.fixture
def ask(tmp_path: Path) -> Any:
    """Run the command on a question."""

    def ask(tree: dict[str, Any], *words: str) -> int:
        file = tmp_path / "question.json"
        file.write_text(json.dumps(tree))
        return run("--file", str(file), *words)

    return ask


def test_an_eligible_return_ends_with_0(ask: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(question(), "--json") == 0
    assert json.loads(capsys.readouterr().out)["quote"]["total"] == 667


def test_a_return_that_needs_approval_ends_with_3(ask: Any) -> None:
    assert ask(question(policy=POLICY + "[approval]\namount = { EUR = 1 }\n")) == 3


def test_an_ineligible_return_ends_with_4(ask: Any, capsys: pytest.CaptureFixture[str]) -> None:
    tree = question(at="2027-11-20T10:00:00Z")

    assert ask(tree) == 4
    assert "30 days ended on 10 December 2026" in capsys.readouterr().out


def test_missing_fields_end_with_4_and_are_all_named(
    ask: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        ask(question(wanted={"lines": [{"line_id": "1", "quantity": 1, "reason": "personal"}]}))
        == 4
    )
    told = capsys.readouterr().out
    assert all(f"missing: {field}" in told for field in ("return_type", "channel"))
    assert all(f"missing: line 1, {field}" in told for field in ("reason", "condition"))


def test_a_malformed_question_ends_with_2_and_names_the_place(
    ask: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = question()
    tree["order"]["lines"][0]["currency"] = "USD"

    assert ask(tree) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        'order.lines[0].currency: expected "EUR", as one order has one currency, got "USD"\n'
    )


def test_problems_are_json_too(ask: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert ask(question(role="boss"), "--json") == 2
    problem = json.loads(capsys.readouterr().out)["problems"][0]
    assert (problem["place"], problem["got"]) == ("role", '"boss"')


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"\xff\xfe{", "expected UTF-8"), (b"{", "valid JSON"), (None, "cannot be read")],
)
def test_a_file_that_cannot_be_read_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes | None, told: str
) -> None:
    file = tmp_path / "question.json"
    if content is not None:
        file.write_bytes(content)

    assert run("--file", str(file)) == 2
    assert told in capsys.readouterr().err


def test_a_dash_reads_standard_input(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    piped = io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbf" + json.dumps(question()).encode()))
    monkeypatch.setattr(sys, "stdin", piped)

    assert run("--file", "-", "--json") == 0
    assert json.loads(capsys.readouterr().out)["verdict"] == "eligible"


def test_the_text_shows_components_total_and_destination(
    ask: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = POLICY + "[fees]\nrestocking_percent = 15\nreturn_shipping = { EUR = 1 }\n"

    assert ask(question(policy=policy)) == 0
    told = capsys.readouterr().out
    for words in ("restocking fee", "-1.00", "return shipping", "total", "To card card: 4.67"):
        assert words in told


def test_escapes_and_markup_of_the_document_are_shown_harmless(
    ask: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = question()
    tree["order"]["lines"][0] |= {
        "line_id": "\x1b[2J",
        "name": "[red]\x1b]0;x\x07",
        "kind": "service",
    }
    tree["wanted"]["lines"][0]["line_id"] = "\x1b[2J"

    assert ask(tree) == 4
    told = capsys.readouterr().out
    assert "\x1b" not in told
    assert "[red]" in told


def test_the_command_loads_neither_screens_nor_network() -> None:
    program = (
        "import argparse, sys\n"
        "from csr_tui.commands import quote\n"
        "parser = argparse.ArgumentParser()\n"
        "quote.add_parser(parser.add_subparsers())\n"
        "arguments = parser.parse_args(['quote', '--file', '-'])\n"
        "code = arguments.run(arguments)\n"
        "heavy = {'textual', 'sqlmodel', 'sqlalchemy', 'httpx', 'fastapi'} & set(sys.modules)\n"
        "sys.exit(f'loaded {heavy}' if heavy else code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=False,
        input=json.dumps(question()),
        text=True,
        capture_output=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
