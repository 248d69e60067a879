"""Ctrl+O: a letter over everything that can be stood on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.events import Key
from textual.widgets import Input

from rma.states import RmaState
from screens.jump import LETTERS, labels
from tests import shop
from tests.screens.returning import on_the_panel, shop_with
from tests.screens.seat import Seat, known, seated, small_shop

SIZES = [(60, 18), (80, 24), (120, 40)]


async def burst(seat: Seat, *keys: str) -> None:
    """Keys that come faster than anything is drawn."""
    for key in keys:
        seat.app.post_message(Key(key, key if len(key) == 1 else None))


@pytest.mark.parametrize("count", [1, 25, 26, 27, 51, 200, 400])
def test_no_label_is_the_beginning_of_another(count: int) -> None:
    made = labels(count)
    assert len(set(made)) == count
    assert not any(a != b and b.startswith(a) for a in made for b in made)
    assert all(len(label) <= 2 for label in made)


def test_as_many_as_there_are_letters_need_one_letter_each() -> None:
    assert labels(len(LETTERS)) == list(LETTERS)


@pytest.mark.parametrize("size", SIZES)
async def test_labels_lie_over_the_rows_and_nothing_moves(size: tuple[int, int]) -> None:
    async with seated(small_shop(), size) as seat:
        await seat.type("1000")
        await seat.sees("Order 100002")
        before = [line[3:] for line in seat.lines]
        await seat.press("ctrl+o")
        await seat.sees("S Order 100001", "D Order 100002")
        assert [line[3:] for line in seat.lines] == before


async def test_the_letter_of_a_row_stands_on_it_without_opening_it() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("1000")
        await seat.sees("Order 100002")
        await seat.press("ctrl+o", "d")
        await seat.sees("▸ Order 100002", "Look up")


async def test_the_letter_of_a_field_stands_in_it() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("ctrl+o")
        lines = seat.lines
        note = next(line for line in lines if line.strip().startswith("Note"))
        letter = note.split("Note")[1].strip()[0].lower()
        await seat.press(letter, *"scratched")
        await seat.sees("scratched")
        focused = seat.app.focused
        assert isinstance(focused, Input)
        assert focused.value == "scratched"


async def test_a_label_of_two_letters_narrows_before_it_goes() -> None:
    of = small_shop()
    of.reference.order_list = [
        shop.order(order_id=f"O-{i}", number=f"1000{i:02}") for i in range(40)
    ]
    async with seated(of, (80, 60)) as seat:
        await seat.type("1000")
        await seat.sees("Order 100039")
        two = labels(41)[40]
        await seat.press("ctrl+o", two[0])
        await seat.no_longer_sees("A 1000")
        await seat.press(two[1])
        await seat.sees("▸ Order 100039")


@pytest.mark.parametrize("key", ["escape", "ctrl+o", "f3"])
async def test_esc_leaves_the_focus_where_it_was(key: str) -> None:
    async with seated(small_shop()) as seat:
        await seat.type("mar")
        await seat.press("ctrl+o", key)
        await seat.type("ia")
        await seat.sees(" maria ")


async def test_a_letter_that_fits_no_label_changes_nothing() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+o", "m", "1", "escape")
        await seat.type("x")
        assert seat.app.screen.query_one(Input).value == "x"


async def test_a_jump_can_be_typed_ahead() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("1000")
        await seat.sees("Order 100002")
        await burst(seat, "ctrl+o", "d", "enter")
        await seat.sees("Customer · Maria Müller", "▸ Order 100002")


@pytest.mark.parametrize("way", [["f8"], [*"maria", "enter"], ["f8", "enter", "f3"]])
async def test_screens_with_rows_take_ctrl_o(way: list[str]) -> None:
    of = small_shop()
    record = shop.finalized(order=of.reference.order_list[0])
    for number in (shop.number(7), shop.number(8)):
        waiting = replace(record, number=number, state=RmaState.NEEDS_APPROVAL)
        of.reference.record_list.append(known(waiting))
    async with seated(of) as seat:
        await seat.press(*way)
        screen = seat.app.screen
        await seat.press("ctrl+o")
        assert seat.app.screen is not screen
        await seat.press("escape")
        assert seat.app.screen is screen


async def test_where_there_is_nothing_to_stand_on_it_says_so() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("f8", "ctrl+o")
        await seat.sees("There is nothing else to stand on here.")


async def test_where_there_is_nothing_else_to_stand_on_it_says_so_and_is_greyed() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("RMA 471")
        await seat.press("ctrl+o")
        await seat.sees("There is nothing else to stand on here.")
        await seat.press("ctrl+p", *"jump")
        await seat.sees("only with more to stand on")
