"""What a jump label can lead to: a widget offers one for each of its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class JumpTarget:
    """A place on the screen that can be stood on."""

    x: int
    y: int
    """Where its label is drawn, in cells from the terminal's top left."""
    go: Callable[[], object]
    """Stands there."""
