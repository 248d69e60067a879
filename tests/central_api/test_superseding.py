"""`return.supersede`: other content under a told number, judged anew, the old one kept; never twice, never over another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central_api.database import writing
from central_api.tables import RMA
from rma.operations import (
    ApproveReturn,
    CallBack,
    FinalizeReturn,
    Operation,
    Outcome,
    Result,
    SupersedeReturn,
)
from rma.record import ProblemType, RmaRecord
from rma.request import Role
from rma.states import RmaCommand, RmaState
from sync.protocol.documents import write_document
from tests import shop
from tests.central_api.branch import Branch, Desk, kettles, number_of, policy_text

ORDERS = count()
"""Each example has an order of its own."""


def edit(
    desk: Desk, of: Operation, quantity: int = 1, edition: int = 0, **fields: Any
) -> Operation:
    """An edit of a return as the desk makes it, knowing nothing of the order but what it sold."""
    fields.setdefault("order", kettles(3))
    made = desk.returning(
        shop.wanted(quantity=quantity, **fields.pop("wanted", {})), number=number_of(of), **fields
    )
    assert isinstance(made.command, FinalizeReturn)
    return replace(
        made,
        command=SupersedeReturn(content=made.command, edition=edition, supersedes=of.op_id),
    )


def sold(branch: Branch, units: int = 3) -> None:
    branch.upsert(kettles(units))


def first(desk: Desk, quantity: int = 1, **fields: Any) -> Operation:
    """A return that is told before."""
    return desk.returning(shop.wanted(quantity=quantity), order=kettles(3), **fields)


def booked(branch: Branch, operation: Operation) -> RmaRecord:
    known = branch.rma(number_of(operation))
    assert known is not None
    return known.record


def problem_of(result: Result) -> ProblemType:
    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None
    return result.problem.type


def test_an_edit_frees_the_old_units_and_takes_the_new_ones(branch: Branch) -> None:
    sold(branch)
    desk = branch.desk()
    told = first(desk, 3)
    desk.push(told)

    result = desk.push_one(edit(desk, told, 2))

    assert (result.outcome, result.row_version) == (Outcome.ACCEPTED, 2)
    record = booked(branch, told)
    assert record.state is RmaState.AUTHORIZED
    assert [line.quantity for line in record.lines] == [2]
    assert (branch.consumed(), branch.inbound()) == (2, 2)
    assert branch.faults() == ()


def test_what_was_told_before_is_kept_with_the_operation_that_told_it(branch: Branch) -> None:
    sold(branch)
    desk = branch.desk()
    told = first(desk, 3)
    desk.push(told, edit(desk, told, 2))

    record = booked(branch, told)

    (old,) = record.superseded
    assert [line.quantity for line in old.lines] == [3]
    assert old.quote is not None
    assert old.quote.total == 30000
    assert old.operation == told.op_id
    assert [step.command for step in record.history] == [RmaCommand.FINALIZE, RmaCommand.EDIT]


def test_an_edit_is_judged_anew_and_may_need_an_approval(branch: Branch) -> None:
    branch.publish(policy_text(2, "[approval]\namount = { EUR = 150 }\n"))
    sold(branch)
    desk = branch.desk()
    told = first(desk)
    desk.push(told)

    assert desk.push_one(edit(desk, told, 2)).outcome is Outcome.ACCEPTED

    record = booked(branch, told)
    assert record.state is RmaState.NEEDS_APPROVAL
    assert branch.consumed() == 2
    assert branch.inbound() == 0


def test_a_return_that_was_refused_is_authorized_with_the_units_that_are_left(
    branch: Branch,
) -> None:
    sold(branch)
    desk, late = branch.desk("Ada"), branch.desk("Ben")
    other, told = first(desk, 2), first(late, 2)
    desk.push(other)
    assert late.push_one(told).outcome is Outcome.REJECTED

    result = late.push_one(edit(late, told, 1, knows=[booked(branch, other)]))

    assert result.outcome is Outcome.ACCEPTED
    assert booked(branch, told).problem is None
    assert branch.consumed() == 3


def test_an_edit_that_cannot_be_authorized_is_booked_holding_nothing(branch: Branch) -> None:
    sold(branch)
    desk, other = branch.desk("Ada"), branch.desk("Ben")
    told = first(desk, 1)
    desk.push(told)
    other.push(first(other, 2))

    result = desk.push_one(edit(desk, told, 2))

    assert problem_of(result) is ProblemType.OVER_RETURN
    record = booked(branch, told)
    assert result.record == record
    assert (record.state, record.holding) == (RmaState.NEEDS_APPROVAL, False)
    assert branch.consumed() == 2
    assert branch.faults() == ()


def test_a_resent_edit_has_one_effect(branch: Branch) -> None:
    sold(branch)
    desk = branch.desk()
    told = first(desk, 3)
    desk.push(told)
    body = desk.body(edit(desk, told, 2))

    once, twice = desk.send(body), desk.send(body)

    assert once == twice
    assert booked(branch, told).edition == 1
    assert branch.consumed() == 2


def test_a_return_and_its_edit_in_one_batch(branch: Branch) -> None:
    sold(branch)
    desk = branch.desk()
    told = first(desk, 3)
    changed = replace(edit(desk, told, 2), depends_on=told.op_id)

    results = desk.push(told, changed)

    assert [result.outcome for result in results] == [Outcome.ACCEPTED] * 2
    assert branch.consumed() == 2


def test_the_second_of_two_edits_is_refused(branch: Branch) -> None:
    sold(branch)
    desk, other = branch.desk("Ada"), branch.desk("Ben")
    told = first(desk, 3)
    desk.push(told, edit(desk, told, 2))

    result = other.push_one(edit(other, told, 1))

    assert problem_of(result) is ProblemType.SUPERSEDED
    assert result.problem is not None
    assert "Ada" in result.problem.detail
    assert result.record == booked(branch, told)
    assert branch.consumed() == 2


def test_an_edit_on_top_of_an_edit(branch: Branch) -> None:
    sold(branch)
    desk = branch.desk()
    told = first(desk, 3)
    once = edit(desk, told, 2)
    desk.push(told, once, edit(desk, once, 1, edition=1))

    record = booked(branch, told)

    assert [old.lines[0].quantity for old in record.superseded] == [3, 2]
    assert branch.consumed() == 1


@pytest.mark.parametrize("state", [RmaState.PARTIALLY_RECEIVED, RmaState.RECEIVED])
def test_what_was_received_meanwhile_is_not_edited(branch: Branch, state: RmaState) -> None:
    sold(branch)
    desk = branch.desk()
    told = first(desk, 2)
    desk.push(told)
    received(branch, told, state)

    result = desk.push_one(edit(desk, told, 1))

    assert problem_of(result) is ProblemType.ILLEGAL_TRANSITION
    assert booked(branch, told).edition == 0
    assert branch.consumed() == 2


def received(branch: Branch, operation: Operation, state: RmaState) -> None:
    """The warehouse has counted it in."""
    record = replace(booked(branch, operation), state=state)
    with writing(branch.engine) as connection:
        connection.execute(
            RMA.update()
            .where(RMA.c.number == record.number)
            .values(document=write_document(record).decode(), state=state.value)
        )


@pytest.mark.parametrize("how", ["cancel", "decline"])
def test_what_is_over_is_not_edited(branch: Branch, how: str) -> None:
    sold(branch)
    desk, boss = branch.desk(), branch.desk("Sue", Role.SUPERVISOR)
    told = first(desk, 2, state=RmaState.NEEDS_APPROVAL)
    desk.push(told)
    boss.push(getattr(boss, how)(number_of(told)))

    result = desk.push_one(edit(desk, told, 1))

    assert problem_of(result) is ProblemType.ILLEGAL_TRANSITION
    assert branch.consumed() == 0


def test_nobody_approves_or_declines_what_they_have_not_seen(branch: Branch) -> None:
    sold(branch)
    desk, boss = branch.desk(), branch.desk("Sue", Role.SUPERVISOR)
    told = first(desk, 2, state=RmaState.NEEDS_APPROVAL)
    changed = edit(desk, told, 3, state=RmaState.NEEDS_APPROVAL)
    desk.push(told, changed)

    for late in (boss.approve(number_of(told)), boss.decline(number_of(told))):
        assert problem_of(boss.push_one(late)) is ProblemType.SUPERSEDED

    assert booked(branch, told).state is RmaState.NEEDS_APPROVAL
    seen = ApproveReturn(number=number_of(told), note="", at=boss.now, edition=1)
    assert boss.push_one(boss.operation(seen)).outcome is Outcome.ACCEPTED


def test_an_edit_after_an_approval_is_judged_anew(branch: Branch) -> None:
    sold(branch)
    desk, boss = branch.desk(), branch.desk("Sue", Role.SUPERVISOR)
    told = first(desk, 2, state=RmaState.NEEDS_APPROVAL)
    desk.push(told)
    boss.push(boss.approve(number_of(told)))

    result = desk.push_one(edit(desk, told, 3, state=RmaState.NEEDS_APPROVAL))

    assert result.outcome is Outcome.ACCEPTED
    assert booked(branch, told).state is RmaState.NEEDS_APPROVAL
    assert branch.consumed() == 3


def test_who_edits_is_the_author_and_never_approves_it(branch: Branch) -> None:
    sold(branch)
    desk, boss = branch.desk(), branch.desk("Sue", Role.SUPERVISOR)
    told = first(desk, 2)
    desk.push(told)
    boss.push(edit(boss, told, 3, state=RmaState.NEEDS_APPROVAL))

    approval = ApproveReturn(number=number_of(told), note="", at=boss.now, edition=1)

    assert booked(branch, told).author == "Sue"
    assert problem_of(boss.push_one(boss.operation(approval))) is ProblemType.FORBIDDEN


def test_a_number_that_was_told_but_never_booked_is_booked_by_its_edit(branch: Branch) -> None:
    sold(branch)
    desk = branch.desk()
    told = first(desk, 3)

    result = desk.push_one(edit(desk, told, 2))

    assert (result.outcome, result.row_version) == (Outcome.ACCEPTED, 1)
    assert branch.consumed() == 2


def test_the_number_of_another_desk_is_not_booked_by_an_edit(branch: Branch) -> None:
    sold(branch)
    desk, other = branch.desk("Ada"), branch.desk("Ben")
    told = first(desk, 3)

    assert other.push_one(edit(other, told, 2)).outcome is Outcome.NUMBER_CONFLICT


def test_the_warehouse_edits_nothing(branch: Branch) -> None:
    sold(branch)
    desk, warehouse = branch.desk(), branch.desk("Wim", Role.WAREHOUSE)
    told = first(desk, 3)
    desk.push(told)

    assert problem_of(warehouse.push_one(edit(warehouse, told, 2))) is ProblemType.FORBIDDEN
    assert branch.consumed() == 3


def test_an_edit_in_another_name_changes_nothing(branch: Branch) -> None:
    sold(branch)
    desk = branch.desk()
    told = first(desk, 3)
    desk.push(told)

    (result,) = desk.send(desk.body(edit(desk, told, 2), actor="Somebody"))

    assert problem_of(result) is ProblemType.FORBIDDEN
    assert branch.consumed() == 3


def test_an_edit_of_another_order_changes_nothing(branch: Branch) -> None:
    sold(branch)
    other = replace(kettles(3), order_id="O-2", number="100002")
    branch.upsert(other)
    desk = branch.desk()
    told = first(desk, 3)
    desk.push(told)
    wrong = replace(edit(desk, told, 2, order=other), stream="O-2")

    assert problem_of(desk.push_one(wrong)) is ProblemType.ILLEGAL_TRANSITION
    assert branch.consumed() == 3


def test_the_return_that_is_edited_is_none_of_the_many_returns(branch: Branch) -> None:
    counted = "[approval]\nmany_returns = { count = 1, days = 30 }\nrisk = true\n"
    branch.publish(policy_text(2, counted))
    sold(branch)
    desk = branch.desk()
    told = first(desk, 3)
    desk.push(told)

    assert desk.push_one(edit(desk, told, 2)).outcome is Outcome.ACCEPTED
    assert booked(branch, told).state is RmaState.AUTHORIZED


def test_an_edit_outside_the_window_needs_what_the_policy_asks_of_it(branch: Branch) -> None:
    sold(branch)
    desk = branch.desk()
    told = first(desk, 3)
    desk.push(told)
    changed = edit(desk, told, 2)
    branch.now += timedelta(days=200)
    assert isinstance(changed.command, SupersedeReturn)
    content = replace(changed.command.content, finalized_at=branch.now)

    result = desk.push_one(replace(changed, command=replace(changed.command, content=content)))

    assert problem_of(result) is ProblemType.NOT_ELIGIBLE
    assert booked(branch, told).state is RmaState.NEEDS_APPROVAL


def test_a_call_back_stands_in_the_history_and_changes_nothing_else(branch: Branch) -> None:
    sold(branch)
    desk = branch.desk()
    told = first(desk, 3)
    desk.push(told)
    before = booked(branch, told)
    called = CallBack(number=number_of(told), about=told.op_id, note="agreed", at=branch.now)

    assert desk.push_one(desk.operation(called)).outcome is Outcome.ACCEPTED

    after = booked(branch, told)
    assert replace(after, history=before.history) == before
    entry = after.history[-1]
    assert (entry.command, entry.note, entry.actor) == (RmaCommand.CALL_BACK, "agreed", "Ada")


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["told", "edited", "cancelled", "resent"]), st.integers(1, 4)),
        min_size=1,
        max_size=8,
    )
)
def test_slots_are_freed_and_taken_exactly_once(
    branch: Branch, steps: list[tuple[str, int]]
) -> None:
    """Whatever is told, edited, cancelled and sent again: the books of the order agree with its RMAs."""
    index = next(ORDERS)
    order = replace(kettles(4), order_id=f"O-{index + 10}", number=f"9{index:05}")
    branch.upsert(order)
    desk = branch.desk(f"Agent {index}")
    told: list[Operation] = []
    sent: list[bytes] = []
    for step, units in steps:
        if step == "told" or not told:
            operation = first_of(desk, order, units)
            told.append(operation)
        elif step == "resent":
            desk.send(sent[units % len(sent)])
            continue
        elif step == "cancelled":
            number = number_of(told[units % len(told)])
            operation = desk.cancel(number, stream=order.order_id)
        else:
            old = told[units % len(told)]
            edition = booked(branch, old).edition
            changed = edit(desk, old, units, edition, order=order)
            operation = replace(changed, stream=order.order_id)
        body = desk.body(operation)
        sent.append(body)
        desk.send(body)
        held = [booked(branch, each) for each in told]
        slots = [s for r in held if r.hold is not None for h in r.hold.lines for s in h.slots]
        assert len(set(slots)) == len(slots) == branch.consumed(order.order_id) <= 4
    assert branch.faults() == ()


def first_of(desk: Desk, order: Any, units: int) -> Operation:
    return desk.returning(shop.wanted(quantity=units), order=order)
