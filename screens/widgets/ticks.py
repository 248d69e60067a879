"""A field of a few facts, each ticked by its digit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from rma.wording import _
from screens.forms.spec import FieldSpec
from screens.reading import is_read
from screens.widgets.field import marked
from screens.widgets.key_tally import KeyTally
from screens.widgets.safe_text import plain


class Ticks(Widget, can_focus=True):
    """`1✓name  2 e-mail`: a digit ticks or unticks, left and right with the space bar do too."""

    DEFAULT_CSS = """
    Ticks { height: 1; width: 1fr; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    Ticks:focus { background: $panel; color: $foreground; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
    ]

    @dataclass
    class Changed(Message):
        """Something was ticked or unticked."""

        ticks: Ticks
        codes: tuple[str, ...]

        @property
        def control(self) -> Ticks:
            """The field."""
            return self.ticks

    @dataclass
    class Taken(Message):
        """Enter was pressed."""

        ticks: Ticks

    @dataclass
    class Left(Message):
        """The focus left the field."""

        ticks: Ticks

    def __init__(
        self, spec: FieldSpec, entries: tuple[tuple[str, str], ...], tally: KeyTally | None = None
    ) -> None:
        super().__init__(id=spec.name)
        self._label = spec.shown_label
        self._entries = entries
        self._ticked: tuple[str, ...] = ()
        self._at = 0
        self._wrong = self._mandatory = False
        self._tally = tally

    def show(self, codes: tuple[str, ...], *, wrong: bool, mandatory: bool) -> None:
        """Show these as ticked, whether something is wrong about them, and whether one has to be."""
        shown = (self._ticked, self._wrong, self._mandatory)
        if (codes, wrong, mandatory) != shown:
            self._ticked, self._wrong, self._mandatory = codes, wrong, mandatory
            self.refresh()

    def offer(self, entries: tuple[tuple[str, str], ...]) -> None:
        """Change the words beside the digits."""
        if entries != self._entries:
            self._entries = entries
            self.refresh()

    def render(self) -> Content:
        """All facts on one row."""
        style = "bold $foreground" if self.has_focus else "$text-muted"
        label = f"✗ {self._label.strip()}" if self._wrong else self._label
        parts: list[Content | tuple[str, str]] = [
            (marked(label, self._mandatory), "$text-error" if self._wrong else style)
        ]
        for number, (code, words) in enumerate(self._entries, 1):
            ticked = code in self._ticked
            style = "bold $foreground" if ticked else ""
            if self.has_focus and number - 1 == self._at:
                style += " underline"
            shown = f"{number}{'✓' if ticked else ' '}{plain(words)}"
            if ticked and is_read(self):
                shown = " ".join((str(number), plain(words), _("ticked")))
            parts.append((shown, style))
            parts.append(("  ", ""))
        return Content.assemble(*parts)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Digits and the space bar are this field's input."""
        return character is not None and (character.isdigit() or character == " ")

    def on_key(self, event: events.Key) -> None:
        """Tick by digit or space; Enter takes the field."""
        if self._tally is not None:
            self._tally.press()
        if event.key == "enter":
            self.post_message(self.Taken(self))
        elif event.character is not None and event.character in "123456789":
            self._tick(int(event.character) - 1)
        elif event.character == " ":
            self._tick(self._at)
        else:
            return
        event.stop()

    def on_blur(self) -> None:
        """Say that the focus left."""
        self.post_message(self.Left(self))

    def action_move(self, by: int) -> None:
        """Stand on the fact before or after."""
        self._at = max(0, min(len(self._entries) - 1, self._at + by))
        self.refresh()

    def _tick(self, index: int) -> None:
        if index >= len(self._entries):
            return
        self._at = index
        code = self._entries[index][0]
        without = tuple(each for each in self._ticked if each != code)
        self._ticked = without if len(without) < len(self._ticked) else (*self._ticked, code)
        self.refresh()
        self.post_message(self.Changed(self, self._ticked))
