"""Figures of a sample, and a row of the table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that was measured."""

    what: str
    figure: float
    unit: str
    target: float
    floor: str = ""
    """The minimal app's figure in the same run."""
    detail: str = ""

    @property
    def reached(self) -> bool:
        """Whether the target is reached."""
        return self.figure <= self.target


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
