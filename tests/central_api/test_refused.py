"""Refused returns on the server: kept as they were told, once, by nobody else, and brought to every desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from secrets import token_hex
from typing import Any

import pytest
from sqlalchemy import select

from central_api.database import reading
from central_api.tables import NUMBER_BLOCK, REFUSAL, RMA
from rma.operations import FinalizeReturn, Outcome, RefuseReturn
from rma.record import ProblemType
from rma.refused import RefusalCause, RefusedReturn
from rma.request import Role
from sync.protocol.documents import read_document
from tests import shop
from tests.central_api.branch import Branch

ENDLESS = token_hex(4500)
"""Too much for an index of PostgreSQL, also packed."""


def kept(branch: Branch) -> list[RefusedReturn]:
    """Every refused return that the server has."""
    with reading(branch.engine) as connection:
        rows = connection.execute(select(REFUSAL.c.document).order_by(REFUSAL.c.refusal_id))
        return [read_document(RefusedReturn, row.document) for row in rows]


def test_it_is_kept_with_its_findings_and_takes_no_number_and_no_unit(branch: Branch) -> None:
    desk = branch.desk()

    result = desk.push_one(desk.refusing())

    assert result.outcome is Outcome.ACCEPTED
    (refused,) = kept(branch)
    assert refused.cause is RefusalCause.INELIGIBLE
    assert refused.told == "Too late, told them so."
    assert any("30 days" in sentence for sentence in refused.why)
    assert branch.consumed() == 0
    with reading(branch.engine) as connection:
        assert connection.execute(select(RMA.c.number)).all() == []
        assert len(connection.execute(select(NUMBER_BLOCK.c.block)).all()) == 1


def test_the_same_bytes_again_are_answered_and_kept_once(branch: Branch) -> None:
    desk = branch.desk()
    body = desk.body(desk.refusing())

    first, again = desk.send(body), desk.send(body)

    assert first == again
    assert len(kept(branch)) == 1


def test_one_draft_under_two_operations_is_kept_once_as_it_was_first_told(branch: Branch) -> None:
    desk = branch.desk()

    results = desk.push(desk.refusing(), desk.refusing(told="Something else was told."))
    later = desk.push_one(desk.refusing(told="Something else was told."))

    assert {result.outcome for result in (*results, later)} == {Outcome.ACCEPTED}
    assert [refused.told for refused in kept(branch)] == ["Too late, told them so."]


@pytest.mark.parametrize(
    ("forged", "problem"),
    [
        ({"author": "Bob"}, ProblemType.FORBIDDEN),
        ({"device": "another"}, ProblemType.FORBIDDEN),
        ({"order_id": "O-2"}, ProblemType.FORBIDDEN),
        ({"told": "  "}, ProblemType.ILLEGAL_TRANSITION),
        ({"lines": ()}, ProblemType.ILLEGAL_TRANSITION),
    ],
)
def test_what_is_forged_or_says_nothing_is_not_kept(
    branch: Branch, forged: dict[str, Any], problem: ProblemType
) -> None:
    desk = branch.desk()

    result = desk.push_one(desk.refusing(**forged))

    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None and result.problem.type is problem
    assert kept(branch) == []


def test_the_warehouse_refuses_no_returns(branch: Branch) -> None:
    packer = branch.desk("Pat", Role.WAREHOUSE)
    agent = branch.desk()
    refusing = agent.refusing()
    assert isinstance(refusing.command, RefuseReturn)
    told = replace(refusing.command.refused, author="Pat", device=packer.caller.device)
    forged = replace(refusing, command=replace(refusing.command, refused=told))

    result = packer.push_one(forged)

    assert result.outcome is Outcome.REJECTED
    assert kept(branch) == []


def test_the_customer_is_that_of_the_order_and_nothing_lies_in_the_future(branch: Branch) -> None:
    desk = branch.desk()

    desk.push_one(desk.refusing(customer_id="C-9", refused_at=shop.NOW + timedelta(days=9)))

    (refused,) = kept(branch)
    assert refused.customer_id == "C-1"
    assert refused.refused_at == branch.now


@pytest.mark.parametrize("field", ["refusal_id", "order_id", "customer_id"])
@pytest.mark.parametrize("key", ["a\0b", ENDLESS], ids=["NUL", "endless"])
def test_a_key_that_no_database_can_hold_is_refused_alone(
    branch: Branch, field: str, key: str
) -> None:
    desk = branch.desk()
    operation = desk.refusing(**{field: key})
    if field == "order_id":
        operation = replace(operation, stream=key)

    spoiled, sound = desk.push(operation, desk.refusing("D-2"))

    assert spoiled.problem is not None
    assert (spoiled.outcome, spoiled.problem.type) == (Outcome.REJECTED, ProblemType.MALFORMED)
    assert sound.outcome is Outcome.ACCEPTED
    assert [refused.refusal_id for refused in kept(branch)] == ["D-2"]


@pytest.mark.parametrize("field", ["order_id", "customer_id"])
def test_so_is_the_endless_key_of_a_return(branch: Branch, field: str) -> None:
    desk = branch.desk()
    made = desk.returning()
    assert isinstance(made.command, FinalizeReturn)
    endless: dict[str, Any] = {field: ENDLESS}
    request = replace(made.command.request, **endless)
    spoiled = replace(desk.asking_anyway(made, request), stream=request.order_id)

    results = desk.push(spoiled, desk.refusing())

    assert [result.outcome for result in results] == [Outcome.REJECTED, Outcome.ACCEPTED]
    assert branch.faults() == ()
