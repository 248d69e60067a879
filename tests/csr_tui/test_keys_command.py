"""`csr-tui keys` and `csr-tui completion`, and the help of every command."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from csr_tui.__main__ import build_parser, main
from csr_tui.commands.completion import SHELLS
from csr_tui.paths import SETTINGS_VARIABLE
from screens.commands.registry import by_id


@pytest.fixture(autouse=True)
def _no_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv(SETTINGS_VARIABLE, raising=False)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text('[keys]\n"app.sync" = "f6"\n')
    return file


def test_keys_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys"]) == 0
    printed = capsys.readouterr().out
    assert "  F9, Ctrl+S         Finalize: Give the return its number" in printed
    assert all(command.help in printed for command in by_id().values())


def test_keys_shows_the_users_keys(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "--settings", str(file)]) == 0
    assert "  F6                 Sync" in capsys.readouterr().out


def test_the_option_means_the_same_before_the_command(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--settings", str(file), "keys"]) == 0
    assert "  F6                 Sync" in capsys.readouterr().out


def test_keys_as_json_has_what_a_settings_file_needs(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "--json"]) == 0
    commands = [each for place in json.loads(capsys.readouterr().out) for each in place["commands"]]
    submit = next(each for each in commands if each["id"] == "return.submit")
    assert submit["keys"] == ["f9", "ctrl+s"]
    assert submit["remappable"]


def test_a_right_file_is_called_right(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "--check", "--settings", str(file)]) == 0
    assert "is right" in capsys.readouterr().out


def test_without_a_file_check_says_where_it_would_be(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["keys", "--check"]) == 0
    assert str(tmp_path / "csr-tui" / "settings.toml") in capsys.readouterr().out


@pytest.mark.parametrize("option", ["--check", "--json", "--markdown", ""])
def test_with_a_wrong_file_every_problem_is_told_and_the_code_is_1(
    file: Path, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text('theme = "neon"\n[keys]\n"app.sync" = "f10"\n')
    assert main(["keys", *filter(None, [option]), "--settings", str(file)]) == 1
    told = capsys.readouterr().err
    assert f"{file}, line 1: theme" in told
    assert f"{file}, line 3: app.sync" in told


def test_a_key_test_needs_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["keys", "--test"]) == 1
    assert "in a terminal" in capsys.readouterr().err


@pytest.mark.parametrize("shell", SHELLS)
def test_completion_names_every_command(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name, _ in commands(build_parser()))


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
def test_bash_completes_commands_and_options(capsys: pytest.CaptureFixture[str]) -> None:
    main(["completion", "bash"])
    script = capsys.readouterr().out + (
        "\nCOMP_WORDS=(csr-tui keys --mark); COMP_CWORD=2; _shtab_csr_tui; echo ${COMPREPLY[@]}"
        "\nCOMP_WORDS=(csr-tui enr); COMP_CWORD=1; _shtab_csr_tui; echo ${COMPREPLY[@]}\n"
    )
    done = subprocess.run(["bash"], input=script, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["--markdown", "enroll"], done.stderr


def commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command below a parser."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield name, command
                yield from commands(command)


@pytest.mark.parametrize(
    ("name", "command"), [pytest.param(*each, id=each[0]) for each in commands(build_parser())]
)
def test_the_help_of_every_command_has_an_example(
    name: str, command: argparse.ArgumentParser
) -> None:
    text = command.format_help()
    assert "example" in text
    assert "  csr-tui " in text
