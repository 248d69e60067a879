"""Plain mode speaks the language of the settings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.demo_shop import simple_orders


@pytest.mark.parametrize(
    ("language", "code", "said"),
    [
        ("en_GB", 0, r"/2026, "),
        ("eo", 1, "there are no texts in this language: choose one of en"),
    ],
)
def test_the_language_of_the_settings_is_spoken_or_refused(
    own_shop: Path, tmp_path: Path, language: str, code: int, said: str
) -> None:
    settings = tmp_path / "settings.toml"
    settings.write_text(f'language = "{language}"\n')
    desk = own_shop / "desks" / "agent"
    command = [sys.executable, "-m", "csr_tui", "plain", "--data", str(desk)]

    ended = subprocess.run(
        [*command, "--settings", str(settings)],
        input=f"{simple_orders(own_shop)[0]}\nback\nquit\n",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert ended.returncode == code
    assert said in ended.stdout + ended.stderr
