"""The settings file: keys, theme and language of one user.

It is read strictly: anything that is wrong is told with its line and the remedy, and then nothing of the file counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from rma.errors import RmaError
from rma.wording import _
from screens.commands import REGISTRY_KEYS, Keymap

Check: TypeAlias = Callable[[str], str]
"""What is wrong with a value, in a sentence; empty where nothing is."""
_Place: TypeAlias = tuple[str | int, ...]

_LARGEST = 1_000_000
"""Bytes; no file of settings is longer."""


def anything(value: str) -> str:
    """A check that finds nothing wrong."""
    return ""


def wrong_language(language: str) -> str:
    """What is wrong with a language. Who knows about languages is loaded only where one is chosen."""
    from csr_tui.language import unknown_language

    return unknown_language(language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a user has chosen."""

    keymap: Keymap = REGISTRY_KEYS
    theme: str = ""
    """Empty where none is chosen."""
    language: str = ""
    """Empty where none is chosen."""


class SettingsRefused(RmaError):
    """The settings file cannot be used."""

    def __init__(self, path: Path, problems: tuple[str, ...]) -> None:
        """`problems` start with the line, where there is one."""
        self.first = problems[0]
        """The first problem, without the name of the file."""
        self.problems = tuple(f"{path}, {problem}" for problem in problems)
        said = self.problems[0]
        if len(problems) > 1:
            more = _("{problem} ({count} problems: csr-tui keys --check)")
            said = more.format(problem=said, count=len(problems))
        super().__init__(said)


def read_settings(
    path: Path | None, *, check_theme: Check = anything, check_language: Check = anything
) -> Settings:
    """Read the file; without one, everything is as it comes.

    Raises:
        SettingsRefused: with all that is wrong.
    """
    if path is None:
        return Settings()
    import tomllib

    text = _text(path)
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsRefused(path, (_("this is not TOML: {why}.").format(why=error),)) from error
    wrong: list[tuple[_Place, str]] = []
    theme = _word(tree, "theme", check_theme, wrong)
    language = _word(tree, "language", check_language, wrong)
    keymap = _keymap(tree.pop("keys", {}), wrong)
    for name in tree:
        unknown = _("`{name}` is no setting. There are theme, language and [keys].")
        wrong.append(((name,), unknown.format(name=name)))
    if wrong:
        raise SettingsRefused(path, _with_lines(text, wrong))
    return Settings(keymap=keymap, theme=theme, language=language)


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise SettingsRefused(path, (_("this is longer than any file of settings."),))
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise SettingsRefused(path, (_("this is not UTF-8: save it as UTF-8."),)) from error
    except OSError as error:
        problem = _("this cannot be read ({why}): name another file with --settings.")
        raise SettingsRefused(path, (problem.format(why=error.strerror),)) from error


def _word(tree: dict[str, object], name: str, check: Check, wrong: list[tuple[_Place, str]]) -> str:
    if name not in tree:
        return ""
    value = tree.pop(name)
    problem = check(value) if isinstance(value, str) else _("write one word in quotes.")
    if problem:
        wrong.append(((name,), f"{name}: {problem}"))
    return value if isinstance(value, str) else ""


def _keymap(section: object, wrong: list[tuple[_Place, str]]) -> Keymap:
    if section == {}:
        return REGISTRY_KEYS
    if not isinstance(section, dict):
        wrong.append((("keys",), _("[keys] is a table: a command and its key on each line.")))
        return REGISTRY_KEYS
    from screens.commands.remap import remap

    places = _commands(section)
    keymap, refused = remap({name: value for name, (_, value) in places.items()})
    wrong += [
        (places[each.command_id][0], f"{each.command_id}: {each.sentence}") for each in refused
    ]
    return keymap


def _commands(section: Mapping[str, object]) -> dict[str, tuple[_Place, object]]:
    """Place and value by command id; `app.sync = "f6"` without quotes is a table in a table for TOML."""
    found: dict[str, tuple[_Place, object]] = {}
    for name, value in section.items():
        if isinstance(value, dict):
            for last, key in value.items():
                found[f"{name}.{last}"] = (("keys", name, last), key)
        else:
            found[name] = (("keys", name), value)
    return found


def _with_lines(text: str, wrong: list[tuple[_Place, str]]) -> tuple[str, ...]:
    from sync.protocol.toml_places import line_of, places

    found = places(text)
    numbered = sorted((line_of(found, place), sentence) for place, sentence in wrong)
    said = _("line {line}: {problem}")
    return tuple(said.format(line=line, problem=sentence) for line, sentence in numbered)
