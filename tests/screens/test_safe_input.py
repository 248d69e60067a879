"""Whatever is typed, pasted or loaded into a field is harmless, and none of it is lost on the way."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events
from textual.widgets import Input

from rma.draft import DraftLine
from tests import shop
from tests.screens.returning import kept, on_the_panel, shop_with
from tests.screens.seat import Seat, seated, small_shop


def raw(seat: Seat) -> set[str]:
    """Every character of the terminal that a terminal would not print."""
    return {character for character in seat.text if not character.isprintable()} - {"\n"}


async def paste(seat: Seat, text: str) -> None:
    seat.app.post_message(events.Paste(text))
    await seat.press("end")


@pytest.mark.parametrize("where", ["home", "palette"])
async def test_pasted_control_characters_are_shown_harmless(where: str) -> None:
    async with seated(small_shop()) as seat:
        if where == "palette":
            await seat.press("ctrl+p")
            await seat.sees("Commands")
        await paste(seat, "a\x1b[31mb\x07\x9b2J\u202e")
        await seat.sees("a␛[31mb␇�2J�")
        assert not raw(seat)


async def test_every_line_of_a_paste_is_taken_into_a_field() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "tab", "tab")
        await paste(seat, "first\r\nsecond\tthird\n")
        await seat.sees("first second third")


async def test_a_paste_is_cut_where_the_field_ends() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("ab")
        await paste(seat, "x" * 500_000)
        box = seat.app.screen.query_one(Input)
        assert box.value == "ab" + "x" * 198
        await seat.press("y")
        assert box.value == "ab" + "x" * 198


async def test_half_characters_are_dropped_and_never_reach_the_store() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "tab", "tab")
        for character in ("a", "\ud800", "b"):
            seat.app.post_message(events.Key(character, character))
        await paste(seat, "\udfffc")
        await seat.sees("abc")
        await seat.press("f3")
        await seat.sees("kept as a draft")
    assert kept(the_shop).lines[0].note == "abc"


async def test_a_loaded_draft_is_shown_harmless() -> None:
    the_shop = shop_with()
    draft = shop.draft(lines=(DraftLine(line_id="1", quantity="1", note="\x1b]0;t\x07\x9b"),))
    the_shop.work.save_draft(replace(draft, email="a\x1b@b.example"))
    async with seated(the_shop) as seat:
        await seat.sees("DRAFTS")
        await seat.press("down", "enter")
        await seat.sees("␛]0;t␇�", "a␛@b.example")
        assert not raw(seat)
