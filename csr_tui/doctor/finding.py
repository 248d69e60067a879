"""One thing that the doctor looked at, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Level(Enum):
    """How bad it is."""

    GOOD = "good"
    LOOK = "look"
    """Work goes on, but somebody should do something about it."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one area, in a sentence."""

    area: str
    """A key that stays the same in every language: `clock`."""
    level: Level
    said: str
    remedy: str = ""
    """What to do now; empty where all is well."""


def good(area: str, said: str) -> Finding:
    """All is well."""
    return Finding(area, Level.GOOD, said)


def look(area: str, said: str, remedy: str) -> Finding:
    """Somebody should do something about it."""
    return Finding(area, Level.LOOK, said, remedy)


def wrong(area: str, said: str, remedy: str) -> Finding:
    """Something is broken."""
    return Finding(area, Level.WRONG, said, remedy)
