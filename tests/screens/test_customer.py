"""Customer: contact, flags, orders with what is left, past returns; fast at any size."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from rma.operations import LocalRecord
from rma.order import LineKind, Warranty, WarrantyUnit
from rma.policy import Approval, FinalSale, Scope
from tests import shop
from tests.screens.seat import Seat, Shop, known, seated, small_shop

SIZES = [(80, 24), (120, 40)]


def with_return(of: Shop) -> Shop:
    record = shop.finalized(order=of.reference.order_list[0])
    of.work.local[record.number] = LocalRecord(record=record, row_version=1, pending=False)
    return of


async def open_maria(seat: Seat) -> None:
    await seat.press(*"maria", "enter")
    await seat.sees("Customer · Maria Müller", "RETURNS")


@pytest.mark.parametrize("size", SIZES)
async def test_contact_orders_and_returns_stand_on_one_screen(size: tuple[int, int]) -> None:
    async with seated(with_return(small_shop()), size) as seat:
        await open_maria(seat)
        await seat.sees("+493012345678", "maria@example.com", "10115 Berlin")
        await seat.sees("Order 100001", "Order 100002", "287.00 EUR", "1 × Toaster")
        await seat.sees("471 2030", "authorized")


async def test_orders_stand_newest_first() -> None:
    async with seated(small_shop()) as seat:
        await open_maria(seat)
        assert seat.text.index("Order 100002") < seat.text.index("Order 100001")


async def test_a_line_says_what_is_left_and_which_return_holds_the_rest() -> None:
    async with seated(with_return(small_shop())) as seat:
        await open_maria(seat)
        await seat.sees("1 of 2 · rest on 471 2030")


async def test_no_amount_is_cut_at_60_columns() -> None:
    of = small_shop()
    coat = shop.line("1", name="Winter coat", final_sale=True)
    of.reference.order_list.append(shop.order(coat, order_id="O-3", number="100003"))
    async with seated(of, (60, 18)) as seat:
        await seat.press(*"100003", "enter")
        await seat.sees("final sale")
        (row,) = (line for line in seat.lines if "final sale" in line)
        assert re.search(r"…? +\d+\.\d\d\b", row)


async def test_names_take_the_room_that_the_other_columns_leave() -> None:
    of = small_shop()
    name = "Noise-cancelling headphones, w"
    of.reference.order_list.append(
        shop.order(shop.line("1", name=name), order_id="O-3", number="100003")
    )
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.sees(f"1 × {name}")


async def test_what_cannot_come_back_says_why() -> None:
    of = small_shop()
    of.reference.order_list.append(
        shop.order(
            shop.line("1", name="Voucher", kind=LineKind.GIFT_CARD),
            shop.line("2", name="Lamp", delivered=0, delivered_at=None),
            order_id="O-3",
            number="100003",
        )
    )
    async with seated(of, (120, 40)) as seat:
        await open_maria(seat)
        await seat.sees("gift card: cannot come back", "not delivered", "nothing returnable")


@pytest.mark.parametrize("size", SIZES)
async def test_each_line_says_what_the_policies_say_about_it(size: tuple[int, int]) -> None:
    of = small_shop()
    general = shop.policy(approval=Approval(outside_window=False))
    lenient = shop.policy(
        "books", scope=Scope(categories=("books",)), approval=Approval(outside_window=True)
    )
    asking = shop.policy("toys", scope=Scope(categories=("toys",)), final_sale=FinalSale.APPROVAL)
    of.reference.policy_list[:] = [general, lenient, asking]
    long_ago = shop.DELIVERED - timedelta(days=60)
    of.reference.order_list[:] = [
        shop.order(
            shop.line("1", name="Kettle"),
            shop.line("2", name="Toaster", delivered_at=long_ago),
            shop.line("3", name="Lamp", final_sale=True),
            shop.line("4", name="Atlas", delivered_at=long_ago, category="books"),
            shop.line("5", name="Blocks", final_sale=True, category="toys"),
            shop.line(
                "6",
                name="Pan",
                units=2,
                delivered_at=long_ago,
                warranty=Warranty(2, WarrantyUnit.YEARS),
            ),
        )
    ]
    async with seated(of, size) as seat:
        await open_maria(seat)
        await seat.sees(
            "✓ 1 returnable",
            "✗ too late since 2026-10-11",
            "✗ final sale, unless faulty",
            "? too late since 2026-10-11",
            "? final sale, unless faulty",
            "✗ too late, unless faulty",
            "3 returnable",
        )


async def test_many_orders_are_judged_to_the_last() -> None:
    of = small_shop()
    of.reference.order_list[:] = [
        shop.order(
            shop.line("1", final_sale=number == 0),
            order_id=f"O-{number}",
            number=f"10{number:04}",
            placed_at=shop.PLACED + timedelta(minutes=number),
        )
        for number in range(40)
    ]
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("end")
        await seat.sees("Order 100000", "✗ final sale, unless faulty")


async def test_before_the_first_sync_of_the_policies_only_what_is_left_is_said() -> None:
    of = small_shop()
    of.reference.policy_list.clear()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.sees("2 of 2 returnable")
        assert "✗" not in seat.text


async def test_risk_flags_are_said_in_words() -> None:
    of = small_shop()
    of.reference.customer_list[0] = shop.customer(risk_flags=("address reused",))
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.sees("! Risk: address reused")


async def test_a_customer_without_orders_says_what_to_do() -> None:
    async with seated(small_shop()) as seat:
        await seat.press(*"john", "enter")
        await seat.sees("No order is known here. Press F5", "None yet.")


async def test_an_order_number_opens_the_customer_on_that_order() -> None:
    async with seated(small_shop()) as seat:
        await seat.press(*"100001", "enter")
        await seat.sees("Customer · Maria", "▸ Order 100001")


@pytest.mark.parametrize("key", ["enter", "r"])
async def test_enter_or_r_on_a_line_starts_a_return_of_it(key: str) -> None:
    async with seated(small_shop()) as seat:
        await open_maria(seat)
        await seat.press("down", key)
        await seat.until(lambda: type(seat.app.screen).__name__ == "ReturnWizard")


async def test_o_on_a_line_opens_the_return_that_holds_it() -> None:
    async with seated(with_return(small_shop())) as seat:
        await open_maria(seat)
        await seat.press("down", "down", "down")
        await seat.sees("O Open return")
        await seat.press("o")
        await seat.until(lambda: type(seat.app.screen).__name__ == "RmaScreen")


async def test_tab_reaches_past_returns_and_enter_opens_one() -> None:
    async with seated(with_return(small_shop())) as seat:
        await open_maria(seat)
        await seat.press("tab")
        await seat.sees("▸ 471 2030")
        await seat.press("enter")
        await seat.until(lambda: type(seat.app.screen).__name__ == "RmaScreen")


async def test_back_leads_to_the_search_with_its_text() -> None:
    async with seated(small_shop()) as seat:
        await open_maria(seat)
        await seat.press("f3")
        await seat.sees("Look up", "maria")


async def test_a_customer_with_hundreds_of_orders_opens_and_scrolls() -> None:
    of = small_shop()
    of.reference.order_list = [
        shop.order(
            *(shop.line(str(n), name=f"Item {n}") for n in range(1, 6)),
            order_id=f"O-{i}",
            number=f"{200000 + i}",
            placed_at=shop.PLACED - timedelta(days=i),
        )
        for i in range(300)
    ]
    async with seated(of) as seat:
        await seat.press(*"maria")
        await seat.sees("Maria Müller")
        await seat.press("enter")
        await seat.sees("Order 200000")
        await seat.press("end")
        await seat.sees("Order 200199")
        await seat.press("home")
        await seat.sees("▸ Order 200000")


async def test_a_sync_brings_new_returns_without_moving_the_selection() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("down", "down")
        await seat.sees("▸ Order 100001")
        of.reference.record_list.append(known(shop.finalized(order=of.reference.order_list[0])))
        await seat.press("f5")
        await seat.sees("rest on 471 2030", "▸ Order 100001")


async def test_a_capital_letter_is_the_same_command() -> None:
    async with seated(small_shop()) as seat:
        await seat.type("maria")
        await seat.sees("Maria")
        await seat.press("enter")
        await seat.sees("Order 100001")
        await seat.press("R")
        await seat.sees("1 Lines")


async def test_an_order_found_by_its_number_stands_at_the_top_with_its_lines_below() -> None:
    of = small_shop()
    of.reference.order_list += [
        shop.order(
            order_id=f"O-{n}", number=f"10{n:04}", placed_at=shop.PLACED.replace(hour=n % 24)
        )
        for n in range(10, 22)
    ]
    async with seated(of) as seat:
        await seat.type("100015")
        await seat.sees("Order 100015")
        await seat.press("enter")
        await seat.sees("▸ Order 100015")
        await seat.until(lambda: "Kettle" in seat.lines[_row(seat, "▸ Order 100015") + 1])


async def test_a_return_of_an_order_begins_at_the_first_line_with_something_left() -> None:
    nothing_left = shop.line("1", units=1, gross=11900, returned_before=1, refunded_before=11900)
    of = small_shop()
    of.reference.order_list = [shop.order(nothing_left, shop.line("2", name="Toaster", gross=4900))]
    async with seated(of) as seat:
        await seat.type("100001")
        await seat.sees("Order 100001")
        await seat.press("enter")
        await seat.sees("▸ Order 100001")
        await seat.press("r")
        await seat.sees("▸ Toaster")


def _row(seat: Seat, text: str) -> int:
    return next(n for n, line in enumerate(seat.lines) if text in line)
