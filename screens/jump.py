"""Ctrl+O: a letter over everything that can be stood on; typing it goes there, Esc stays.

Labels lie over the screen: nothing beneath them moves. They are the same for the same screen, so that they can be
typed ahead.
"""

from __future__ import annotations

from collections.abc import Iterator

from textual.app import ComposeResult
from textual.errors import NoWidget
from textual.events import Key
from textual.screen import Screen
from textual.widgets import Static

from screens.dialog import Dialog
from screens.widgets.jump_target import JumpTarget
from screens.widgets.too_small import TooSmall

LETTERS = "asdfghjklqwertyuiopzxcvbnm"
"""The home row first."""


def targets(screen: Screen[None]) -> list[JumpTarget]:
    """Everything on a screen that can be stood on, in the order of Tab; a list gives each row in view."""
    found: list[JumpTarget] = []
    for widget in screen.focus_chain:
        try:
            region = screen.find_widget(widget).visible_region
            x = widget.content_region.x
        except NoWidget:
            continue
        if not region:
            continue
        offered = getattr(widget, "jump_targets", None)
        if offered is None:
            found.append(JumpTarget(max(0, x - 1), region.y, widget.focus))
        else:
            found += offered()
    return found


def labels(count: int) -> list[str]:
    """As many labels, none of them the beginning of another: one letter each, two for the last where there are many."""
    pairs = 0
    while len(LETTERS) - pairs + pairs * len(LETTERS) < count:
        pairs += 1
    singles = LETTERS[: len(LETTERS) - pairs]
    doubles = (first + second for first in LETTERS[len(singles) :] for second in LETTERS)
    return [*singles, *doubles][:count]


class Jump(Dialog[JumpTarget | None]):
    """The labels; gives the target whose label was typed, or None."""

    DEFAULT_CSS = """
    Jump { background: transparent; }
    Jump > Static { position: absolute; width: auto; height: 1; color: $accent; text-style: bold reverse; }
    """
    NAME = "jump"

    def __init__(self, targets: list[JumpTarget]) -> None:
        super().__init__()
        self._targets = dict(zip(labels(len(targets)), targets, strict=True))
        self._typed = ""

    def compose(self) -> ComposeResult:
        """One label for each target."""
        for label, target in self._targets.items():
            widget = Static(label.upper(), id=f"jump-{label}", markup=False)
            widget.styles.offset = (target.x, target.y)
            yield widget
        yield TooSmall()

    def on_key(self, event: Key) -> None:
        """A letter narrows the labels, or goes; one that fits none is let pass."""
        letter = (event.character or "").lower()
        if letter not in LETTERS or not letter:
            return
        event.stop()
        fitting = list(self._fitting(self._typed + letter))
        if not fitting:
            return
        self._typed += letter
        if fitting == [self._typed]:
            self.dismiss(self._targets[self._typed])
            return
        for label in self._targets:
            self.query_one(f"#jump-{label}").display = label in fitting

    def action_close(self) -> None:
        """Stay where the focus is."""
        self.dismiss(None)

    def _fitting(self, typed: str) -> Iterator[str]:
        return (label for label in self._targets if label.startswith(typed))
