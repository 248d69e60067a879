"""Rows of an input file, whatever its format."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol, TypeAlias

from central_api.intake.columns import Shape

Cells: TypeAlias = dict[str, str]
"""One row: the text of each field that we know; a field that the file lacks is not there."""


class Row(NamedTuple):
    """One record as it stands in the file."""

    line: int
    """Where it begins, from 1."""
    raw: str
    key: str
    """The text of its key column."""
    problem: str
    """Why it cannot be read; empty for a good record."""


class InputTable(Protocol):
    """A file that was opened and whose head fits."""

    path: Path
    shape: Shape
    ignored: tuple[str, ...]
    """Columns that mean nothing to us."""

    def rows(self) -> Iterator[Row]:
        """All records, once; bad ones say why."""
        ...

    def parse(self, raw: str) -> Cells:
        """The cells of a record that was good when it was first read."""
        ...

    def key_hint(self, raw: str) -> str:
        """What the key of a bad record seems to be; empty where nothing tells."""
        ...
