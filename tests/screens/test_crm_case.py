"""The CRM case: typed once, suggested for the whole call, on the sheet, and found again."""

from __future__ import annotations

import pytest

from tests import shop
from tests.screens.returning import kept, on_the_panel, open_panel
from tests.screens.seat import Seat, Shop, known, seated, small_shop

USUAL = ("1", "enter", *"no_longer", "enter", "enter", "1", "1")


async def name_case(seat: Seat, case: str) -> None:
    await seat.press("ctrl+g", "7")
    await seat.sees("CRM case", "for Kettle")
    while getattr(seat.app.screen.focused, "id", "") != "reference":
        await seat.press("tab")
    await seat.press(*case, "tab")


async def test_the_case_goes_into_the_return_and_its_sheet() -> None:
    of = small_shop()
    async with on_the_panel(of) as seat:
        await seat.press("1")
        await name_case(seat, "CRM-47/11")
        await seat.press("ctrl+g", "2", *USUAL[2:], "f9")
        await seat.sees("RMA 471 2030")
        (made,) = of.work.local.values()
        assert made.record.request.reference == "CRM-47/11"
        await seat.press("o")
        await seat.sees("CRM case", "CRM-47/11")


async def test_the_next_return_of_the_call_suggests_it() -> None:
    of = small_shop()
    async with on_the_panel(of) as seat:
        await seat.press("1")
        await name_case(seat, "CRM-4711")
        await seat.press("f3")
        await seat.sees("Customer ·")
        await seat.press("down", "down", "down", "down", "r")
        await seat.sees("1 Lines", "CRM case CRM-4711")


@pytest.mark.parametrize("number", ["100001", "100002"])
async def test_the_next_call_does_not(number: str) -> None:
    of = small_shop()
    async with on_the_panel(of) as seat:
        await seat.press("1")
        await name_case(seat, "CRM-4711")
        await seat.press("f2")
        await seat.sees("DRAFTS")
        await open_panel(seat, number)
        await seat.settled()
        assert "CRM-4711" not in seat.text


async def test_a_suggested_case_alone_keeps_no_draft() -> None:
    of = small_shop()
    async with on_the_panel(of) as seat:
        await seat.press("1")
        await name_case(seat, "CRM-4711")
        await seat.press("f3")
        await seat.sees("Customer ·")
        before = kept(of)
        await seat.press("r")
        await seat.sees("CRM case CRM-4711")
        await seat.press("f3")
        await seat.sees("Nothing was typed")
        assert kept(of) == before


@pytest.mark.parametrize("case", ["a\\b", "x" * 41, "né"])
async def test_a_case_number_of_other_characters_is_refused(case: str) -> None:
    of = small_shop()
    async with on_the_panel(of) as seat:
        await seat.press("1")
        await name_case(seat, case)
        await seat.sees("A case number has letters")
        await seat.press("ctrl+g", "2", *USUAL[2:], "f9")
        await seat.settled()
        assert not of.work.local


def with_case(case: str) -> Shop:
    of = small_shop()
    record = shop.finalized(order=of.reference.order_list[0], asking={"reference": case})
    of.reference.record_list.append(known(record))
    return of


@pytest.mark.parametrize("typed", ["crm-4711", "CRM 47", "crm4711"])
async def test_a_return_is_found_by_its_case(typed: str) -> None:
    async with seated(with_case("CRM-4711")) as seat:
        await seat.type(typed)
        await seat.sees("RETURNS BY CRM CASE", "CRM-4711", "471 2030")


async def test_a_case_of_digits_is_found_too() -> None:
    async with seated(with_case("884711")) as seat:
        await seat.type("88471")
        await seat.sees("RETURNS BY CRM CASE", "884711")
