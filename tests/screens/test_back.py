"""Back to the very row one came from, and rows that do not move while results arrive."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rma.numbers import spoken
from rma.states import RmaState
from screens.widgets.row_list import RowList
from tests import shop
from tests.screens.seat import Seat, Shop, known, seated, small_shop
from tests.screens.test_queues import approvals


def many_orders(count: int = 60) -> Shop:
    of = small_shop()
    of.reference.order_list = [
        shop.order(
            order_id=f"O-{i}", number=f"{200000 + i}", placed_at=shop.PLACED - timedelta(days=i)
        )
        for i in range(count)
    ]
    return of


def queue(count: int = 40) -> Shop:
    of = small_shop()
    of.reference.record_list = [known(waiting(i)) for i in range(1, count + 1)]
    return of


def waiting(index: int, minutes: int = 500) -> object:
    return replace(
        shop.finalized(rma_number=shop.number(index)),
        state=RmaState.NEEDS_APPROVAL,
        finalized_at=shop.NOW - timedelta(minutes=minutes - index),
    )


def at(seat: Seat) -> tuple[int, str]:
    """Row of the terminal and text of the selected row, without the bar that scrolls beside it."""
    return next((y, line[:-2]) for y, line in enumerate(seat.lines) if "▸" in line)


def name(seat: Seat) -> str:
    return seat.app._desk_screen.NAME


async def test_back_from_a_customer_keeps_the_search_and_the_row() -> None:
    async with seated(many_orders()) as seat:
        await seat.type("2000")
        await seat.sees("Order 200000")
        await seat.press("down", "pagedown", "pagedown", "down")
        row = at(seat)
        await seat.press("enter")
        await seat.sees("Customer · Maria")
        await seat.press("f3")
        await seat.sees(" 2000 ")
        assert at(seat) == row
        assert isinstance(seat.app.focused, RowList)


@pytest.mark.parametrize("key", ["enter", "r"])
async def test_back_from_a_return_stands_on_the_line_it_was_begun_from(key: str) -> None:
    async with seated(many_orders()) as seat:
        await seat.press(*"maria", "enter")
        await seat.sees("Order 200000")
        await seat.press("pagedown", "pagedown", "down")
        row = at(seat)
        await seat.press(key)
        await seat.sees("6 Check")
        await seat.press("f3")
        await seat.sees("Customer · Maria")
        assert at(seat) == row


async def test_back_from_an_rma_stands_on_its_row_in_the_queue() -> None:
    async with seated(queue()) as seat:
        await seat.press("f8")
        await seat.sees("40 waiting")
        await seat.press("pagedown", "pagedown", "down")
        row = at(seat)
        await seat.press("enter")
        await seat.until(lambda: name(seat) == "rma")
        await seat.press("f3")
        await seat.sees("40 waiting")
        assert at(seat) == row


async def test_back_stands_on_the_row_also_when_a_sync_put_others_before_it() -> None:
    of = queue()
    async with seated(of) as seat:
        await seat.press("f8")
        await seat.sees("40 waiting")
        await seat.press("pagedown", "down")
        row = at(seat)
        await seat.press("enter")
        await seat.until(lambda: name(seat) == "rma")
        of.reference.record_list[:0] = [known(waiting(i, 600)) for i in range(50, 53)]
        await seat.press("f5")
        await seat.sees("Synced")
        await seat.press("f3")
        await seat.sees("43 waiting")
        assert at(seat) == row


@pytest.mark.parametrize("moves", [[], ["down"], ["pagedown", "pagedown"]])
async def test_what_a_sync_brings_does_not_move_the_row_under_the_cursor(moves: list[str]) -> None:
    of = queue(8)
    async with seated(of) as seat:
        await seat.press("f8")
        await seat.sees("8 waiting")
        await seat.press(*moves)
        row = at(seat)
        of.reference.record_list[:0] = [known(waiting(i, 600)) for i in range(50, 55)]
        await seat.press("f5")
        await seat.sees("13 waiting")
        assert at(seat) == row
        await seat.press("home")
        await seat.sees(f"▸   9 h     {spoken(shop.number(50))}")


async def test_f2_leaves_nothing_of_the_caller_in_the_box() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await seat.press(*"maria", "enter")
        await seat.sees("Customer · Maria")
        await seat.press("f2")
        await seat.sees("Nothing waits here")
        assert "aria" not in seat.text


async def test_f2_shows_the_draft_of_the_call_before() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await seat.press(*"100001", "enter")
        await seat.sees("Customer · Maria")
        await seat.press("enter")
        await seat.sees("6 Check")
        await seat.press("1", "f2")
        await seat.sees("DRAFTS", "order 100001")


async def test_a_digit_opens_the_row_with_this_number() -> None:
    async with seated(approvals()) as seat:
        await seat.press("f8")
        await seat.sees(f"2   5 min   {spoken(shop.number(2))}")
        await seat.press("2")
        await seat.sees(f"RMA {spoken(shop.number(2))}", "Approve")


async def test_a_digit_without_a_row_does_nothing() -> None:
    async with seated(approvals()) as seat:
        await seat.press("f8")
        await seat.sees("▸   90 min")
        await seat.press("7")
        await seat.sees("▸   90 min", "Approvals")


async def test_a_digit_beside_the_search_box_is_searched() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("1000")
        await seat.sees("Order 100002")
        await seat.press("down", "0", "2")
        await seat.sees(" 100002 ")
        await seat.no_longer_sees("Order 100001")
