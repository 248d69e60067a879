"""The registry: one key, one meaning; every command has an action, a sentence, and fits."""

from __future__ import annotations

import importlib
import pkgutil

import pytest

import screens
from csr_tui.app import DeskApp
from screens.base import DeskScreen
from screens.commands import BY_SCREEN, EVERYWHERE, MAX_KEYS, key_line, key_name, line_width

NAMES = sorted(BY_SCREEN)


def screen_classes() -> dict[str, type[DeskScreen]]:
    for module in pkgutil.iter_modules(screens.__path__, "screens."):
        importlib.import_module(module.name)
    found, left = {}, [DeskScreen]
    while left:
        cls = left.pop()
        left += cls.__subclasses__()
        if cls.NAME and cls.__module__.startswith("screens."):
            found[cls.NAME] = cls
    return found


def test_every_screen_has_its_commands_in_the_registry() -> None:
    assert set(screen_classes()) == set(BY_SCREEN)


@pytest.mark.parametrize("name", NAMES)
def test_no_key_has_two_meanings_on_a_screen(name: str) -> None:
    keys = [key for command in (*BY_SCREEN[name], *EVERYWHERE) for key in command.keys]
    assert len(keys) == len(set(keys))


def test_a_shared_key_means_the_same_on_every_screen() -> None:
    labels: dict[str, set[str]] = {}
    for commands in BY_SCREEN.values():
        for command in commands:
            for key in command.keys:
                if key.startswith("f"):
                    labels.setdefault(key, set()).add(command.action)
    assert all(len(labels[key]) == 1 for key in labels if key in ("f4", "f9"))


def test_ids_are_unique() -> None:
    ids = {
        command.id: command
        for commands in (*BY_SCREEN.values(), EVERYWHERE)
        for command in commands
    }
    count = len({command for commands in (*BY_SCREEN.values(), EVERYWHERE) for command in commands})
    assert len(ids) == count


@pytest.mark.parametrize("name", NAMES)
def test_every_command_has_an_action_on_its_screen(name: str) -> None:
    screen = screen_classes()[name]
    for command in BY_SCREEN[name]:
        assert hasattr(screen, f"action_{command.action}"), command.id


def test_every_command_of_the_app_has_an_action() -> None:
    assert all(hasattr(DeskApp, f"action_{command.action}") for command in EVERYWHERE)


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
    for commands in (*BY_SCREEN.values(), EVERYWHERE):
        for command in commands:
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
