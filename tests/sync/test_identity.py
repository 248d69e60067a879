"""Identity from end to end: tokens that end, people who share a desk, and a desk that is revoked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import delete, select

from central_api.database import open_database, reading, writing
from central_api.people import revoke
from central_api.tables import ACCESS_TOKEN, DEVICE_KEY, RMA
from rma.operations import Outcome
from rma.request import Role
from rma.states import RmaState
from storage.errors import NotEnrolled
from sync.errors import DeviceRevoked, Revoked, Unauthorized
from tests.sync.town import Seat, Street, Town, now, request


@pytest.fixture
def database_kind() -> str:
    """What is between is the same for both."""
    return "sqlite"


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    """A town without desks."""
    async with Street(tmp_path, central_database) as street:
        yield street


def end_tokens(town: Town) -> None:
    """Every token is over."""
    engine = open_database(town.database)
    with writing(engine) as connection:
        connection.execute(delete(ACCESS_TOKEN))
    engine.dispose()


def revoked(town: Town, name: str, days_ago: int = 0) -> None:
    engine = open_database(town.database)
    with writing(engine) as connection:
        revoke(connection, name, now() - timedelta(days=days_ago))
    engine.dispose()


def taken_again(town: Town, name: str) -> None:
    engine = open_database(town.database)
    with writing(engine) as connection:
        revoke(connection, name, now(), undo=True)
    engine.dispose()


def tokens(town: Town) -> int:
    engine = open_database(town.database)
    with reading(engine) as connection:
        count = len(connection.execute(select(ACCESS_TOKEN)).all())
    engine.dispose()
    return count


def author(town: Town, number: str) -> str:
    engine = open_database(town.database)
    with reading(engine) as connection:
        found = connection.execute(select(RMA.c.author).where(RMA.c.number == number)).scalar_one()
    engine.dispose()
    return str(found)


async def test_a_token_that_is_over_is_renewed_and_nobody_notices(street: Street) -> None:
    seat = await street.seat("Ada")
    made = seat.finalize(request())
    end_tokens(street.town)

    report = await seat.sync.run_once()

    assert report.pushed == 1
    assert tokens(street.town) == 1
    known = seat.work.record(made.number)
    assert known is not None
    assert not known.pending


async def test_a_token_is_used_as_long_as_it_lasts(street: Street) -> None:
    seat = await street.seat("Ada")
    for _ in range(3):
        await seat.sync.run_once()
    assert tokens(street.town) == 1


async def test_a_clock_that_is_hours_wrong_locks_no_desk_out(street: Street) -> None:
    seat = await street.seat("Ada")
    assert seat.client
    seat.client._now = lambda: now() - timedelta(hours=5)
    seat.client._offset = timedelta()
    end_tokens(street.town)

    await seat.sync.run_once()

    assert seat.sync.status.online


async def test_a_key_that_the_server_does_not_know_gets_nothing_and_loses_nothing(
    street: Street,
) -> None:
    seat = await street.seat("Ada")
    seat.finalize(request())
    engine = open_database(street.town.database)
    with writing(engine) as connection:
        connection.execute(delete(DEVICE_KEY))
    engine.dispose()
    end_tokens(street.town)

    with pytest.raises(Unauthorized):
        await seat.sync.run_once()

    assert seat.work.queue().waiting == 1


class TestSharedDesk:
    """Several people enrolled on one desk: everything is signed by the desk and made by one of them."""

    async def shared(self, street: Street) -> Seat:
        seat = await street.seat("Ada")
        first = seat.client
        await seat.enroll(street.town, "Sue", Role.SUPERVISOR)
        assert first
        await first.aclose()
        return seat

    async def test_who_was_enrolled_last_is_signed_in_and_the_others_can(
        self, street: Street
    ) -> None:
        seat = await self.shared(street)

        assert [person.name for person in seat.work.people()] == ["Ada", "Sue"]
        assert seat.work.identity().person == "Sue"  # type: ignore[union-attr]
        assert seat.work.sign_in("Ada").role is Role.AGENT
        assert seat.work.identity().person == "Ada"  # type: ignore[union-attr]
        with pytest.raises(NotEnrolled):
            seat.work.sign_in("Ben")

    async def test_each_is_the_author_of_their_own_whoever_sends(self, street: Street) -> None:
        seat = await self.shared(street)
        await seat.sync.run_once()
        seat.work.sign_in("Ada")
        made = seat.finalize(request())
        seat.work.sign_in("Sue")

        await seat.sync.run_once()

        assert author(street.town, made.number) == "Ada"
        entries = [e for e in seat.work.audit_entries() if e.entity == f"rma/{made.number}"]
        assert {entry.actor for entry in entries} == {"Ada"}

    async def test_a_token_is_for_the_person_who_is_signed_in(self, street: Street) -> None:
        seat = await self.shared(street)
        await seat.sync.run_once()
        before = tokens(street.town)
        seat.work.sign_in("Ada")
        await seat.sync.run_once()
        assert tokens(street.town) == before + 1


class TestRevoked:
    """Work first, then the data."""

    @pytest.mark.parametrize("days_ago", [0, 400])
    async def test_a_revoked_desk_hands_in_its_work_and_deletes_its_copy_of_the_data(
        self, street: Street, days_ago: int
    ) -> None:
        seat = await street.seat("Ada")
        made = seat.finalize(request())
        revoked(street.town, seat.work.identity().device, days_ago)  # type: ignore[union-attr]
        end_tokens(street.town)

        with pytest.raises(DeviceRevoked):
            await seat.sync.run_once()

        (item,) = seat.work.attention()
        assert item.outcome is Outcome.HELD_FOR_REVIEW
        assert seat.work.queue().waiting == 0
        assert seat.reference.customer("C-1") is None
        assert seat.reference.cursor() is None
        known = seat.work.record(made.number)
        assert known is not None
        assert known.record.state is RmaState.NEEDS_APPROVAL
        assert author(street.town, made.number) == "Ada"
        with pytest.raises(DeviceRevoked):
            await seat.sync.run_once()

    async def test_a_desk_that_was_revoked_before_it_could_download_anew_keeps_nothing(
        self, street: Street
    ) -> None:
        seat = await street.seat("Ada")
        seat.reference.forget()
        revoked(street.town, seat.work.identity().device)  # type: ignore[union-attr]
        assert seat.reference.customer("C-1") is not None

        with pytest.raises(DeviceRevoked):
            await seat.sync.run_once()

        assert seat.reference.customer("C-1") is None

    @pytest.mark.parametrize("days_ago", [0, 400])
    async def test_a_revoked_person_hands_in_their_work_and_the_desk_keeps_its_data(
        self, street: Street, days_ago: int
    ) -> None:
        seat = await street.seat("Ada")
        seat.finalize(request())
        revoked(street.town, "Ada", days_ago)
        end_tokens(street.town)

        with pytest.raises(Revoked) as caught:
            await seat.sync.run_once()

        assert not isinstance(caught.value, DeviceRevoked)
        assert seat.work.queue().waiting == 0
        assert seat.reference.customer("C-1") is not None
        assert seat.sync.status.revoked == "Ada"
        assert [(each.name, each.revoked) for each in seat.work.people()] == [("Ada", True)]

    async def test_whom_the_server_takes_again_may_sign_in_again(self, street: Street) -> None:
        seat = await street.seat("Ada")
        await seat.enroll(street.town, "Bob")
        seat.work.sign_in("Ada")
        revoked(street.town, "Ada")
        with pytest.raises(Revoked):
            await seat.sync.run_once()

        seat.work.sign_in("Bob")
        await seat.sync.run_once()
        assert seat.sync.status.revoked == ""
        assert [each.name for each in seat.work.people() if each.revoked] == ["Ada"]

        seat.work.sign_in("Ada")
        taken_again(street.town, "Ada")
        seat.connect(street.town)  # as after a start of the program
        await seat.sync.run_once()
        assert not any(each.revoked for each in seat.work.people())
