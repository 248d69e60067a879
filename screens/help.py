"""F1: every key that acts here, and how to say an RMA number."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.table import Table
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Static

from screens.commands import EVERYWHERE, Command, key_name
from screens.widgets.too_small import TooSmall

_NUMBER = (
    "An RMA number has eleven digits, said 3-4-4: four seven one, two zero three nine, five eight seven zero. "
    "The last two are check digits: a digit that was misheard is found before any lookup. "
    "The number is final the moment it is shown, also offline; it never changes."
)
_MOVING = (
    ("Tab, Shift+Tab", "Field", "Go to the next field, or the one before."),
    ("Arrows, PgUp, PgDn", "Row", "Move in a list."),
)


class Help(ModalScreen[None]):
    """The keys of one screen, made from the registry. F1, Esc and F3 close it."""

    CSS_PATH = "help.tcss"
    HORIZONTAL_BREAKPOINTS = TooSmall.HORIZONTAL
    VERTICAL_BREAKPOINTS = TooSmall.VERTICAL
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f3,f12,enter", "close", "Close", show=False),
    ]

    def __init__(self, heading: str, commands: tuple[Command, ...]) -> None:
        super().__init__()
        self._heading = heading
        self._commands = commands

    def compose(self) -> ComposeResult:
        """Keys of the screen, of the whole desk, and the number."""
        with VerticalScroll():
            yield Static(Text(f"Keys · {self._heading}"), classes="help--heading")
            yield Static(_table(self._commands), classes="help--keys")
            yield Static(Text("Everywhere"), classes="help--heading")
            yield Static(_table(EVERYWHERE), classes="help--keys")
            yield Static(_grid(_MOVING), classes="help--keys")
            yield Static(Text("The RMA number"), classes="help--heading")
            yield Static(Text(_NUMBER), classes="help--text")
            yield Static(Text("F1 closes · arrows scroll"), classes="help--hint")
        yield TooSmall()

    def on_mount(self) -> None:
        """The text scrolls by the arrows at once."""
        self.query_one(VerticalScroll).focus()

    def action_close(self) -> None:
        """Back to the screen."""
        self.dismiss()


def _table(commands: tuple[Command, ...]) -> Table:
    return _grid(
        (
            ", ".join(key_name(key) for key in command.keys),
            command.label + (f" ({command.when})" if command.when else ""),
            command.help,
        )
        for command in commands
    )


def _grid(entries: Iterable[tuple[str, str, str]]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(width=18)
    grid.add_column()
    for keys, label, text in entries:
        grid.add_row(Text(keys, "bold"), Text.assemble((f"{label}. ", "bold"), text))
    return grid
