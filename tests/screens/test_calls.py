"""The call timer and the wrap-up note."""

from __future__ import annotations

import pytest

from tests import shop
from tests.screens.returning import open_panel
from tests.screens.seat import Seat, known, seated, small_shop


async def tick(seat: Seat) -> None:
    """What the app does each second."""
    seat.app.status_changed()


async def sees_call(seat: Seat, text: str) -> None:
    await tick(seat)
    await seat.sees(f"call {text}")


async def open_maria(seat: Seat) -> None:
    await seat.press(*"maria", "enter")
    await seat.sees("Customer · Maria Müller", "RETURNS")


async def test_the_call_starts_with_the_first_letter_in_the_empty_box() -> None:
    of = small_shop()
    async with seated(of) as seat:
        assert "call" not in seat.lines[-2]
        await seat.type("m")
        await sees_call(seat, "0:00")
        of.clock.move(seconds=72)
        await seat.type("aria")
        await sees_call(seat, "1:10")


async def test_the_call_starts_with_a_customer_that_is_opened_from_the_list_of_places() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("f2")
        await seat.no_longer_sees("call 0:")
        await seat.press("ctrl+g", "4")
        await seat.sees("Customer · Maria")
        await sees_call(seat, "0:00")


async def test_a_look_at_a_return_of_the_queue_is_no_call() -> None:
    of = small_shop()
    of.reference.record_list.append(known(shop.finalized(order=of.reference.order_list[0])))
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("tab", "enter")
        await seat.sees("RMA 471 2030")
        await seat.press("f2", "ctrl+g", "5")
        await seat.sees("RMA 471 2030")
        await tick(seat)
        await seat.sees("RMA 471 2030")
        assert "call" not in seat.lines[-2]


async def test_the_timer_moves_in_steps_of_ten_seconds_so_that_nothing_is_drawn_in_between() -> (
    None
):
    of = small_shop()
    async with seated(of) as seat:
        await seat.type("m")
        of.clock.move(minutes=12, seconds=19)
        await sees_call(seat, "12:10")


@pytest.mark.parametrize("key", ["escape", "f2"])
async def test_clearing_the_box_ends_the_call(key: str) -> None:
    of = small_shop()
    async with seated(of) as seat:
        await seat.type("maria")
        await sees_call(seat, "0:00")
        await seat.press(key)
        await seat.no_longer_sees("call 0:")


async def test_backspace_to_the_first_letter_does_not_end_the_call() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await seat.type("mx")
        of.clock.move(seconds=30)
        await seat.press("backspace", "backspace")
        await seat.type("john")
        await sees_call(seat, "0:30")


async def test_a_note_stands_with_the_customer_newest_first() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("ctrl+n")
        await seat.sees("this call with Maria Müller", "on this desk only")
        await seat.press(*"first", "enter")
        await seat.sees("PAST CONTACTS", "first", "The note is kept")
        await seat.press("f2")
        of.clock.move(hours=1)
        await open_maria(seat)
        await seat.press("ctrl+n", *"second", "enter")
        await seat.sees("second")
        assert seat.text.index("second") < seat.text.index("first")


async def test_the_note_of_a_call_can_be_changed_and_taken_away() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("ctrl+n", *"one", "enter")
        await seat.sees("The note is kept")
        await seat.press("ctrl+n", "end", *" two", "enter")
        await seat.sees("one two")
        await seat.press("ctrl+n", "ctrl+u", "enter")
        await seat.sees("There is no note.")
        await seat.no_longer_sees("PAST CONTACTS")


async def test_the_last_call_can_be_noted_after_it_ended() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        of.clock.move(minutes=4)
        await seat.press("f2", "ctrl+n")
        await seat.sees("the last call with Maria Müller")
        await seat.press(*"calls back", "enter")
        await seat.sees("The note is kept")
        await open_maria(seat)
        await seat.sees("4 min", "calls back")


async def test_without_a_customer_there_is_nothing_to_note() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("ctrl+n")
        await seat.sees("Open a customer first")
        assert len(seat.app.screen_stack) == 1


async def test_f2_keeps_the_note_that_is_half_typed() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("ctrl+n", *"calls back", "f2")
        await seat.sees("Nothing waits here")
        await open_maria(seat)
        await seat.sees("PAST CONTACTS", "calls back")
        assert [call.customer_id for call in of.work.calls.values()] == ["C-1"]


