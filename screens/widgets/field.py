"""One field of a form: its label, the text being typed, and beside it what the text means or what is wrong with it."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static

from screens.forms.spec import Advance, FieldSpec
from screens.widgets.key_tally import KeyTally
from screens.widgets.safe_input import SafeInput
from screens.widgets.safe_text import plain

_LABEL_CELLS = 13
MANDATORY = "*"
"""Stands behind the label of a field that has to be filled in, as long as it is empty."""


class FieldInput(SafeInput):
    """A one-row text field that counts its keys."""

    DEFAULT_CSS = """
    FieldInput, FieldInput:focus {
        border: none; height: 1; padding: 0; background: $surface; background-tint: transparent;
    }
    FieldInput:focus { background: $panel; text-style: bold; }
    """

    def __init__(
        self,
        tally: KeyTally | None = None,
        *,
        id: str,
        max_length: int,
        advance: Advance = Advance.EXIT,
    ) -> None:
        super().__init__(id=id, max_length=max_length, select_on_focus=True)
        self._tally = tally
        self._advance = advance
        self.digit_typed = False
        """Whether the newest change came of a digit that was typed: only that makes a full field go on."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """A digit that may move the cursor on is a command: what is typed behind it waits until it has moved."""
        if self._advance is Advance.FULL and character is not None and character.isdigit():
            return False
        return super().check_consume_key(key, character)

    def on_key(self, event: events.Key) -> None:
        """Count it; Textual's own handler follows."""
        self.digit_typed = event.character is not None and event.character.isdigit()
        if self._tally is not None:
            self._tally.press()
        if self._advance is Advance.ENTER and event.key in ("tab", "shift+tab"):
            event.stop()
            event.prevent_default()

    def on_paste(self) -> None:
        """What is pasted stays where it is."""
        self.digit_typed = False


class Field(Horizontal):
    """Label, input and echo on one row, made from its definition. The input's id is the field's name."""

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

    def __init__(self, spec: FieldSpec, tally: KeyTally | None = None) -> None:
        super().__init__(id=f"field-{spec.name}", classes="" if spec.width else "-long")
        self._spec = spec
        self._label = Static(Content(spec.shown_label), classes="field--label")
        self._label.display = bool(spec.label)
        self.input = FieldInput(
            tally, id=spec.name, max_length=spec.max_length, advance=spec.advance
        )
        self._echo = Static(classes="field--echo")
        self._said = ("", False)
        self._marked = False
        if spec.width:
            self.input.styles.width = spec.width

    def compose(self) -> ComposeResult:
        """The three parts."""
        yield self._label
        yield self.input
        yield self._echo

    def show(self, text: str) -> None:
        """Put a text in; the cursor goes to its end."""
        text = plain(text)
        if self.input.value != text:
            with self.input.prevent(SafeInput.Changed):
                self.input.value = text
            self.input.cursor_position = len(text)

    def mark(self, mandatory: bool) -> None:
        """Show or hide the sign that it has to be filled in."""
        if mandatory != self._marked:
            self._marked = mandatory
            self._label.update(Content(marked(self._spec.shown_label, mandatory)), layout=False)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show what the text means, or with `wrong` what is wrong with it."""
        if (text, wrong) == self._said:
            return
        self._said = (text, wrong)
        self.set_class(wrong, "-wrong")
        said = Content(("✗ " if wrong else "") + plain(text))
        self._echo.update(said, layout=not self._spec.width)


def marked(label: str, mandatory: bool) -> str:
    """A label in its cells, with the sign in the last of them."""
    return label.ljust(_LABEL_CELLS - 1) + (MANDATORY if mandatory else " ")
