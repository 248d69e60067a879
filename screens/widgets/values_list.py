"""F4: the values that fit a field, narrowed by typing."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from screens.values import Value, Values
from screens.widgets.field import FieldInput
from screens.widgets.key_tally import KeyTally
from screens.widgets.safe_text import plain
from screens.widgets.too_small import TooSmall


class ValuesList(ModalScreen[str | None]):
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
    ValuesList OptionList {
        border: none; padding: 0; height: auto; max-height: 13; background: $panel; scrollbar-size-vertical: 1;
    }
    ValuesList OptionList > .option-list--option-highlighted { background: $surface-lighten-2; color: $foreground; }
    """
    HORIZONTAL_BREAKPOINTS = TooSmall.HORIZONTAL
    VERTICAL_BREAKPOINTS = TooSmall.VERTICAL
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f12,f4,f3", "give_up", "Cancel", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("pageup", "move(-10)", show=False),
        Binding("pagedown", "move(10)", show=False),
    ]

    def __init__(self, title: str, values: Values, chosen: str, tally: KeyTally) -> None:
        super().__init__()
        self._title = title
        self._values = values
        self._chosen = chosen
        self._tally = tally
        self._shown: tuple[tuple[int, Value], ...] = ()

    def compose(self) -> ComposeResult:
        """Title, filter, list, keys."""
        with Vertical():
            yield Static(Content(self._title), classes="values--title")
            yield FieldInput(self._tally, id="filter", max_length=80)
            options = OptionList()
            options.can_focus = False
            yield options
            yield Static(
                Content("Type to narrow · Enter takes · Esc goes back"), classes="values--hint"
            )
        yield TooSmall()

    def on_mount(self) -> None:
        """Show everything, standing on what is chosen."""
        self._show("")

    @on(Input.Changed)
    def _narrow(self, event: Input.Changed) -> None:
        event.stop()
        self._show(event.value)

    @on(Input.Submitted)
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        self._show(event.value)
        highlighted = self.query_one(OptionList).highlighted
        if highlighted is not None:
            self.dismiss(self._shown[highlighted][1].code)

    def action_move(self, by: int) -> None:
        """Stand on another value."""
        options = self.query_one(OptionList)
        if self._shown:
            at = (options.highlighted or 0) + by
            options.highlighted = max(0, min(len(self._shown) - 1, at))

    def action_give_up(self) -> None:
        """Choose nothing."""
        self.dismiss(None)

    def _show(self, text: str) -> None:
        shown = self._values.filtered(text)
        options = self.query_one(OptionList)
        if shown == self._shown and options.option_count:
            return
        self._shown = shown
        options.clear_options()
        width = max((len(v.code) for _, v in shown), default=0)
        for number, value in shown:
            options.add_option(
                Option(
                    Content.assemble(
                        (f"{number:>3} ", "$text-muted"),
                        (plain(value.code).ljust(min(width, 24) + 2), "bold"),
                        plain(value.label),
                    )
                )
            )
        codes = [value.code for _, value in shown]
        start = codes.index(self._chosen) if self._chosen in codes and not text else 0
        options.highlighted = start if shown else None
