"""The first row: where the agent is."""

from __future__ import annotations

from rich.text import Text
from textual.widget import Widget

from screens.widgets.safe_text import plain, shorten


class TitleLine(Widget):
    """What the screen is about at the left, a detail at the right."""

    DEFAULT_CSS = """
    TitleLine {
        height: 1;
        padding: 0 1;
        background: $surface;
        color: $primary;
        text-style: bold;
    }
    """

    def __init__(self, heading: str) -> None:
        super().__init__()
        self._heading = heading
        self._detail = ""

    def show(self, heading: str, detail: str = "") -> None:
        """Replace both texts; they may come from outside."""
        if (heading, detail) != (self._heading, self._detail):
            self._heading, self._detail = heading, detail
            self.refresh()

    def render(self) -> Text:
        """Heading and detail, each cut where the row ends."""
        width = self.size.width
        heading = shorten(plain(self._heading), width)
        line = Text(heading, no_wrap=True)
        room = width - line.cell_len - 2
        if self._detail and room > 3:
            detail = Text(shorten(plain(self._detail), room), style=self._muted())
            line.append(" " * (width - line.cell_len - detail.cell_len))
            line.append_text(detail)
        return line

    def _muted(self) -> str:
        return "not bold dim"
