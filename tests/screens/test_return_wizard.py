"""A return on its panel, by keys alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual import events

from rma.order import LineKind
from rma.policy import Approval, ContactDuty, Fees, ReasonEvidence, Rule, Window
from rma.request import Condition, Evidence, Fact, Resolution, Role
from rma.states import RmaState
from tests import shop
from tests.screens.returning import SIZES, finalize_again, kept, on_the_panel, open_panel, shop_with
from tests.screens.seat import seated


@pytest.mark.parametrize("size", SIZES)
async def test_a_one_line_return_takes_few_keys_from_the_order_to_its_number(
    size: tuple[int, int],
) -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop, size) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("RMA 471 2030 0034", "authorized", "ESTIMATE", "119.00 EUR")
        (operation,) = the_shop.work.outbox
        assert operation.command.metrics.keys == 6  # type: ignore[union-attr]
        assert the_shop.work.draft_by_id == {}
        record = the_shop.work.local["47120300034"].record
        assert record.state is RmaState.AUTHORIZED
        assert record.lines[0].condition is Condition.OPENED
        await seat.press("enter")
        await seat.sees("Look up", "name, phone ending")


async def test_a_burst_of_keys_fills_the_panel_blind() -> None:
    the_shop = shop_with(policy=shop.policy(verification=2))
    async with on_the_panel(the_shop) as seat:
        await seat.press(*"1", "enter", *"broken", "enter", *"used", "enter", "enter", *"14", "f9")
        await seat.sees("RMA 471 2030 0034")
        request = the_shop.work.local["47120300034"].record.request
        assert request.verified == (Fact.NAME, Fact.POSTCODE)


async def test_several_lines_each_have_their_own_reason_and_condition() -> None:
    the_shop = shop_with(shop.order(shop.line("1"), shop.line("2", units=3, name="Toaster")))
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "down", "2", "up", "enter")
        await seat.press("n", "enter", "o", "enter", "enter")
        await seat.sees("▸ Toaster")
        await seat.press("b", "enter", "d", "enter", "enter")
        await seat.sees("complete")
        await seat.press("f9")
        await seat.sees("RMA 471")
    lines = the_shop.work.local["47120300034"].record.lines
    assert [(li.quantity, li.reason, li.condition.value) for li in lines] == [
        (1, "no_longer_wanted", "opened"),
        (2, "broken", "damaged"),
    ]


@pytest.mark.parametrize("size", SIZES)
async def test_verdict_money_and_sentence_follow_each_key(size: tuple[int, int]) -> None:
    policy = shop.policy(fees=Fees(restocking=1000, return_shipping=shop.amounts(EUR=495)))
    async with on_the_panel(shop_with(shop.order(shop.line(units=2)), policy), size) as seat:
        await seat.sees("Enter how many come back: 1 to 2.")
        await seat.press("1")
        await seat.sees("✓ eligible", "It was delivered on 10 November 2026", "59.50")
        await seat.press("tab", "n")
        await seat.sees("-5.95", "-4.95", "48.60 EUR")
        await seat.press("shift+tab", "2")
        await seat.sees("-11.90", "102.15 EUR")
        await seat.press("3")
        await seat.sees("✗ refused")


async def test_a_refused_finalize_focuses_the_first_wrong_field_and_marks_all() -> None:
    the_shop = shop_with(policy=shop.policy(verification=1, contact=ContactDuty.ANY))
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "f9")
        await seat.sees("✗ Choose why it comes back. (2 more marked)")
        assert seat.app.focused is not None and seat.app.focused.id == "reason"
        await seat.sees("✗ Ask what condition", "✗ Caller", "✗ Ask for a fact about")
        assert kept(the_shop).refused_tries == 1
        await seat.press(*"broken", "enter")
        await seat.no_longer_sees("✗ Choose why")
        await seat.press("o", "enter", "enter", "1")
        await finalize_again(seat)
        await seat.sees("RMA 471")
    (operation,) = the_shop.work.outbox
    assert operation.command.metrics.refused_tries == 1  # type: ignore[union-attr]


async def test_a_call_typed_blind_after_a_refused_f9_makes_nothing_of_the_call_before() -> None:
    the_shop = shop_with(policy=shop.policy(verification=2))
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("✗ Ask for 2 facts")
        blind = ["enter", *"100001", "enter", "enter", "1", "enter", *"n", "enter", "o", "enter"]
        for _call in range(2):
            await seat.press(*blind, "enter", *"1245", "f9")
        await seat.press("enter")
        assert the_shop.work.outbox == []
        assert len(the_shop.work.draft_by_id) == 1


async def test_what_was_typed_ahead_of_a_refusal_is_dropped() -> None:
    the_shop = shop_with(policy=shop.policy(verification=2))
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "enter")
        for key in ("f9", "1", "4", "f9"):
            seat.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await seat.sees("✗ Ask for 2 facts")
        await seat.settled()
        assert kept(the_shop).verified == ()
        await seat.press("1", "4")
        await finalize_again(seat)
        await seat.sees("RMA 471")


async def test_after_a_refused_f9_enter_alone_makes_no_return() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("f9")
        await seat.sees("✗")
        await seat.press("1", "enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("Finalize the return of Maria Müller, order 100001?")
        await seat.press("enter")
        await seat.sees("Not finalized")
        assert the_shop.work.outbox == []
        await finalize_again(seat)
        await seat.sees("RMA 471")


async def test_the_next_return_needs_no_second_answer() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("f9", "f2")
        await seat.sees("Look up")
        await open_panel(seat)
        await seat.press("1", "enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("RMA 471")


async def test_an_override_with_a_reason_makes_it_need_approval() -> None:
    policy = shop.policy(window=Window(days=5), approval=Approval(outside_window=True))
    the_shop = shop_with(policy=policy)
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "enter", "n", "enter", "o", "enter")
        await seat.sees("✗ refused", "an exception can be asked")
        await seat.press("f9")
        await seat.sees("Override")
        assert seat.app.focused is not None and seat.app.focused.id == "override_reason"
        await seat.type("was in hospital")
        await seat.sees("? needs approval")
        await finalize_again(seat)
        await seat.sees("? needs approval", "Please wait for our approval")
    assert the_shop.work.local["47120300034"].record.state is RmaState.NEEDS_APPROVAL


async def test_the_draft_is_kept_at_each_field_exit_and_comes_back_half_typed() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "tab")
        await seat.until(lambda: bool(the_shop.work.draft_by_id))
        assert kept(the_shop).lines[0].quantity == "1"
        await seat.type("wro")
        await seat.press("tab")
        await seat.until(lambda: kept(the_shop).lines[0].reason == "wro")
        await seat.type("half a sen")
        await seat.press("f3")
        await seat.sees("kept as a draft")
        assert kept(the_shop).lines[0].note == "half a sen"
        assert kept(the_shop).keys > 10 and kept(the_shop).first_key_at is not None
    async with seated(the_shop) as seat:
        await seat.sees("Maria Müller")
        await seat.press("down", "enter")
        await seat.sees("half a sen", "wro", "2 fit: more")


async def test_going_home_with_f2_keeps_the_draft() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "enter", "n", "f2")
        await seat.sees("Look up")
        assert kept(the_shop).lines[0].reason == "no_longer_wanted"


async def test_escape_asks_only_when_something_was_typed() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("escape")
        await seat.sees("Customer")
        await seat.press("enter")
        await seat.sees("1 Lines")
        await seat.press("1", "escape")
        await seat.sees("Throw this return away?")
        await seat.press("enter")
        await seat.no_longer_sees("Throw this return away?")
        await seat.press("escape")
        await seat.sees("Throw this return away?")
        await seat.press("y", "enter")
        await seat.sees("The draft is thrown away.")
    assert the_shop.work.draft_by_id == {}


async def test_nothing_typed_leaves_no_draft() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("f3")
        await seat.sees("no draft is kept")
    assert the_shop.work.draft_by_id == {}


async def test_garbage_for_a_quantity_is_named_beside_it_and_not_lost() -> None:
    the_shop = shop_with(shop.order(shop.line(units=3)))
    async with on_the_panel(the_shop) as seat:
        await seat.type("1.5")
        await seat.sees("“1.5” is no quantity")
        await seat.press("f9")
        await seat.sees("enter a whole number from 1")
        assert seat.app.focused is not None and seat.app.focused.id == "quantity"
        await seat.sees("1.5")
        await seat.press("2", "enter", "n", "enter", "o", "enter")
        await finalize_again(seat)
        await seat.sees("RMA 471")


async def test_the_older_return_that_holds_a_unit_is_named() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("RMA 471 2030 0034")
        await seat.press("f3")
        await seat.sees("Customer")
        await seat.press("r")
        await seat.sees("on 471 2030 0034")
        await seat.press("1")
        await seat.sees("✗ refused", "The only unit of it is on return")


async def test_two_f9_make_one_return() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", "f9", "f9", "ctrl+s")
        await seat.sees("RMA 471")
    assert len(the_shop.work.outbox) == 1


async def test_no_number_left_keeps_the_draft_and_says_to_call_back() -> None:
    the_shop = shop_with()
    the_shop.work.numbers = []
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("No RMA number is left here")
    assert kept(the_shop).lines[0].condition == "opened"


async def test_a_tiny_terminal_and_back_keeps_focus_and_text() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "enter", "w", "r")
        await seat.resize(20, 5)
        await seat.sees("Needs 60x18")
        await seat.resize(80, 24)
        await seat.no_longer_sees("Needs 60x18")
        await seat.type("ong s")
        await seat.sees("Preference > Wrong size")


async def test_hostile_text_is_shown_harmless() -> None:
    evil = "Ket\x1b[31mtle [bold]x[/]\u202e"
    the_shop = shop_with(shop.order(shop.line(name=evil, sku="S\x07KU")), name="Ma\x1b]0;x\x07ria")
    async with on_the_panel(the_shop) as seat:
        await seat.sees("Ket␛[31mtle [bold]x[/]")
        assert "\x1b" not in seat.text and "\u202e" not in seat.text
        await seat.press("enter", "n", "enter", "tab", "shift+tab", "o", "enter", "f9")
        await seat.sees("RMA 471")
        await seat.press("o")
        await seat.sees("1 × Ket␛[31mtle [bold]x[/]")
        assert "\x1b" not in seat.text


async def test_f4_lists_the_leaves_that_fit_and_narrows_by_typing() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "enter", "f4")
        await seat.sees("Quality > Broken", "Preference > Wrong size")
        await seat.type("size")
        await seat.no_longer_sees("Quality > Broken")
        await seat.press("enter")
        await seat.sees("Preference > Wrong size", "6 Check")
        assert seat.app.focused is not None and seat.app.focused.id == "condition"
        await seat.press("f4")
        await seat.sees("Incomplete")
        await seat.press("down", "down", "enter")
        await seat.sees("3 Condition  used")


async def test_a_reason_that_needs_a_note_leads_there() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "enter", *"oth", "enter")
        await seat.sees("this reason needs a note")
        assert seat.app.focused is not None and seat.app.focused.id == "note"


async def test_a_serial_line_asks_for_the_serial_and_takes_units_one_by_one() -> None:
    line = shop.line(units=2, serials=("AA-1", "BB-2"))
    the_shop = shop_with(shop.order(line))
    async with on_the_panel(the_shop) as seat:
        await seat.sees("Serial")
        await seat.press("1", "enter", *"AA-1", "enter", "n", "enter", "o", "enter")
        await seat.press("shift+tab", "shift+tab")
        for _ in range(12):
            if seat.app.focused is not None and seat.app.focused.id == "quantity":
                break
            await seat.press("shift+tab")
        await seat.press("down", "1", "enter", *"BB-2", "enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("RMA 471")
    lines = the_shop.work.local["47120300034"].record.lines
    assert [line.serials for line in lines] == [("AA-1",), ("BB-2",)]


async def test_goodwill_and_reference_stand_in_section_7() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", "ctrl+t")
        await seat.sees("Goodwill", "Proof")
        while seat.app.focused is None or seat.app.focused.id != "goodwill":
            await seat.press("tab")
        await seat.press(*"5.00", "tab", *"late parcel", "f9")
        await seat.sees("5.00 EUR of goodwill on top.")
        await seat.press("y", "enter")
        await seat.sees("Goodwill", "124.00 EUR")


async def test_only_a_supervisor_sees_where_the_money_goes() -> None:
    async with on_the_panel(shop_with(), (80, 40)) as seat:
        await seat.press("ctrl+t")
        await seat.sees("Goodwill")
        assert "Money to" not in seat.text
    the_shop = shop_with()
    the_shop.as_role(Role.SUPERVISOR)
    async with on_the_panel(the_shop, (80, 40)) as seat:
        await seat.press("ctrl+t")
        await seat.sees("Money to")


async def test_store_credit_can_be_wished() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", "s")
        await seat.sees("to new store credit")
        await seat.press("f9")
        await seat.sees("RMA 471")
    assert the_shop.work.local["47120300034"].record.lines[0].resolution is Resolution.STORE_CREDIT


async def test_a_service_says_why_it_cannot_come_back() -> None:
    order = shop.order(shop.line("1", kind=LineKind.SERVICE, name="Assembly"))
    async with on_the_panel(shop_with(order)) as seat:
        await seat.sees("it cannot be returned")
        await seat.press("1")
        await seat.sees("✗ refused")


async def test_a_thousand_lines_open_and_scroll() -> None:
    lines = tuple(shop.line(str(n), name=f"Thing {n}", gross=100) for n in range(1, 1001))
    async with on_the_panel(shop_with(shop.order(*lines))) as seat:
        await seat.sees("1 of 1000")
        await seat.press("end")
        await seat.sees("▸ Thing 1000", "1000 of 1000")
        await seat.press("1")
        await seat.sees("✓ eligible")


async def test_an_overridable_condition_can_be_set_aside() -> None:
    policy = shop.policy(overridable=(Rule.CONDITION,))
    the_shop = shop_with(policy=policy)
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "d", "enter", "f9")
        await seat.sees("✗ refused")
        assert seat.app.focused is not None and seat.app.focused.id == "condition"
        await seat.sees("an exception can be asked")


async def test_resuming_a_draft_of_an_order_that_is_gone_says_so() -> None:
    the_shop = shop_with()
    async with on_the_panel(the_shop) as seat:
        await seat.press("1", "f3")
        await seat.sees("kept as a draft")
        await seat.press("f2")
        await seat.sees("Look up")
        the_shop.reference.order_list.clear()
        await seat.press("escape")
        await seat.sees("Maria Müller")
        await seat.press("down", "enter")
        await seat.sees("not known here")
        await seat.press("f3")
        await seat.sees("Look up")


async def test_evidence_is_ticked_where_the_policy_asks_for_it() -> None:
    asked = ReasonEvidence(reason="broken", evidence=(Evidence.PHOTO,))
    the_shop = shop_with(policy=shop.policy(evidence=(asked,)))
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "b", "enter", "d", "enter", "f9")
        await seat.sees("✗ For this reason we need a photo.", "✗ Evidence")
        assert seat.app.focused is not None and seat.app.focused.id == "evidence"
        await seat.press("1")
        await seat.sees("✓ eligible")
        await finalize_again(seat)
        await seat.sees("RMA 471")
    assert the_shop.work.local["47120300034"].record.request.lines[0].evidence == (Evidence.PHOTO,)


async def test_a_restocking_fee_can_be_waived_with_a_reason() -> None:
    the_shop = shop_with(policy=shop.policy(fees=Fees(restocking=1000)))
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "enter")
        await seat.sees("-11.90")
        await seat.press("ctrl+t")
        await seat.sees("Waive fee")
        await seat.type("first order")
        await seat.no_longer_sees("-11.90")
        await seat.sees("119.00 EUR")


async def test_a_key_typed_before_the_number_was_seen_does_not_take_it_away() -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("enter", "n", "enter", "o", "enter")
        for key, character in (("f9", None), ("enter", "\r"), ("enter", "\r")):
            seat.app.post_message(events.Key(key, character))
        await seat.sees("RMA 471 2030 0034", "Next call")
        await seat.until(lambda: seat.app.held_keys == 0)
        await seat.press("f5")
        await seat.sees("RMA 471 2030 0034", "Next call")


async def test_the_number_says_whether_it_is_sent() -> None:
    the_shop = shop_with(policy=shop.policy(carriers=("DHL",), expires_after_days=30))
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "enter", "f9")
        await seat.sees("Queued", "Send it with DHL.", "Good until 20 December")
        local = the_shop.work.local["47120300034"]
        the_shop.work.local["47120300034"] = replace(local, pending=False)
        await seat.press("f5")
        await seat.sees("Sent: the central API has it.")


async def test_goodwill_returns_ask_for_their_reason_in_section_7() -> None:
    the_shop = shop_with(policy=shop.policy(window=Window(days=1)))
    async with on_the_panel(the_shop) as seat:
        await seat.press("enter", "n", "enter", "o", "tab", "tab", "g", "f9")
        await seat.sees("✗ Say why this is a goodwill return.")
        assert seat.app.focused is not None and seat.app.focused.id == "goodwill_reason"
        await seat.press(*"loyal")
        await finalize_again(seat)
        await seat.sees("RMA 471", "? needs approval")


@pytest.mark.parametrize("before", [(20, 5), (80, 24)])
async def test_the_answer_takes_the_width_of_a_terminal_that_grew(before: tuple[int, int]) -> None:
    async with on_the_panel(shop_with()) as seat:
        await seat.press("1", "enter", "n", "enter", "o", "enter")
        await seat.sees("ESTIMATE")
        await seat.resize(*before)
        await seat.resize(120, 40)
        await seat.sees("ESTIMATE", "119.00 EUR", "“It was delivered on 10 November", "money")
