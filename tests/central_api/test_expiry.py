"""RMAs whose last day has passed: units are free exactly once, workers and desks hear of it; supervisors extend."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import MetaData, Table, select

from central_api import schema
from central_api.database import open_database, reading
from central_api.expiry import expire_over
from central_api.feed import head, page
from central_api.tables import EVENT, RMA
from rma.operations import ExtendReturn, Operation, Outcome
from rma.record import ProblemType, RmaRecord
from rma.request import Role
from rma.states import RmaCommand, RmaState
from sync.protocol.documents import write_document
from tests import shop
from tests.central_api.branch import Branch, Desk, number_of
from tests.central_api.conftest import Served

DAYS = timedelta(days=30)
"""Until a return of the branch's policy expires."""


@pytest.fixture
def desk(branch: Branch) -> Desk:
    """An agent's desk."""
    return branch.desk()


@pytest.fixture
def boss(branch: Branch) -> Desk:
    """A supervisor's desk."""
    return branch.desk("Sue", Role.SUPERVISOR)


def made(desk: Desk) -> str:
    """An authorized return of one kettle."""
    operation = desk.returning()
    assert desk.push_one(operation).outcome is Outcome.ACCEPTED
    return number_of(operation)


def record(branch: Branch, number: str) -> RmaRecord:
    """The server's RMA."""
    known = branch.rma(number)
    assert known is not None
    return known.record


def extension(desk: Desk, number: str, reason: str = "Was in hospital") -> Operation:
    """An extension."""
    return desk.operation(ExtendReturn(number=number, reason=reason, at=desk.now))


def events(branch: Branch) -> list[tuple[str, str, int]]:
    """Every event, oldest first."""
    with reading(branch.engine) as connection:
        rows = connection.execute(select(EVENT).order_by(EVENT.c.id)).all()
    return [(row.kind, row.key, row.row_version) for row in rows]


def after(branch: Branch, by: timedelta = DAYS + timedelta(days=1)) -> None:
    """Let time pass."""
    branch.now += by


# --- expire ------------------------------------------------------------------------------------------------------


def test_an_rma_expires_after_its_last_day_and_not_before(branch: Branch, desk: Desk) -> None:
    number = made(desk)
    until = record(branch, number).expires_at
    assert until is not None
    assert expire_over(branch.engine, until - timedelta(seconds=1)) == 0
    assert record(branch, number).state is RmaState.AUTHORIZED

    assert expire_over(branch.engine, until) == 1

    assert record(branch, number).state is RmaState.EXPIRED
    assert record(branch, number).history[-1].command is RmaCommand.EXPIRE


def test_what_expired_is_free_for_the_next_return_and_the_books_agree(
    branch: Branch, desk: Desk
) -> None:
    made(desk)
    assert (branch.consumed(), branch.inbound()) == (1, 1)
    after(branch)

    expire_over(branch.engine, branch.now)

    assert (branch.consumed(), branch.inbound()) == (0, 0)
    assert branch.faults() == ()
    again = desk.returning(shop.wanted(override_reason="Was promised"))
    assert desk.push_one(again).outcome is Outcome.ACCEPTED
    assert branch.consumed() == 1


def test_workers_and_desks_hear_of_it_once(branch: Branch, desk: Desk) -> None:
    number = made(desk)
    with reading(branch.engine) as connection:
        cursor = head(connection)
    after(branch)

    assert [expire_over(branch.engine, branch.now) for _ in range(3)] == [1, 0, 0]

    assert events(branch) == [("rma.expired", number, 2)]
    with reading(branch.engine) as connection:
        (change,) = page(connection, cursor).changes
    assert b'"state":"expired"' in change
    assert b'"row_version":2' in change


def test_many_servers_at_once_free_each_unit_once(branch: Branch, desk: Desk) -> None:
    orders = [shop.order(order_id=f"O-1{i}", number=f"20{i}") for i in range(12)]
    branch.upsert(*orders)
    operations = [desk.returning(order=order) for order in orders]
    desk.push(*operations)
    after(branch)
    engines = [open_database(branch.url) for _ in range(3)]

    with ThreadPoolExecutor(len(engines)) as servers:
        ended = list(servers.map(lambda engine: expire_over(engine, branch.now), engines))

    for engine in engines:
        engine.dispose()
    assert sum(ended) == len(orders)
    assert sorted(key for _, key, _ in events(branch)) == sorted(map(number_of, operations))
    assert {branch.consumed(order.order_id) for order in orders} == {0}
    assert branch.faults() == ()


def test_only_what_can_expire_is_looked_for(branch: Branch, desk: Desk) -> None:
    waiting = desk.returning(state=RmaState.NEEDS_APPROVAL)
    desk.push(waiting)
    with reading(branch.engine) as connection:
        assert connection.execute(select(RMA.c.expires_at)).scalar_one() is None
    after(branch)

    assert expire_over(branch.engine, branch.now) == 0
    assert record(branch, number_of(waiting)).state is RmaState.NEEDS_APPROVAL


def test_an_approved_return_expires_by_the_day_of_its_approval(branch: Branch, desk: Desk) -> None:
    waiting = desk.returning(state=RmaState.NEEDS_APPROVAL)
    desk.push(waiting)
    boss = branch.desk("Sue", Role.SUPERVISOR)
    after(branch, timedelta(days=20))
    boss.push(boss.approve(number_of(waiting)))
    after(branch, timedelta(days=20))
    assert expire_over(branch.engine, branch.now) == 0
    after(branch, timedelta(days=11))
    assert expire_over(branch.engine, branch.now) == 1


