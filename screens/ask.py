"""One-line questions: a reason to type, or a `y` to type where nothing can be undone."""

from __future__ import annotations

import math
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.events import Mount
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from screens.widgets.safe_input import SafeInput
from screens.widgets.safe_text import plain
from screens.widgets.too_small import TooSmall


class AskReason(ModalScreen[str | None]):
    """A question that is answered with one typed line; gives the text, or None on Esc."""

    CSS_PATH = "ask.tcss"
    HORIZONTAL_BREAKPOINTS = TooSmall.HORIZONTAL
    VERTICAL_BREAKPOINTS = TooSmall.VERTICAL
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f12,f3", "give_up", "Cancel", show=False)
    ]

    def __init__(
        self, question: str, detail: str = "", *, required: bool = True, initial: str = ""
    ) -> None:
        super().__init__()
        self._question, self._detail = plain(question), plain(detail)
        self._required, self._initial = required, initial

    def compose(self) -> ComposeResult:
        """The question, why it is asked, the field, and the keys."""
        with Vertical():
            yield Static(Text(self._question), classes="ask--question")
            if self._detail:
                yield Static(Text(self._detail), classes="ask--detail")
            yield SafeInput(value=self._initial, max_length=500)
            yield Static(Text("Enter takes it · Esc goes back"), classes="ask--hint")
        yield TooSmall()

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if text or not self._required:
            self.dismiss(text)
            return
        hint = self.query_one(".ask--hint", Static)
        hint.add_class("-error")
        hint.update(Text("✗ A reason is needed: type a few words, or Esc to go back"))

    def action_give_up(self) -> None:
        """Go back without an answer."""
        self.dismiss(None)


class ConfirmTyped(ModalScreen[bool]):
    """A question for what cannot be undone: only a typed `y` and Enter is a yes, Enter alone means no."""

    takes_keys_from = math.inf
    """Keys that were typed before the question was seen are no answer."""
    CSS_PATH = "ask.tcss"
    HORIZONTAL_BREAKPOINTS = TooSmall.HORIZONTAL
    VERTICAL_BREAKPOINTS = TooSmall.VERTICAL
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,f12,f3", "give_up", "No", show=False)]

    def __init__(self, question: str, detail: str = "") -> None:
        super().__init__()
        self._question, self._detail = plain(question), plain(detail)

    def compose(self) -> ComposeResult:
        """The question, what follows from it, the field, and the keys."""
        with Vertical():
            yield Static(Text(self._question), classes="ask--question")
            if self._detail:
                yield Static(Text(self._detail), classes="ask--detail")
            yield SafeInput(max_length=3)
            yield Static(Text("y and Enter: yes · Enter or Esc: no"), classes="ask--hint")
        yield TooSmall()

    def on_mount(self, event: Mount) -> None:
        """It is shown: from now on keys are answers."""
        self.takes_keys_from = event.time

    @on(Input.Submitted)
    def _typed(self, event: Input.Submitted) -> None:
        event.stop()
        self.dismiss(event.value.strip().lower() in ("y", "yes"))

    def action_give_up(self) -> None:
        """The answer is no."""
        self.dismiss(False)
