"""Numbers that run out: the reserve is asked for, and what is finished without a number gets it later."""

from __future__ import annotations

import pytest

from rma.numbers import compose, spoken
from tests.screens.returning import SIZES, kept, on_the_panel, shop_with
from tests.screens.seat import Seat

FINISHED = ("enter", "n", "enter", "o", "enter")


def numbers(count: int) -> list[str]:
    return [compose(471203, index) for index in range(count)]


async def status(seat: Seat) -> None:
    seat.app.status_changed()
    await seat.settled()


@pytest.mark.parametrize("size", SIZES)
async def test_a_number_of_the_reserve_is_asked_for_by_a_typed_y(size: tuple[int, int]) -> None:
    of = shop_with()
    of.work.numbers = numbers(200)
    async with on_the_panel(of, size) as seat:
        await seat.press(*FINISHED, "f9")
        await seat.sees("Only 200 RMA numbers are left here")
        await seat.press("enter")
        await seat.sees("Not finalized")
        assert len(of.work.numbers) == 200
        await seat.press("f9", "y", "enter")
        await seat.sees(spoken(compose(471203, 0)))


async def test_above_the_reserve_nothing_is_asked() -> None:
    of = shop_with()
    of.work.numbers = numbers(201)
    async with on_the_panel(of) as seat:
        await seat.press(*FINISHED, "f9")
        await seat.sees(spoken(compose(471203, 0)))


@pytest.mark.parametrize("size", SIZES)
async def test_without_numbers_a_finished_return_waits_and_gets_its_number_by_a_key(
    size: tuple[int, int],
) -> None:
    of = shop_with()
    of.work.numbers = []
    async with on_the_panel(of, size) as seat:
        await seat.press(*FINISHED, "f9")
        await seat.sees("No RMA number is left here", "call back")
        assert kept(of).needs_number == of.clock.now()
        await seat.press("f3")
        await status(seat)
        await seat.sees("1 needs a number")
        of.work.numbers = numbers(900)
        await seat.press("ctrl+l")
        await seat.sees("Maria Müller", "needs a number: call back", "F9 gives the number")
        await seat.press("f9")
        await seat.sees(spoken(compose(471203, 0)))
    assert of.work.drafts() == []


async def test_what_was_typed_after_that_keeps_its_place_among_those_that_wait() -> None:
    of = shop_with()
    of.work.numbers = []
    async with on_the_panel(of) as seat:
        await seat.press(*FINISHED, "f9")
        await seat.sees("No RMA number is left here")
        since = kept(of).needs_number
        await seat.press("ctrl+g", "2", "tab", *"blue", "f3")
        await seat.sees("Customer · Maria")
        assert (kept(of).lines[0].note, kept(of).needs_number) == ("blue", since)


async def test_there_is_still_no_number_is_said_and_the_return_waits_on() -> None:
    of = shop_with()
    of.work.numbers = []
    async with on_the_panel(of) as seat:
        await seat.press(*FINISHED, "f9", "f3", "ctrl+l", "f9")
        await seat.sees("No RMA number is left here")
        assert kept(of).needs_number is not None


async def test_what_the_rules_refuse_meanwhile_opens_with_all_that_stands_against_it() -> None:
    of = shop_with()
    of.work.numbers = []
    async with on_the_panel(of) as seat:
        await seat.press(*FINISHED, "f9", "f3")
        of.work.numbers = numbers(900)
        of.clock.move(days=90)
        await seat.press("ctrl+l", "f9")
        await seat.sees("Return · order 100001 · Maria", "✗ refused")
    assert kept(of).refused_tries == 1


async def test_an_unfinished_return_gets_no_number_from_the_list() -> None:
    of = shop_with()
    async with on_the_panel(of) as seat:
        await seat.press("1", "tab", "f3", "ctrl+l", "f9")
        await seat.sees("not finished")
        assert kept(of).needs_number is None
