"""The registry: one key, one meaning; every command has an action, a sentence, and fits."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest

import screens
from csr_tui.app import DeskApp
from screens.base import DeskScreen
from screens.commands import (
    BY_DIALOG,
    BY_SCREEN,
    EVERYWHERE,
    MAX_KEYS,
    REGISTRY_KEYS,
    Command,
    key_line,
    key_name,
    line_width,
)
from screens.commands.registry import TITLES, all_places, by_id, reachable
from screens.commands.sheet import as_markdown
from screens.dialog import Dialog

NAMES = sorted(BY_SCREEN)
DOCS = Path(__file__).parents[2] / "docs" / "keys.md"


def classes(base: type[Any]) -> dict[str, list[type[Any]]]:
    """Every screen or dialog by its name."""
    for module in pkgutil.walk_packages(screens.__path__, "screens."):
        importlib.import_module(module.name)
    found: dict[str, list[type[Any]]] = {}
    left = [base]
    while left:
        cls = left.pop()
        left += cls.__subclasses__()
        if cls.NAME and cls.__module__.startswith("screens."):
            found.setdefault(cls.NAME, []).append(cls)
    return found


def test_every_screen_has_its_commands_in_the_registry() -> None:
    assert set(classes(DeskScreen)) == set(BY_SCREEN)


def test_every_dialog_has_its_commands_in_the_registry() -> None:
    assert set(classes(Dialog)) == set(BY_DIALOG)


def test_every_place_has_a_title() -> None:
    assert set(TITLES) == {name for name, _ in all_places()}


@pytest.mark.parametrize(("name", "commands"), list(reachable()))
def test_no_key_has_two_meanings_in_one_place(name: str, commands: tuple[Command, ...]) -> None:
    keys = [key for command in commands for key in command.keys]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("key", ["f4", "f9"])
def test_f4_and_f9_mean_the_same_on_every_screen(key: str) -> None:
    meanings = {c.action for each in BY_SCREEN.values() for c in each if key in c.keys}
    assert len(meanings) == 1


def test_ids_are_unique() -> None:
    everything = {command for _, commands in all_places() for command in commands}
    assert len(by_id()) == len(everything)


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_an_action_on_its_screen(name: str) -> None:
    for screen in classes(DeskScreen)[name]:
        for command in BY_SCREEN[name]:
            assert hasattr(screen, f"action_{command.action}"), command.id


@pytest.mark.parametrize("name", sorted(BY_DIALOG))
def test_every_bound_command_has_an_action_in_its_dialog(name: str) -> None:
    for dialog in classes(Dialog)[name]:
        for command in BY_DIALOG[name]:
            assert not command.bound or hasattr(dialog, f"action_{command.action}"), command.id


def test_every_command_of_the_app_has_an_action() -> None:
    assert all(hasattr(DeskApp, f"action_{command.action}") for command in EVERYWHERE)


def test_a_dialog_closes_with_the_keys_that_open_it() -> None:
    known = by_id()
    toggles = [command for command in known.values() if command.toggles]
    assert toggles
    for command in toggles:
        assert set(known[command.toggles].keys) <= set(command.keys), command.id


def test_what_has_no_key_is_not_bound_and_has_a_digit_in_the_go_to_list() -> None:
    for command in by_id().values():
        assert command.keys or (command.go_to and not command.bound), command.id


@pytest.mark.parametrize("name", NAMES)
def test_the_key_line_fits_80_columns_with_every_command_available(name: str) -> None:
    shown = key_line(BY_SCREEN[name], 78)
    assert len(shown) <= MAX_KEYS
    assert line_width(shown) <= 78


@pytest.mark.parametrize("name", NAMES)
def test_help_and_palette_are_always_in_the_key_line(name: str) -> None:
    ids = [command.id for command in key_line(BY_SCREEN[name], 78)]
    assert ids[0] == "app.help"
    assert ids[-1] == "app.palette"


def test_every_command_says_in_a_sentence_what_it_does() -> None:
    for command in by_id().values():
        assert command.help.endswith("."), command.id


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("f9", "F9"),
        ("ctrl+s", "Ctrl+S"),
        ("escape", "Esc"),
        ("enter", "Enter"),
        ("r", "R"),
        ("delete", "Del"),
        ("down", "Down"),
    ],
)
def test_keys_are_written_as_people_write_them(key: str, name: str) -> None:
    assert key_name(key) == name


def test_the_printed_cheat_sheet_is_the_registry() -> None:
    """`csr-tui keys --markdown > docs/keys.md` makes it anew."""
    assert DOCS.read_text(encoding="utf-8") == as_markdown(REGISTRY_KEYS)
