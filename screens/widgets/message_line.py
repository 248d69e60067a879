"""The line that speaks to the agent: what happened, and what to do next."""

from __future__ import annotations

from typing import Literal, TypeAlias

from rich.text import Text
from textual.widget import Widget

from screens.widgets.safe_text import plain

Severity: TypeAlias = Literal["information", "success", "warning", "error"]

_MARKS: dict[str, str] = {"information": "", "success": "✓ ", "warning": "! ", "error": "✗ "}


class MessageLine(Widget):
    """One message at a time; a long one takes a second row instead of losing its end."""

    DEFAULT_CSS = """
    MessageLine { height: auto; min-height: 1; max-height: 2; padding: 0 1; }
    MessageLine.-success { color: $text-success; }
    MessageLine.-warning { color: $text-warning; }
    MessageLine.-error { color: $text-error; text-style: bold; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        """What is said now."""

    def show(self, text: str, severity: Severity = "information") -> None:
        """Replace the message."""
        self.text = plain(text)
        for name in _MARKS:
            self.set_class(bool(self.text) and name == severity, f"-{name}")
        self._mark = _MARKS[severity] if self.text else ""
        self.refresh(layout=True)

    _mark = ""

    def render(self) -> Text:
        """The mark and the message; never parsed as markup."""
        return Text(self._mark + self.text)
