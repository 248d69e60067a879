"""The cheat sheet: every command of every place, as text, as Markdown and as plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from rma.wording import _, mark
from screens.commands.command import Command
from screens.commands.keymap import Keymap
from screens.commands.registry import TITLES, all_places

_MARKDOWN_HEAD = mark("""\
# Keys

Made from the command registry with `csr-tui keys --markdown`; do not edit.

One key has one meaning. Every command also stands in the palette (`{palette}`), greyed with the reason where it does not
apply; places also in the go-to list, by their digit. `{help}` explains the field and the screen. Letters act in lists only.
""")
_COLUMNS = (
    mark("key"),
    mark("go to"),
    mark("what"),
    mark("where"),
    mark("in a sentence"),
    mark("id"),
)


def as_text(keymap: Keymap) -> str:
    """For a terminal or a printer: one line for each command."""
    lines: list[str] = []
    for title, commands in _places(keymap):
        lines += ["", title.upper()] if lines else [title.upper()]
        lines += [
            f"  {command.route:<18} {command.name}: {command.shown_help}" for command in commands
        ]
    return "\n".join(lines) + "\n"


def as_markdown(keymap: Keymap) -> str:
    """`docs/keys.md`."""
    parts = [
        _(_MARKDOWN_HEAD).format(palette=keymap.shown("app.palette"), help=keymap.shown("app.help"))
    ]
    for title, commands in _places(keymap):
        rows = [
            f"| {_code(command)} | {command.go_to} | {command.shown_label} | {command.shown_when} | {command.shown_help} | `{command.id}` |"
            for command in commands
        ]
        head = [f"| {' | '.join(map(_, _COLUMNS))} |", "|---|---|---|---|---|---|"]
        parts.append("\n".join([f"## {title}", "", *head, *rows]) + "\n")
    return "\n".join(parts)


def as_data(keymap: Keymap) -> list[Mapping[str, object]]:
    """For programs: one entry for each place, in English."""
    return [
        {
            "place": TITLES[name],
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
                for command in keymap.of(commands)
            ],
        }
        for name, commands in all_places()
    ]


def meanings(keymap: Keymap, key: str) -> tuple[str, ...]:
    """What a key does, place by place: `Finalize (Return)`; nothing where no command has it."""
    found: dict[str, list[str]] = {}
    for title, commands in _places(keymap):
        for command in commands:
            if key in command.keys:
                found.setdefault(command.shown_label, []).append(title)
    return tuple(f"{label} ({', '.join(titles)})" for label, titles in found.items())


def _places(keymap: Keymap) -> Iterator[tuple[str, tuple[Command, ...]]]:
    for name, commands in all_places():
        yield _(TITLES[name]), keymap.of(commands)


def _code(command: Command) -> str:
    return f"`{command.shown_keys}`" if command.keys else ""