def test_a_cancelled_return_does_not_expire(branch: Branch, desk: Desk) -> None:
    number = made(desk)
    desk.push(desk.cancel(number))
    after(branch)
    assert expire_over(branch.engine, branch.now) == 0
    assert record(branch, number).state is RmaState.CANCELLED


def test_a_running_server_ends_what_is_over_and_wakes_the_desks(
    branch: Branch, desk: Desk, request: pytest.FixtureRequest
) -> None:
    number = made(desk)
    with reading(branch.engine) as connection:
        cursor = head(connection)
    after(branch)

    served: Served = request.getfixturevalue("served")

    with served.client(desk) as client:
        answer = client.get("/v1/changes", params={"cursor": cursor, "wait": 10}).json()
    assert [change["key"] for change in answer["changes"]] == [number]
    assert record(branch, number).state is RmaState.EXPIRED


# --- extend ------------------------------------------------------------------------------------------------------


def test_a_supervisor_extends_and_the_desk_gets_the_day(
    branch: Branch, desk: Desk, boss: Desk
) -> None:
    number = made(desk)
    after(branch, timedelta(days=10))

    result = boss.push_one(extension(boss, number))

    assert (result.outcome, result.row_version) == (Outcome.ACCEPTED, 2)
    assert result.record == record(branch, number)
    assert result.record is not None
    assert result.record.expires_at == shop.NOW.replace(hour=23) + timedelta(days=40)
    after(branch, timedelta(days=21))
    assert expire_over(branch.engine, branch.now) == 0
    after(branch, timedelta(days=10))
    assert expire_over(branch.engine, branch.now) == 1


def test_an_agent_cannot_extend(branch: Branch, desk: Desk) -> None:
    number = made(desk)
    after(branch, timedelta(days=10))
    result = desk.push_one(extension(desk, number))
    assert result.problem is not None
    assert result.problem.type is ProblemType.FORBIDDEN
    assert len(record(branch, number).history) == 1


def test_a_supervisor_extends_a_return_of_their_own(branch: Branch, boss: Desk) -> None:
    number = made(boss)
    after(branch, timedelta(days=10))
    assert boss.push_one(extension(boss, number)).outcome is Outcome.ACCEPTED


def test_an_extension_that_was_made_offline_brings_back_what_expired_meanwhile(
    branch: Branch, desk: Desk, boss: Desk
) -> None:
    number = made(desk)
    after(branch, timedelta(days=29))
    offline = extension(boss, number)
    after(branch, timedelta(hours=40))
    expire_over(branch.engine, branch.now)

    result = boss.push_one(offline)

    assert result.outcome is Outcome.ACCEPTED
    assert record(branch, number).state is RmaState.AUTHORIZED
    assert (branch.consumed(), branch.inbound()) == (1, 1)
    assert branch.faults() == ()


def test_an_expired_return_whose_unit_is_gone_stays_expired(
    branch: Branch, desk: Desk, boss: Desk
) -> None:
    number = made(desk)
    after(branch)
    expire_over(branch.engine, branch.now)
    other = desk.returning(shop.wanted(override_reason="Was promised"))
    assert desk.push_one(other).outcome is Outcome.ACCEPTED

    result = boss.push_one(extension(boss, number))

    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None
    assert "Make a new return" in result.problem.detail
    assert record(branch, number).state is RmaState.EXPIRED
    assert branch.faults() == ()


def test_an_extension_and_the_worker_at_once_leave_one_truth(
    branch: Branch, desk: Desk, boss: Desk
) -> None:
    number = made(desk)
    after(branch)
    operation = extension(boss, number)

    with ThreadPoolExecutor(2) as both:
        pushed = both.submit(boss.push_one, operation)
        worker = both.submit(expire_over, branch.engine, branch.now)
        assert pushed.result().outcome is Outcome.ACCEPTED
        worker.result()

    assert record(branch, number).state is RmaState.AUTHORIZED
    assert (branch.consumed(), branch.inbound()) == (1, 1)
    assert branch.faults() == ()


def test_a_database_of_before_learns_when_its_rmas_expire(empty_database: str) -> None:
    engine = open_database(empty_database)
    authorized = shop.finalized(policy=shop.policy(expires_after_days=14))
    waiting = shop.finalized(
        policy=shop.policy(expires_after_days=14),
        rma_number=shop.number(1),
        asking={"photo_seen_before": True},
    )
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    with engine.connect() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        old = Table("rma", MetaData(), autoload_with=connection)
        for each in (authorized, waiting):
            row: dict[str, Any] = {column.name: "" for column in old.columns}
            row |= {"number": each.number, "state": each.state.value, "row_version": 1}
            row |= {"holding": True, "document": write_document(each).decode()}
            row |= {"finalized_at": shop.NOW, "booked_at": shop.NOW}
            connection.execute(old.insert().values(row))

    schema.migrate(engine)

    with reading(engine) as connection:
        rows = connection.execute(select(RMA.c.number, RMA.c.expires_at)).all()
    engine.dispose()
    known = {row.number: row.expires_at for row in rows}
    assert known == {authorized.number: authorized.expires_at, waiting.number: None}
