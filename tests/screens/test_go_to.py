"""Ctrl+G: the places that can be reached now, and the sections of the return panel."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rma.operations import LocalRecord
from tests import shop
from tests.screens.returning import on_the_panel, open_panel, shop_with
from tests.screens.seat import Seat, Shop, seated, small_shop
from tests.screens.test_jump import burst


def name(seat: Seat) -> str:
    return seat.app._desk_screen.NAME


def stacked(seat: Seat) -> list[str]:
    return [screen.NAME for screen in seat.app._desk_screens]


def with_return(of: Shop) -> Shop:
    record = shop.finalized(order=of.reference.order_list[0])
    of.work.local[record.number] = LocalRecord(record=record, row_version=1, pending=False)
    return of


@pytest.mark.parametrize("size", [(60, 18), (80, 24), (120, 40)])
async def test_only_what_can_be_reached_is_listed(size: tuple[int, int]) -> None:
    async with seated(small_shop(), size) as seat:
        await seat.press("ctrl+g")
        await seat.sees("1 L", "Look up", "2 A", "Approvals", "3 T", "Attention")
        assert "Last" not in seat.text
        await seat.press("escape", *"maria", "enter")
        await seat.sees("Customer · Maria Müller")
        await seat.press("ctrl+g")
        await seat.sees("4 C", "Last customer", "Maria Müller")


@pytest.mark.parametrize(
    ("key", "screen"), [("2", "approvals"), ("a", "approvals"), ("3", "attention"), ("1", "home")]
)
async def test_digit_and_letter_lead_there(key: str, screen: str) -> None:
    async with seated(small_shop()) as seat:
        await seat.press(*"maria", "enter")
        await seat.sees("Customer · Maria Müller")
        await seat.press("ctrl+g", key)
        await seat.until(lambda: name(seat) == screen)


async def test_ctrl_g_and_its_digit_can_be_typed_ahead() -> None:
    async with seated(small_shop()) as seat:
        await burst(seat, *"maria", "enter", "ctrl+g", "3")
        await seat.sees("Nothing needs attention")


@pytest.mark.parametrize("key", ["escape", "ctrl+g", "f3"])
async def test_esc_stays(key: str) -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+g", key)
        await seat.no_longer_sees("Go to")
        assert name(seat) == "home"


async def test_a_digit_that_leads_nowhere_is_let_pass() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+g", "4", "9", "x")
        await seat.sees("Go to")


async def test_a_place_that_is_open_below_is_gone_back_to() -> None:
    async with seated(small_shop()) as seat:
        await seat.press(*"maria", "enter")
        await seat.sees("Customer · Maria")
        await seat.press("down", "f8")
        await seat.sees("Nothing waits for approval")
        await seat.press("ctrl+g", "4")
        await seat.sees("Customer · Maria")
        assert stacked(seat) == ["home", "customer"]
        await seat.sees("▸    1 × Kettle")


async def test_the_last_customer_is_opened_again_after_going_home() -> None:
    async with seated(small_shop()) as seat:
        await seat.press(*"john", "enter")
        await seat.sees("Customer · John Smith")
        await seat.press("f2", "ctrl+g", "4")
        await seat.sees("Customer · John Smith")


async def test_the_last_return_is_the_draft_that_was_left() -> None:
    async with seated(small_shop()) as seat:
        await open_panel(seat)
        await seat.press("1", "f2")
        await seat.sees("DRAFTS")
        await seat.press("ctrl+g")
        await seat.sees("5 R", "draft · Maria Müller")
        await seat.press("5")
        await seat.sees("Return · order 100001")


async def test_a_draft_that_is_gone_says_so() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "f2")
        await seat.sees("DRAFTS")
        of.work.draft_by_id.clear()
        await seat.press("ctrl+g", "5")
        await seat.sees("This draft is gone")
        assert name(seat) == "home"


@pytest.mark.parametrize("leave", [["f3"], ["f2"], ["escape"]])
async def test_a_return_into_which_nothing_was_typed_is_no_last_return(leave: list[str]) -> None:
    async with seated(small_shop()) as seat:
        await open_panel(seat)
        await seat.press(*leave, "ctrl+g")
        await seat.sees("Last customer")
        assert "Last return" not in seat.text


async def test_a_draft_thrown_away_is_no_last_return() -> None:
    async with seated(small_shop()) as seat:
        await open_panel(seat)
        await seat.press("1", "tab", "escape")
        await seat.sees("Throw this return away?")
        await seat.press("y", "enter", "ctrl+g")
        await seat.sees("Last customer")
        assert "Last return" not in seat.text


async def test_the_last_return_is_the_rma_that_was_looked_at() -> None:
    of = with_return(small_shop())
    async with seated(of) as seat:
        await seat.press(*shop.number(), "enter")
        await seat.until(lambda: name(seat) == "rma")
        await seat.press("f2", "ctrl+g")
        await seat.sees("471 2030", "· Maria Müller")
        await seat.press("5")
        await seat.until(lambda: name(seat) == "rma")


@pytest.mark.parametrize(
    ("digit", "field"),
    [
        ("1", "quantity"),
        ("2", "reason"),
        ("3", "condition"),
        ("4", "resolution"),
        ("5", "return_type"),
    ],
)
async def test_on_the_return_digits_are_its_sections(digit: str, field: str) -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("ctrl+g")
        await seat.sees("1     Lines", "2     Reason", "7     Exceptions", "L     Look up")
        await seat.press(digit)
        await seat.until(lambda: seat.app.focused is not None and seat.app.focused.id == field)


async def test_sections_and_places_fit_the_smallest_terminal() -> None:
    async with seated(with_return(small_shop()), (60, 18)) as seat:
        await seat.press(*shop.number(), "enter")
        await seat.until(lambda: name(seat) == "rma")
        await seat.press("f2", *"100001", "enter")
        await seat.sees("returnable")
        await seat.press("enter")
        await seat.sees("1 Lines")
        await seat.press("ctrl+g")
        await seat.sees("1     Lines", "R     Last return", "Esc stays here")


async def test_section_seven_is_opened_when_it_is_gone_to() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("ctrl+g", "7")
        await seat.sees("7 Exceptions for", "Override")


async def test_a_digit_in_a_field_of_the_return_is_text() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("ctrl+o")
        await seat.press("escape", "tab", "tab", "3")
        focused = seat.app.focused
        assert focused is not None
        assert "3" in seat.text


async def test_letters_still_lead_to_places_from_the_return() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "ctrl+g", "a")
        await seat.sees("Nothing waits for approval")
        await seat.press("f3")
        await seat.sees("1 Lines", "6 Check")


async def test_f8_from_a_return_of_the_queue_leads_back_to_the_queue() -> None:
    of = small_shop()
    from rma.states import RmaState
    from tests.screens.seat import known

    record = replace(shop.finalized(), state=RmaState.NEEDS_APPROVAL)
    of.reference.record_list.append(known(record))
    async with seated(of) as seat:
        await seat.press("f8", "enter")
        await seat.until(lambda: name(seat) == "rma")
        await seat.press("f8")
        await seat.until(lambda: name(seat) == "approvals")
        assert stacked(seat) == ["home", "approvals"]
