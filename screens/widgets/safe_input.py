"""A text field that shows, keeps and hands on nothing that moves a terminal's cursor."""

from __future__ import annotations

from textual import events
from textual.geometry import Size
from textual.reactive import Reactive, reactive
from textual.validation import ValidationResult
from textual.widgets import Input

from screens.widgets.safe_text import plain, typed


class SafeInput(Input):
    """Textual's field. Whatever is typed, pasted or loaded goes through `plain`; a paste is cut where the field ends."""

    cursor_blink = reactive(False, init=False)
    """Nothing blinks: an agent would see it all day, and a slow line would carry it."""
    virtual_size = Reactive(Size(0, 0))
    """The text's, which says nothing about the field's: Textual's own lays out the whole screen at each letter."""

    def validate(self, value: str) -> ValidationResult | None:
        """No field of ours has Textual's validators: its classes for them would style each field once more."""
        return None

    def validate_value(self, value: str) -> str:
        """The one gate to the text: every change of `value` goes through it."""
        return plain(typed(value))

    def replace(self, text: str, start: int, end: int) -> None:
        """Put text in the place of a range, as much of it as fits."""
        text = typed(text)
        if self.max_length:
            start, end = sorted((max(0, start), min(len(self.value), end)))
            room = max(0, self.max_length - len(self.value) + (end - start))
            if len(text) > 1:  # a single key beyond the end rings, a paste is cut
                text = text[:room]
        super().replace(plain(text), start, end)

    def _on_paste(self, event: events.Paste) -> None:
        """All lines of the paste, not the first alone."""
        event.prevent_default()
        event.stop()
        text = " ".join(event.text.split("\n")).strip()
        if text:
            self.replace(text, *self.selection)
