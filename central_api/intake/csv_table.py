"""Comma-separated files: a bad row costs that row and nothing behind it.

A quote that is never closed would make a CSV reader swallow the rest of the file. Here a record may span a few lines
and `MAX_LINE_BYTES` characters; where it does not close within them, or a complete row turns up inside it, its first
line is rejected and reading goes on with the next line.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path

from central_api.intake.columns import Shape
from central_api.intake.errors import IntakeRefused
from central_api.intake.harmless import clean
from central_api.intake.rows import Cells, Row
from central_api.intake.sources import MAX_LINE_BYTES, PhysicalLine, physical_lines

MAX_RECORD_LINES = 20
"""Lines that one quoted record may span."""

_UNCLOSED = "a quote opens in this row and is never closed"


class _Open(Exception):
    """The text ends inside quotes."""


class CsvTable:
    """A CSV file with a head line; implements `rows.InputTable`.

    Raises:
        IntakeRefused: if the head cannot be read, names a column twice or lacks a required one.
    """

    def __init__(self, path: Path, shape: Shape) -> None:
        self.path = path
        self.shape = shape
        self._lines = physical_lines(path)
        headings = self._headings()
        self._fields = tuple(shape.field_of(heading) for heading in headings)
        self.ignored = tuple(
            h for h, name in zip(headings, self._fields, strict=True) if h and not name
        )
        known = [name for name in self._fields if name]
        if twice := sorted({name for name in known if known.count(name) > 1}):
            raise IntakeRefused(f"{path}: the column `{twice[0]}` stands twice in the head line.")
        if missing := shape.missing(known):
            raise IntakeRefused(
                f"{path}: the column {missing[0]} is missing. The {shape.name} file needs it "
                f"in its first line, with commas between the names; it has: {', '.join(headings)[:200]}."
            )
        self._key_at = self._fields.index(shape.key)

    def parse(self, raw: str) -> Cells:
        """The cells of a record that was good when it was first read."""
        cells = _split(raw) if '"' in raw else raw.split(",")
        return dict(zip(self._fields, cells, strict=False))

    def key_hint(self, raw: str) -> str:
        """What the key of a bad record seems to be; empty where nothing tells."""
        cells = raw.split(",")
        return clean(cells[self._key_at]).strip('"') if self._key_at < len(cells) else ""

    def rows(self) -> Iterator[Row]:
        """All records, once; blank lines are skipped."""
        waiting: deque[PhysicalLine] = deque()
        while (line := waiting.popleft() if waiting else next(self._lines, None)) is not None:
            number, text, problem = line
            if problem:
                yield Row(number, text, "", problem)
            elif '"' not in text:
                if text and not text.isspace():
                    yield self._row(number, text, text.split(","))
            else:
                yield self._quoted(line, waiting)

    def _row(self, number: int, raw: str, cells: list[str]) -> Row:
        if len(cells) != len(self._fields):
            problem = f"the row has {len(cells)} fields, the head line has {len(self._fields)}"
            return Row(number, raw, "", problem)
        return Row(number, raw, cells[self._key_at], "")

    def _quoted(self, first: PhysicalLine, waiting: deque[PhysicalLine]) -> Row:
        """The record that begins in `first`; lines that turn out not to be of it go back to `waiting`."""
        raw = first.text
        taken: list[PhysicalLine] = []
        problem = _UNCLOSED
        while True:
            try:
                row = self._row(first.number, raw, _split(raw))
            except _Open:
                pass
            except csv.Error as error:
                problem = _UNCLOSED if taken else f"broken quotes: {error}"
                break
            else:
                if taken and row.problem:
                    break
                return row
            following = waiting.popleft() if waiting else next(self._lines, None)
            if following is None:
                break
            taken.append(following)
            raw = f"{raw}\n{following.text}"
            if (
                following.problem
                or len(taken) == MAX_RECORD_LINES
                or len(raw) > MAX_LINE_BYTES
                or self._is_whole(following.text)
            ):
                break
        waiting.extendleft(reversed(taken))
        return Row(first.number, first.text, "", problem)

    def _is_whole(self, text: str) -> bool:
        return (
            '"' not in text and len(self._fields) > 1 and text.count(",") == len(self._fields) - 1
        )

    def _headings(self) -> list[str]:
        line = next(self._lines, None)
        if line is None:
            raise IntakeRefused(f"{self.path}: the file is empty. It needs a head line.")
        if line.problem:
            raise IntakeRefused(
                f"{self.path}: line 1: {line.problem}. It needs a head line in UTF-8."
            )
        if "\r" in line.text:
            raise IntakeRefused(
                f"{self.path}: lines end in CR alone. Save it with LF or CRLF line ends."
            )
        try:
            return [clean(heading) for heading in _split(line.text)]
        except (csv.Error, _Open) as error:
            raise IntakeRefused(f"{self.path}: line 1: broken quotes in the head line.") from error


def _split(text: str) -> list[str]:
    try:
        return next(csv.reader([text], strict=True), [])
    except csv.Error as error:
        if str(error) == "unexpected end of data":
            raise _Open from error
        raise
