"""Fewer bytes for the same picture."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from screens.joined import Joined

PLAIN, BOLD = Style.parse("white on black"), Style.parse("bold green on black")
OTHER, UNDERLINED = Style.parse("white on blue"), Style.parse("underline white on black")


def joined(*segments: tuple[str, Style]) -> list[tuple[str, Style | None]]:
    made = Joined().apply([Segment(text, style) for text, style in segments], Color(0, 0, 0))
    return [(segment.text, segment.style) for segment in made]


def test_neighbours_of_one_style_become_one() -> None:
    assert joined(("a", PLAIN), ("b", PLAIN), ("c", BOLD)) == [("ab", PLAIN), ("c", BOLD)]


def test_blanks_join_what_stands_beside_them_on_the_same_ground() -> None:
    assert joined(("  ", PLAIN), ("a", BOLD), ("  ", PLAIN)) == [("  a  ", BOLD)]


def test_blanks_stay_apart_where_they_can_be_seen() -> None:
    parts = [("a", PLAIN), (" ", OTHER), ("b", PLAIN), (" ", UNDERLINED), ("c", PLAIN)]
    assert joined(*parts) == parts


def test_a_control_code_is_left_alone() -> None:
    control = Segment("x", None, [(1, "")])  # type: ignore[list-item]
    assert Joined().apply([Segment(" ", PLAIN), control], Color(0, 0, 0)) == [
        Segment(" ", PLAIN),
        control,
    ]
