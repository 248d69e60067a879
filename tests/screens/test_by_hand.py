"""Money that was set by hand is said once more before the number: a slip in it is seen by nobody else."""

from __future__ import annotations

from tests.screens.returning import on_the_panel, shop_with
from tests.screens.seat import Seat


async def _with_an_amount(seat: Seat, amount: str) -> None:
    """One unit, a reason, a condition, and an amount with its reason."""
    await seat.press("1", "enter", "n", "enter", "o", "enter", "ctrl+t")
    await seat.sees("Amount")
    await seat.type(amount)
    await seat.press("tab")
    await seat.type("Agreed")
    await seat.press("tab")


async def test_f9_says_an_amount_set_by_hand_beside_what_the_goods_are_worth() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await _with_an_amount(seat, "19.11")
        await seat.press("f9")
        await seat.sees("Kettle: 19.11 EUR set by hand; it is worth 119.00 EUR.")
        await seat.press("enter")
        await seat.sees("Not finalized")
        assert len(the_shop.work.draft_by_id) == 1

        await seat.press("f9")
        await seat.sees("it is worth")
        await seat.press("y", "enter")
        await seat.sees("RMA 471")


async def test_f9_asks_nothing_where_no_money_was_set_by_hand() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("RMA 471")


async def test_what_is_refused_anyway_is_not_asked_about() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "enter", "ctrl+t")
        await seat.sees("Amount")
        await seat.type("19.11")
        await seat.press("f9")
        await seat.sees("✗")
        await seat.no_longer_sees("it is worth")
