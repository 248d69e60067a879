"""What somebody at a desk does until the process ends."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """How a desk works. Seconds throughout."""

    seed: str = ""
    orders: tuple[str, ...] = ()
    """Returns are made of these, by chance."""
    lines: tuple[str, ...] = ("1", "2")
    """Which lines of them."""
    returns: int | None = None
    """How many; None: without end."""
    pause: float = 0.02
    """Mean time between two of them."""
    online: bool = True
    """Whether it syncs meanwhile; else only once it may go on, after the returns."""
    until_quiet: bool = False
    """Whether it ends: it says when nothing waits any more, and hears everything once it may go on."""
    patience: float | None = None
    """How long an answer may take; None: as long as the program waits."""
