"""Fewer bytes for the same picture: a run of cells that look alike is written with one style. Agents work over ssh."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter


class Joined(LineFilter):
    """Joins neighbours of one style, and blanks with their neighbours on the same ground."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments, as few as show the same."""
        joined: list[Segment] = []
        for text, style, control in segments:
            if joined and control is None and joined[-1].control is None:
                before, known, _ = joined[-1]
                blank = before.isspace() or text.isspace()
                if style == known or (blank and _same_ground(known, style)):
                    joined[-1] = Segment(before + text, style if before.isspace() else known)
                    continue
            joined.append(Segment(text, style, control))
        return joined


def _same_ground(before: Style | None, blank: Style | None) -> bool:
    """Whether a blank looks the same in both styles: what stands on the ground shows in neither."""
    if before is None or blank is None or before.bgcolor != blank.bgcolor:
        return False
    return not any(_shows_on_blanks(style) for style in (before, blank))


def _shows_on_blanks(style: Style) -> bool:
    return bool(
        style.underline
        or style.underline2
        or style.reverse
        or style.strike
        or style.overline
        or style.link
    )
