"""A text that scrolls."""

from __future__ import annotations

from textual.containers import VerticalScroll


class Sheet(VerticalScroll):
    """Scrolls up and down. The room of its bar is there from the start: one that comes later moves the text."""

    DEFAULT_CSS = """
    Sheet { overflow-y: scroll; scrollbar-size-vertical: 1; scrollbar-background: transparent; }
    """

    def on_mount(self) -> None:
        """Said before the first layout, so that there is no second."""
        self.vertical_scrollbar.display = True
