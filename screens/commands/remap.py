"""Check the keys that a user wants, before any of them counts.

A wish is refused where the command does not exist, where no terminal can be relied on to send the key, where the key
would be text, or where it already means something else in a place that it reaches.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from rma.wording import _, mark
from screens.commands.command import Command, key_name
from screens.commands.keymap import Keymap
from screens.commands.registry import TITLES, by_id, reachable

FREE_KEYS = frozenset(
    [*(f"f{number}" for number in range(1, 10)), "f12", "escape", "insert"]
    + [f"ctrl+{letter}" for letter in "glnopqrstyz"]
)
"""What every terminal sends, and no field or list uses itself."""

_SPELLINGS = {
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "ins": "insert",
    "pgdn": "pagedown",
    "pgup": "pageup",
    "control": "ctrl",
    "backtab": "shift+tab",
}
_SAME_BYTE = {"i": "Tab", "m": "Enter", "j": "Enter", "h": "Backspace", "[": "Esc"}
_EDITING = frozenset("acdefkuvwx")
_LETTERS = frozenset(string.ascii_lowercase)
_REMEDY = mark(
    "Take F1 to F9, F12, Esc, Insert, or Ctrl with one of g, l, n, o, p, q, r, s, t, y and z."
)


@dataclass(frozen=True, slots=True)
class Refused:
    """One wish that cannot be granted."""

    command_id: str
    """The key of the settings file that it is about."""
    sentence: str
    """What is wrong and what to do."""


def remap(wanted: Mapping[str, object]) -> tuple[Keymap, tuple[Refused, ...]]:
    """The keymap of these wishes (command id to a key, or a list of keys), and everything that is wrong with them.

    Where anything is wrong, the keymap holds what is right; who reads it decides whether that is enough.
    """
    known = by_id()
    refused: list[Refused] = []
    keys: dict[str, str] = {}
    for command_id, value in wanted.items():
        command = known.get(command_id)
        if command is None:
            refused.append(Refused(command_id, _unknown(command_id, known)))
            continue
        names = _names(value)
        wrong = _not_movable(command) if names else _("Write a key, or a list of keys, in quotes.")
        for name in names:
            wrong = wrong or _unfit(command, name)
        if wrong:
            refused.append(Refused(command_id, wrong))
        else:
            keys[command_id] = ",".join(dict.fromkeys(names))
    _follow(keys, known)
    refused += _clashes(Keymap(keys), wanted)
    return Keymap(keys), tuple(refused)


def _names(value: object) -> list[str]:
    """Textual's names of the keys in a value; none where it is neither a key nor a list of keys."""
    values = value if isinstance(value, list) else [value]
    texts = [each for each in values if isinstance(each, str) and each.strip()]
    return [_normal(text) for text in texts] if len(texts) == len(values) else []


def _normal(key: str) -> str:
    parts = [part.strip().lower() for part in key.strip().split("+")]
    return "+".join(_SPELLINGS.get(part, part) for part in parts)


def _unknown(command_id: str, known: Mapping[str, Command]) -> str:
    near = get_close_matches(command_id, known, n=1)
    said = [_("There is no such command.")]
    said += [_("Did you mean {command}?").format(command=name) for name in near]
    return " ".join([*said, _("`csr-tui keys` lists all of them.")])


def _not_movable(command: Command) -> str:
    if not command.keys:
        return _("This command has no key to move: the palette and the go-to list lead there.")
    if not command.bound:
        return _(
            "{key} belongs to the list or the field here and stays where it is. Delete this line."
        ).format(key=command.shown_key)
    return ""


def _unfit(command: Command, key: str) -> str:
    """Why a key cannot stand for a command; empty where it can."""
    if key in FREE_KEYS or key in command.keys:
        return ""
    *modifiers, last = key.split("+")
    if key in _LETTERS:
        if _LETTERS.intersection(command.keys):
            return ""
        why = _("{key} is text wherever there is a field; letters are for commands of lists.")
    elif modifiers == ["ctrl"] and last in _SAME_BYTE:
        why = _("A terminal sends {key} as {other}.")
    elif modifiers == ["ctrl"] and last in _EDITING:
        why = _("{key} edits, copies or pastes the text of a field.")
    elif modifiers == ["ctrl"] and last == "b":
        why = _("{key} belongs to tmux.")
    elif "alt" in modifiers:
        why = _("A terminal sends {key} as Esc and another key, or keeps it for itself.")
    elif modifiers and last == "enter":
        why = _("Most terminals send {key} as plain Enter.")
    elif re.fullmatch(r"f\d+", last):
        why = _("Terminals keep {key} for themselves or do not send it.")
    else:
        why = _("{key} does not reach this command in every terminal, field and list.")
    said = why.format(key=key_name(key), other=_SAME_BYTE.get(last, ""))
    return f"{said} {_(_REMEDY)}"


def _follow(keys: dict[str, str], known: Mapping[str, Command]) -> None:
    """The key that opens a dialog closes it, also when it was remapped."""
    for command in known.values():
        if command.toggles in keys:
            before = known[command.toggles].keys
            own = keys.get(command.id, command.key).split(",")
            kept = [key for key in own if key not in before or command.id in keys]
            keys[command.id] = ",".join(dict.fromkeys([*kept, *keys[command.toggles].split(",")]))


def _clashes(keymap: Keymap, wanted: Mapping[str, object]) -> list[Refused]:
    """Each key that means two things in one place, told at the wish that brought it there."""
    found: dict[tuple[str, str, str], Refused] = {}
    for place, commands in reachable():
        first: dict[str, Command] = {}
        for command in keymap.of(commands):
            for key in command.keys:
                other = first.setdefault(key, command)
                if other.id == command.id:
                    continue
                new, old = (command, other) if command.id in wanted else (other, command)
                found.setdefault(
                    (new.id, key, old.id), Refused(new.id, _clash(key, new, old, place))
                )
    return list(found.values())


def _clash(key: str, new: Command, old: Command, place: str) -> str:
    return _(
        "{key} already means {command} ({id}) at {place}. Take another key, or give {id} another one too."
    ).format(key=key_name(key), command=old.shown_label, id=old.id, place=_(TITLES[place]))
