"""Copies of a desk that go online: the server tells them apart, and no number is told twice."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from central_api import chain, desk_reports
from central_api.catalog import upsert_orders
from central_api.database import open_database, reading, writing
from rma.order import Order
from storage.copies import back_up, put_back
from tests import shop
from tests.keys import KEY, decrypted
from tests.sync.town import OPENED, Seat, Street, now, request


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    async with Street(tmp_path, central_database) as street:
        engine = open_database(central_database)
        with writing(engine) as connection:
            upsert_orders(connection, [_kettle(number) for number in range(8)])
        engine.dispose()
        yield street


def _kettle(number: int) -> Order:
    return shop.order(
        shop.line(delivered_at=OPENED - timedelta(days=10)),
        order_id=f"K-{number}",
        number=f"30000{number}",
        placed_at=OPENED - timedelta(days=13),
    )


async def copied(street: Street, seat: Seat, name: str) -> Path:
    """The folder of a seat, which is closed for that and opened again."""
    await seat.close()
    folder = street.folder / name
    shutil.copytree(seat.folder, folder)
    return folder


async def opened(street: Street, folder: Path) -> Seat:
    seat = Seat.open(folder)
    seat.connect(street.town)
    street.seats.append(seat)
    await seat.sync.run_once()
    return seat


def tell(seat: Seat, number: int) -> str:
    return seat.finalize(replace(request(), order_id=f"K-{number}")).number


def a_minute_later(seat: Seat) -> None:
    seat.work._clock = lambda: now() + timedelta(minutes=2)


def faults(street: Street) -> list[str]:
    engine = open_database(street.database)
    with reading(engine) as connection:
        found = [*chain.faults(connection), *desk_reports.faults(connection)]
    engine.dispose()
    return found


async def test_a_restored_desk_hears_from_the_server_what_it_had_told(street: Street) -> None:
    seat = await street.seat("Agent One")
    street.seats.clear()
    first = tell(seat, 0)
    await seat.sync.run_once()
    old = await copied(street, seat, "old")
    seat = await opened(street, seat.folder)
    told = {first, tell(seat, 1), tell(seat, 2)}
    await seat.sync.run_once()
    await seat.close()
    street.seats.clear()

    restored = await opened(street, old)
    after = tell(restored, 3)
    await restored.sync.run_once()

    assert after not in told
    assert restored.work.queue().attention == 0


async def test_two_clones_that_go_online_get_numbers_of_their_own(street: Street) -> None:
    seat = await street.seat("Agent One")
    street.seats.clear()
    tell(seat, 0)
    await seat.sync.run_once()
    other = await copied(street, seat, "clone")
    one = await opened(street, seat.folder)
    two = await opened(street, other)

    told = [tell(one, 1)]
    a_minute_later(one)
    await one.sync.run_once()  # tells what it used: an earlier run speaks again, and is told so
    a_minute_later(two)
    await two.sync.run_once()
    told += [tell(two, 2), tell(one, 3), tell(two, 4), tell(one, 5)]
    await one.sync.run_once()
    await two.sync.run_once()
    blocks = {number[:6] for number in (told[2], told[4])}

    assert len({*told}) == len(told)
    assert blocks.isdisjoint({number[:6] for number in (told[1], told[3])})
    assert one.work.queue().attention == two.work.queue().attention == 0


async def test_a_number_that_came_with_the_changes_is_not_told_again_before_the_server_says_so(
    street: Street,
) -> None:
    seat = await street.seat("Agent One")
    street.seats.clear()
    tell(seat, 0)
    await seat.sync.run_once()
    other = await copied(street, seat, "clone")
    one = await opened(street, seat.folder)
    two = await opened(street, other)

    theirs = [tell(two, 1), tell(two, 2)]
    await two.sync.run_once()
    await one.sync.run_once()  # within a minute after it told what it used
    assert one.reference.record(theirs[1]) is not None
    mine = tell(one, 3)

    assert mine not in theirs
    await one.sync.run_once()
    assert one.work.queue().attention == two.work.queue().attention == 0


async def test_a_copy_that_was_put_back_and_the_desk_before_it_get_numbers_of_their_own(
    street: Street,
) -> None:
    seat = await street.seat("Agent One")
    street.seats.clear()
    tell(seat, 0)
    await seat.sync.run_once()
    copy = back_up(seat.folder, KEY, street.folder, now())
    before = await copied(street, seat, "before")
    put_back(copy.folder, seat.folder, KEY, now())
    one = await opened(street, seat.folder)
    two = await opened(
        street, before
    )  # with another name of its life: that alone does not tell them apart

    told = [tell(one, 1), tell(two, 2), tell(one, 3), tell(two, 4)]
    leased = []
    for _again in range(3):
        for each in (one, two):
            a_minute_later(each)
            await each.sync.run_once()
        leased.append((one.work.held_leases(), two.work.held_leases()))

    assert len({*told}) == len(told)
    assert {told[0][:6], told[2][:6]}.isdisjoint({told[1][:6], told[3][:6]})
    assert one.work.queue().attention == two.work.queue().attention == 0
    assert leased[0] == leased[1] == leased[2], "nobody gives up numbers again and again"


async def test_a_desk_that_rewrote_its_history_is_found(street: Street) -> None:
    seat = await street.seat("Agent One")
    street.seats.clear()
    tell(seat, 0)
    a_minute_later(seat)
    await seat.sync.run_once()
    await seat.close()
    assert faults(street) == []
    with closing(decrypted(seat.folder / "work.db")) as work, work:
        work.execute("DROP TRIGGER frozen_audit_entry_update")
        work.execute("UPDATE audit_entry SET hash = printf('%064d', seq)")

    await opened(street, seat.folder)

    (fault,) = faults(street)
    assert "is not the one that was countersigned" in fault


async def test_a_desk_whose_history_is_shorter_than_what_was_countersigned_is_found(
    street: Street,
) -> None:
    seat = await street.seat("Agent One")
    street.seats.clear()
    old = await copied(street, seat, "old")
    seat = await opened(street, seat.folder)
    tell(seat, 0)
    a_minute_later(seat)
    await seat.sync.run_once()
    await seat.close()
    street.seats.clear()

    await opened(street, old)

    (fault,) = faults(street)
    assert "were countersigned" in fault


async def test_a_report_that_is_overtaken_on_its_way_is_not_a_shorter_history(
    street: Street,
) -> None:
    seat = await street.seat("Agent One")
    a_minute_later(seat)
    late = seat.work.desk_report()
    assert late
    assert seat.client
    tell(seat, 0)
    await seat.sync.run_once()

    await seat.client.report_desk(late)

    assert faults(street) == []
