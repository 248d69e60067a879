"""Caller verification: facts before contact data, for one call, logged."""

from __future__ import annotations

import pytest

from rma.policy import Scope
from rma.request import Fact
from tests import shop
from tests.screens.returning import SIZES, on_the_panel, open_panel, shop_with
from tests.screens.seat import Seat, Shop, known, seated, small_shop

EMAIL, PHONE, POSTCODE, CITY = "maria@example.com", "+493012345678", "10115", "Berlin"
CONTACT = (EMAIL, PHONE, POSTCODE, CITY)


def asking(facts: int = 2) -> Shop:
    """The small shop, whose policy asks for facts."""
    of = small_shop()
    of.reference.policy_list = [shop.policy(verification=facts)]
    return of


async def open_maria(seat: Seat) -> None:
    await seat.press(*"maria", "enter")
    await seat.sees("Customer · Maria Müller", "RETURNS")


async def verify(seat: Seat, *keys: str) -> None:
    await seat.press("v")
    await seat.sees("Is it Maria Müller who calls?")
    await seat.press(*keys)
    await seat.no_longer_sees("who calls?")


def hidden(seat: Seat) -> bool:
    return not any(value in seat.text for value in CONTACT)


async def test_where_no_policy_asks_for_facts_everything_is_shown() -> None:
    async with seated(small_shop()) as seat:
        await open_maria(seat)
        await seat.sees(*CONTACT)
        assert "Verify" not in seat.lines[-1]


@pytest.mark.parametrize("size", SIZES)
async def test_a_customer_is_masked_until_enough_facts_are_ticked(size: tuple[int, int]) -> None:
    of = asking()
    async with seated(of, size) as seat:
        await open_maria(seat)
        await seat.sees("j…@…".replace("j", "m"), "… 5678", "…15", "V asks for 2 facts")
        assert hidden(seat)
        await verify(seat, "1", "4", "enter")
        await seat.sees(*CONTACT, "Contact data are shown until the call ends.")
        (told,) = of.work.verifications
        assert told.facts == (Fact.NAME, Fact.POSTCODE)


async def test_one_fact_of_two_is_not_enough() -> None:
    of = asking()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("v")
        await seat.sees("Ask for 2 facts")
        await seat.press("1", "enter", "enter")
        await seat.sees("Ask for 2 facts")
        await seat.press("escape")
        await seat.no_longer_sees("who calls?")
        assert hidden(seat)
        assert of.work.verifications == []


async def test_a_skip_needs_words_and_is_logged() -> None:
    of = asking()
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("v")
        await seat.sees("who calls?")
        await seat.press("tab", "x", "enter")
        await seat.sees("who calls?")
        await seat.press(*"known voice", "enter")
        await seat.sees(*CONTACT)
        (told,) = of.work.verifications
        assert (told.facts, told.skipped) == ((), "xknown voice")


async def test_search_shows_what_is_needed_to_choose() -> None:
    async with seated(asking()) as seat:
        await seat.type("ma")
        await seat.sees("Maria Müller", "m…@…", "… 5678")
        assert hidden(seat)


async def test_search_by_a_whole_address_does_not_show_the_rest() -> None:
    async with seated(asking()) as seat:
        await seat.type("5678")
        await seat.sees("Maria Müller", "… 5678")
        assert hidden(seat)


@pytest.mark.parametrize("leave", [("f2",), ("f2", "escape")])
async def test_facts_are_gone_with_the_call(leave: tuple[str, ...]) -> None:
    async with seated(asking()) as seat:
        await open_maria(seat)
        await verify(seat, "1", "4", "enter")
        await seat.sees(EMAIL)
        await seat.press(*leave)
        await seat.no_longer_sees(EMAIL)
        await open_maria(seat)
        await seat.sees("m…@…")
        assert hidden(seat)


async def test_facts_are_gone_when_another_customer_is_opened() -> None:
    async with seated(asking()) as seat:
        await open_maria(seat)
        await verify(seat, "1", "4", "enter")
        await seat.sees(EMAIL)
        await seat.press("f3", "ctrl+u", *"john", "enter")
        await seat.sees("Customer · John Smith", "j…@…")
        await seat.press("f3", "ctrl+u", *"maria", "enter")
        await seat.sees("Customer · Maria", "m…@…")
        assert hidden(seat)


async def test_facts_of_the_customer_screen_count_on_the_panel() -> None:
    of = asking()
    async with seated(of) as seat:
        await open_maria(seat)
        await verify(seat, "1", "4", "enter")
        await seat.sees(EMAIL)
        await seat.press("r")
        await seat.sees("1 Lines", EMAIL, "1✓name", "4✓postcode 10115")
        await seat.press("1", "enter", *"no_longer", "enter", "enter", "1", "1", "f9")
        await seat.sees("RMA 471 2030")
        (made,) = of.work.local.values()
        assert made.record.request.verified == (Fact.NAME, Fact.POSTCODE)


