"""F4: the values that fit a field, narrowed by typing."""

from __future__ import annotations

from typing import ClassVar

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, Static

from rma.wording import _, mark
from screens.dialog import Dialog
from screens.values import Value, Values
from screens.widgets.field import FieldInput
from screens.widgets.key_tally import KeyTally
from screens.widgets.row_list import Row, RowList, note
from screens.widgets.safe_text import pad, plain, shorten
from screens.widgets.too_small import TooSmall

_MOST_ROWS = 13
"""Rows of the list; more scroll."""
_NONE = mark("None fits: take letters back with Backspace.")


class ValuesList(Dialog[str | None]):
    """A list to choose from; gives the code, or None on Esc. Typing narrows it, a number picks by position."""

    DEFAULT_CSS = """
    ValuesList { align: center top; background: $background 60%; }
    ValuesList > Vertical {
        width: 70; max-width: 100%; height: auto; max-height: 100%; margin: 1 0 0 0; padding: 1 2;
        background: $panel;
    }
    ValuesList .values--title { text-style: bold; color: $primary; height: 1; }
    ValuesList .values--hint { color: $text-muted; height: 1; margin: 1 0 0 0; }
    ValuesList FieldInput, ValuesList FieldInput:focus { margin: 1 0; padding: 0 1; background: $background; }
    ValuesList RowList { height: auto; max-height: 13; background: $panel; }
    ValuesList RowList > .row-list--selected { background: $surface-lighten-2; }
    """
    NAME = "values"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
    ]

    def __init__(self, title: str, values: Values, chosen: str, tally: KeyTally) -> None:
        super().__init__()
        self._title = title
        self._values = values
        self._chosen = chosen
        self._tally = tally

    def compose(self) -> ComposeResult:
        """Title, filter, list, keys."""
        with Vertical():
            yield Static(Content(self._title), classes="values--title")
            yield FieldInput(self._tally, id="filter", max_length=80)
            yield RowList()
            hint = _("Type to narrow · Enter takes · {key} goes back")
            yield Static(Content(hint.format(key=self.key("give_up"))), classes="values--hint")
        yield TooSmall()

    def on_mount(self) -> None:
        """Show everything, standing on what is chosen; the box keeps its height while the list narrows."""
        rows = self._rows
        rows.can_focus = False
        self._show("")
        rows.styles.height = min(_MOST_ROWS, len(rows.keys))

    @property
    def _rows(self) -> RowList:
        return self.query_one(RowList)

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        self._show(event.value)
        code = self._rows.selected
        if code is not None:
            self.dismiss(str(code))

    def action_move(self, by: int) -> None:
        """Stand on another value."""
        self._rows.action_move(by)

    def action_page(self, by: int) -> None:
        """Stand on a value a page further."""
        self._rows.action_page(by)

    def action_give_up(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def _show(self, text: str) -> None:
        shown = self._values.filtered(text)
        cells = min(24, max((cell_len(value.code) for _, value in shown), default=0))
        digits = self._values.digits
        rows = [_row(f"{number:0{digits}}", value, cells) for number, value in shown]
        self._rows.show_rows(rows or [note(_(_NONE))])
        if text:
            self._rows.select_first()
        else:
            self._rows.select(self._chosen)
            if self._rows.selected is None:
                self._rows.select_first()


def _row(number: str, value: Value, cells: int) -> Row:
    def draw(width: int) -> Text:
        line = Text.assemble(
            (f"{number:>2} ", "row-list--strong"), (pad(plain(value.code), cells + 2), "bold")
        )
        line.append(shorten(plain(value.label), max(0, width - line.cell_len)))
        return line

    return Row(value.code, draw)
