"""A return kept as refused, by keys: what is asked, what is kept, and where the next agent sees it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rma.refused import RefusalCause
from tests import shop
from tests.screens.returning import SIZES, on_the_panel, shop_with
from tests.screens.seat import Seat, Shop


def late() -> Shop:
    """A kettle that came a year ago."""
    line = shop.line(delivered_at=shop.NOW - timedelta(days=365))
    return shop_with(shop.order(line, placed_at=shop.NOW - timedelta(days=370)))


async def type_return(seat: Seat) -> None:
    await seat.press("1", "tab")
    await seat.type("no longer")
    await seat.press("tab", "tab")
    await seat.type("opened")
    await seat.press("tab")
    await seat.settled()


@pytest.mark.parametrize("size", SIZES)
async def test_a_refused_return_is_kept_with_what_the_caller_was_told_and_shown_in_the_history(
    size: tuple[int, int],
) -> None:
    of = late()
    async with on_the_panel(of, size) as seat:
        await type_return(seat)
        await seat.press("shift+delete")
        await seat.sees("What was the caller told?", "no number")
        await seat.press("enter")
        await seat.sees("A reason is needed")
        await seat.type("Too late by a year")
        await seat.press("enter")
        await seat.sees("Kept as refused", "REFUSED", "1 × Kettle")

    (refused,) = of.work.refused.values()
    assert (refused.cause, refused.told) == (RefusalCause.INELIGIBLE, "Too late by a year")
    assert of.work.draft_by_id == {}
    assert len(of.work.numbers) == 900


async def test_a_return_that_the_rules_allow_is_kept_as_withdrawn() -> None:
    of = shop_with()
    async with on_the_panel(of) as seat:
        await type_return(seat)
        await seat.press("shift+delete")
        await seat.sees("Why does the caller not want it?")
        await seat.type("keeps it after all")
        await seat.press("enter")
        await seat.sees("Kept as refused")

    (refused,) = of.work.refused.values()
    assert refused.cause is RefusalCause.WITHDRAWN


async def test_escape_goes_back_to_the_return() -> None:
    of = late()
    async with on_the_panel(of) as seat:
        await type_return(seat)
        await seat.press("shift+delete")
        await seat.sees("What was the caller told?")
        await seat.press("escape")
        await seat.sees("6 Check")

    assert of.work.refused == {}


async def test_before_anything_is_judged_there_is_nothing_to_refuse() -> None:
    of = shop_with()
    async with on_the_panel(of) as seat:
        await seat.press("shift+delete")
        await seat.settled()
        assert "told?" not in seat.text

    assert of.work.refused == {}
