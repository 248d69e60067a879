"""Supervisors tick returns and decide about all of them; what they may not decide stays, with the reason."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from rma.operations import ApproveReturn, DeclineReturn
from rma.policy import RefundTiming
from rma.record import RmaRecord
from rma.request import Role
from rma.states import RmaState
from rma.superseding import supersede
from tests import shop
from tests.screens.seat import Shop, known, seated, small_shop

NUMBERS = [shop.number(index) for index in range(1, 5)]


def waiting(index: int, *, author: str = "Agent One", **fields: int) -> RmaRecord:
    """The higher the index, the newer and the dearer."""
    record = shop.finalized(rma_number=shop.number(index))
    assert record.quote is not None
    (line,) = record.quote.lines
    component = replace(line.components[0], amount=index * 1000)
    quote = replace(record.quote, lines=(replace(line, components=(component,)),))
    return replace(
        record,
        state=RmaState.NEEDS_APPROVAL,
        finalized_at=shop.NOW - timedelta(minutes=90 - index),
        author=author,
        quote=quote,
    )


def queue(*records: RmaRecord) -> Shop:
    of = small_shop().as_role(Role.SUPERVISOR)
    made = records or (
        waiting(1, author="Zoe"),
        waiting(2, author="Supervisor Two"),
        waiting(3, author="Anna"),
    )
    of.reference.record_list += [known(record) for record in made]
    return of


def states(of: Shop) -> dict[str, RmaState]:
    """Of the returns that were changed here."""
    return {number: local.record.state for number, local in of.work.local.items()}


async def test_all_shown_are_approved_at_once_and_what_one_made_oneself_stays() -> None:
    of = queue()
    async with seated(of) as seat:
        await seat.press("f8")
        await seat.sees("3 waiting")
        await seat.press("t")
        await seat.sees("3 ticked", "✓ ")
        await seat.press("a")
        await seat.sees("Approve 2 returns, 40.00 EUR?", "stays: You made this return")
        await seat.type("fine")
        await seat.press("enter")
        await seat.sees("2 returns decided.", "1 stays", "✗ You made", "1 waiting")
    assert states(of) == {NUMBERS[0]: RmaState.AUTHORIZED, NUMBERS[2]: RmaState.AUTHORIZED}
    commands = [operation.command for operation in of.work.outbox]
    assert [(type(c), c.number) for c in commands] == [
        (ApproveReturn, NUMBERS[0]),
        (ApproveReturn, NUMBERS[2]),
    ]


async def test_space_ticks_and_only_what_is_ticked_is_decided() -> None:
    of = queue()
    async with seated(of) as seat:
        await seat.press("f8")
        await seat.sees("3 waiting")
        await seat.press("space", "space", "up", "space")
        await seat.sees("1 ticked")
        await seat.press("a")
        await seat.sees("Approve 1 return, 10.00 EUR?")
        await seat.press("enter")
        await seat.sees("1 return decided.", "2 waiting")
    assert states(of) == {NUMBERS[0]: RmaState.AUTHORIZED}


async def test_without_a_tick_the_selected_return_is_decided() -> None:
    of = queue()
    async with seated(of) as seat:
        await seat.press("f8")
        await seat.sees("3 waiting")
        await seat.press("end", "a")
        await seat.sees("Approve 1 return, 30.00 EUR?")
        await seat.press("enter")
        await seat.sees("2 waiting")
    assert states(of) == {NUMBERS[2]: RmaState.AUTHORIZED}


async def test_declining_takes_one_reason_and_a_typed_y() -> None:
    of = queue()
    async with seated(of) as seat:
        await seat.press("f8")
        await seat.sees("3 waiting")
        await seat.press("t", "d")
        await seat.sees("Why are 2 returns declined?")
        await seat.press("enter")
        await seat.sees("A reason is needed")
        await seat.type("worn")
        await seat.press("enter")
        await seat.sees("Decline 2 returns?")
        await seat.settled()
        await seat.press("enter")
        await seat.sees("Not declined. The reason is kept.", "3 waiting")
        assert of.work.outbox == []
        await seat.press("d")
        await seat.sees("Why are 2 returns declined?", "worn")
        await seat.press("enter")
        await seat.sees("Decline 2 returns?")
        await seat.settled()
        await seat.press("y", "enter")
        await seat.sees("2 returns decided.", "1 waiting")
    assert set(states(of).values()) == {RmaState.REJECTED}
    assert {
        operation.command.reason
        for operation in of.work.outbox
        if isinstance(operation.command, DeclineReturn)
    } == {"worn"}


async def test_money_that_leaves_at_once_asks_for_a_typed_y() -> None:
    record = waiting(1)
    assert record.quote is not None
    terms = replace(record.quote.terms, refund_timing=RefundTiming.ADVANCE)
    of = queue(replace(record, quote=replace(record.quote, terms=terms)), waiting(3))
    async with seated(of) as seat:
        await seat.press("f8")
        await seat.sees("2 waiting", "10.00 EUR leave with the approval")
        await seat.press("t", "a")
        await seat.sees("Approve 2 returns, 40.00 EUR?")
        await seat.press("enter")
        await seat.sees("Really approve?", "10.00 EUR leave before anything comes back.")
        await seat.settled()
        await seat.press("enter")
        await seat.sees("Not approved.", "2 waiting")
        assert of.work.outbox == []
        await seat.press("a")
        await seat.sees("Approve 2 returns")
        await seat.press("enter")
        await seat.sees("Really approve?")
        await seat.settled()
        await seat.press("y", "enter")
        await seat.sees("2 returns decided.", "Nothing waits for approval")


async def test_what_nobody_here_may_approve_says_why_and_asks_nothing() -> None:
    of = queue(waiting(2, author="Supervisor Two"))
    async with seated(of) as seat:
        await seat.press("f8")
        await seat.sees("1 waiting")
        await seat.press("a")
        await seat.sees("1 stays: You made this return", "✗ You made")
    assert of.work.outbox == []


async def test_what_was_edited_since_it_was_shown_stays() -> None:
    of = queue(waiting(1), waiting(3))
    async with seated(of) as seat:
        await seat.press("f8")
        await seat.sees("2 waiting")
        edited = of.reference.record_list[0].record
        kept = shop.finalized(rma_number=edited.number)
        of.reference.record_list[0] = known(
            replace(supersede(edited, kept, operation=None), state=RmaState.NEEDS_APPROVAL), 2
        )
        await seat.press("t", "a")
        await seat.sees("Approve 2 returns")
        await seat.press("enter")
        await seat.sees("1 return decided.", "It was edited meanwhile")
    assert states(of) == {NUMBERS[2]: RmaState.AUTHORIZED}


async def test_the_list_is_sorted_by_amount_and_by_agent() -> None:
    async with seated(queue()) as seat:
        await seat.press("f8")
        await seat.until(lambda: amounts(seat.text) == ["10.00", "20.00", "30.00"])
        await seat.press("s")
        await seat.sees("largest first")
        await seat.until(lambda: amounts(seat.text) == ["30.00", "20.00", "10.00"])
        await seat.press("s", "s", "s", "s", "s")
        await seat.sees("by agent")  # Anna, Supervisor Two, Zoe
        await seat.until(lambda: amounts(seat.text) == ["30.00", "20.00", "10.00"])


def amounts(text: str) -> list[str]:
    """Of the rows, from the top."""
    return re.findall(r" min .* (\d+\.\d\d) EUR", text)


async def test_a_filter_shows_only_what_fits_and_unticks_the_rest() -> None:
    async with seated(queue()) as seat:
        await seat.press("f8")
        await seat.sees("3 waiting")
        await seat.press("t", "f")
        await seat.sees("Show only returns with which text?")
        await seat.type("anna")
        await seat.press("enter")
        await seat.sees("1 waiting", "1 ticked", "“anna”")
        await seat.press("f", *["backspace"] * 4)
        await seat.type("nobody")
        await seat.press("enter")
        await seat.sees("Nothing here has “nobody” in it")


async def test_an_agent_ticks_and_looks_but_decides_nothing() -> None:
    of = queue()
    of.as_role(Role.AGENT)
    async with seated(of) as seat:
        await seat.press("f8")
        await seat.sees("3 waiting")
        await seat.press("t", "a", "d")
        await seat.sees("3 ticked")
        assert "A Approve" not in seat.text
    assert of.work.outbox == []
