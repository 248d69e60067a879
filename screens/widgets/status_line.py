"""The line that says who works here and whether the desk is in touch, in words."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.widget import Widget

from rma.wording import _
from screens.reading import is_read
from screens.status_words import DeskStatus, call, connection, wanted, who
from screens.widgets.safe_text import shorten


class StatusLine(Widget):
    """Person, connection and call at the left, what wants attention at the right.

    What protects the desk's keys follows the call where there is room: it is never missed in a hurry, and pushes nothing out.
    """

    DEFAULT_CSS = """
    StatusLine { height: 1; padding: 0 1; background: $surface; color: $text-muted; }
    StatusLine.-offline { color: $text-warning; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._left, self._right, self._protection = _("opening the desk"), "", ""

    def show(self, status: DeskStatus) -> None:
        """Replace the status; draws only what changed, so that nothing flickers."""
        running = "" if is_read(self) else call(status)
        said = (who(status), connection(status), running)
        parts = " · ".join(part for part in said if part), wanted(status), status.protection
        self.set_class(status.sync is not None and status.sync.online is False, "-offline")
        if parts != (self._left, self._right, self._protection):
            self._left, self._right, self._protection = parts
            self.refresh()

    def render(self) -> Text:
        """Both parts on one row; the right one is cut last."""
        width = self.size.width
        right = shorten(self._right, width)
        room = max(0, width - len(right) - (2 if right else 0))
        whole = f"{self._left} · {self._protection}"
        left = whole if self._protection and cell_len(whole) <= room else shorten(self._left, room)
        line = Text(left, no_wrap=True)
        if right:
            line.append(" " * max(0, width - line.cell_len - len(right)))
            line.append(right, style="bold")
        return line
