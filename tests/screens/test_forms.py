"""Fields and forms on the return panel, by key presses alone."""

from __future__ import annotations

import pytest
from textual import events

from rma.policy import Fees, ReasonEvidence, Window
from rma.reasons import Reason
from rma.request import Evidence, Resolution
from tests import shop
from tests.screens.returning import SIZES, kept, on_the_panel, open_panel, shop_with
from tests.screens.seat import Seat, Shop, small_shop


def stands_on(seat: Seat) -> str:
    """Id of the field under the cursor."""
    return str(getattr(seat.app.focused, "id", ""))


def row(seat: Seat, label: str) -> str:
    """The row of the screen that holds a label."""
    return next(line for line in seat.lines if label in line)


def text_of(seat: Seat, name: str) -> str:
    return str(getattr(seat.app.screen.query_one(f"#{name}"), "value", ""))


def record(of: Shop, number: str = "47120300034"):  # type: ignore[no-untyped-def]
    return of.work.local[number].record


# --- advance


@pytest.mark.parametrize("size", SIZES)
async def test_a_one_line_return_takes_ten_keys_with_everything_chosen(
    size: tuple[int, int],
) -> None:
    """After the search text: open the order, its line, the quantity, reason, condition, remedy, two facts, F9."""
    the_shop = shop_with(policy=shop.policy(verification=2))
    keys = ["enter", "enter", "enter", "3", "2", "2", "1", "4", "f9"]
    assert len(keys) <= 15
    async with on_the_panel(the_shop, size) as seat:
        await seat.press("f3")
        await seat.sees("Customer")
        await seat.press("f2")
        await seat.type("100001")
        await seat.sees("Order 100001")
        await seat.press(*keys)
        await seat.sees("RMA 471 2030 0034")
    line = record(the_shop).lines[0]
    assert (line.reason, line.condition.value) == ("no_longer_wanted", "opened")
    assert line.resolution is Resolution.STORE_CREDIT


async def test_each_further_line_takes_five_keys() -> None:
    lines = tuple(shop.line(str(n), units=2, name=f"Thing {n}") for n in (1, 2, 3))
    the_shop = shop_with(shop.order(*lines))
    one, two, three = ["1"], ["down", "2"], ["down", "1"]
    async with on_the_panel(the_shop) as seat:
        await seat.press(*one, *two, *three, "enter")
        await seat.press("3", "2", "1", "1", "5", "2", "4", "1", "1")
        await seat.sees("complete")
        await seat.press("f9")
        await seat.sees("RMA 471")
    said = [(li.quantity, li.reason, li.condition.value) for li in record(the_shop).lines]
    assert said == [
        (1, "broken", "damaged"),
        (2, "wrong_size", "sealed"),
        (1, "no_longer_wanted", "opened"),
    ]


async def test_a_digit_goes_on_by_itself_and_letters_wait_for_enter() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "1")
        await seat.until(lambda: stands_on(seat) == "condition")
        await seat.sees("broken")
        await seat.type("op")
        assert stands_on(seat) == "condition"
        await seat.press("enter")
        await seat.until(lambda: stands_on(seat) == "resolution")


async def test_a_number_of_two_digits_goes_on_with_the_second() -> None:
    more = [Reason(code=f"more_{n}", label=f"More {n}", parent="quality") for n in range(8)]
    the_shop = shop_with()
    the_shop.reference.reason_tree = shop.reasons(*more)
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "0")
        await seat.until(lambda: text_of(seat, "reason") == "0")
        assert stands_on(seat) == "reason"
        await seat.press("2")
        await seat.until(lambda: stands_on(seat) == "condition")
        await seat.press("shift+tab", "shift+tab", "f4")
        await seat.sees("01 ", "02 ")


async def test_a_number_that_stands_for_nothing_stays_where_it_is() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "9")
        await seat.sees("none fits")
        assert stands_on(seat) == "reason"


async def test_what_is_pasted_never_goes_on_by_itself() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter")
        seat.app.post_message(events.Paste("1"))
        await seat.sees("Quality > Broken")
        assert stands_on(seat) == "reason"


async def test_money_never_goes_on_by_itself() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "3", "2", "1", "ctrl+t")
        await seat.until(lambda: stands_on(seat) == "amount")
        await seat.type("100")
        await seat.until(lambda: text_of(seat, "amount") == "100")
        assert stands_on(seat) == "amount"


