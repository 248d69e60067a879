"""No key does nothing: where its command does not apply, the message line says why."""

from __future__ import annotations

from dataclasses import replace

from rma.request import Role
from rma.states import RmaState
from tests import shop
from tests.screens.returning import open_panel, shop_with
from tests.screens.seat import known, seated, small_shop


async def test_a_decision_on_what_is_decided_says_when_it_applies() -> None:
    of = shop_with().as_role(Role.SUPERVISOR)
    record = replace(shop.finalized(), state=RmaState.AUTHORIZED)
    of.reference.record_list = [known(record)]
    async with seated(of) as seat:
        await seat.type(shop.number())
        await seat.press("enter")
        await seat.sees("authorized", "Lines")
        await seat.press("a")
        await seat.sees("A Approve: only while it waits for approval")
        await seat.press("D")
        await seat.sees("D Decline: only while it waits for approval")


async def test_a_key_of_an_empty_list_says_what_it_needs() -> None:
    async with seated(small_shop().as_role(Role.SUPERVISOR)) as seat:
        await seat.press("f8")
        await seat.sees("Nothing waits for approval")
        await seat.press("t")
        await seat.sees("T Tick all: only with a return in the list")


async def test_a_letter_that_a_field_takes_is_no_command() -> None:
    async with seated(shop_with()) as seat:
        await open_panel(seat)
        await seat.press("a")
        await seat.no_longer_sees("only")
