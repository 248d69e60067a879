"""Look up: search while typing, what waits while the box is empty."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from threading import Event

import pytest

from desk.ports import SyncStatus
from rma.draft import Draft
from rma.operations import LocalRecord
from rma.request import Role
from rma.states import RmaState
from tests import shop
from tests.desk.memory import MemoryWork
from tests.screens.seat import Shop, known, seated, small_shop

SIZES = [(80, 24), (120, 40)]


class ReadJustBefore(MemoryWork):
    """Once it is armed, a draft is thrown away while somebody who has just read it has not shown it yet."""

    armed = False

    def __init__(self) -> None:
        super().__init__()
        self.was_read, self.crossed = Event(), Event()

    def drafts(self) -> list[Draft]:
        found = super().drafts()
        if self.armed and not self.was_read.is_set():
            self.was_read.set()
            self.crossed.wait(10)
        return found

    def discard_draft(self, draft_id: str) -> None:
        if self.was_read.wait(10):
            super().discard_draft(draft_id)
            self.crossed.set()


def with_return(of: Shop) -> Shop:
    record = shop.finalized(order=of.reference.order_list[0])
    of.work.local[record.number] = LocalRecord(record=record, row_version=1, pending=False)
    return of


@pytest.mark.parametrize("size", SIZES)
async def test_hits_appear_while_typing_and_say_what_matched(size: tuple[int, int]) -> None:
    async with seated(small_shop(), size) as seat:
        await seat.type("mar")
        await seat.sees("CUSTOMERS BY NAME", "Maria Müller", "10115 Berlin")
        assert "John Smith" not in seat.text


async def test_the_answer_to_an_older_text_is_never_shown() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await seat.type("maria")
        await seat.sees("Maria Müller")
        await seat.press(*["backspace"] * 5)
        await seat.type("john")
        await seat.sees("John Smith")
        assert "Maria Müller" not in seat.text


async def test_an_order_number_and_a_phone_ending_are_told_apart() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("100001")
        await seat.sees("ORDERS BY ORDER NUMBER", "Order 100001")
        await seat.press("escape")
        await seat.type("0123")
        await seat.sees("CUSTOMERS BY PHONE", "John Smith")


async def test_enter_opens_the_only_hit_also_when_typed_in_one_burst() -> None:
    async with seated(small_shop()) as seat:
        await seat.press(*"john", "enter")
        await seat.sees("Customer · John Smith")


async def test_enter_goes_into_several_hits_and_enter_again_opens_one() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("1000")
        await seat.sees("Order 100001", "Order 100002")
        await seat.press("enter")
        await seat.sees("▸ Order 100001")
        await seat.press("down", "enter")
        await seat.sees("Customer · Maria Müller", "▸ Order 100002")


async def test_typing_in_the_list_goes_on_in_the_box() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("1000")
        await seat.sees("Order 100002")
        await seat.press("down", "0", "2")
        await seat.no_longer_sees("Order 100001")
        await seat.sees(" 100002 ", "Order 100002")


async def test_up_from_the_first_row_returns_to_the_box() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("1000")
        await seat.sees("Order 100002")
        await seat.press("down", "up", "x")
        await seat.sees("1000x")


async def test_nothing_found_says_what_to_try() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("zzz")
        await seat.sees("Nothing found. Try the order number")


async def test_a_mistyped_rma_number_is_caught_by_its_check_digits() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("47120395871")
        await seat.sees("Check digits do not fit")


async def test_one_character_asks_for_another() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("m")
        await seat.sees("One more character")


async def test_during_the_first_download_a_miss_says_that_more_is_to_come() -> None:
    of = small_shop()
    of.sync.state = SyncStatus(online=True, bootstrap=0.42)
    async with seated(of) as seat:
        await seat.sees("first download 42 %")
        await seat.type("zzz")
        await seat.sees("it may be still to come")


async def test_an_empty_desk_says_how_to_begin() -> None:
    async with seated(small_shop()) as seat:
        await seat.sees("Nothing waits here. Type a name")


@pytest.mark.parametrize("size", SIZES)
async def test_drafts_and_the_returns_of_today_stand_under_the_empty_box(
    size: tuple[int, int],
) -> None:
    of = with_return(small_shop())
    of.work.save_draft(shop.draft(saved_at=shop.NOW - timedelta(minutes=4)))
    async with seated(of, size) as seat:
        await seat.sees("DRAFTS", "Maria Müller", "1 line", "saved 4 min ago")
        await seat.sees("TODAY", "471 2030", "authorized", "119.00 EUR")


async def test_enter_on_a_row_of_today_opens_the_return() -> None:
    of = with_return(small_shop())
    async with seated(of) as seat:
        await seat.sees("TODAY")
        await seat.press("down", "enter")
        await seat.until(lambda: type(seat.app.screen).__name__ == "RmaScreen")


async def test_a_draft_is_thrown_away_only_after_a_typed_y() -> None:
    of = small_shop()
    of.work.save_draft(shop.draft())
    async with seated(of) as seat:
        await seat.sees("DRAFTS")
        await seat.press("down", "delete")
        await seat.sees("Throw this draft away?")
        await seat.press("enter")
        await seat.sees("DRAFTS")
        assert of.work.drafts()
        await seat.press("delete", "y", "enter")
        await seat.no_longer_sees("DRAFTS")
        assert not of.work.drafts()


async def test_a_draft_that_is_thrown_away_while_the_list_is_read_leaves_the_list() -> None:
    work = ReadJustBefore()
    work.save_draft(shop.draft())
    async with seated(replace(small_shop(), work=work)) as seat:
        await seat.sees("DRAFTS")
        await seat.press("down", "delete")
        await seat.sees("Throw this draft away?")
        work.armed = True
        await seat.press("y", "enter")
        await seat.no_longer_sees("DRAFTS")
    assert work.crossed.is_set()


async def test_supervisors_see_how_many_returns_wait_for_approval() -> None:
    of = small_shop().as_role(Role.SUPERVISOR)
    record = replace(shop.finalized(), state=RmaState.NEEDS_APPROVAL)
    of.reference.record_list.append(known(record))
    async with seated(of) as seat:
        await seat.sees("NEEDS YOU", "1 waits for approval")
        await seat.press("down", "enter")
        await seat.sees("1 waiting, oldest first")


async def test_keys_typed_before_the_desk_is_open_are_searched_when_it_is() -> None:
    of = small_shop()
    of.gate = asyncio.Event()
    async with seated(of, opened=False) as seat:
        await seat.sees("The desk is opening")
        await seat.type("maria")
        await seat.sees("maria")
        of.gate.set()
        await seat.sees("CUSTOMERS BY NAME", "Maria Müller")


async def test_a_hostile_name_is_shown_harmless() -> None:
    of = small_shop()
    of.reference.customer_list.append(
        shop.customer(
            customer_id="C-9", name="Evil \x1b[31m[red]Eve[/red]\u202e", email="evil@example.com"
        )
    )
    async with seated(of) as seat:
        await seat.type("evil")
        await seat.sees("Evil ␛[31m[red]Eve[/red]�")
        await seat.press("enter")
        await seat.sees("Customer · Evil ␛[31m[red]Eve[/red]�")
        assert "\x1b" not in seat.text


async def test_a_pasted_escape_in_the_box_does_no_harm() -> None:
    from textual.events import Paste

    async with seated(small_shop()) as seat:
        seat.app.post_message(Paste("mar\x1b[2J"))
        await seat.sees("Nothing found")
        assert "\x1b" not in seat.text
