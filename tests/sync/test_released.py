"""What the server held and a supervisor released since: the desk that made it hears what became of it, by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from central_api import releasing
from central_api.database import open_database, reading, writing
from central_api.people import revoke
from central_api.tables import OPERATION
from csr_tui.sealing import Sealing
from rma.draft import DraftLine
from rma.operations import Identity, Operation, OperationKind, Outcome, SealedOperation
from rma.record import RmaRecord
from rma.request import Role
from rma.states import RmaState
from storage.outbox_rows import items
from storage.reference import ReferenceStore
from storage.secrets.open_file import OpenFile
from storage.work import WorkStore
from sync.errors import DeviceRevoked, Revoked
from sync.protocol.signing import as_text
from tests import shop
from tests.keys import KEY
from tests.sync.town import Seat, Street, now, request


@pytest.fixture
def database_kind() -> str:
    """What is between is the same for both."""
    return "sqlite"


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    async with asyncio.timeout(60), Street(tmp_path, central_database) as street:
        yield street


@pytest.fixture
async def sue(street: Street) -> Seat:
    """A supervisor at a desk of her own."""
    return await street.seat("Sue", Role.SUPERVISOR)


@pytest.fixture
async def ada(street: Street) -> Seat:
    return await street.seat("Ada")


def revoked(street: Street, name: str, *, undo: bool = False) -> None:
    engine = open_database(street.database)
    with writing(engine) as connection:
        revoke(connection, name, now(), undo=undo)
    engine.dispose()


def release(street: Street, op_id: str) -> None:
    """Sue says that it is its maker's."""
    engine = open_database(street.database)
    releasing.release(engine, op_id, "Sue", now())
    engine.dispose()


def outcomes(street: Street, seat: Seat) -> dict[str, str]:
    """What the server says of each operation of a desk."""
    identity = seat.work.identity()
    assert identity
    asked = select(OPERATION.c.op_id, OPERATION.c.outcome)
    engine = open_database(street.database)
    with reading(engine) as connection:
        rows = connection.execute(asked.where(OPERATION.c.device == identity.device)).all()
    engine.dispose()
    return {row.op_id: row.outcome for row in rows}


def own_outcomes(seat: Seat) -> dict[str, str | None]:
    """What a desk says of each of its operations."""
    with reading(seat.work._engine) as connection:
        return {item.op_id: item.outcome for item in items(connection, all_of_them=True)}


def shown(seat: Seat, number: str) -> RmaState:
    return seat.desk.rmas.show(number).record.state


def answers_in_chain(seat: Seat, entity: str) -> list[str]:
    entries = [entry.command for entry in seat.work.audit_entries() if entry.entity == entity]
    assert seat.work.verify_audit() is None
    return [command for command in entries if command.startswith("outcome.")]


async def held_cancel(street: Street, ada: Seat) -> tuple[RmaRecord, str]:
    """A booked return whose cancel was held, as Ada was revoked before she made it; she works again."""
    made = ada.finalize(request())
    await ada.sync.run_once()
    revoked(street, "Ada")
    ada.desk.rmas.cancel(made.number, "changed again")
    with pytest.raises(Revoked):
        await ada.sync.run_once()
    revoked(street, "Ada", undo=True)
    (view,) = ada.desk.attention.items()
    assert view.item.outcome is Outcome.HELD_FOR_REVIEW
    return made, view.item.op_id


async def until(condition: Callable[[], bool]) -> None:
    while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - nobody tells
        await asyncio.sleep(0.01)


async def test_what_was_released_and_accepted_is_off_the_list(
    street: Street, ada: Seat, sue: Seat
) -> None:
    made, op_id = await held_cancel(street, ada)
    release(street, op_id)

    await ada.sync.run_once()

    assert ada.desk.attention.items() == ()
    assert ada.work.queue().waiting == ada.work.queue().attention == 0
    assert shown(ada, made.number) is RmaState.CANCELLED
    assert own_outcomes(ada) == outcomes(street, ada)
    told = answers_in_chain(ada, f"rma/{made.number}")
    assert told == ["outcome.held_for_review", "outcome.accepted"]


