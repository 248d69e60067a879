"""An order that is not here, typed by hand: by keys alone, from the search box or a customer, to its number."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from rma.operations import FinalizeReturn
from rma.policy import ContactDuty
from rma.record import RmaRecord
from rma.request import Role
from rma.states import RmaState
from rma.verdict import Verdict
from tests import shop
from tests.screens.returning import kept, shop_with
from tests.screens.seat import Seat, Shop, seated


def desk_shop() -> Shop:
    """Maria with one order, and two products."""
    of = shop_with()
    of.reference.product_list = [shop.product(), shop.kettle(9900)]
    return of


@asynccontextmanager
async def from_the_box(of: Shop, number: str = "MKT-77") -> AsyncIterator[Seat]:
    """A number that nothing is found for, and Enter on the row that is offered."""
    async with seated(of) as seat:
        await seat.type(number)
        await seat.sees(f"Order {number} is not here: type it by hand")
        await seat.press("enter", "enter")
        await seat.sees("Order typed by hand", "1 Order no")
        yield seat


@asynccontextmanager
async def from_the_customer(of: Shop) -> AsyncIterator[Seat]:
    async with seated(of) as seat:
        await seat.type("müller")
        await seat.sees("Maria Müller")
        await seat.press("enter")
        await seat.sees("returnable")
        await seat.press("t")
        await seat.sees("Order typed by hand · Maria Müller", "1 Order no")
        yield seat


async def type_order(seat: Seat, *, caller: str = "Eva Stone", item: str = "sku-1") -> None:
    """Number as it stands, caller, no days, one item of which two were bought; on to the return."""
    await seat.press("enter")
    if caller:
        await seat.type(caller)
        await seat.press("enter")
    await seat.press("enter", "enter")
    await seat.type(item)
    await seat.press("enter", "2", "enter", "enter")
    await seat.sees("1 Lines", "6 Check")


async def type_return(seat: Seat) -> None:
    """One unit, no longer wanted, opened."""
    await seat.press("1", "enter")
    await seat.type("no longer")
    await seat.press("enter")
    await seat.type("op")
    await seat.press("enter")


def made(of: Shop) -> RmaRecord:
    (local,) = of.work.local.values()
    return local.record


async def test_an_unknown_caller_gets_a_number_for_an_order_that_is_not_here() -> None:
    of = desk_shop()
    async with from_the_box(of) as seat:
        await type_order(seat)
        await seat.sees("order MKT-77", "Eva Stone", "order typed by hand")
        await type_return(seat)
        await seat.sees("needs approval", "I cannot find order MKT-77 yet", "No amount yet")
        await seat.press("f9")
        await seat.sees("RMA", "needs approval", "Please wait for our approval")
    record = made(of)
    assert (record.state, record.verdict) == (RmaState.NEEDS_APPROVAL, Verdict.NEEDS_APPROVAL)
    assert (record.quote, record.holding, record.order_number) == (None, False, "MKT-77")
    assert record.request.typed is not None
    assert record.request.typed.caller == "Eva Stone"
    (line,) = record.request.typed.lines
    assert (line.item, line.sku, line.bought) == ("Kettle", "SKU-1", 2)
    (operation,) = of.work.outbox
    assert isinstance(operation.command, FinalizeReturn)
    assert operation.command.request == record.request


async def test_a_known_customer_keeps_their_contact_and_needs_no_name() -> None:
    of = desk_shop()
    async with from_the_customer(of) as seat:
        await seat.type("MKT-77")
        await type_order(seat, caller="")
        await type_return(seat)
        await seat.press("f9")
        await seat.sees("RMA", "needs approval")
    record = made(of)
    assert (record.customer_id, record.contact.email) == ("C-1", "maria@example.com")


async def test_a_sku_echoes_its_product_and_other_words_are_a_description() -> None:
    async with from_the_box(desk_shop()) as seat:
        await seat.press("enter")
        await seat.type("Eva")
        await seat.press("enter", "enter", "enter")
        await seat.type("sku-1")
        await seat.press("enter")
        await seat.sees("Kettle")
        await seat.press("2", "enter")
        await seat.type("a blue cup")
        await seat.press("enter")
        await seat.sees("no SKU of ours")


async def test_f4_lists_products_for_an_item() -> None:
    async with from_the_box(desk_shop()) as seat:
        await seat.press("enter")
        await seat.type("Eva")
        await seat.press("enter", "enter", "enter")
        await seat.type("new")
        await seat.press("f4")
        await seat.sees("New kettle")
        await seat.press("enter")
        await seat.sees("bought")
        await seat.press("3", "enter")
        await seat.sees("NEW")


async def test_a_number_that_is_known_is_said_at_the_field_and_goes_no_further() -> None:
    of = desk_shop()
    async with from_the_customer(of) as seat:
        await seat.type("100001")
        await seat.press("enter")
        await seat.sees(
            "known here: of Maria Müller", "leave this, and start its return from there"
        )
        await seat.press("f9")
        await seat.settled()
        assert "1 Lines" not in seat.text
    assert of.work.local == {}


async def test_another_customers_number_is_said_with_the_name() -> None:
    of = desk_shop()
    async with from_the_box(of, "1000019") as seat:
        await seat.press("end", "backspace", "enter")
        await seat.sees("known here: of Maria Müller", "of Maria Müller: is the number right?")


async def test_an_order_that_a_sync_brings_meanwhile_keeps_the_return_from_its_number() -> None:
    of = desk_shop()
    async with from_the_box(of) as seat:
        await type_order(seat)
        await type_return(seat)
        of.reference.order_list.append(shop.order(order_id="O-77", number="MKT-77"))
        await seat.press("f9")
        await seat.sees("is known here")
    assert of.work.local == {}


async def test_a_number_that_only_begins_like_others_can_be_typed_too() -> None:
    async with seated(desk_shop()) as seat:
        await seat.type("10000")
        await seat.sees("Order 100001", "Order 10000 is not here: type it by hand")
        await seat.press("down", "down", "enter")
        await seat.sees("Order typed by hand", "1 Order no   10000")


async def test_nothing_is_offered_for_what_was_found_or_is_no_number() -> None:
    async with seated(desk_shop()) as seat:
        await seat.type("100001")
        await seat.sees("Order 100001")
        assert "type it by hand" not in seat.text
        await seat.press("escape")
        await seat.type("nobody")
        await seat.sees("Nothing found")
        assert "type it by hand" not in seat.text


async def test_what_is_missing_is_said_and_stood_on() -> None:
    async with from_the_box(desk_shop()) as seat:
        await seat.press("f9")
        await seat.sees("Ask for the caller's name.")
        await seat.type("Eva")
        await seat.press("f9")
        await seat.sees("Type what was bought: one item at least.")
        await seat.type("a cup")
        await seat.press("f9")
        await seat.sees("Enter how many of it were bought")
        await seat.press("1", "f9")
        await seat.sees("1 Lines", "a cup")


async def test_a_day_that_cannot_be_read_is_said_beside_its_field() -> None:
    async with from_the_box(desk_shop()) as seat:
        await seat.press("enter")
        await seat.type("Eva")
        await seat.press("enter")
        await seat.type("3/11")
        await seat.press("enter")
        await seat.sees("is no day: like 2026-11-03 or 3.11.2026")
        await seat.press("up")
        await seat.type("3.11.2026")
        await seat.press("enter")
        await seat.sees("3 November 2026")


async def test_every_field_is_kept_and_offered_again_half_typed() -> None:
    of = desk_shop()
    async with from_the_box(of) as seat:
        await seat.press("enter")
        await seat.type("Eva Stone")
        await seat.press("enter", "enter")
        await seat.until(lambda: bool(of.work.draft_by_id), "a draft")
    draft = kept(of)
    assert draft.by_hand is not None
    assert (draft.by_hand.number, draft.by_hand.caller) == ("MKT-77", "Eva Stone")
    async with seated(of) as seat:
        await seat.sees("Eva Stone", "order MKT-77")
        await seat.press("down", "enter")
        await seat.sees("Order typed by hand", "MKT-77", "Eva Stone")


async def test_a_finished_order_is_offered_again_as_its_return() -> None:
    of = desk_shop()
    async with from_the_box(of) as seat:
        await type_order(seat)
        await type_return(seat)
        await seat.press("f3")
        await seat.sees("kept as a draft")
    async with seated(of) as seat:
        await seat.press("down", "enter")
        await seat.sees("1 Lines", "order MKT-77", "Kettle")
        await seat.press("f9")
        await seat.sees("RMA", "needs approval")


async def test_the_order_can_be_corrected_from_its_return() -> None:
    of = desk_shop()
    async with from_the_box(of) as seat:
        await type_order(seat)
        await type_return(seat)
        await seat.press("ctrl+g", "0")
        await seat.sees("Order typed by hand", "1 Order no")
        await seat.press("f9")
        await seat.sees("1 Lines", "Kettle")
        await seat.press("f9")
        await seat.sees("RMA", "needs approval")
    assert made(of).lines[0].quantity == 1


async def test_more_than_was_bought_is_refused_before_the_number() -> None:
    of = desk_shop()
    async with from_the_box(of) as seat:
        await type_order(seat)
        await seat.press("3", "enter")
        await seat.type("no longer")
        await seat.press("enter")
        await seat.type("op")
        await seat.press("enter", "f9")
        await seat.sees("3 come back, but 2 were bought")
    assert of.work.local == {}


async def test_the_contact_is_asked_for_as_the_policy_says() -> None:
    of = desk_shop()
    of.reference.policy_list = [shop.policy(contact=ContactDuty.ANY)]
    async with from_the_box(of) as seat:
        await type_order(seat)
        await type_return(seat)
        await seat.press("f9")
        await seat.sees("Ask for an e-mail address or a phone number.")


async def test_esc_throws_it_away_after_a_question() -> None:
    of = desk_shop()
    async with from_the_box(of) as seat:
        await seat.press("enter")
        await seat.type("Eva")
        await seat.press("enter")
        await seat.until(lambda: bool(of.work.draft_by_id), "a draft")
        await seat.press("escape")
        await seat.sees("Throw this return away?")
        await seat.press("y", "enter")
        await seat.sees("The draft is thrown away.")
    assert of.work.draft_by_id == {}


async def test_a_supervisor_is_told_why_it_cannot_be_approved_yet() -> None:
    of = desk_shop()
    async with from_the_box(of) as seat:
        await type_order(seat)
        await type_return(seat)
        await seat.press("f9")
        await seat.sees("RMA", "needs approval")
    record = made(of)
    of.as_role(Role.SUPERVISOR)
    async with seated(of) as seat:
        await seat.type(record.number)
        await seat.sees("needs approval")
        await seat.press("enter")
        await seat.sees(
            "by hand", "Eva Stone · 2 × Kettle (SKU-1) bought", "order is not known yet"
        )
        await seat.press("a")
        await seat.sees("Approve")
        await seat.press("enter")
        await seat.sees("is not known yet")
    assert made(of).state is RmaState.NEEDS_APPROVAL
