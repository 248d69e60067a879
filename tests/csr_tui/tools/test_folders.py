"""A folder that cannot be used is said, whatever is asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


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