async def test_a_burst_of_digits_lands_as_when_typed_slowly() -> None:
    records = []
    for slowly in (True, False):
        the_shop = shop_with(policy=shop.policy(verification=2))
        async with on_the_panel(the_shop) as seat:
            for key in ("enter", "3", "2", "2", "1", "4", "f9"):
                if slowly:
                    await seat.press(key)
                else:
                    character = key if len(key) == 1 else {"enter": "\r"}.get(key)
                    seat.app.post_message(events.Key(key, character))
            await seat.sees("RMA 471 2030 0034")
        records.append(record(the_shop).request)
    assert records[0] == records[1]


# --- mandatory, rules, help


async def test_enter_stays_on_a_field_that_has_to_be_filled_in_and_says_what_to_ask() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "enter")
        await seat.sees("Choose why it comes back.")
        assert stands_on(seat) == "reason"
        await seat.press("3", "enter")
        await seat.sees("Ask what condition it is in.")
        assert stands_on(seat) == "condition"


async def test_a_mandatory_field_is_marked_as_long_as_it_is_empty() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter")
        await seat.sees("2 Reason    *", "3 Condition *")
        await seat.press("3")
        await seat.no_longer_sees("2 Reason    *")
        await seat.sees("3 Condition *")


async def test_f1_says_what_the_field_takes_and_all_that_stands_against_the_return() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter")
        await seat.sees("still open")
        screen = seat.app.screen
        about = screen.field_help()  # type: ignore[attr-defined]
        assert (about.label, about.problem) == ("Reason", "")
        assert "first letters" in about.takes and "has to be filled in" in about.rule
        assert screen.problems() == (  # type: ignore[attr-defined]
            "Choose why it comes back.",
            "Ask what condition it is in.",
        )
        await seat.type("zzz")
        await seat.sees("none fits")
        assert screen.field_help().problem == "none fits: see F4"  # type: ignore[attr-defined]


# --- last value


async def test_ctrl_r_brings_back_what_the_last_finalized_return_held() -> None:
    the_shop = small_shop()
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "tab", "tab", *"scratched", "shift+tab", "4", "2", "2")
        await seat.sees("complete")
        await seat.press("f9")
        await seat.sees("RMA 471")
        await seat.press("enter")
        await seat.sees("name, phone ending")
        await open_panel(seat, "100002")
        await seat.press("enter", "ctrl+r")
        await seat.sees("Preference > Wrong size")
        assert stands_on(seat) == "condition"
        await seat.press("ctrl+r")
        assert stands_on(seat) == "resolution"
        await seat.press("ctrl+r", "f9")
        await seat.sees("✓ authorized", "RMA 471 2030 0131")
    line = record(the_shop, "47120300131").lines[0]
    assert (line.reason, line.condition.value, line.note) == ("wrong_size", "opened", "")
    assert line.resolution is Resolution.STORE_CREDIT


async def test_ctrl_r_says_so_where_there_is_nothing_to_bring_back() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "ctrl+r")
        await seat.sees("no last value")
        await seat.press("tab", "ctrl+r")
        await seat.sees("no last value")


def test_money_quantities_serials_and_personal_data_never_come_back() -> None:
    from screens.return_fields import FIELDS

    kept_back = {spec.name for spec in FIELDS if not spec.repeats}
    assert kept_back >= {"quantity", "serials", "amount", "goodwill", "note", "email", "phone"}
    assert kept_back >= {"reference", "override_reason", "verified"}


# --- undo and redo


async def test_ctrl_z_takes_back_the_text_of_a_field_and_ctrl_y_brings_it_again() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "tab", "tab", *"late", "backspace", "backspace")
        await seat.until(lambda: text_of(seat, "note") == "la")
        await seat.press("ctrl+z")
        await seat.until(lambda: text_of(seat, "note") == "late")
        await seat.press("ctrl+z")
        await seat.until(lambda: text_of(seat, "note") == "")
        assert stands_on(seat) == "note"
        await seat.press("ctrl+y", "ctrl+y")
        await seat.until(lambda: text_of(seat, "note") == "la")


