"""The line that speaks to the agent: what happened, and what to do next."""

from __future__ import annotations

from typing import Literal, TypeAlias

from rich.text import Text
from textual.widget import Widget

from screens.widgets.safe_text import plain

Severity: TypeAlias = Literal["information", "success", "warning", "error"]

_MARKS: dict[str, str] = {"information": "", "success": "✓ ", "warning": "! ", "error": "✗ "}


class MessageLine(Widget):
    """One message at a time. A long one lays its second row over the body instead of losing its end: nothing moves."""

    DEFAULT_CSS = """
    MessageLine { layer: cover; dock: bottom; height: 1; margin: 0 0 2 0; padding: 0 1; background: $background; }
    MessageLine.-success { color: $text-success; }
    MessageLine.-warning { color: $text-warning; }
    MessageLine.-error { color: $text-error; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        """What is said now."""
        self._mark = ""

    def show(self, text: str, severity: Severity = "information") -> None:
        """Replace the message; the same one is not drawn again."""
        text = plain(text)
        mark = _MARKS[severity] if text else ""
        if (text, mark) == (self.text, self._mark):
            return
        self.text, self._mark = text, mark
        for name in _MARKS:
            self.set_class(bool(text) and name == severity, f"-{name}")
        self._fit()
        self.refresh()

    def on_resize(self) -> None:
        """A narrower terminal needs the second row earlier."""
        self._fit()

    def render(self) -> Text:
        """The mark and the message; never parsed as markup."""
        return Text(self._mark + self.text)

    def _fit(self) -> None:
        """Take a second row where the first does not hold it all."""
        width = self.content_size.width
        rows = len(self.render().wrap(self.app.console, width)) if width else 1
        height = min(rows, 2)
        if self.styles.height is None or self.styles.height.value != height:
            self.styles.height = height
