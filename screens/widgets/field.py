"""One field of a form: its label, the text being typed, and beside it what the text means or what is wrong with it."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from screens.widgets.key_tally import KeyTally
from screens.widgets.safe_input import SafeInput
from screens.widgets.safe_text import plain


class FieldInput(SafeInput):
    """A one-row text field that counts its keys."""

    DEFAULT_CSS = """
    FieldInput, FieldInput:focus {
        border: none; height: 1; padding: 0; background: $surface; background-tint: transparent;
    }
    FieldInput:focus { background: $panel; text-style: bold; }
    """

    def __init__(self, tally: KeyTally, *, id: str, max_length: int) -> None:
        super().__init__(id=id, max_length=max_length, select_on_focus=True)
        self._tally = tally
        self.cursor_blink = False

    def on_key(self, event: events.Key) -> None:
        """Count it; Textual's own handler follows."""
        self._tally.press()


class Field(Horizontal):
    """Label, input and echo on one row. Listen to the input's own messages; its id is the field's name."""

    DEFAULT_CSS = """
    Field { height: 1; width: 1fr; }
    Field > .field--label { width: 13; color: $text-muted; }
    Field > .field--echo { width: 1fr; padding: 0 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    Field.-wrong > FieldInput { color: $text-error; }
    Field.-wrong > .field--echo { color: $text-error; }
    Field:focus-within > .field--label { color: $foreground; text-style: bold; }
    Field.-long > FieldInput { width: 1fr; }
    Field.-long > .field--echo { width: auto; max-width: 68%; }
    """

    def __init__(
        self,
        name: str,
        label: str,
        tally: KeyTally,
        *,
        width: int = 0,
        max_length: int = 500,
        classes: str = "",
    ) -> None:
        """`width` in cells; 0 takes the whole row."""
        super().__init__(
            id=f"field-{name}", classes=f"{classes} {'' if width else '-long'}".strip()
        )
        self._label = Static(Content(label), classes="field--label")
        self.input = FieldInput(tally, id=name, max_length=max_length)
        self._echo = Static(classes="field--echo")
        self._said = ("", False)
        if width:
            self.input.styles.width = width

    def compose(self) -> ComposeResult:
        """The three parts."""
        yield self._label
        yield self.input
        yield self._echo

    def show(self, text: str) -> None:
        """Put a text in; the cursor goes to its end."""
        text = plain(text)
        if self.input.value != text:
            self.input.value = text

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show what the text means, or with `wrong` what is wrong with it."""
        if (text, wrong) == self._said:
            return
        self._said = (text, wrong)
        self.set_class(wrong, "-wrong")
        self._echo.update(Content(("✗ " if wrong else "") + plain(text)))