@pytest.mark.parametrize("size", SIZES)
async def test_the_panel_shows_contact_data_with_the_last_fact(size: tuple[int, int]) -> None:
    of = shop_with(policy=shop.policy(verification=2))
    async with on_the_panel(of, size) as seat:
        await seat.sees("m…@…", "… 5678", "postcode …15")
        assert hidden(seat)
        await seat.press("1", "enter", *"no_longer", "enter", "enter", "1", "1")
        await seat.press("1")
        await seat.settled()
        assert hidden(seat)
        await seat.press("4")
        await seat.sees(EMAIL, PHONE, "postcode 10115")
        await seat.press("4")
        await seat.no_longer_sees(EMAIL)
        assert hidden(seat)
        await seat.press("4", "f9")
        await seat.sees("RMA 471 2030")
        (made,) = of.work.local.values()
        assert made.record.contact.email == EMAIL
        assert made.record.contact.phone == PHONE
        opened = [told.facts for told in of.work.verifications]
        both = (Fact.NAME, Fact.POSTCODE)
        assert opened == [both, (Fact.NAME,), both]


async def test_facts_of_the_panel_count_for_the_next_return_of_the_call() -> None:
    of = asking()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "enter", *"no_longer", "enter", "enter", "1", "1", "1", "4")
        await seat.sees(EMAIL)
        await seat.press("f3")
        await seat.sees("Customer · Maria", EMAIL, PHONE)


async def test_another_address_can_be_typed_over_a_mask() -> None:
    of = shop_with(policy=shop.policy(verification=1))
    async with on_the_panel(of) as seat:
        await seat.press("ctrl+g", "5", "tab", "tab")
        await seat.press(*"new@shop.com", "tab")
        await seat.sees("new@shop.com")
        await seat.press("f3")
        await seat.sees("Customer ·")
        (draft,) = of.work.draft_by_id.values()
        assert (draft.email, draft.phone) == ("new@shop.com", PHONE)


async def test_a_mask_that_is_left_alone_changes_nothing() -> None:
    of = shop_with(policy=shop.policy(verification=1))
    async with on_the_panel(of) as seat:
        await seat.press("ctrl+g", "5", "tab", "tab", "end", "x", "backspace", "tab", "f3")
        await seat.sees("Customer ·")
        assert all(draft.email == EMAIL for draft in of.work.draft_by_id.values())


async def test_a_skip_typed_on_the_panel_goes_into_the_return_and_its_sheet() -> None:
    of = shop_with(policy=shop.policy(verification=1))
    async with on_the_panel(of) as seat:
        await seat.press("1", "enter", *"no_longer", "enter", "enter", "1", "1", "tab")
        await seat.press(*"known voice", "tab")
        await seat.sees(EMAIL)
        await seat.press("f9")
        await seat.sees("RMA 471 2030")
        await seat.press("o")
        await seat.sees("not verified: known voice", EMAIL)
        assert [told.skipped for told in of.work.verifications] == ["known voice"]


async def test_the_sheet_of_a_return_is_masked_until_facts_are_told() -> None:
    of = asking()
    record = shop.finalized(order=of.reference.order_list[0])
    of.reference.record_list.append(known(record))
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.press("tab", "enter")
        await seat.sees("RMA 471 2030", "customer", "m…@…" if record.contact.email else "RMA")
        assert hidden(seat)
        await verify(seat, "1", "4", "enter")
        await seat.sees("Contact data are shown")


async def test_only_general_policies_open_a_call_where_there_are_any() -> None:
    of = asking(1)
    toys = shop.policy(code="toys", verification=5, scope=Scope(categories=("toys",)))
    of.reference.policy_list.append(toys)
    async with seated(of) as seat:
        await open_maria(seat)
        await seat.sees("V asks for a fact")
        await verify(seat, "1", "enter")
        await seat.sees(EMAIL)


async def test_a_resumed_return_asks_again_in_another_call() -> None:
    of = asking()
    async with seated(of) as seat:
        await open_panel(seat)
        await seat.press("1", "enter", *"no_longer", "enter", "enter", "1", "1", "1", "4")
        await seat.sees(EMAIL)
        await seat.press("f2")
        await seat.sees("DRAFTS")
        await seat.press("down", "enter")
        await seat.sees("1 Lines", "This is another call: ask for the facts again.")
        assert hidden(seat)
        await seat.sees("1 name", "4 postcode …15")
