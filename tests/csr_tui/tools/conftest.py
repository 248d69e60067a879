"""A desk whose program is run as a person at a shell would run it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from csr_tui.__main__ import main
from tests.csr_tui.test_commands import Result


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
