"""The settings file: read strictly, refused with the line and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from csr_tui.paths import SETTINGS_VARIABLE, settings_file
from csr_tui.settings import (
    Settings,
    SettingsRefused,
    read_settings,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def refused(file: Path, text: str | bytes) -> tuple[str, ...]:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(SettingsRefused) as raised:
        read_settings(file)
    return raised.value.problems


def test_without_a_file_everything_is_as_it_comes() -> None:
    assert read_settings(None) == Settings()


def test_an_empty_file_changes_nothing(file: Path) -> None:
    file.write_text("")
    assert read_settings(file) == Settings()


def test_keys_theme_and_language_are_read(file: Path) -> None:
    file.write_text('theme = "light"\nlanguage = "de"\n[keys]\n"app.sync" = "f6"\n')
    settings = read_settings(file)
    assert (settings.theme, settings.language) == ("light", "de")
    assert settings.keymap.shown("app.sync") == "F6"


def test_ids_of_commands_need_no_quotes(file: Path) -> None:
    file.write_text('[keys]\napp.sync = "f6"\nrma.approve = ["y", "f5"]\n')
    assert read_settings(file).keymap.keys == {"app.sync": "f6", "rma.approve": "y,f5"}


def test_each_problem_names_file_line_and_key(file: Path) -> None:
    problems = refused(
        file, '# mine\ncolour = "red"\n[keys]\napp.sync = "f10"\n\n"app.snyc" = "f6"\n'
    )
    assert [problem.split(":")[0] for problem in problems] == [
        f"{file}, line 2",
        f"{file}, line 4",
        f"{file}, line 6",
    ]
    assert "colour" in problems[0]
    assert "app.sync: Terminals keep F10" in problems[1]
    assert "Did you mean app.sync?" in problems[2]


def test_a_value_is_checked_by_who_knows(file: Path) -> None:
    file.write_text('theme = "neon"\n')
    with pytest.raises(SettingsRefused, match="line 1: theme: neon is no theme"):
        read_settings(file, check_theme=lambda name: f"{name} is no theme")


@pytest.mark.parametrize("text", ["theme = 3", "language = []", "keys = 3", "keys = ['f6']"])
def test_a_value_of_the_wrong_kind_is_refused_with_its_line(file: Path, text: str) -> None:
    (problem,) = refused(file, text)
    assert "line 1" in problem


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"[keys\n", "not TOML"), (b"\xff\xfe", "not UTF-8"), (b"#" * 1_000_001, "longer")],
)
def test_what_cannot_be_read_says_why(file: Path, data: bytes, says: str) -> None:
    (problem,) = refused(file, data)
    assert says in problem


def test_a_named_file_has_to_be_there(file: Path) -> None:
    with pytest.raises(SettingsRefused, match="cannot be read"):
        read_settings(settings_file(str(file)))


def test_a_table_below_a_command_is_no_key(file: Path) -> None:
    (problem,) = refused(file, "[keys.app.sync]\nf6 = 1\n")
    assert "in quotes" in problem


def test_the_option_comes_before_the_variable_and_the_variable_before_the_usual_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv(SETTINGS_VARIABLE, raising=False)
    assert settings_file() is None
    usual = tmp_path / "csr-tui" / "settings.toml"
    usual.parent.mkdir()
    usual.write_text("")
    assert settings_file() == usual
    monkeypatch.setenv(SETTINGS_VARIABLE, "/variable.toml")
    assert settings_file() == Path("/variable.toml")
    assert settings_file("/option.toml") == Path("/option.toml")
