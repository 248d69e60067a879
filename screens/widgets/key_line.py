"""The last row: at most seven keys that matter here."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.text import Text
from textual.widget import Widget

from screens.commands import KEY_GAP, Command, key_line


class KeyLine(Widget):
    """Keys with their labels, made from the registry; what does not fit is left to the palette."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"key-line--key"}
    DEFAULT_CSS = """
    KeyLine { height: 1; padding: 0 1; color: $text-muted; }
    KeyLine > .key-line--key { color: $accent; text-style: bold; }
    """

    def __init__(self, commands: Callable[[], tuple[Command, ...]]) -> None:
        super().__init__()
        self._commands = commands

    def render(self) -> Text:
        """As many keys as the row holds, never half a label."""
        style = self.get_component_rich_style("key-line--key", partial=True)
        line = Text(no_wrap=True)
        for command in key_line(self._commands(), self.size.width):
            entry = Text.assemble((command.shown_key, style), f" {command.label}")
            gap = KEY_GAP if line else ""
            if line.cell_len + len(gap) + entry.cell_len > self.size.width:
                break
            line.append(gap)
            line.append_text(entry)
        return line
