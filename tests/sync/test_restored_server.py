"""The central API is restored from a backup: what it had acknowledged since comes back from the desks by itself."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from central_api import feed
from central_api.database import open_database, writing
from central_api.people import revoke
from central_api.reoffered import AWAITED_FOR
from central_api.tables import FEED
from rma.operations import Outcome
from rma.states import RmaState
from sync.errors import DeviceRevoked
from tests.sync.test_clones import copied, opened
from tests.sync.town import Seat, Street, now, request


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """A file can be put back; the rest of it is the same on both databases."""
    kind: str = request.param
    return kind


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    async with asyncio.timeout(60), Street(tmp_path, central_database) as street:
        yield street


def back_up(street: Street) -> Path:
    """A consistent copy of the running server's database."""
    copy = street.folder / "backup.db"
    with sqlite3.connect(street.database) as live, sqlite3.connect(copy) as target:
        live.backup(target)
    return copy


async def restore(street: Street, copy: Path, *, without_leases: bool = False) -> None:
    """Put the copy in the place of the database, under a new epoch."""
    await asyncio.to_thread(street.town.stop)
    with sqlite3.connect(copy) as source, sqlite3.connect(street.database) as target:
        source.backup(target)
    engine = open_database(street.database)
    with writing(engine) as connection:
        feed.renew(connection, now())
        if without_leases:
            connection.exec_driver_sql("DELETE FROM number_block")
    engine.dispose()
    street.town.start()


def restored(street: Street, ago: timedelta) -> None:
    """Let the restore have been so long ago."""
    engine = open_database(street.database)
    with writing(engine) as connection:
        connection.execute(update(FEED).values(restored_at=now() - ago))
    engine.dispose()


def numbers(seat: Seat) -> list[str]:
    return sorted(known.record.number for known in seat.reference.records_of_order("O-1"))


async def test_returns_that_the_backup_did_not_have_are_on_every_desk_again(
    street: Street,
) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    copy = back_up(street)
    made = mine.finalize(request())
    await mine.sync.run_once()
    assert mine.work.queue().waiting == 0

    await restore(street, copy)
    report = await mine.sync.run_once()

    assert (report.reoffered, report.pushed) == (1, 1)
    assert mine.work.queue().waiting == 0
    assert mine.work.attention() == []
    await other.sync.run_once()
    assert numbers(other) == numbers(mine) == [made.number]


async def test_a_server_that_had_it_all_answers_as_before_and_books_nothing_twice(
    street: Street,
) -> None:
    mine = await street.seat("Agent One")
    made = mine.finalize(request())
    mine.desk.rmas.cancel(made.number, "changed her mind")
    await mine.sync.run_once()
    copy = back_up(street)

    await restore(street, copy)
    report = await mine.sync.run_once()

    assert (report.reoffered, report.pushed) == (2, 2)
    assert mine.work.attention() == []
    known = mine.reference.record(made.number)
    assert known is not None
    assert known.record.state is RmaState.CANCELLED


async def test_numbers_of_a_block_that_the_backup_did_not_know_are_booked(street: Street) -> None:
    mine = await street.seat("Agent One")
    made = mine.finalize(request())
    copy = back_up(street)
    await restore(street, copy, without_leases=True)
    await mine.sync.run_once()
    assert mine.work.attention() == []
    known = mine.reference.record(made.number)
    assert known is not None
    assert known.record.state is RmaState.AUTHORIZED


async def test_a_unit_that_two_desks_held_one_after_the_other_is_still_held_once(
    street: Street,
) -> None:
    first, second = await street.seat("Agent One"), await street.seat("Agent Two")
    copy = back_up(street)
    made = first.finalize(request())
    await first.sync.run_once()
    first.desk.rmas.cancel(made.number, "changed her mind")
    await first.sync.run_once()
    await second.sync.run_once()
    again = second.finalize(request())
    await second.sync.run_once()

    await restore(street, copy)
    for seat in (second, first, second):
        await seat.sync.run_once()

    records = {
        known.record.number: known.record for known in second.reference.records_of_order("O-1")
    }
    assert sorted(records) == sorted([made.number, again.number])
    assert sum(record.hold is not None for record in records.values()) == 1


