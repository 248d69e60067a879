"""What a desk tells about itself: how far its numbers were used, and where its audit chain stands."""

from __future__ import annotations

from dataclasses import dataclass

MOST_BLOCKS = 100
"""Blocks of one report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainHead:
    """An entry of an audit chain: all that was entered before it follows from its hash."""

    entries: int
    hash: str

    def __post_init__(self) -> None:
        if not 0 <= self.entries < 1 << 53 or len(self.hash) != 64:
            raise ValueError("expected a number of entries and a hash of 64 digits")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReport:
    """Told at the start of a desk, and each minute."""

    incarnation: str
    """Another one after a copy was put back."""
    run: str
    """Another one at each start. Only one process works in a folder: a run that speaks again after a later one is a
    clone's."""
    used: dict[str, int]
    """By block, the first index that is free; blocks that are used up are left out."""
    head: ChainHead
    """The newest entry."""
    countersigned: ChainHead | None
    """The desk's own entry at the place that the server countersigned last; None where there is none."""

    def __post_init__(self) -> None:
        for name, text in (("incarnation", self.incarnation), ("run", self.run)):
            if not 1 <= len(text) <= 80 or not text.isprintable():
                raise ValueError(f"{name}: expected 1 to 80 characters that can be shown")
        if len(self.used) > MOST_BLOCKS:
            raise ValueError(f"used: expected at most {MOST_BLOCKS} blocks")
        for block, index in self.used.items():
            if not (block.isascii() and block.isdigit() and len(block) == 6):
                raise ValueError("used: expected blocks of six digits")
            if not 0 <= index <= 1_000:
                raise ValueError("used: expected indexes from 0 to 1000")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskReportAnswer:
    """What the server knows better."""

    used: dict[str, int]
    """By block, the first index that is free: further than the desk told."""
    retire: bool
    """Whether another copy of this desk works on: this one must use nothing of what was leased so far."""
    countersigned: int
    """Up to which entry the server countersigned the desk's chain."""
