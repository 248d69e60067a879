"""Text from outside is shown harmless."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from screens.widgets.safe_text import pad, plain, plain_lines, shorten


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Müller Łukasz 李", "Müller Łukasz 李"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("a\x07b\x00c", "a␇b␀c"),
        ("a\x7fb", "a␡b"),
        ("a\x9bb", "a�b"),
        ("a\u202eb\u2066c", "a�b�c"),
        ("a\u200bb\ufeffc", "a�b�c"),
        ("a\u034fb\u3164c\u1160", "a�b�c�"),
        ("e" + "\u0301" * 7, "e" + "\u0301" * 4 + "���"),
        ("Việt हिन्दी", "Việt हिन्दी"),
        ("a\tb\nc\u2028d", "a b c d"),
        ("\ud800", "�"),
        ("[red]x[/]", "[red]x[/]"),
    ],
)
def test_what_is_invisible_gets_a_visible_mark(text: str, shown: str) -> None:
    assert plain(text) == shown


@given(st.text())
def test_nothing_that_moves_the_cursor_is_left(text: str) -> None:
    shown = plain(text)
    assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in shown)
    assert plain(shown) == shown
    shown.encode()


@given(st.text(), st.integers(1, 40))
def test_a_limit_is_never_exceeded(text: str, cells: int) -> None:
    assert cell_len(plain(text, cells)) <= cells


@given(st.text(), st.integers(1, 40))
def test_padded_text_has_exactly_its_cells(text: str, cells: int) -> None:
    assert cell_len(pad(plain(text), cells)) == cells


def test_cut_text_ends_in_an_ellipsis() -> None:
    assert shorten("Wool blanket", 6) == "Wool…"


def test_money_is_padded_on_the_left() -> None:
    assert pad("9.50", 7, right=True) == "   9.50"


def test_line_breaks_survive_where_they_are_wanted() -> None:
    assert plain_lines("one\ntwo\x1b") == ["one", "two␛"]