async def test_ctrl_z_goes_back_step_by_step_across_the_fields_and_stands_there() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "enter", *"no l", "enter", "2", "2", "1")
        await seat.sees("1✓name", "store_credit")
        await seat.press("ctrl+z")
        await seat.no_longer_sees("1✓name")
        await seat.press("ctrl+z")
        await seat.until(lambda: stands_on(seat) == "resolution")
        assert text_of(seat, "resolution") == "refund"
        await seat.press("ctrl+z")
        await seat.until(lambda: stands_on(seat) == "condition")
        assert text_of(seat, "condition") == ""
        await seat.press("ctrl+z")
        await seat.until(lambda: stands_on(seat) == "reason")
        assert text_of(seat, "reason") == text_of(seat, "resolution") == ""
        await seat.press("ctrl+z")
        await seat.sees("still open: a quantity")
        assert stands_on(seat) == "quantity"
        await seat.press("ctrl+z")
        await seat.sees("nothing to undo")
        await seat.press(*["ctrl+y"] * 5)
        await seat.sees("1✓name", "no_longer_wanted", "opened", "store_credit")
        await seat.press("f3")
        await seat.sees("kept as a draft")
    assert kept(the_shop).lines[0].resolution == "store_credit"


async def test_undo_takes_back_a_value_chosen_from_the_list() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "f4", *"size", "enter")
        await seat.until(lambda: stands_on(seat) == "condition")
        await seat.press("ctrl+z")
        await seat.until(lambda: stands_on(seat) == "reason")
        assert text_of(seat, "reason") == ""


async def test_undo_of_a_quantity_stands_on_its_line() -> None:
    the_shop = shop_with(shop.order(shop.line("1"), shop.line("2", name="Toaster")))
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "down", "1", "up")
        await seat.sees("▸ Kettle")
        await seat.press("ctrl+z")
        await seat.sees("▸ Toaster")
        await seat.press("ctrl+y", "ctrl+z", "ctrl+z")
        await seat.sees("▸ Kettle", "still open: a quantity")


async def test_the_draft_that_is_kept_is_the_one_after_undo() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "enter", "3", "ctrl+z", "f2")
        await seat.sees("Look up")
    assert kept(the_shop).lines[0].reason == ""


async def test_ctrl_k_erases_to_the_end_of_the_field() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "tab", "tab", *"abcdef", "left", "left", "ctrl+k")
        await seat.until(lambda: text_of(seat, "note") == "abcd")
        await seat.press("ctrl+z")
        await seat.until(lambda: text_of(seat, "note") == "abcdef")


# --- nothing moves


@pytest.mark.parametrize("size", SIZES)
async def test_a_message_of_two_rows_moves_nothing(size: tuple[int, int]) -> None:
    asked = ReasonEvidence(reason="broken", evidence=(Evidence.PHOTO,))
    policy = shop.policy(evidence=(asked,), window=Window(days=5))
    async with on_the_panel(shop_with(policy=policy), size) as seat:
        await seat.press("enter", "1", "2", "1")
        await seat.sees("refused")
        rows = {label: seat.lines.index(row(seat, label)) for label in ("2 Reason", "7 Except")}
        below = [seat.lines.index(row(seat, label)) for label in ("ONLINE", "F1 Help")]
        seat.app.screen.show_message("A long sentence for the caller. " * 5)  # type: ignore[attr-defined]
        await seat.sees("A long sentence")
        await seat.until(lambda: seat.text.count("A long sentence") >= 2)
        assert {label: seat.lines.index(row(seat, label)) for label in rows} == rows
        assert [seat.lines.index(row(seat, label)) for label in ("ONLINE", "F1 Help")] == below


async def test_section_7_has_the_same_fields_whatever_the_rules_say() -> None:
    async with on_the_panel(shop_with(policy=shop.policy(fees=Fees(restocking=1000)))) as seat:
        await seat.press("ctrl+t")
        await seat.sees("Waive fee", "Evidence", "Override")
        await seat.press("ctrl+t", "enter")
        await seat.press("3", "2", "1", "ctrl+t")
        await seat.until(lambda: stands_on(seat) == "waive_fee_reason")
        await seat.sees("Waive fee", "Override")


async def test_closing_section_7_stands_where_it_was_opened_from() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "3", "ctrl+t")
        await seat.until(lambda: stands_on(seat) == "amount")
        await seat.press("tab", "ctrl+t")
        await seat.until(lambda: stands_on(seat) == "condition")
        await seat.no_longer_sees("Waive fee")
