"""Edits, cancels and call-backs from the attention list, with a real central API that goes away and loses answers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from central_api.audit import audit
from central_api.catalog import upsert_orders
from central_api.database import open_database, reading, writing
from central_api.policies import publish_policy
from rma.record import ProblemType, RmaRecord
from rma.request import Role
from rma.states import RmaCommand, RmaState
from sync.errors import Unreachable
from tests import shop
from tests.central_api.branch import policy_text
from tests.sync.town import OPENED, Seat, Street, now

THREE = shop.order(
    shop.line(units=3, gross=30000, delivered_at=OPENED - timedelta(days=10)),
    order_id="O-3",
    number="300003",
    placed_at=OPENED - timedelta(days=13),
)
"""Three kettles; more than two need an approval."""


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    async with asyncio.timeout(90), Street(tmp_path, central_database) as street:
        engine = open_database(street.town.database)
        with writing(engine) as connection:
            asks = "[approval]\namount = { EUR = 250 }\n"
            publish_policy(connection, policy_text(1, asks), now() - timedelta(hours=1))
            upsert_orders(connection, [THREE])
        engine.dispose()
        yield street
        engine = open_database(street.town.database)
        with reading(engine) as connection:
            assert audit(connection).faults == ()
        engine.dispose()


def told(seat: Seat, quantity: int) -> RmaRecord:
    wanted = shop.wanted(quantity=quantity, reason="changed_mind")
    return seat.finalize(shop.request(wanted, order_id="O-3"))


def edited(seat: Seat, number: str, quantity: int) -> RmaRecord:
    """As the agent does it: opened with what was typed, another quantity, F9."""
    draft = seat.desk.returns.edit(number)
    line = replace(draft.lines[0], quantity=str(quantity))
    made = seat.desk.returns.finalize(replace(draft, lines=(line,)))
    assert isinstance(made, RmaRecord), made
    return made


def known(seat: Seat, number: str) -> RmaRecord:
    found = seat.reference.record(number)
    assert found is not None
    return found.record


def left(seat: Seat) -> int:
    (line,) = seat.desk.customers.order("O-3").lines
    return line.returnable


async def test_an_edit_made_offline_arrives_behind_the_return_it_replaces(street: Street) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    await asyncio.to_thread(street.town.stop)
    made = told(mine, 2)
    edited(mine, made.number, 1)
    assert mine.work.queue().waiting == 2
    street.town.start()
    await mine.sync.run_once()
    await other.sync.run_once()
    record = known(other, made.number)
    assert [line.quantity for line in record.lines] == [1]
    assert [old.lines[0].quantity for old in record.superseded] == [2]
    assert left(other) == left(mine) == 2
    assert mine.work.attention() == []
    assert mine.desk.rmas.show(made.number).record == record


async def test_an_edit_whose_answer_is_lost_is_booked_once(street: Street) -> None:
    mine = await street.seat("Agent One")
    made = told(mine, 2)
    await mine.sync.run_once()
    edited(mine, made.number, 1)
    assert street.town.between
    street.town.between.losing = 1
    with pytest.raises(Unreachable):
        await mine.sync.run_once()
    assert mine.work.queue().waiting == 1
    await mine.sync.run_once()
    assert known(mine, made.number).edition == 1
    assert mine.work.attention() == []
    assert left(mine) == 2


async def test_a_refused_return_is_edited_from_the_list_and_authorized(street: Street) -> None:
    first, second = await street.seat("Agent One"), await street.seat("Agent Two")
    told(first, 2)
    late = told(second, 2)
    await first.sync.run_once()
    await second.sync.run_once()
    (view,) = second.desk.attention.items()
    assert view.item.problem is not None
    assert view.item.problem.type is ProblemType.OVER_RETURN
    assert view.item.content is not None
    assert view.item.content.told.total == late.quote.total if late.quote else 0
    draft = second.desk.attention.edit(view.item.op_id)
    line = replace(draft.lines[0], quantity="1")
    made = second.desk.returns.finalize(replace(draft, lines=(line,)))
    assert isinstance(made, RmaRecord)
    assert second.desk.attention.items() == ()
    await second.sync.run_once()
    record = known(second, late.number)
    assert (record.state, record.holding, record.problem) == (RmaState.AUTHORIZED, True, None)
    assert second.desk.attention.items() == ()
    assert left(second) == 0


async def test_an_approval_of_what_was_edited_meanwhile_is_refused(street: Street) -> None:
    mine, boss = await street.seat("Agent One"), await street.seat("Sue", Role.SUPERVISOR)
    made = told(mine, 3)
    assert made.state is RmaState.NEEDS_APPROVAL
    await mine.sync.run_once()
    await boss.sync.run_once()
    boss.desk.rmas.approve(made.number, "fine")
    edited(mine, made.number, 1)
    await mine.sync.run_once()
    await boss.sync.run_once()
    (view,) = boss.desk.attention.items()
    assert view.item.problem is not None
    assert view.item.problem.type is ProblemType.SUPERSEDED
    record = boss.desk.rmas.show(made.number).record
    assert (record.state, record.lines[0].quantity) == (RmaState.AUTHORIZED, 1)
    assert RmaCommand.APPROVE not in [entry.command for entry in record.history]
    assert left(boss) == 2


async def test_an_edit_behind_an_approval_is_judged_anew(street: Street) -> None:
    mine, boss = await street.seat("Agent One"), await street.seat("Sue", Role.SUPERVISOR)
    made = told(mine, 3)
    await mine.sync.run_once()
    await boss.sync.run_once()
    boss.desk.rmas.approve(made.number, "fine")
    edited(mine, made.number, 1)
    await boss.sync.run_once()
    await mine.sync.run_once()
    record = known(mine, made.number)
    assert (record.state, record.lines[0].quantity) == (RmaState.AUTHORIZED, 1)
    commands = [entry.command for entry in record.history]
    assert commands == [RmaCommand.FINALIZE, RmaCommand.APPROVE, RmaCommand.EDIT]
    assert mine.work.attention() == []
    assert left(mine) == 2


async def test_the_second_of_two_edits_is_refused_and_keeps_what_was_typed(street: Street) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    made = told(mine, 1)
    await mine.sync.run_once()
    await other.sync.run_once()
    edited(mine, made.number, 2)
    edited(other, made.number, 3)
    await mine.sync.run_once()
    await other.sync.run_once()
    (view,) = other.desk.attention.items()
    assert view.item.problem is not None
    assert view.item.problem.type is ProblemType.SUPERSEDED
    assert other.desk.rmas.show(made.number).record.lines[0].quantity == 2
    draft = other.desk.attention.edit(view.item.op_id)
    assert draft.lines[0].quantity == "3"
    assert isinstance(other.desk.returns.finalize(draft), RmaRecord)
    await other.sync.run_once()
    record = known(other, made.number)
    assert [old.lines[0].quantity for old in record.superseded] == [1, 2]
    assert record.lines[0].quantity == 3
    assert other.desk.attention.items() == ()
    assert left(other) == 0


async def test_an_edit_of_what_was_cancelled_meanwhile_asks_for_a_call_back(
    street: Street,
) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    made = told(mine, 2)
    await mine.sync.run_once()
    await other.sync.run_once()
    other.desk.rmas.cancel(made.number, "keeps it")
    edited(mine, made.number, 1)
    await other.sync.run_once()
    await mine.sync.run_once()
    (view,) = mine.desk.attention.items()
    assert view.record is not None
    assert view.record.state is RmaState.CANCELLED
    mine.desk.attention.called_back(view.item.op_id, "knows that it is cancelled")
    assert mine.desk.attention.items() == ()
    await mine.sync.run_once()
    await other.sync.run_once()
    last = known(other, made.number).history[-1]
    assert (last.command, last.actor) == (RmaCommand.CALL_BACK, "Agent One")
    assert last.note == "knows that it is cancelled"
    assert left(other) == 3


async def test_a_refused_return_is_cancelled_from_the_list(street: Street) -> None:
    first, second = await street.seat("Agent One"), await street.seat("Agent Two")
    told(first, 2)
    late = told(second, 2)
    await first.sync.run_once()
    await second.sync.run_once()
    (view,) = second.desk.attention.items()
    second.desk.attention.cancel(view.item.op_id, "comes back another day")
    await second.sync.run_once()
    assert known(second, late.number).state is RmaState.CANCELLED
    assert second.desk.attention.items() == ()
    assert left(second) == 1


async def test_of_several_approvals_the_one_that_the_server_refuses_comes_back(
    street: Street,
) -> None:
    engine = open_database(street.town.database)
    again = replace(THREE, order_id="O-4", number="400004")
    with writing(engine) as connection:
        upsert_orders(connection, [again])
    engine.dispose()
    mine, boss = await street.seat("Agent One"), await street.seat("Sue", Role.SUPERVISOR)
    made = told(mine, 3)
    wanted = shop.wanted(quantity=3, reason="changed_mind")
    gone = mine.finalize(shop.request(wanted, order_id="O-4"))
    await mine.sync.run_once()
    await boss.sync.run_once()
    results = boss.desk.approvals.approve(boss.desk.approvals.waiting(), "fine")
    assert [result.problem for result in results] == ["", ""]
    mine.desk.rmas.cancel(gone.number, "keeps it")
    await mine.sync.run_once()
    await boss.sync.run_once()
    assert known(boss, made.number).state is RmaState.AUTHORIZED
    (view,) = boss.desk.attention.items()
    assert view.item.number == gone.number
    assert view.record is not None
    assert view.record.state is RmaState.CANCELLED
