"""Returns of orders that were typed by hand: booked, put onto the real order when it is known, held once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from central_api.database import writing
from central_api.matching import match_imported
from central_api.tables import ORDER_LINE
from rma.operations import (
    CallMetrics,
    FinalizeReturn,
    Operation,
    Outcome,
    Result,
    SupersedeReturn,
    Told,
)
from rma.order import Order
from rma.record import ProblemType, RmaRecord
from rma.request import Contact, LineRequest, Role
from rma.states import RmaCommand, RmaState
from tests import shop, typed
from tests.central_api.branch import Branch, Desk, number_of

LATER = "200001"
"""An order that the server does not know at first."""


def telling(
    desk: Desk,
    *lines: LineRequest,
    order: str = LATER,
    asking: Mapping[str, Any] | None = None,
    **told: Any,
) -> Operation:
    """A finalize of an order that was typed by hand, as a desk makes it."""
    request = typed.request(*lines, **{"typed": typed.order(number=order)} | dict(asking or {}))
    truth: dict[str, Any] = {
        "state": RmaState.NEEDS_APPROVAL,
        "total": 0,
        "slots": (),
        "policies": (),
        "expires_at": None,
    }
    command = FinalizeReturn(
        number=desk.number(),
        request=request,
        told=Told(**truth | told),
        finalized_at=desk.now,
        metrics=CallMetrics(started_at=desk.now),
    )
    return desk.operation(command, stream=request.order_id)


def later(units: int = 1, **fields: Any) -> Order:
    """The order that is imported later: kettles at 100.00 each."""
    lines = fields.pop("lines", (shop.line(units=units, gross=10000 * units),))
    return shop.order(*lines, **{"order_id": "O-2", "number": LATER} | fields)


def imported(branch: Branch, *orders: Order) -> int:
    """What an import does: the orders, then the returns that wait for them."""
    branch.upsert(*(orders or (later(),)))
    return match_imported(branch.engine, orders or (later(),), branch.now)


def rma(branch: Branch, operation: Operation) -> RmaRecord:
    known = branch.rma(number_of(operation))
    assert known is not None
    return known.record


def booked(branch: Branch, desk: Desk, operation: Operation) -> Operation:
    assert desk.push_one(operation).outcome is Outcome.ACCEPTED
    return operation


# --- booking -------------------------------------------------------------------------------------------------------


def test_it_is_booked_under_its_number_and_holds_nothing(branch: Branch) -> None:
    desk = branch.desk()
    result = desk.push_one(operation := telling(desk))
    assert (result.outcome, result.problem, result.row_version) == (Outcome.ACCEPTED, None, 1)
    record = rma(branch, operation)
    assert record.request.waits_for_order
    assert (record.state, record.holding, record.quote) == (RmaState.NEEDS_APPROVAL, False, None)
    assert record.currency == ""
    assert branch.faults() == ()


def test_an_order_that_only_the_desk_did_not_know_is_found_at_once(branch: Branch) -> None:
    desk = branch.desk()
    result = desk.push_one(operation := telling(desk, order="100001"))
    assert (result.outcome, result.problem) == (Outcome.ACCEPTED, None)
    assert result.record == rma(branch, operation)
    record = rma(branch, operation)
    assert (record.state, record.order_id, record.holding) == (RmaState.NEEDS_APPROVAL, "O-1", True)
    assert record.quote is not None
    assert record.quote.total == 11900
    assert branch.consumed() == 1
    assert branch.inbound() == 0
    assert branch.faults() == ()


def test_the_same_bytes_again_book_it_once(branch: Branch) -> None:
    desk = branch.desk()
    body = desk.body(telling(desk, order="100001"))
    assert desk.send(body) == desk.send(body)
    assert branch.consumed() == 1


def test_what_others_hold_is_not_held_twice(branch: Branch) -> None:
    desk = branch.desk()
    first = desk.returning()
    desk.push_one(first)
    result = desk.push_one(operation := telling(desk, order="100001"))
    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None
    assert result.problem.type is ProblemType.OVER_RETURN
    assert result.problem.other_number == number_of(first)
    assert not rma(branch, operation).holding
    assert branch.consumed() == 1
    assert branch.faults() == ()


@pytest.mark.parametrize(
    "asking",
    [
        {"typed": typed.order(typed.item(sku="", item="A blue thing"))},
        {"typed": typed.order(typed.item(sku="SKU-9"))},
    ],
)
def test_an_item_that_is_not_of_the_order_is_for_a_person(
    branch: Branch, asking: dict[str, Any]
) -> None:
    desk = branch.desk()
    result = desk.push_one(operation := telling(desk, asking=asking))
    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None
    assert "is not clear on order 100001" in result.problem.detail
    assert "decline this one" in result.problem.remedy
    assert rma(branch, operation).request.waits_for_order
    assert branch.consumed() == 0


def test_another_customers_order_is_never_held(branch: Branch) -> None:
    desk = branch.desk()
    stranger = Contact(email="somebody@example.org")
    asking = {"customer_id": "C-9", "contact": stranger}
    result = desk.push_one(operation := telling(desk, order="100001", asking=asking))
    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None
    assert "belongs to Maria Müller" in result.problem.detail
    record = rma(branch, operation)
    assert (record.holding, record.customer_id) == (False, "C-9")
    assert branch.consumed() == 0


def test_an_edit_does_not_make_it_the_callers_order(branch: Branch) -> None:
    desk = branch.desk()
    asking = {"customer_id": "", "contact": Contact(email="new@example.org")}
    desk.push_one(operation := telling(desk, order="100001", asking=asking))
    content = desk.returning(number=number_of(operation)).command
    assert isinstance(content, FinalizeReturn)

    edit = SupersedeReturn(content=content, edition=0, supersedes=operation.op_id)
    result = desk.push_one(desk.operation(edit))

    assert result.outcome is Outcome.REJECTED
    record = rma(branch, operation)
    assert (record.state, record.holding) == (RmaState.NEEDS_APPROVAL, False)
    assert branch.consumed() == 0


def test_a_supervisor_decides_that_it_is_that_customer(branch: Branch) -> None:
    desk, boss = branch.desk(), branch.desk("Boss", Role.SUPERVISOR)
    asking = {"customer_id": "", "contact": Contact(email="new@example.org")}
    desk.push_one(operation := telling(desk, order="100001", asking=asking))
    assert branch.consumed() == 0
    result = boss.push_one(boss.approve(number_of(operation), stream="O-1"))
    assert result.outcome is Outcome.ACCEPTED
    record = rma(branch, operation)
    assert (record.state, record.holding, record.problem) == (RmaState.AUTHORIZED, True, None)
    assert branch.consumed() == 1
    assert branch.faults() == ()


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"state": RmaState.AUTHORIZED}, ProblemType.NOT_ELIGIBLE),
        ({"total": 100}, ProblemType.NOT_ELIGIBLE),
    ],
)
def test_whoever_was_told_more_than_to_wait_is_called_back(
    branch: Branch, told: dict[str, Any], kind: ProblemType
) -> None:
    desk = branch.desk()
    result = desk.push_one(operation := telling(desk, order="100001", **told))
    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None
    assert result.problem.type is kind
    assert not rma(branch, operation).holding


def test_its_number_is_not_taken_twice(branch: Branch) -> None:
    desk = branch.desk()
    first = telling(desk)
    desk.push_one(first)
    assert isinstance(first.command, FinalizeReturn)
    again = replace(telling(desk), command=first.command)
    assert desk.push_one(again).outcome is Outcome.NUMBER_CONFLICT


def test_another_callers_name_in_the_envelope_books_it_for_a_person(branch: Branch) -> None:
    desk = branch.desk()
    operation = telling(desk, order="100001")
    (result,) = desk.send(desk.body(replace(operation, stream="typed:5")))
    assert result.outcome is Outcome.REJECTED
    assert not rma(branch, operation).holding


def test_a_claimed_time_is_checked(branch: Branch) -> None:
    desk = branch.desk()
    operation = telling(desk)
    branch.now += timedelta(days=30)
    assert desk.push_one(operation).outcome is Outcome.HELD_FOR_REVIEW


# --- the import ----------------------------------------------------------------------------------------------------


def test_the_import_puts_it_onto_the_order_and_every_desk_hears_of_it(branch: Branch) -> None:
    desk = branch.desk()
    operation = booked(branch, desk, telling(desk))
    assert imported(branch) == 1
    known = branch.rma(number_of(operation))
    assert known is not None
    assert known.row_version == 2
    record = known.record
    assert (record.state, record.order_id, record.holding) == (RmaState.NEEDS_APPROVAL, "O-2", True)
    assert record.quote is not None
    assert record.quote.total == 10000
    assert record.currency == "EUR"
    assert [entry.command for entry in record.history] == [RmaCommand.FINALIZE, RmaCommand.MATCH]
    assert branch.consumed("O-2") == 1
    assert branch.faults() == ()


@pytest.mark.parametrize("objection", ["forged", "late", "warehouse"])
def test_what_was_held_or_forbidden_stays_so_when_its_order_is_known(
    branch: Branch, objection: str
) -> None:
    desk = branch.desk("Pat", Role.WAREHOUSE) if objection == "warehouse" else branch.desk()
    operation = telling(desk)
    if objection == "late":
        branch.now += timedelta(days=30)
    stream = "typed:5" if objection == "forged" else operation.stream
    (result,) = desk.send(desk.body(replace(operation, stream=stream)))
    assert result.problem is not None

    assert imported(branch) == 1

    record = rma(branch, operation)
    assert (record.order_id, record.holding, record.problem) == ("O-2", False, result.problem)
    assert branch.consumed("O-2") == 0
    supervisor = branch.desk("Sue", Role.SUPERVISOR)
    approving = supervisor.approve(number_of(operation), stream="O-2")
    assert supervisor.push_one(approving).outcome is Outcome.ACCEPTED
    assert branch.consumed("O-2") == 1
    assert branch.faults() == ()


def test_an_objection_outlives_an_order_that_is_unclear_at_first(branch: Branch) -> None:
    desk = branch.desk()
    asking = {"typed": typed.order(typed.item(sku="", item="A blue thing"), number=LATER)}
    operation = telling(desk, asking=asking)
    desk.send(desk.body(replace(operation, stream="typed:5")))

    assert imported(branch) == 0

    problem = rma(branch, operation).problem
    assert problem is not None
    assert problem.type is ProblemType.FORBIDDEN


def test_what_the_policy_refuses_on_the_real_order_holds_nothing(branch: Branch) -> None:
    desk = branch.desk()
    operation = booked(branch, desk, telling(desk))
    long_ago = branch.now - timedelta(days=200)

    assert imported(branch, later(lines=(shop.line(gross=10000, delivered_at=long_ago),))) == 1

    record = rma(branch, operation)
    assert (record.state, record.holding) == (RmaState.NEEDS_APPROVAL, False)
    assert record.problem is not None
    assert record.problem.type is ProblemType.NOT_ELIGIBLE
    assert branch.consumed("O-2") == 0
    assert branch.faults() == ()


def test_importing_again_changes_nothing(branch: Branch) -> None:
    desk = branch.desk()
    operation = booked(branch, desk, telling(desk))
    assert imported(branch) == 1
    assert imported(branch) == 0
    assert len(rma(branch, operation).history) == 2
    assert branch.consumed("O-2") == 1


def test_an_unclear_item_is_said_once_and_not_at_every_import(branch: Branch) -> None:
    desk = branch.desk()
    asking = {"typed": typed.order(typed.item(sku="", item="A blue thing"), number=LATER)}
    operation = booked(branch, desk, telling(desk, asking=asking))
    assert (imported(branch), imported(branch)) == (0, 0)
    known = branch.rma(number_of(operation))
    assert known is not None
    assert known.row_version == 2
    assert known.record.problem is not None
    assert branch.consumed("O-2") == 0


def test_an_order_with_another_number_is_not_taken(branch: Branch) -> None:
    desk = branch.desk()
    operation = booked(branch, desk, telling(desk))
    assert imported(branch, later(number=f"{LATER}1")) == 0
    assert rma(branch, operation).request.waits_for_order


def test_capitals_make_no_other_number(branch: Branch) -> None:
    desk = branch.desk()
    booked(branch, desk, telling(desk, order="mkt-Ab1"))
    assert imported(branch, later(number="MKT-aB1")) == 1


def test_what_came_back_before_we_knew_the_order_is_not_held_again(branch: Branch) -> None:
    desk = branch.desk()
    line = shop.line(units=2, gross=20000, returned_before=1, refunded_before=10000)
    operation = booked(branch, desk, telling(desk))
    assert imported(branch, later(lines=(line,))) == 1
    record = rma(branch, operation)
    assert record.quote is not None
    assert record.quote.lines[0].slots == (2,)
    assert branch.consumed("O-2") == 2
    assert branch.faults() == ()


def test_all_that_came_back_before_leaves_nothing_to_hold(branch: Branch) -> None:
    desk = branch.desk()
    line = shop.line(units=1, gross=10000, returned_before=1, refunded_before=10000)
    operation = booked(branch, desk, telling(desk))
    imported(branch, later(lines=(line,)))
    record = rma(branch, operation)
    assert not record.holding
    assert record.problem is not None
    assert branch.consumed("O-2") == 1
    assert branch.faults() == ()


def test_two_that_wait_for_the_last_unit_hold_it_once(branch: Branch) -> None:
    desk = branch.desk()
    first, second = booked(branch, desk, telling(desk)), booked(branch, desk, telling(desk))
    imported(branch)
    holding = [rma(branch, each).holding for each in (first, second)]
    assert sorted(holding) == [False, True]
    assert branch.consumed("O-2") == 1
    loser = next(each for each in (first, second) if not rma(branch, each).holding)
    problem = rma(branch, loser).problem
    assert problem is not None
    assert problem.type is ProblemType.OVER_RETURN
    assert branch.faults() == ()


def test_one_that_competes_with_a_return_of_the_known_order_never_takes_its_unit(
    branch: Branch,
) -> None:
    desk = branch.desk()
    waiting = booked(branch, desk, telling(desk))
    branch.upsert(later())
    direct = desk.returning(order=later(), asking={"order_id": "O-2"})
    direct = replace(direct, stream="O-2")
    assert desk.push_one(direct).outcome is Outcome.ACCEPTED
    imported(branch)
    assert not rma(branch, waiting).holding
    assert branch.consumed("O-2") == 1
    boss = branch.desk("Boss", Role.SUPERVISOR)
    result = boss.push_one(boss.approve(number_of(waiting), stream="O-2"))
    assert result.outcome is Outcome.REJECTED
    assert branch.consumed("O-2") == 1
    assert branch.faults() == ()


def test_one_that_cannot_be_booked_stops_neither_the_import_nor_the_others(branch: Branch) -> None:
    desk = branch.desk()
    stuck = booked(branch, desk, telling(desk))
    other = booked(branch, desk, telling(desk, order="200002"))
    orders = (later(), later(order_id="O-3", number="200002"))
    branch.upsert(*orders)
    with writing(branch.engine) as connection:  # its books were damaged
        connection.execute(
            update(ORDER_LINE).where(ORDER_LINE.c.order_id == "O-2").values(consumed=1)
        )

    assert match_imported(branch.engine, orders, branch.now) == 1

    assert rma(branch, stuck).request.waits_for_order
    assert rma(branch, other).holding


def test_a_declined_one_is_left_alone(branch: Branch) -> None:
    desk, boss = branch.desk(), branch.desk("Boss", Role.SUPERVISOR)
    operation = booked(branch, desk, telling(desk))
    declined = boss.push_one(boss.decline(number_of(operation), stream=operation.stream))
    assert declined.outcome is Outcome.ACCEPTED
    assert imported(branch) == 0
    assert rma(branch, operation).state is RmaState.REJECTED
    assert branch.consumed("O-2") == 0


# --- decisions -----------------------------------------------------------------------------------------------------


def approved(branch: Branch, operation: Operation, stream: str) -> Result:
    boss = branch.desk("Boss", Role.SUPERVISOR)
    return boss.push_one(boss.approve(number_of(operation), stream=stream))


def test_approving_it_before_its_order_is_known_is_refused(branch: Branch) -> None:
    desk = branch.desk()
    operation = booked(branch, desk, telling(desk))
    result = approved(branch, operation, operation.stream)
    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None
    assert "approve it then, or decline it" in result.problem.remedy
    assert rma(branch, operation).state is RmaState.NEEDS_APPROVAL


def test_an_approval_finds_the_order_but_approves_nothing_unseen(branch: Branch) -> None:
    desk = branch.desk()
    operation = booked(branch, desk, telling(desk))
    branch.upsert(later())  # as if the import was cut off before it tried
    result = approved(branch, operation, operation.stream)
    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None
    assert "only now" in result.problem.detail
    record = rma(branch, operation)
    assert (record.state, record.holding) == (RmaState.NEEDS_APPROVAL, True)
    assert approved(branch, operation, "O-2").outcome is Outcome.ACCEPTED
    assert rma(branch, operation).state is RmaState.AUTHORIZED
    assert branch.consumed("O-2") == 1
    assert branch.inbound() == 1
    assert branch.faults() == ()


def test_who_has_not_heard_of_the_match_approves_nothing(branch: Branch) -> None:
    desk, supervisor = branch.desk(), branch.desk("Sue", Role.SUPERVISOR)
    operation = booked(branch, desk, telling(desk))
    imported(branch)

    unseen = supervisor.approve(number_of(operation), stream=operation.stream)

    assert supervisor.push_one(unseen).outcome is Outcome.REJECTED
    assert rma(branch, operation).state is RmaState.NEEDS_APPROVAL


def test_who_has_not_heard_of_the_match_may_still_cancel(branch: Branch) -> None:
    desk = branch.desk()
    operation = booked(branch, desk, telling(desk))
    imported(branch)
    cancelled = desk.push_one(desk.cancel(number_of(operation), stream=operation.stream))
    assert cancelled.outcome is Outcome.ACCEPTED
    assert branch.consumed("O-2") == 0
    assert branch.faults() == ()


def test_its_author_does_not_approve_it(branch: Branch) -> None:
    boss = branch.desk("Boss", Role.SUPERVISOR)
    operation = booked(branch, boss, telling(boss, order="100001"))
    assert approved(branch, operation, "O-1").outcome is Outcome.REJECTED
