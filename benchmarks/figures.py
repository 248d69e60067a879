"""Figures of a sample, and the rows of a table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that was measured."""

    what: str
    figure: float
    unit: str
    target: float
    at_least: bool = False
    """Whether more is better."""
    floor: str = ""
    """The floor's figure in the same run."""
    detail: str = ""

    @property
    def reached(self) -> bool:
        """Whether the target is reached."""
        return self.figure >= self.target if self.at_least else self.figure <= self.target


def show(rows: Iterable[Row], *, as_json: bool) -> None:
    """Print each row as soon as it is measured: a table, or one JSON object a line."""
    if not as_json:
        print("| what | figure | must reach | floor | how |\n|---|---|---|---|---|", flush=True)
    for row in rows:
        text = json.dumps(asdict(row) | {"reached": row.reached}) if as_json else _line(row)
        print(text, flush=True)


def _line(row: Row) -> str:
    digits = 2 if row.figure < 10 and row.unit != "key presses" else 0
    figure = f"{row.figure:,.{digits}f} {row.unit}"
    target = (
        f"{'✓' if row.reached else '✗'} at {'least' if row.at_least else 'most'} {row.target:,g}"
    )
    return f"| {row.what} | {figure} | {target} | {row.floor} | {row.detail} |"


def median(values: Sequence[float]) -> float:
    """The middle value."""
    return share(values, 0.5)


def p95(values: Sequence[float]) -> float:
    """The value that 95 in 100 do not pass."""
    return share(values, 0.95)


def share(values: Sequence[float], part: float) -> float:
    """The value that a part of all do not pass."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(part * (len(ordered) - 1)))]