async def test_what_was_released_and_refused_is_shown_with_its_reason(
    street: Street, ada: Seat, sue: Seat
) -> None:
    made, op_id = await held_cancel(street, ada)
    await sue.sync.run_once()
    sue.desk.rmas.cancel(made.number, "the caller wrote to us")
    await sue.sync.run_once()
    release(street, op_id)

    await ada.sync.run_once()

    (view,) = ada.desk.attention.items()
    assert view.item.outcome is Outcome.REJECTED
    assert "cancelled" in view.what
    assert view.held == ""
    assert shown(ada, made.number) is RmaState.CANCELLED
    assert own_outcomes(ada) == outcomes(street, ada)


async def test_what_is_still_held_stays_as_it_is_however_often_it_is_asked(
    street: Street, ada: Seat, sue: Seat
) -> None:
    made, _ = await held_cancel(street, ada)
    before, chain = ada.desk.attention.items(), len(list(ada.work.audit_entries()))
    assert street.town.between
    pushes = street.town.between.pushes

    for _ in range(3):
        await ada.sync.run_once()

    assert street.town.between.pushes == pushes + 3
    assert ada.desk.attention.items() == before
    assert len(list(ada.work.audit_entries())) == chain
    assert shown(ada, made.number) is RmaState.AUTHORIZED


async def test_who_still_may_not_work_hears_of_it_too(street: Street, ada: Seat, sue: Seat) -> None:
    made = ada.finalize(request())
    await ada.sync.run_once()
    identity = ada.work.identity()
    assert identity
    revoked(street, identity.device)
    ada.desk.rmas.cancel(made.number, "changed again")
    with pytest.raises(DeviceRevoked):
        await ada.sync.run_once()
    (item,) = ada.work.attention()
    release(street, item.op_id)

    with pytest.raises(DeviceRevoked):
        await ada.sync.run_once()

    assert ada.work.attention() == []
    assert own_outcomes(ada) == outcomes(street, ada)


async def test_what_a_person_took_care_of_meanwhile_comes_back_only_where_it_was_refused(
    street: Street, ada: Seat, sue: Seat
) -> None:
    _, op_id = await held_cancel(street, ada)
    ada.work.settle(op_id, "told them to wait")
    release(street, op_id)

    await ada.sync.run_once()

    assert ada.work.attention() == []
    assert own_outcomes(ada) == outcomes(street, ada)


async def test_a_running_desk_hears_of_a_release_without_anybody_asking(
    street: Street, ada: Seat, sue: Seat
) -> None:
    made, op_id = await held_cancel(street, ada)
    await ada.sync.run_once()
    between = street.town.between
    assert between
    ada.run()
    await until(lambda: between.polls > 0)

    release(street, op_id)

    await until(lambda: ada.work.attention() == [])
    assert shown(ada, made.number) is RmaState.CANCELLED
    assert own_outcomes(ada) == outcomes(street, ada)


async def test_a_desk_that_starts_asks_what_became_of_what_is_held(
    street: Street, ada: Seat, sue: Seat
) -> None:
    _, op_id = await held_cancel(street, ada)
    await ada.sync.run_once()
    assert ada.client
    await ada.client.aclose()
    release(street, op_id)

    ada.connect(street.town)
    ada.run()

    await until(lambda: ada.work.attention() == [])
    assert own_outcomes(ada) == outcomes(street, ada)


def refused(seat: Seat) -> str:
    """A return of a broken rule, kept as refused."""
    draft = seat.desk.returns.start("O-1")
    line = DraftLine(line_id="1", quantity="9", reason="changed_mind", condition="opened")
    draft = seat.desk.returns.save(shop.draft(line, draft_id=draft.draft_id))
    return seat.desk.returns.refuse(draft, "Only one was bought.").refusal_id


