"""Where each key of a TOML document stands: the line of every table, key and list entry.

`tomllib` tells the line of a syntax error only. This walks a document that it has already accepted.
"""

from __future__ import annotations

import json
import re
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""The way to a value from the root: keys, and positions in lists (from 0)."""

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_SCALAR = re.compile(r"[^,\]}\n#]*")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}' r"|'''.*?'{3,5}" r'|"(?:\\.|[^"\\])*"' r"|'[^']*'",
    re.DOTALL,
)


def places(text: str) -> dict[Place, int]:
    """The line (from 1) of each table, key and list entry. `text` is valid TOML."""
    return _Walk(text.replace("\r\n", "\n")).run()


def line_of(found: dict[Place, int], place: Place) -> int:
    """The line of a place; where it is missing, of the nearest thing that it would belong to."""
    while place and place not in found:
        place = place[:-1]
    return found.get(place, 1)


class _Walk:
    """One pass over a document, from its first character to its last."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._counted, self._line = 0, 1
        self._found: dict[Place, int] = {}
        self._lengths: dict[Place, int] = {}

    def run(self) -> dict[Place, int]:
        table: Place = ()
        self._blanks()
        while self._at < len(self._text):
            if self._text.startswith("[[", self._at):
                table = self._next_entry(self._header(2))
            elif self._text.startswith("[", self._at):
                table = self._resolved(self._header(1))
                self._note(table)
            else:
                self._pair(table)
            self._blanks()
        return self._found

    def _header(self, brackets: int) -> list[str]:
        self._at += brackets
        keys = self._keys()
        self._at += brackets
        return keys

    def _next_entry(self, keys: list[str]) -> Place:
        whole = (*self._resolved(keys[:-1]), keys[-1])
        self._note(whole)
        index = self._lengths.get(whole, 0)
        self._lengths[whole] = index + 1
        self._note((*whole, index))
        return (*whole, index)

    def _resolved(self, keys: list[str]) -> Place:
        """The place a header means: inside a list of tables, its last entry."""
        place: Place = ()
        for key in keys:
            place = (*place, key)
            if place in self._lengths:
                place = (*place, self._lengths[place] - 1)
        return place

    def _pair(self, table: Place) -> None:
        start = self._at
        place = table
        for key in self._keys():
            place = (*place, key)
            self._note(place, start)
        self._at += 1  # the equals sign
        self._blanks()
        self._value(place)

    def _keys(self) -> list[str]:
        keys = []
        while True:
            self._blanks()
            if string := _STRING.match(self._text, self._at):
                keys.append(_unquoted(string.group()))
                self._at = string.end()
            elif bare := _BARE.match(self._text, self._at):
                keys.append(bare.group())
                self._at = bare.end()
            self._blanks()
            if not self._text.startswith(".", self._at):
                return keys
            self._at += 1

    def _value(self, place: Place) -> None:
        if string := _STRING.match(self._text, self._at):
            self._at = string.end()
        elif self._text.startswith("[", self._at):
            self._at += 1
            index = 0
            while not self._closed("]"):
                self._note((*place, index))
                self._value((*place, index))
                index += 1
        elif self._text.startswith("{", self._at):
            self._at += 1
            while not self._closed("}"):
                self._pair(place)
        elif scalar := _SCALAR.match(self._text, self._at):
            self._at = scalar.end()

    def _closed(self, bracket: str) -> bool:
        self._blanks(",")
        if not self._text.startswith(bracket, self._at):
            return False
        self._at += 1
        return True

    def _blanks(self, also: str = "") -> None:
        while self._at < len(self._text):
            if self._text[self._at] == "#":
                end = self._text.find("\n", self._at)
                self._at = len(self._text) if end < 0 else end
            elif self._text[self._at] in " \t\n" + also:
                self._at += 1
            else:
                return

    def _note(self, place: Place, at: int | None = None) -> None:
        """Remember the line of a place; what was met first counts."""
        if at is None:
            at = self._at
        if at > self._counted:
            self._line += self._text.count("\n", self._counted, at)
            self._counted = at
        self._found.setdefault(place, self._line)


def _unquoted(key: str) -> str:
    if key.startswith("'"):
        return key[1:-1]
    try:
        return str(json.loads(key))
    except ValueError:  # TOML knows \U00000000, JSON does not
        return key[1:-1]
