"""Several returns in work: listed, gone on with where they were left, thrown away and brought back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests import shop
from tests.screens.returning import SIZES, open_panel
from tests.screens.seat import Seat, Shop, seated, small_shop


def two_callers() -> Shop:
    """Maria with two orders, John with one."""
    of = small_shop()
    johns = shop.order(order_id="O-9", number="900009", customer_id="C-2")
    of.reference.order_list.append(johns)
    return of


async def status(seat: Seat) -> None:
    seat.app.status_changed()
    await seat.settled()


async def park_for_another_call(seat: Seat) -> None:
    await seat.press("ctrl+l")
    await seat.sees("Returns in work", "N takes another call")
    await seat.press("n")
    await seat.sees("Look up")
    await seat.no_longer_sees("Returns in work")


async def go_on_with_first(seat: Seat) -> None:
    await seat.press("ctrl+l")
    await seat.sees("Returns in work")
    await seat.press("enter")
    await seat.sees("Return · order")
    await seat.no_longer_sees("Returns in work")


async def test_nothing_in_work_is_said() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+l")
        await seat.sees("No return is in work.")
        await seat.press("ctrl+l")
        await seat.no_longer_sees("No return is in work.")


@pytest.mark.parametrize("size", SIZES)
async def test_the_list_says_what_each_return_is_about(size: tuple[int, int]) -> None:
    of = two_callers()
    async with seated(of, size) as seat:
        await open_panel(seat)
        await seat.press("2", "f3")
        await seat.sees("Customer · Maria")
        await seat.press("ctrl+l")
        await seat.sees("Maria Müller", "100001", "2 × Kettle", "call of 2026-11-20")


async def test_a_key_goes_on_from_anywhere_where_the_cursor_stood() -> None:
    of = two_callers()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "enter", *"no_longer", "tab")
        await seat.settled()
        here = seat.app.screen.focused
        assert here is not None
        name = here.id
        await park_for_another_call(seat)
        await seat.type("john")
        await seat.sees("John Smith")
        await go_on_with_first(seat)
        await seat.sees("Return · order 100001 · Maria", "no_longer_wanted")
        focused = seat.app.screen.focused
        assert focused is not None and focused.id == name != "quantity"


async def test_switching_between_two_calls_keeps_text_field_section_and_timer() -> None:
    of = two_callers()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "ctrl+g", "7")
        await seat.sees("7 Exceptions", "for Kettle")
        await seat.press("ctrl+g", "7", *"12")
        of.clock.move(minutes=3)
        await park_for_another_call(seat)
        of.clock.move(minutes=1)
        await open_panel(seat, "900009")
        await seat.press("1", "enter", *"no_l")
        await status(seat)
        await seat.sees("call 0:00", "1 parked")
        await go_on_with_first(seat)
        await seat.sees("Maria Müller", "7 Exceptions", "for Kettle")
        focused = seat.app.screen.focused
        assert focused is not None and focused.id == "amount"
        assert getattr(focused, "value", "") == "12"
        await status(seat)
        await seat.sees("call 4:00", "1 parked")
        await go_on_with_first(seat)
        await seat.sees("John Smith", "no_l")
        focused = seat.app.screen.focused
        assert focused is not None and focused.id == "reason"
        await status(seat)
        await seat.sees("call 0:00")


async def test_facts_of_a_caller_who_waits_still_count() -> None:
    of = two_callers()
    of.reference.policy_list = [shop.policy(verification=1)]
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "enter", *"no_longer", "enter", "enter", "1", "1", "1")
        await seat.sees("maria@example.com")
        await park_for_another_call(seat)
        await open_panel(seat, "900009")
        await seat.sees("j…@…")
        await seat.press("1")
        await go_on_with_first(seat)
        await seat.sees("maria@example.com", "1✓name")


async def test_f2_ends_the_call_and_its_facts() -> None:
    of = two_callers()
    of.reference.policy_list = [shop.policy(verification=1)]
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "enter", *"no_longer", "enter", "enter", "1", "1", "1")
        await seat.sees("maria@example.com")
        await seat.press("f2")
        await seat.sees("DRAFTS")
        await go_on_with_first(seat)
        await seat.sees("m…@…", "This is another call")


async def test_the_status_line_counts_what_is_parked_but_not_what_is_open() -> None:
    of = two_callers()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "tab")
        await status(seat)
        assert "parked" not in seat.lines[-2]
        await seat.press("f3")
        await seat.sees("Customer ·")
        await status(seat)
        await seat.sees("1 parked")


async def test_a_return_is_thrown_away_and_brought_back() -> None:
    of = two_callers()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "f3")
        await seat.sees("Customer ·")
        (draft,) = of.work.draft_by_id.values()
        await seat.press("ctrl+l")
        await seat.sees("Returns in work")
        await seat.press("delete")
        await seat.sees("No return is in work", "U brings it back")
        assert not of.work.draft_by_id
        await seat.press("u")
        await seat.sees("1 × Kettle")
        assert list(of.work.draft_by_id.values()) == [draft]


async def test_the_open_return_is_not_thrown_away_from_the_list() -> None:
    of = two_callers()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "tab", "ctrl+l")
        await seat.sees("Returns in work", "open")
        await seat.press("delete")
        await seat.sees("This one is open")
        assert of.work.draft_by_id


async def test_two_returns_of_one_order_warn_about_each_other() -> None:
    of = two_callers()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "f3")
        await seat.sees("Customer ·")
        await seat.press("r")
        await seat.sees("1 Lines", "Another return of this order is in work since")
        await seat.press("down", "1", "tab", "ctrl+l")
        await seat.sees("Returns in work", "order in work twice")
        await seat.press("enter")
        await seat.sees("Another return of this order is in work since")


async def test_a_return_that_got_its_number_is_no_longer_in_work() -> None:
    of = two_callers()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "enter", *"no_longer", "enter", "enter", "1", "1")
        await seat.press("f9")
        await seat.sees("RMA 471 2030")
        await seat.press("ctrl+l")
        await seat.sees("No return is in work.")


async def test_names_from_outside_are_shown_harmless() -> None:
    of = two_callers()
    maria = of.reference.customer_list[0]
    of.reference.customer_list[0] = replace(maria, name="Ma\x1b[31mria\u202e")
    of.work.save_draft(shop.draft())
    async with seated(of) as seat:
        await seat.press("ctrl+l")
        await seat.sees("Ma␛[31mria�")
