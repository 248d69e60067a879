"""The server's own audit chain: it has everything that was decided, and shows what was taken away or altered."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import delete, select, text, update

from central_api import chain
from central_api.database import open_database, reading, writing
from central_api.expiry import expire_over
from central_api.tables import AUDIT_ENTRY
from tests import shop
from tests.central_api.branch import Branch


@pytest.fixture
def branch(central_database: str) -> Iterator[Branch]:
    """Many orders of one kettle."""
    orders = [shop.order(order_id=f"O-{n}", number=f"10000{n}") for n in range(1, 9)]
    opened = Branch.open(central_database, *orders)
    yield opened
    opened.engine.dispose()


def faults(branch: Branch) -> list[str]:
    with reading(branch.engine) as connection:
        return list(chain.faults(connection))


def made(branch: Branch, count: int, first: int = 1) -> None:
    desk = branch.desk()
    for n in range(first, first + count):
        order = shop.order(order_id=f"O-{n}", number=f"10000{n}")
        desk.push(desk.returning(order=order))


def change(branch: Branch, statement: object) -> None:
    with writing(branch.engine) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def test_every_decision_is_entered_with_who_what_and_when(branch: Branch) -> None:
    desk = branch.desk()
    operation = desk.returning()
    desk.push(operation)

    with reading(branch.engine) as connection:
        (entry,) = connection.execute(select(AUDIT_ENTRY)).all()

    assert (entry.op_id, entry.device, entry.person) == (
        operation.op_id,
        desk.caller.device,
        desk.caller.person,
    )
    assert entry.entity == f"rma/{operation.command.number}"
    assert (entry.command, entry.outcome) == ("return.finalize", "accepted")
    assert (entry.at, entry.begun_on) == (branch.now, chain.FIRST)
    assert faults(branch) == []


def test_a_resend_is_entered_once(branch: Branch) -> None:
    desk = branch.desk()
    operation = desk.returning()
    desk.push(operation)
    desk.push(operation)

    with reading(branch.engine) as connection:
        assert len(connection.execute(select(AUDIT_ENTRY)).all()) == 1


def test_what_expires_is_entered(branch: Branch) -> None:
    made(branch, 1)
    expire_over(branch.engine, branch.now + timedelta(days=400))

    with reading(branch.engine) as connection:
        entries = connection.execute(select(AUDIT_ENTRY.c.command, AUDIT_ENTRY.c.person)).all()

    assert ("return.expire", chain.SERVER) in [tuple(entry) for entry in entries]
    assert faults(branch) == []


def test_an_altered_entry_is_found(branch: Branch) -> None:
    made(branch, 3)
    change(branch, update(AUDIT_ENTRY).where(AUDIT_ENTRY.c.position == 2).values(person="Mallory"))

    (fault,) = faults(branch)

    assert "entry 2" in fault and "was altered" in fault


def test_a_missing_entry_is_found(branch: Branch) -> None:
    made(branch, 3)
    change(branch, delete(AUDIT_ENTRY).where(AUDIT_ENTRY.c.position == 2))

    (fault,) = faults(branch)

    assert "entry 2 is missing" in fault


def test_a_chain_that_was_taken_away_is_missed_by_the_one_that_began_on_it(branch: Branch) -> None:
    made(branch, 2)
    branch.engine.dispose()
    branch.engine = open_database(branch.url)
    made(branch, 2, first=3)
    with reading(branch.engine) as connection:
        first, second = connection.scalars(
            select(AUDIT_ENTRY.c.chain).distinct().order_by(AUDIT_ENTRY.c.chain)
        )
    assert faults(branch) == []

    change(branch, delete(AUDIT_ENTRY).where(AUDIT_ENTRY.c.chain == first))

    (fault,) = faults(branch)
    assert second in fault and "is gone" in fault


def test_chains_of_connections_that_write_at_once_all_hold(branch: Branch) -> None:
    desks = [branch.desk(f"Ada {n}") for n in range(4)]

    def push(n: int) -> None:
        desk, first = desks[n], 2 * n + 1
        for each in (first, first + 1):
            order = shop.order(order_id=f"O-{each}", number=f"10000{each}")
            desk.push(desk.returning(order=order))

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(push, range(4)))

    with reading(branch.engine) as connection:
        assert connection.execute(text("SELECT count(*) FROM audit_entry")).scalar_one() == 8
    assert faults(branch) == []


def test_what_was_rolled_back_leaves_no_gap(branch: Branch) -> None:
    made(branch, 1)
    entry = chain.Entry(
        at=branch.now, device="", person="-", entity="-", command="test", outcome="-"
    )
    with pytest.raises(ZeroDivisionError), writing(branch.engine) as connection:
        chain.append(connection, [entry])
        raise ZeroDivisionError
    with writing(branch.engine) as connection:
        chain.append(connection, [entry])

    assert faults(branch) == []
