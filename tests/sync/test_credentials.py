"""The token of the device: one private file."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from rma.errors import RmaError
from sync.credentials import TOKEN_FILE, read_token, save_token


def test_there_is_no_token_before_enrollment(tmp_path: Path) -> None:
    assert read_token(tmp_path) is None


def test_a_saved_token_is_read_back_and_the_newest_wins(tmp_path: Path) -> None:
    save_token(tmp_path / "new folder", "one")
    save_token(tmp_path / "new folder", "two")
    assert read_token(tmp_path / "new folder") == "two"
    assert [path.name for path in (tmp_path / "new folder").iterdir()] == [TOKEN_FILE]


@pytest.mark.skipif(os.name != "posix", reason="modes are a POSIX thing")
def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        save_token(tmp_path, "secret")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / TOKEN_FILE).stat().st_mode) == 0o600


def test_a_write_that_fails_keeps_the_old_token_and_leaves_nothing_behind(tmp_path: Path) -> None:
    save_token(tmp_path, "old")
    with pytest.raises(RmaError):
        save_token(tmp_path, "no ascii: ü")
    assert read_token(tmp_path) == "old"
    assert [path.name for path in tmp_path.iterdir()] == [TOKEN_FILE]


def test_a_token_that_cannot_be_read_says_which_file(tmp_path: Path) -> None:
    (tmp_path / TOKEN_FILE).mkdir()
    with pytest.raises(RmaError, match=TOKEN_FILE):
        read_token(tmp_path)
