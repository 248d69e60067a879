"""What the return panel says stays true: no complaint outlives its cause, and nothing is cut without a sign."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events

from rma.policy import Approval, Fees, Window
from rma.request import Role
from screens.formats import use_locale
from tests import shop
from tests.screens.returning import finalize_again, kept, on_the_panel, shop_with
from tests.screens.seat import seated

SIZES = [(80, 24), (120, 40)]


@pytest.mark.parametrize("size", SIZES)
async def test_enter_on_the_first_line_brings_no_complaint(size: tuple[int, int]) -> None:
    async with on_the_panel(shop_with(), size) as seat:
        await seat.press("enter")
        await seat.sees("✓ eligible")
        assert "✗" not in seat.text


async def test_a_corrected_field_brings_no_complaint_about_what_stood_there() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "n", "enter", *"xyz", "enter", "f9")
        await seat.sees("✗ “xyz” is none of", "✗ none fits: see F4")
        await seat.press("o", "enter")
        await seat.sees("✓ complete: F9 gives the number")
        assert "✗" not in seat.text


async def test_f9_on_a_resumed_draft_stops_at_a_code_that_is_not_clear() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "enter", *"wro", "enter", "o", "enter", "f3")
        await seat.sees("kept as a draft")
        await seat.press("f2")
        await seat.sees("Look up")
        await seat.press("escape", "down", "enter")
        await seat.sees("6 Check", "2 fit: more, or F4")
        await seat.press("f9")
        await seat.until(lambda: getattr(seat.app.focused, "id", "") == "reason")
    assert kept(the_shop).lines[0].reason == "wro"


async def test_an_order_without_lines_says_what_to_do() -> None:
    the_shop = shop_with()
    empty = replace(the_shop.reference.order_list[0], lines=())
    the_shop.reference.order_list[:] = [empty]
    async with seated(the_shop) as seat:
        await seat.press(*"100001")
        await seat.sees("Order 100001")
        await seat.press("enter")
        await seat.sees("Customer")
        await seat.press("r")
        await seat.sees("✗ This order has no lines here: press F5")
        await seat.press("f3")
        await seat.sees("Customer")


async def test_f4_on_a_field_without_a_list_says_so() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "tab", "tab", "f4")
        await seat.sees("This field has no list")


async def test_the_list_of_values_keeps_its_height_and_says_when_nothing_fits() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "f4")
        await seat.sees("▸  1 ", "Type to narrow")
        rows = [n for n, line in enumerate(seat.lines) if "Type to narrow" in line]
        await seat.type("zzzz")
        await seat.sees("None fits")
        assert [n for n, line in enumerate(seat.lines) if "Type to narrow" in line] == rows
        await seat.press("enter")
        await seat.sees("None fits")
        await seat.press("escape")
        await seat.no_longer_sees("None fits")


async def test_the_palette_keeps_its_height_and_says_when_nothing_fits() -> None:
    async with seated(shop_with()) as seat:
        await seat.press("ctrl+p")
        await seat.sees("▸", "Enter runs it")
        rows = [n for n, line in enumerate(seat.lines) if "Enter runs it" in line]
        await seat.type("zzzz")
        await seat.sees("No command has this name")
        assert [n for n, line in enumerate(seat.lines) if "Enter runs it" in line] == rows


async def test_what_the_strip_cannot_hold_ends_in_a_sign() -> None:
    policy = shop.policy(window=Window(days=1), fees=Fees(restocking=1000), final_sale=True)
    line = shop.line("1", units=3, final_sale=True)
    async with on_the_panel(shop_with(shop.order(line), policy)) as seat:
        await seat.press("9")
        await seat.sees("✗ refused")
        strip = "\n".join(seat.lines[-8:-3])
        await seat.until(lambda: "”" in "\n".join(seat.lines[-8:-3]))
        sentences = strip.count("“")
        assert sentences == strip.count("”") or "…" in strip


async def test_a_key_pressed_once_the_number_is_seen_acts_at_once() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "n", "enter", "o", "enter")
        await seat.sees("complete: F9")
        seat.app.post_message(events.Key("f9", None))
        await seat.sees("RMA 471 2030 0034")
        seat.app.post_message(events.Key("enter", "\r"))
        await seat.sees("name, phone ending")


async def test_f3_goes_from_the_number_back_to_the_customer() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("RMA 471 2030 0034", "Enter Next call", "F3 Back")
        await seat.press("f3")
        await seat.sees("Customer · Maria Müller", "on 471 2030 0034")


async def test_who_made_a_return_reads_why_it_cannot_be_approved_here() -> None:
    the_shop = shop_with(policy=shop.policy(window=Window(days=1))).as_role(
        Role.SUPERVISOR, "Agent One"
    )
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "tab", "tab", "g", "f9")
        await seat.sees("✗ Say why this is a goodwill return.")
        await seat.press(*"loyal")
        await finalize_again(seat)
        await seat.sees("? needs approval")
        await seat.press("o")
        await seat.sees("waits for", "a supervisor other than Agent One")


async def test_an_exception_for_a_junk_reason_is_asked_to_be_said_in_words() -> None:
    policy = shop.policy(window=Window(days=5), approval=Approval(outside_window=True))
    the_shop = shop_with(policy=policy)
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "enter", "n", "enter", "o", "enter", "f9")
        await seat.until(lambda: getattr(seat.app.focused, "id", "") == "override_reason")
        await seat.press("x", "f9")
        await seat.sees("✗ Say it in a few words.")
        assert getattr(seat.app.focused, "id", "") == "override_reason"
        await seat.press(*"ray film kept")
        await finalize_again(seat)
        await seat.sees("? needs approval", "RMA 471")


async def test_in_german_an_amount_is_typed_with_a_comma_and_is_never_guessed() -> None:
    the_shop = shop_with()
    use_locale("de")
    try:
        async with on_the_panel(the_shop) as seat:
            await seat.press("enter", "n", "enter", "o", "enter", "ctrl+t")
            while getattr(seat.app.focused, "id", "") != "amount":
                await seat.press("tab")
            await seat.press(*"1.234", "tab")
            await seat.sees("✗ leave out the “.”")
            await seat.press("shift+tab", "ctrl+u", *"100,50", "tab", *"agreed", "tab")
            await seat.sees("100,50 EUR")
            assert "✗" not in seat.text
    finally:
        use_locale("")


async def test_the_check_says_a_refusal_before_what_is_still_open() -> None:
    async with on_the_panel(shop_with(policy=shop.policy(window=Window(days=5)))) as seat:
        await seat.press("1", "tab")
        await seat.sees("6 Check      ✗ refused: clear that quantity")


async def test_a_quantity_that_cannot_be_read_is_never_called_eligible() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press(*"1x", "enter")
        await seat.sees("The quantity cannot be read", "still open: quantity")
        assert "eligible" not in seat.text


async def test_f9_without_a_quantity_does_not_say_that_one_cannot_be_read() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("f9")
        await seat.sees("✗ Choose at least one line that comes back.")
        assert "cannot be read" not in seat.text


async def test_a_line_that_a_supervisor_approves_is_not_called_eligible() -> None:
    asks = shop.policy(approval=Approval(amount=shop.amounts(EUR=100)))
    async with on_the_panel(shop_with(policy=asks)) as seat:
        await seat.press("1", "enter", "n", "enter", "o", "enter")
        await seat.sees("a supervisor approves", "? needs approval")


async def test_the_serial_number_says_of_which_line_it_is() -> None:
    lines = [shop.line(str(n), name=f"Phone {n}", serials=(f"S-{n}",)) for n in range(1, 5)]
    async with on_the_panel(shop_with(shop.order(*lines))) as seat:
        await seat.press("down", "down", "1", "enter")
        await seat.sees("▸ Phone 3")
        (row,) = (line for line in seat.lines if "  Serial" in line)
        assert "of Phone 3" in row


async def test_a_return_that_cannot_be_opened_takes_no_keys() -> None:
    of = shop_with()
    of.reference.reason_tree = None
    async with seated(of) as seat:
        await seat.type("100001")
        await seat.press("enter")
        await seat.sees("Order 100001")
        await seat.press("enter")
        await seat.sees("The reasons are not here yet")
        await seat.press(*"1x", "enter", "backspace", "f4", "f9", "tab", "ctrl+t", "f12")
        await seat.settled()
        assert "1 Lines" not in seat.text
        await seat.press("f3")
        await seat.sees("Order 100001")
