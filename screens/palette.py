"""Ctrl+P: every command of the screen and the desk, found by name. The second route to each key."""

from __future__ import annotations

from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from screens.commands import Command
from screens.widgets.row_list import Row, RowList, note
from screens.widgets.safe_input import SafeInput
from screens.widgets.safe_text import pad, shorten
from screens.widgets.too_small import TooSmall

_MOST_ROWS = 13
"""Rows of the list; more scroll."""
_NONE = note("No command has this name: take letters back with Backspace.")


class Palette(ModalScreen[Command | None]):
    """A box that narrows the list while typing; gives the command that was chosen, or None."""

    CSS_PATH = "palette.tcss"
    HORIZONTAL_BREAKPOINTS = TooSmall.HORIZONTAL
    VERTICAL_BREAKPOINTS = TooSmall.VERTICAL
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f3,f12,ctrl+p", "close", "Close", show=False),
        Binding("down", "move(1)", "Next", show=False),
        Binding("up", "move(-1)", "Before", show=False),
    ]

    def __init__(self, commands: tuple[Command, ...]) -> None:
        super().__init__()
        self._commands = {command.id: command for command in commands}

    def compose(self) -> ComposeResult:
        """The box, and what fits its text."""
        with Vertical():
            yield Static(Text("Commands"), classes="palette--heading")
            yield SafeInput(placeholder="part of its name")
            yield RowList()
            yield Static(Text("Enter runs it · Esc goes back"), classes="palette--hint")
        yield TooSmall()

    def on_mount(self) -> None:
        """All commands at first; the box keeps its height while the list narrows."""
        rows = self.query_one(RowList)
        rows.can_focus = False
        rows.styles.height = min(_MOST_ROWS, len(self._commands))
        self._narrow("")

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        event.stop()
        self._narrow(event.value)

    @on(Input.Submitted)
    def _chosen(self, event: Input.Submitted) -> None:
        event.stop()
        selected = self.query_one(RowList).selected
        if selected is not None:
            self.dismiss(self._commands[str(selected)])

    def action_move(self, step: int) -> None:
        """Select another command while the box keeps the focus."""
        self.query_one(RowList).action_move(step)

    def action_close(self) -> None:
        """Back, without a command."""
        self.dismiss(None)

    def _narrow(self, text: str) -> None:
        words = text.lower().split()
        fitting = [
            command
            for command in self._commands.values()
            if all(word in f"{command.label} {command.help}".lower() for word in words)
        ]
        fitting.sort(key=lambda c: not all(word in c.label.lower() for word in words))
        rows = self.query_one(RowList)
        rows.show_rows([_row(command) for command in fitting] or [_NONE])
        rows.select_first()


def _row(command: Command) -> Row:
    def draw(width: int) -> Text:
        line = Text.assemble(
            (pad(command.shown_key, 8), "row-list--mark"), (pad(command.label, 15), "bold")
        )
        line.append(shorten(command.help, max(0, width - 24)), style="row-list--muted")
        return line

    return Row(command.id, draw)
