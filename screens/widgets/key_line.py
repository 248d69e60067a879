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

    def __init__(
        self,
        commands: Callable[[], tuple[Command, ...]],
        everywhere: Callable[[], tuple[Command, ...]],
    ) -> None:
        """`commands` are those of the screen that apply now, `everywhere` the app's."""
        super().__init__()
        self._commands = commands
        self._everywhere = everywhere
        self._drawn: tuple[Command, ...] = ()

    def update(self) -> None:
        """Draw the keys anew, if others matter now."""
        if self._keys() != self._drawn:
            self.refresh()

    def render(self) -> Text:
        """As many keys as the row holds, never half a label."""
        style = self.get_component_rich_style("key-line--key", partial=True)
        line = Text(no_wrap=True)
        self._drawn = self._keys()
        for command in self._drawn:
            entry = Text.assemble((command.shown_key, style), f" {command.shown_label}")
            gap = KEY_GAP if line else ""
            if line.cell_len + len(gap) + entry.cell_len > self.size.width:
                break
            line.append(gap)
            line.append_text(entry)
        return line

    def _keys(self) -> tuple[Command, ...]:
        return key_line(self._commands(), self.size.width, self._everywhere())
