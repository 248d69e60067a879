"""A desk whose program is run as a person at a shell would run it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from csr_tui.__main__ import main
from tests.csr_tui.shell import Result


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command with its words and what is piped into it; gives a `Result`."""
    monkeypatch.delenv("NO_COLOR", raising=False)

    def run(*words: str, stdin: str = "") -> Result:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(stdin.encode())))
        capsys.readouterr()
        code = main(list(words))
        printed = capsys.readouterr()
        return Result(code, printed.out, printed.err)

    return run


@pytest.fixture
def desk(own_shop: Path) -> str:
    """The folder of a desk in a shop of its own."""
    return str(own_shop / "desks" / "agent")
