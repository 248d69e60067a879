"""What a screen looks like, as text that a diff can be read in: its rows, then the style of every cell."""

from __future__ import annotations

from string import ascii_letters, digits

from rich.style import Style
from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

from tests.screens.seat import Seat

_LETTERS = ascii_letters + digits


class Picture(SingleFileSnapshotExtension):
    """One text file for each picture."""

    _file_extension = "txt"
    _write_mode = WriteMode.TEXT


def picture(seat: Seat) -> str:
    """Rows of text; rows of letters, one letter for each style; the legend of the letters, in order of appearance."""
    width, height = seat.app.size
    letters: dict[str, str] = {}
    styled = []
    for strip in seat.app.screen._compositor.render_strips(seat.app.size)[:height]:
        row = ""
        for segment in strip:
            name = _named(segment.style)
            letter = letters.setdefault(name, _LETTERS[len(letters)])
            row += letter * segment.cell_length
        styled.append(row[:width])
    legend = [f"{letter} {name}" for name, letter in letters.items()]
    frame = "─" * width
    return "\n".join(
        [frame, *(line.rstrip() for line in seat.lines), frame, *styled, frame, *legend, ""]
    )


def _named(style: Style | None) -> str:
    return str(style) if style else "none"
