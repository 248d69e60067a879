"""From a key to the server and to every other desk: slips that are mailed, goods that go out, returns that were refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import select

from central_api.database import open_database, reading
from central_api.tables import MAIL, RMA
from rma.draft import DraftLine
from rma.refused import RefusalCause
from rma.request import Role
from rma.return_slip import Slip
from rma.states import RmaCommand
from sync.protocol.documents import read_document
from tests import shop
from tests.sync.town import Seat, Street, request


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    async with asyncio.timeout(60), Street(tmp_path, central_database) as street:
        yield street


def rows(street: Street, table: object) -> list[object]:
    """Every row of a table of the server."""
    engine = open_database(street.database)
    with reading(engine) as connection:
        found: list[object] = list(connection.execute(select(table)))  # type: ignore[call-overload]
    engine.dispose()
    return found


async def test_a_slip_that_was_mailed_offline_waits_once_on_the_server_and_the_others_see_it(
    street: Street,
) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    made = mine.finalize(request())

    assert mine.desk.slips.mail(made.number) == "m…@…"
    assert mine.work.queue().waiting == 2
    await mine.sync.run_once()
    await other.sync.run_once()

    (mail,) = rows(street, MAIL)
    assert mail.recipient == "maria@example.com"  # type: ignore[attr-defined]
    slip = read_document(Slip, mail.slip)  # type: ignore[attr-defined]
    assert slip == mine.desk.slips.slip(made.number)
    assert mine.work.queue().waiting == mine.work.queue().attention == 0
    told = other.desk.rmas.show(made.number).record.history[-1]
    assert (told.command, told.note) == (RmaCommand.MAIL, "m…@…")
    assert mine.work.verify_audit() is None


async def test_a_slip_of_a_return_that_was_cancelled_elsewhere_is_not_mailed(
    street: Street,
) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    made = mine.finalize(request())
    await mine.sync.run_once()
    await other.sync.run_once()
    other.desk.rmas.cancel(made.number, "changed again")
    await other.sync.run_once()

    mine.desk.slips.mail(made.number)
    await mine.sync.run_once()

    assert rows(street, MAIL) == []
    (item,) = mine.work.attention()
    assert item.problem is not None and "cancelled now" in item.problem.detail


def refused(seat: Seat) -> str:
    """A return of a broken rule, kept as refused."""
    draft = seat.desk.returns.start("O-1")
    line = DraftLine(line_id="1", quantity="9", reason="changed_mind", condition="opened")
    draft = seat.desk.returns.save(shop.draft(line, draft_id=draft.draft_id))
    return seat.desk.returns.refuse(draft, "Only one was bought.").refusal_id


async def test_a_refused_return_is_in_the_history_that_the_next_agent_sees(street: Street) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    numbers = mine.work.queue().numbers_left

    refusal_id = refused(mine)
    assert [r.refusal_id for r in mine.desk.customers.open("C-1").refusals] == [refusal_id]
    await mine.sync.run_once()
    await other.sync.run_once()

    (seen,) = other.desk.customers.open("C-1").refusals
    assert (seen.refusal_id, seen.told) == (refusal_id, "Only one was bought.")
    assert seen.cause is RefusalCause.INELIGIBLE
    assert seen.why
    assert [r.refusal_id for r in mine.desk.customers.open("C-1").refusals] == [refusal_id]
    assert mine.work.queue().numbers_left == numbers
    assert rows(street, RMA) == []
    assert mine.work.draft(refusal_id) is None
    assert mine.work.queue().waiting == mine.work.queue().attention == 0
    assert mine.work.verify_audit() is None


async def test_a_desk_that_comes_later_downloads_what_was_refused(street: Street) -> None:
    mine = await street.seat("Agent One")
    refusal_id = refused(mine)
    await mine.sync.run_once()

    late = await street.seat("Agent Three", Role.SUPERVISOR)

    assert [r.refusal_id for r in late.desk.customers.open("C-1").refusals] == [refusal_id]
