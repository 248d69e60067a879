"""The cheat sheet: every command of every place, as text, as Markdown and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from screens.commands.command import Command
from screens.commands.keymap import Keymap
from screens.commands.registry import TITLES, all_places

_MARKDOWN_HEAD = """\
# Keys

Made from the command registry with `csr-tui keys --markdown`; do not edit.

One key has one meaning. Every command also stands in the palette (`{palette}`), greyed with the reason where it does not
apply; places also in the go-to list, by their digit. `{help}` explains the field and the screen. Letters act in lists only.
"""


def as_text(keymap: Keymap) -> str:
    """For a terminal or a printer: one line for each command."""
    lines: list[str] = []
    for title, commands in _places(keymap):
        lines += ["", title.upper()] if lines else [title.upper()]
        lines += [f"  {command.route:<18} {_name(command)}: {command.help}" for command in commands]
    return "\n".join(lines) + "\n"


def as_markdown(keymap: Keymap) -> str:
    """`docs/keys.md`."""
    parts = [
        _MARKDOWN_HEAD.format(palette=keymap.shown("app.palette"), help=keymap.shown("app.help"))
    ]
    for title, commands in _places(keymap):
        rows = [
            f"| {_code(command)} | {command.go_to} | {command.label} | {command.when} | {command.help} | `{command.id}` |"
            for command in commands
        ]
        head = ["| key | go to | what | where | in a sentence | id |", "|---|---|---|---|---|---|"]
        parts.append("\n".join([f"## {title}", "", *head, *rows]) + "\n")
    return "\n".join(parts)


def as_data(keymap: Keymap) -> list[Mapping[str, object]]:
    """For programs: one entry for each place."""
    return [
        {
            "place": title,
            "commands": [
                {
                    "id": command.id,
                    "keys": list(command.keys),
                    "label": command.label,
                    "help": command.help,
                    "when": command.when,
                    "go_to": command.go_to,
                    "remappable": command.bound and bool(command.keys),
                }
                for command in commands
            ],
        }
        for title, commands in _places(keymap)
    ]


def meanings(keymap: Keymap, key: str) -> tuple[str, ...]:
    """What a key does, place by place: `Finalize (Return)`; nothing where no command has it."""
    found: dict[str, list[str]] = {}
    for title, commands in _places(keymap):
        for command in commands:
            if key in command.keys:
                found.setdefault(command.label, []).append(title)
    return tuple(f"{label} ({', '.join(titles)})" for label, titles in found.items())


def _places(keymap: Keymap) -> Iterator[tuple[str, tuple[Command, ...]]]:
    for name, commands in all_places():
        yield TITLES[name], keymap.of(commands)


def _name(command: Command) -> str:
    return f"{command.label} ({command.when})" if command.when else command.label


def _code(command: Command) -> str:
    return f"`{command.shown_keys}`" if command.keys else ""