async def test_f2_leaves_a_note_that_was_not_changed_as_it_was() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("ctrl+n", *"one", "enter")
        await seat.sees("The note is kept")
        await seat.press("ctrl+n", "ctrl+u", "f2")
        await seat.sees("Nothing waits here")
        await open_maria(seat)
        await seat.sees("PAST CONTACTS", "one")


async def test_esc_writes_no_note() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("ctrl+n", *"oops", "escape")
        await seat.no_longer_sees("oops")
        assert not of.work.calls


async def test_a_note_typed_on_the_panel_belongs_to_its_draft() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "ctrl+n", *"photo follows", "enter")
        await seat.sees("The note is kept")
        await seat.press("f3")
        await seat.sees("PAST CONTACTS", "photo follows")
        (call,) = of.work.calls.values()
        (draft,) = of.work.draft_by_id.values()
        assert call.draft_id == draft.draft_id


async def test_a_note_belongs_to_the_return_that_was_looked_at_and_leads_there() -> None:
    of = small_shop()
    of.reference.record_list.append(known(shop.finalized(order=of.reference.order_list[0])))
    async with seated(of, (120, 40)) as seat:
        await open_maria(seat)
        await seat.press("tab", "enter")
        await seat.sees("RMA 471 2030")
        await seat.press("ctrl+n", *"asks when", "enter")
        await seat.sees("The note is kept")
        await seat.press("f3")
        await seat.sees("asks when", "on 471 2030")
        await seat.press("end", "o")
        await seat.sees("RMA 471 2030")


async def test_a_look_at_somebody_elses_return_does_not_take_the_call_over() -> None:
    of = small_shop()
    record = shop.finalized(order=of.reference.order_list[0])
    of.reference.record_list.append(known(record))
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("tab", "enter")
        await seat.sees("RMA 471 2030")
        await seat.press("f2", *"john", "enter")
        await seat.sees("Customer · John Smith")
        await seat.press("ctrl+g", "5")
        await seat.sees("RMA 471 2030")
        await seat.press("ctrl+n")
        await seat.sees("this call with John Smith")


async def test_a_note_stays_with_its_customer_when_another_is_opened_in_the_same_call() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("ctrl+n", *"photo follows", "enter")
        await seat.sees("The note is kept")
        of.clock.move(minutes=4)
        await seat.press("f3", *["backspace"] * 5, *"john", "enter")
        await seat.sees("Customer · John Smith")
        await seat.press("ctrl+n")
        await seat.sees("this call with John Smith")
        await seat.press("escape", "f2")
        await open_maria(seat)
        await seat.sees("4 min", "photo follows")
        assert [(c.customer_id, c.note) for c in of.work.calls.values()] == [
            ("C-1", "photo follows")
        ]


async def test_a_note_stays_with_its_customer_when_a_draft_of_another_is_taken_up() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "f2")
        await seat.sees("DRAFTS")
        await seat.press(*"john", "enter")
        await seat.sees("Customer · John Smith")
        await seat.press("ctrl+n", *"wants a label", "enter")
        await seat.sees("The note is kept")
        await seat.press("ctrl+g", "5")
        await seat.sees("6 Check")
        await seat.press("ctrl+n")
        await seat.sees("this call with Maria Müller")
        await seat.press("escape", "f2")
        await seat.sees("DRAFTS")
        (call,) = of.work.calls.values()
        assert (call.customer_id, call.draft_id) == ("C-2", "")
        assert call.ended_at is not None


async def test_quitting_keeps_the_note_that_is_half_typed() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("ctrl+n", *"calls back")
        await seat.sees("calls back")
        await seat.press("ctrl+q")
        await seat.until(lambda: not seat.app.is_running)
    assert [(call.customer_id, call.note) for call in of.work.calls.values()] == [
        ("C-1", "calls back")
    ]


async def test_a_desk_that_is_told_to_end_keeps_the_note_that_is_half_typed() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("ctrl+n", *"calls back")
        await seat.sees("calls back")
        seat.app.end_now()
        await seat.until(lambda: not seat.app.is_running)
    assert [call.note for call in of.work.calls.values()] == ["calls back"]


async def test_a_hostile_note_is_shown_harmless() -> None:
    of = small_shop()
    from rma.call import Call

    of.work.keep_call(
        Call(call_id="K", started_at=shop.NOW, customer_id="C-1", note="\x1b[2J[red]boo")
    )
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.sees("␛[2J[red]boo")