async def test_a_decision_that_comes_by_before_its_return_does_waits_for_it(street: Street) -> None:
    maker, other = await street.seat("Agent One"), await street.seat("Agent Two")
    copy = back_up(street)
    made = maker.finalize(request())
    await maker.sync.run_once()
    await other.sync.run_once()
    other.desk.rmas.cancel(made.number, "changed her mind")
    await other.sync.run_once()

    await restore(street, copy)
    await other.sync.run_once()
    assert (other.work.queue().waiting, other.work.attention()) == (1, [])
    await maker.sync.run_once()
    await other.sync.run_once()

    assert (other.work.queue().waiting, other.work.attention()) == (0, [])
    known = other.reference.record(made.number)
    assert known is not None
    assert known.record.state is RmaState.CANCELLED


async def test_an_edit_that_comes_by_before_its_return_does_waits_for_it(street: Street) -> None:
    maker, other = await street.seat("Agent One"), await street.seat("Agent Two")
    copy = back_up(street)
    made = maker.finalize(request())
    await maker.sync.run_once()
    await other.sync.run_once()
    draft = other.desk.returns.edit(made.number)
    line = replace(draft.lines[0], condition="opened")
    other.desk.returns.finalize(replace(draft, lines=(line,)))
    await other.sync.run_once()

    await restore(street, copy)
    for seat in (other, maker, other):
        await seat.sync.run_once()

    assert (other.work.queue().waiting, other.work.attention()) == (0, [])
    known = other.reference.record(made.number)
    assert known is not None
    assert known.record.edition == 1


async def test_an_edit_of_what_a_copy_of_the_same_desk_told_waits_for_it_too(
    street: Street,
) -> None:
    desk = await street.seat("Agent One")
    street.seats.clear()
    folder = await copied(street, desk, "copy")
    one, copy = await opened(street, desk.folder), await opened(street, folder)
    before = back_up(street)
    made = copy.finalize(request())
    await copy.sync.run_once()
    await one.sync.run_once()
    draft = one.desk.returns.edit(made.number)
    one.desk.returns.finalize(replace(draft, lines=(replace(draft.lines[0], condition="opened"),)))
    await one.sync.run_once()

    await restore(street, before)
    for seat in (one, copy, one):
        await seat.sync.run_once()

    assert [seat.work.attention() for seat in (one, copy)] == [[], []]
    assert one.work.queue().waiting == 0
    known = one.reference.record(made.number)
    assert known is not None
    assert known.record.edition == 1


async def test_a_decision_about_a_return_that_never_comes_by_again_needs_a_person(
    street: Street,
) -> None:
    maker, other = await street.seat("Agent One"), await street.seat("Agent Two")
    copy = back_up(street)
    made = maker.finalize(request())
    await maker.sync.run_once()
    await other.sync.run_once()
    other.desk.rmas.cancel(made.number, "changed her mind")
    await other.sync.run_once()
    await restore(street, copy)
    await other.sync.run_once()

    restored(street, AWAITED_FOR + timedelta(minutes=1))
    await other.sync.run_once()

    (item,) = other.work.attention()
    assert item.outcome is Outcome.REJECTED


@pytest.mark.parametrize("without_leases", [False, True])
async def test_a_revoked_desk_offers_again_what_the_restored_server_lost(
    street: Street, without_leases: bool
) -> None:
    mine = await street.seat("Agent One")
    copy = back_up(street)
    mine.finalize(request())
    await mine.sync.run_once()
    await restore(street, copy, without_leases=without_leases)
    engine = open_database(street.database)
    with writing(engine) as connection:
        revoke(connection, mine.work.identity().device, now())  # type: ignore[union-attr]
    engine.dispose()

    with pytest.raises(DeviceRevoked):
        await mine.sync.run_once()

    (item,) = mine.work.attention()
    assert item.outcome is Outcome.HELD_FOR_REVIEW
    assert mine.work.queue().waiting == 0
    assert mine.reference.cursor() is None
