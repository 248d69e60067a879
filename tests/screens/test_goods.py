"""What an RMA sends out, by keys: the price difference, the parcel, the delivery."""

from __future__ import annotations

from dataclasses import replace

from rma.operations import DispatchReturn
from rma.outbound import OutboundCommand
from rma.record import RmaRecord
from rma.request import Role
from tests import shop
from tests.screens.seat import Shop
from tests.screens.test_rma import looking, shop_knowing


def exchange() -> RmaRecord:
    """A kettle for another one that costs 31.00 more, sent in advance."""
    return shop.finalized(shop.swapped(), policy=shop.sending(), products=(shop.kettle(15000),))


def replacement() -> RmaRecord:
    """A broken kettle for the same one."""
    return shop.finalized(shop.replaced(), policy=shop.sending())


def noted(of: Shop) -> list[tuple[OutboundCommand, str]]:
    """What was noted, with its note or how it was paid."""
    commands = [o.command for o in of.work.outbox if isinstance(o.command, DispatchReturn)]
    return [
        (c.command, f"{c.payment.kind} {c.payment.label}" if c.payment else c.note)
        for c in commands
    ]


async def test_an_agent_takes_the_price_difference_after_a_typed_y() -> None:
    of = shop_knowing(exchange())
    async with looking(of, (120, 40)) as seat:
        await seat.sees(
            "What is sent", "1 × New kettle (NEW)", "31.00 EUR owed", "to be sent: waits"
        )
        await seat.press("g")
        await seat.sees("How were the 31.00 EUR")
        await seat.type("gold")
        await seat.press("enter")
        await seat.sees("Say how it was paid")
        await seat.press("ctrl+u")
        await seat.type("card 4242")
        await seat.press("enter")
        await seat.sees("cannot be undone")
        await seat.press("y", "enter")
        await seat.sees("Noted as paid", "31.00 EUR paid, card 4242", "may be packed")

    assert noted(of) == [(OutboundCommand.PAY, "card 4242")]


async def test_enter_alone_notes_nothing() -> None:
    of = shop_knowing(exchange())
    async with looking(of, (120, 40)) as seat:
        await seat.press("g")
        await seat.sees("How were the")
        await seat.type("cash")
        await seat.press("enter")
        await seat.sees("cannot be undone")
        await seat.press("enter")
        await seat.sees("Nothing was noted.")

    assert noted(of) == []


async def test_the_warehouse_ships_with_a_tracking_number_and_notes_the_delivery() -> None:
    of = shop_knowing(replacement(), Role.WAREHOUSE, "Packer")
    async with looking(of, (120, 40)) as seat:
        await seat.sees("1 × Kettle (SKU-1)", "to be sent: may be packed")
        await seat.press("g")
        await seat.sees("Carrier and tracking number")
        await seat.type("Post 00340")
        await seat.press("enter")
        await seat.sees("sent on today?")
        await seat.press("y", "enter")
        await seat.sees("Noted as sent on", "“Post 00340”")
        await seat.press("g")
        await seat.sees("When was it delivered?")
        await seat.type("2026-11-19")
        await seat.press("enter")
        await seat.sees("Note that it was delivered?")
        await seat.press("y", "enter")
        await seat.sees("the day of the step before it")
        await seat.press("g")
        await seat.sees("When was it delivered?")
        await seat.press("enter")
        await seat.sees("Note that it was delivered?")
        await seat.press("y", "enter")
        await seat.sees("Noted as delivered")

    assert noted(of) == [(OutboundCommand.SHIP, "Post 00340"), (OutboundCommand.DELIVER, "")]


async def test_an_agent_ships_nothing_and_an_ended_return_sends_nothing() -> None:
    of = shop_knowing(replacement())
    async with looking(of, (120, 40)) as seat:
        await seat.press("g")
        await seat.settled()
        assert "tracking" not in seat.text

    ended = replace(replacement(), holding=False)
    async with looking(shop_knowing(ended, Role.SUPERVISOR), (120, 40)) as seat:
        await seat.sees("not sent: the return is over")
        await seat.press("g")
        await seat.settled()
        assert "tracking" not in seat.text
