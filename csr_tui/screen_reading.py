"""The desk for screen readers: the terminal's own cursor stands at the focus, and nothing is drawn that is no text.

A screen reader follows the hardware cursor and reads the row that it stands on. Lines, bars and marks become blanks;
wherever a mark says something, words stand beside it. Widgets that say more in words ask for `READING`.
"""

from __future__ import annotations

from typing import Any, TypeVar, cast

from rich.cells import cell_len
from rich.segment import Segment
from textual.app import App
from textual.color import Color
from textual.driver import Driver
from textual.filter import LineFilter
from textual.geometry import Offset
from textual.widgets import Input

from screens.reading import READING

SHOW_CURSOR = "\x1b[?25h"

A = TypeVar("A", bound=App[Any])

_DRAWN = dict.fromkeys(
    (
        *range(0x2190, 0x2200),  # arrows
        *range(0x2500, 0x2600),  # box drawing, blocks, shapes
        *range(0x2700, 0x27C0),  # dingbats: ticks and crosses
        0x2022,  # bullet
    ),
    " ",
) | {0x00B7: ","}
"""What is drawn, and the blank or the pause that stands for it; each as wide as before."""


class WithoutSigns(LineFilter):
    """Turns what is drawn into blanks, and the dot between words into a comma."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with letters alone."""
        return [
            Segment(text if text.isascii() else _letters(text), style, control)
            for text, style, control in segments
        ]


def _letters(text: str) -> str:
    return text.replace(" · ", ",  ").translate(_DRAWN)


class ScreenReading(App[None]):
    """Mixed into an app by `reading`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.set_class(True, READING)
        self._filters.append(WithoutSigns(enabled=True))

    @property
    def cursor_position(self) -> Offset:
        """Where the terminal's cursor stands after each repaint: in the text, on the row, else where the focus begins."""
        focused = self.screen.focused if self._screen_stacks and self.screen_stack else None
        if focused is None:
            return Offset(0, 0)
        if isinstance(
            focused, Input
        ):  # Textual's own answer is one cell further at the end of the text
            cell = cell_len(focused.value[: focused.cursor_position]) - focused.scroll_offset.x
            return focused.content_region.offset + Offset(cell, 0)
        place = getattr(focused, "cursor_screen_offset", None)
        return place if isinstance(place, Offset) else focused.content_region.offset

    @cursor_position.setter
    def cursor_position(self, place: Offset) -> None:
        """Fields say where their cursor is; the focus is asked for it when something is drawn."""


def reading(app: type[A]) -> type[A]:
    """The same app for screen readers."""
    return cast("type[A]", type(app.__name__, (ScreenReading, app), {}))


def showing_cursor(driver: type[Driver] | None) -> type[Driver] | None:
    """The same driver with the terminal's cursor shown, also after the program was stopped and goes on."""
    if driver is None:
        return None

    class ShowingCursor(driver):  # type: ignore[valid-type, misc]
        def start_application_mode(self) -> None:
            super().start_application_mode()
            self.write(SHOW_CURSOR)
            self.flush()

    return ShowingCursor
