"""Lines split and moved by keys on the return panel."""

from __future__ import annotations

import pytest

from tests import shop
from tests.screens.returning import SIZES, kept, on_the_panel, shop_with
from tests.screens.seat import Seat, Shop


def three() -> Shop:
    return shop_with(
        shop.order(
            shop.line("1", units=3, gross=30000),
            shop.line("2", name="Toaster", gross=4900, position=2),
            shop.line("3", name="Mug", units=2, gross=1000, position=3),
        )
    )


def lines_shown(seat: Seat) -> list[str]:
    names = ("Kettle", "Toaster", "Mug")
    rows = [row for row in seat.lines[1:8] if any(name in row for name in names)]
    return [next(name for name in names if name in row) for row in rows]


@pytest.mark.parametrize("size", SIZES)
async def test_a_line_is_split_into_two_with_reasons_of_their_own(size: tuple[int, int]) -> None:
    of = three()
    async with on_the_panel(of, size) as seat:
        await seat.press("3", "enter", *"no_longer", "enter", "enter", "1", "1")
        await seat.press("ctrl+g", "1", "insert")
        await seat.sees("part 2")
        await seat.press("enter", *"wrong_size", "enter", "enter", "2", "enter")
        await seat.settled()
        await seat.press("f9")
        await seat.sees("RMA 471 2030")
        (made,) = of.work.local.values()
        told = [(line.quantity, line.reason, line.condition.value) for line in made.record.lines]
        assert told == [(2, "no_longer_wanted", "sealed"), (1, "wrong_size", "opened")]
        quote = made.record.quote
        assert quote is not None
        assert sorted(slot for line in quote.lines for slot in line.slots) == [1, 2, 3]


async def test_the_parts_never_ask_for_more_than_can_come_back() -> None:
    of = three()
    async with on_the_panel(of) as seat:
        await seat.press("3", "insert")
        await seat.sees("part 2")
        await seat.press("insert", "insert")
        await seat.sees("nothing to split")
        await seat.press("f3")
        await seat.sees("Customer ·")
        assert sum(int(line.quantity) for line in kept(of).lines) == 3


async def test_too_much_on_one_part_is_refused_by_the_rules() -> None:
    of = three()
    async with on_the_panel(of) as seat:
        await seat.press("3", "enter", *"no_longer", "enter", "enter", "1", "1")
        await seat.press("ctrl+g", "1", "insert")
        await seat.sees("part 2")
        await seat.press("3", "tab")
        await seat.sees("refused")
        await seat.press("f9")
        await seat.settled()
        assert not of.work.local


async def test_split_is_undone_and_redone_in_one_step() -> None:
    of = three()
    async with on_the_panel(of) as seat:
        await seat.press("3", "insert")
        await seat.sees("part 2")
        await seat.press("ctrl+z")
        await seat.no_longer_sees("part 2")
        await seat.press("tab", "f3")
        await seat.sees("Customer ·")
        assert [line.quantity for line in kept(of).lines] == ["3"]


async def test_redo_brings_the_part_back() -> None:
    async with on_the_panel(three()) as seat:
        await seat.press("3", "insert")
        await seat.sees("part 2")
        await seat.press("ctrl+z")
        await seat.no_longer_sees("part 2")
        await seat.press("ctrl+y")
        await seat.sees("part 2")


async def test_a_line_moves_and_the_return_has_its_lines_in_that_order() -> None:
    of = three()
    async with on_the_panel(of) as seat:
        await seat.press("1", "down", "1", "down", "2")
        await seat.press("shift+up", "shift+up")
        await seat.until(lambda: lines_shown(seat) == ["Mug", "Kettle", "Toaster"])
        await seat.press("shift+up")
        await seat.sees("It is the first line of this return.")
        await seat.press("shift+down")
        await seat.until(lambda: lines_shown(seat) == ["Kettle", "Mug", "Toaster"])
        await seat.press("ctrl+z")
        await seat.until(lambda: lines_shown(seat) == ["Mug", "Kettle", "Toaster"])
        await seat.press("f3")
        await seat.sees("Customer ·")
        assert [line.line_id for line in kept(of).lines] == ["3", "1", "2"]


async def test_a_line_that_is_not_on_the_return_is_not_moved() -> None:
    async with on_the_panel(three()) as seat:
        await seat.press("shift+down")
        await seat.sees("This line is not on the return: enter a quantity first.")


async def test_keys_are_found_in_the_help_and_the_palette() -> None:
    async with on_the_panel(three(), (120, 40)) as seat:
        await seat.press("ctrl+p", *"split")
        await seat.sees("Insert", "Split line")
        await seat.press("escape", "1", "ctrl+p", *"split", "enter")
        await seat.sees("part 2")
