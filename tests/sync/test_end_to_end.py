"""Real desks, a real central API, a real network that goes away: from the number to every other desk."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from rma.numbers import WANTED_NUMBERS
from rma.record import ProblemType
from rma.request import Role
from rma.states import RmaState
from sync.errors import EnrollmentRefused, Unreachable
from tests import shop
from tests.sync.town import ORDER, Seat, Street, request


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    async with asyncio.timeout(60), Street(tmp_path, central_database) as street:
        yield street


async def until(condition: Callable[[], bool], seconds: float = 15.0) -> None:
    async with asyncio.timeout(seconds):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - nobody tells
            await asyncio.sleep(0.01)


def queued(seat: Seat) -> int:
    return seat.work.queue().waiting


async def test_an_enrolled_desk_gets_numbers_and_everything_it_needs(street: Street) -> None:
    seat = await street.seat("Agent One")
    assert seat.work.queue().numbers_left >= WANTED_NUMBERS
    assert seat.reference.customer("C-1") == shop.customer()
    assert seat.reference.order("O-1") == ORDER
    assert [policy.code for policy in seat.reference.policies()] == ["no_limits"]
    assert seat.reference.reasons() is not None
    assert seat.sync.status.online is True


async def test_a_code_works_once(street: Street) -> None:
    code = street.town.code("Agent One", Role.AGENT)
    street.town.code = lambda name, role: code  # type: ignore[method-assign]
    await street.seat("Agent One")
    with pytest.raises(EnrollmentRefused):
        await street.seat("Agent One")


async def test_a_return_of_one_desk_is_on_the_other(street: Street) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    made = mine.finalize(request())
    assert made.state is RmaState.AUTHORIZED
    report = await mine.sync.run_once()
    assert report.pushed == 1
    assert queued(mine) == 0
    await other.sync.run_once()
    known = other.reference.record(made.number)
    assert known is not None
    assert known.record.number == made.number
    assert known.record.hold == made.hold


async def test_a_return_is_seen_on_the_other_desk_within_two_seconds(street: Street) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    between = street.town.between
    assert between
    mine.run()
    other.run()
    await until(lambda: between.polls == 2)
    started = time.monotonic()
    made = mine.finalize(request())
    mine.wake.set()
    await until(lambda: other.reference.record(made.number) is not None)
    assert time.monotonic() - started < 2.0


async def test_a_return_made_while_the_api_is_down_arrives_exactly_once(street: Street) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    await asyncio.to_thread(street.town.stop)
    made = mine.finalize(request())
    mine.run()
    mine.wake.set()
    await until(lambda: mine.sync.status.online is False)
    assert queued(mine) == 1
    street.town.start()
    await until(lambda: queued(mine) == 0)
    await until(lambda: mine.sync.status.online is True)
    await other.sync.run_once()
    assert [k.record.number for k in other.reference.records_of_order("O-1")] == [made.number]
    assert mine.work.attention() == []


async def test_lost_answers_book_a_return_once(street: Street) -> None:
    mine = await street.seat("Agent One")
    assert street.town.between
    street.town.between.losing = 2
    made = mine.finalize(request())
    for _ in range(2):
        with pytest.raises(Unreachable):
            await mine.sync.run_once()
        assert queued(mine) == 1
    await mine.sync.run_once()
    assert street.town.between.pushes == 3
    assert queued(mine) == 0
    assert mine.work.attention() == []
    known = mine.reference.records_of_order("O-1")
    assert [(k.record.number, k.record.state) for k in known] == [
        (made.number, RmaState.AUTHORIZED)
    ]


async def test_the_last_unit_returned_on_two_desks_offline_is_held_once(street: Street) -> None:
    first, second = await street.seat("Agent One"), await street.seat("Agent Two")
    held, late = first.finalize(request()), second.finalize(request())
    await first.sync.run_once()
    await second.sync.run_once()
    (item,) = second.work.attention()
    assert item.number == late.number
    assert item.problem is not None
    assert item.problem.type is ProblemType.OVER_RETURN
    assert item.problem.other_number == held.number
    assert first.work.attention() == []
    await first.sync.run_once()
    known = {k.record.number: k.record for k in first.reference.records_of_order("O-1")}
    assert known[held.number].state is RmaState.AUTHORIZED
    assert known[held.number].hold is not None
    assert known[late.number].state is RmaState.NEEDS_APPROVAL
    assert known[late.number].hold is None


async def test_a_desk_that_is_closed_in_between_sends_after_its_next_start(street: Street) -> None:
    mine = await street.seat("Agent One")
    made = mine.finalize(request())
    token_folder = mine.folder
    await mine.close()
    street.seats.remove(mine)
    again = Seat.open(token_folder)
    street.seats.append(again)
    again.connect(street.town)
    report = await again.sync.run_once()
    assert report.pushed == 1
    assert again.reference.record(made.number) is not None


async def test_a_change_of_the_catalog_reaches_a_running_desk(street: Street) -> None:
    mine = await street.seat("Agent One")
    mine.run()
    street.town.rename_customer("Maria Schmidt")
    await until(lambda: _name(mine) == "Maria Schmidt", 5.0)


def _name(seat: Seat) -> str:
    customer = seat.reference.customer("C-1")
    return customer.name if customer else ""
