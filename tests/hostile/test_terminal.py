"""What a desk sends is shown to the operator as text: it moves no cursor and forges no line."""

from __future__ import annotations

import json

import pytest

from central_api.__main__ import main
from tests.central_api.branch import Branch

ESCAPES = "12\x1b[2J\x9b1m\x1b]0;owned\x07\r\nforged  return.finalize\u202e\x7f"


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """The database takes no part in it."""
    kind: str = request.param
    return kind


@pytest.mark.parametrize("command", ["release", "devices", "check"])
def test_commands_print_no_escapes(
    branch: Branch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    desk = branch.desk()
    tree = json.loads(desk.body(desk.returning()))
    tree["payload"]["number"] = ESCAPES
    tree["stream"] = ESCAPES
    desk.send_lines(json.dumps(tree).encode())

    for more in ([], ["--json"]):
        main([command, "--database", branch.url, *more])
        out, err = capsys.readouterr()
        assert (out + err).replace("\n", "").isprintable()
        assert len(out.splitlines()) == 1


def test_an_error_prints_no_escapes(branch: Branch, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["revoke", ESCAPES, "--database", branch.url]) == 1

    assert capsys.readouterr().err.replace("\n", "").isprintable()
