"""JSON Lines: one object a line. Numbers keep the digits that the file has; lists and objects stay JSON texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from central_api.intake.columns import Shape
from central_api.intake.errors import BadCell, IntakeRefused
from central_api.intake.harmless import clean
from central_api.intake.rows import Cells, Row
from central_api.intake.sources import physical_lines

MAX_IGNORED = 20
"""Names of ignored fields that are remembered."""


class JsonTable:
    """A JSON Lines file; implements `rows.InputTable`.

    Raises:
        IntakeRefused: if the first line cannot be read as text.
    """

    def __init__(self, path: Path, shape: Shape) -> None:
        self.path = path
        self.shape = shape
        self.ignored: tuple[str, ...] = ()
        self._lines = physical_lines(path)
        self._first = next(self._lines, None)
        if self._first is None:
            raise IntakeRefused(f"{path}: the file is empty.")
        if self._first.problem:
            raise IntakeRefused(
                f"{path}: line 1: {self._first.problem}. It needs one JSON object a line, in UTF-8."
            )

    def parse(self, raw: str) -> Cells:
        """The cells of one line.

        Raises:
            BadCell: if it is no JSON object.
        """
        try:
            tree = json.loads(raw, parse_float=str, parse_int=str, parse_constant=_no_number)
        except RecursionError as error:
            raise BadCell("", "the JSON is nested too deep") from error
        except ValueError as error:
            raise BadCell("", f"no JSON: {error}") from error
        if not isinstance(tree, dict):
            raise BadCell("", "expected one JSON object in the line")
        cells: Cells = {}
        for heading, value in tree.items():
            if name := self.shape.field_of(heading):
                cells[name] = _cell(value)
            elif len(self.ignored) < MAX_IGNORED and (named := clean(heading)) not in self.ignored:
                self.ignored = (*self.ignored, named)
        return cells

    def key_hint(self, raw: str) -> str:
        """What the key of a bad record seems to be; empty where nothing tells."""
        match = re.search(rf'"{self.shape.key}"\s*:\s*"?([^",}}]*)', raw)
        return clean(match.group(1)) if match else ""

    def rows(self) -> Iterator[Row]:
        """All records, once; blank lines are skipped."""
        line = self._first
        while line is not None:
            number, text, problem = line
            if problem:
                yield Row(number, text, "", problem)
            elif text and not text.isspace():
                try:
                    yield Row(number, text, self.parse(text).get(self.shape.key, ""), "")
                except BadCell as error:
                    yield Row(number, text, "", error.reason)
            line = next(self._lines, None)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value)


def _no_number(name: str) -> str:
    raise ValueError(f"{name} is no number")
