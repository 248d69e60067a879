"""What a terminal shows that is too small to work in. The fields beneath keep their text and focus."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual.widget import Widget

from rma.wording import _

MIN_WIDTH, MIN_HEIGHT = 60, 18
"""Cells that a screen needs."""


class TooSmall(Widget):
    """Covers its screen while the terminal is smaller than 60x18."""

    HORIZONTAL: ClassVar[list[tuple[int, str]]] = [
        (0, "-narrow"),
        (MIN_WIDTH, "-normal"),
        (110, "-wide"),
    ]
    """Breakpoints for the screens that hold one; `-wide` from 110 columns."""
    VERTICAL: ClassVar[list[tuple[int, str]]] = [(0, "-low"), (MIN_HEIGHT, "-high"), (32, "-tall")]

    SCOPED_CSS = False  # the rules look at the screen around it
    DEFAULT_CSS = """
    TooSmall { layer: cover; display: none; dock: top; width: 100%; height: 100%; background: $background; color: $foreground; }
    Screen.-narrow TooSmall { display: block; }
    Screen.-low TooSmall { display: block; }
    """

    def render(self) -> Text:
        """One line, cut where the terminal ends."""
        size = self.app.size
        said = _("Needs {needed}, is {found}").format(
            needed=f"{MIN_WIDTH}x{MIN_HEIGHT}", found=f"{size.width}x{size.height}"
        )
        return Text(said, overflow="crop", no_wrap=True)