async def test_a_refused_return_that_was_released_is_off_the_list(
    street: Street, ada: Seat, sue: Seat
) -> None:
    revoked(street, "Ada")
    refusal_id = refused(ada)
    with pytest.raises(Revoked):
        await ada.sync.run_once()
    revoked(street, "Ada", undo=True)
    (item,) = ada.work.attention()
    between = street.town.between
    assert between
    ada.run()
    await until(lambda: between.polls > 0)

    release(street, item.op_id)

    await until(lambda: ada.work.attention() == [])
    assert own_outcomes(ada) == outcomes(street, ada)
    told = answers_in_chain(ada, f"refusal/{refusal_id}")
    assert told == ["outcome.held_for_review", "outcome.accepted"]


class SealingWrongly(Sealing):
    """A fault of ours: the signature of returns is of nobody's key."""

    def __call__(self, operation: Operation, identity: Identity) -> SealedOperation:
        sealed = super().__call__(operation, identity)
        if operation.kind is not OperationKind.FINALIZE:
            return sealed
        return replace(sealed, signature=as_text(bytes(64)))


@pytest.fixture
async def unproven(street: Street) -> Seat:
    """A desk whose returns nobody can prove."""
    folder = street.folder / "unproven"
    folder.mkdir()
    sealing = SealingWrongly(OpenFile(folder))
    work = WorkStore.open(folder, KEY, seal=sealing, clock=now)
    seat = Seat(folder, work, ReferenceStore.open(folder, KEY), sealing)
    street.seats.append(seat)
    await seat.enroll(street.town, "Ben")
    await seat.sync.run_once()
    return seat


async def test_a_return_that_was_not_even_booked_stands_as_told_once_it_is_released(
    street: Street, unproven: Seat, sue: Seat
) -> None:
    made = unproven.finalize(request())
    await unproven.sync.run_once()
    (item,) = unproven.work.attention()
    assert unproven.reference.record(made.number) is None
    assert not unproven.desk.rmas.show(made.number).record.holding

    release(street, item.op_id)
    await unproven.sync.run_once()

    record = unproven.desk.rmas.show(made.number).record
    assert unproven.desk.attention.items() == ()
    assert (record.state, record.holding, record.problem) == (RmaState.AUTHORIZED, True, None)
    assert own_outcomes(unproven) == outcomes(street, unproven)


async def test_what_was_made_after_it_goes_on_in_order_once_it_is_released(
    street: Street, unproven: Seat, sue: Seat
) -> None:
    made = unproven.finalize(request())
    unproven.desk.rmas.cancel(made.number, "changed again")
    await unproven.sync.run_once()
    assert unproven.work.queue().waiting == 1

    release(street, next(iter(own_outcomes(unproven))))
    await unproven.sync.run_once()

    assert unproven.desk.attention.items() == ()
    assert unproven.work.queue().waiting == 0
    assert shown(unproven, made.number) is RmaState.CANCELLED
    assert own_outcomes(unproven) == outcomes(street, unproven)


async def test_a_held_return_that_a_supervisor_decided_about_is_not_said_to_be_held(
    street: Street, ada: Seat, sue: Seat
) -> None:
    revoked(street, "Ada")
    made = ada.finalize(request())
    with pytest.raises(Revoked):
        await ada.sync.run_once()
    revoked(street, "Ada", undo=True)
    await sue.sync.run_once()
    (before,) = ada.desk.attention.items()

    sue.desk.rmas.approve(made.number)
    await sue.sync.run_once()
    await ada.sync.run_once()

    (after,) = ada.desk.attention.items()
    assert before.held.startswith("Held: it waits")
    assert after.held.startswith("Held no longer")
    assert shown(ada, made.number) is RmaState.AUTHORIZED
    assert own_outcomes(ada) == outcomes(street, ada)


async def test_a_held_return_that_was_not_booked_is_held_also_while_more_waits_about_it(
    street: Street, unproven: Seat
) -> None:
    made = unproven.finalize(request())
    await unproven.sync.run_once()
    (before,) = unproven.desk.attention.items()
    unproven.desk.slips.mail(made.number)
    (after,) = unproven.desk.attention.items()
    assert "has not done it" in before.held
    assert after.held == before.held
