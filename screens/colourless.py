"""NO_COLOR: the desk without a single colour code. Attributes say what colours said."""

from __future__ import annotations

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter

STYLES = """
Input:nocolor { text-style: underline; }
ModalScreen:nocolor > Vertical, ModalScreen:nocolor > VerticalScroll { border: solid white; padding: 0 1; }
ReturnForm:nocolor #answer { border-top: solid white; height: 6; }
"""
"""Outlines for what is otherwise seen by its ground."""

_BRIGHT = 0.45
"""Grounds from here on are a cursor's or a mark's: they are drawn in reverse."""


class WithoutColours(LineFilter):
    """Textual's own filter turns colours into greys, which are colour codes all the same."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments with their attributes alone."""
        return [
            Segment(text, style and _without(style), control) for text, style, control in segments
        ]


@lru_cache(4096)
def _without(style: Style) -> Style:
    ground = style.bgcolor
    bright = ground is not None and Color.from_rich_color(ground).brightness > _BRIGHT
    plain = style.without_color
    return plain + Style(reverse=True) if bright else plain
