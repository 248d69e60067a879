"""`return.cancel`, `return.approve`, `return.decline`: who may, when, and what follows."""

from __future__ import annotations

import pytest

from rma.operations import Outcome, Result
from rma.record import ProblemType
from rma.request import Role
from rma.states import RmaState
from tests import shop
from tests.central_api.branch import Branch, Desk, kettles, number_of, policy_text


@pytest.fixture
def boss(branch: Branch) -> Desk:
    """A supervisor's desk."""
    return branch.desk("Sue", Role.SUPERVISOR)


def waiting(branch: Branch, desk: Desk) -> str:
    """An RMA that waits for approval and holds its unit."""
    operation = desk.returning(state=RmaState.NEEDS_APPROVAL)
    assert desk.push_one(operation).outcome is Outcome.ACCEPTED
    return number_of(operation)


def state_of(branch: Branch, number: str) -> RmaState:
    """The server's state of an RMA."""
    known = branch.rma(number)
    assert known is not None
    return known.record.state


def problem_of(result: Result) -> ProblemType:
    """The problem of a rejected operation."""
    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None
    return result.problem.type


def test_a_cancel_frees_the_unit_and_the_expectation(branch: Branch) -> None:
    desk = branch.desk()
    made = desk.returning()
    desk.push(made)

    result = desk.push_one(desk.cancel(number_of(made)))

    assert (result.outcome, result.row_version) == (Outcome.ACCEPTED, 2)
    assert state_of(branch, number_of(made)) is RmaState.CANCELLED
    assert branch.consumed() == 0
    assert branch.inbound() == 0
    assert branch.faults() == ()
    assert desk.push_one(desk.returning()).outcome is Outcome.ACCEPTED


def test_a_return_and_its_cancel_in_one_batch_leave_nothing_held(branch: Branch) -> None:
    desk = branch.desk()
    made = desk.returning()

    results = desk.push(made, desk.cancel(number_of(made), depends_on=made.op_id), desk.returning())

    assert [result.outcome for result in results] == [Outcome.ACCEPTED] * 3
    assert branch.rma(number_of(made)).row_version == 2  # type: ignore[union-attr]
    assert branch.consumed() == 1
    assert branch.faults() == ()


def test_any_agent_cancels_but_the_warehouse_does_not(branch: Branch) -> None:
    desk = branch.desk("Ada")
    first = desk.returning()
    desk.push(first)
    warehouse = branch.desk("Wim", Role.WAREHOUSE)

    refused = warehouse.push_one(warehouse.cancel(number_of(first)))

    assert problem_of(refused) is ProblemType.FORBIDDEN
    other = branch.desk("Ben")
    assert other.push_one(other.cancel(number_of(first))).outcome is Outcome.ACCEPTED


def test_a_supervisor_approves_what_an_agent_made(branch: Branch, boss: Desk) -> None:
    number = waiting(branch, branch.desk())

    result = boss.push_one(boss.approve(number))

    assert result.outcome is Outcome.ACCEPTED
    assert state_of(branch, number) is RmaState.AUTHORIZED
    assert (branch.consumed(), branch.inbound()) == (1, 1)
    assert branch.faults() == ()


def test_nobody_approves_or_declines_their_own_return(branch: Branch, boss: Desk) -> None:
    number = waiting(branch, boss)

    assert problem_of(boss.push_one(boss.approve(number))) is ProblemType.FORBIDDEN
    assert problem_of(boss.push_one(boss.decline(number))) is ProblemType.FORBIDDEN
    assert state_of(branch, number) is RmaState.NEEDS_APPROVAL


def test_the_same_person_at_another_desk_is_still_the_author(branch: Branch, boss: Desk) -> None:
    number = waiting(branch, boss)
    elsewhere = branch.desk("Sue", Role.SUPERVISOR)

    assert problem_of(elsewhere.push_one(elsewhere.approve(number))) is ProblemType.FORBIDDEN


def test_an_agent_does_not_decide(branch: Branch) -> None:
    number = waiting(branch, branch.desk("Ada"))
    other = branch.desk("Ben")

    assert problem_of(other.push_one(other.approve(number))) is ProblemType.FORBIDDEN


def test_an_agent_who_claims_to_be_the_supervisor_does_not_decide(branch: Branch) -> None:
    ada, ben = branch.desk("Ada"), branch.desk("Ben")
    branch.desk("Sue", Role.SUPERVISOR)
    number = waiting(branch, ada)

    (result,) = ben.send(ben.body(ben.approve(number), actor="Sue"))

    assert problem_of(result) is ProblemType.FORBIDDEN
    assert result.record is not None
    assert result.record.state is RmaState.NEEDS_APPROVAL


def test_a_decline_frees_the_unit(branch: Branch, boss: Desk) -> None:
    number = waiting(branch, branch.desk())

    assert boss.push_one(boss.decline(number)).outcome is Outcome.ACCEPTED
    assert state_of(branch, number) is RmaState.REJECTED
    assert branch.consumed() == 0


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_decline_needs_a_reason(branch: Branch, boss: Desk, reason: str) -> None:
    number = waiting(branch, branch.desk())

    result = boss.push_one(boss.decline(number, reason))

    assert problem_of(result) is ProblemType.ILLEGAL_TRANSITION
    assert branch.consumed() == 1


def test_what_is_cancelled_is_not_approved_and_the_desk_learns_the_state(
    branch: Branch, boss: Desk
) -> None:
    desk = branch.desk()
    number = waiting(branch, desk)
    desk.push(desk.cancel(number))

    result = boss.push_one(boss.approve(number))

    assert problem_of(result) is ProblemType.ILLEGAL_TRANSITION
    assert result.record is not None
    assert result.record.state is RmaState.CANCELLED
    assert result.row_version == 2


def test_a_change_that_depends_on_an_unknown_one_waits(branch: Branch, boss: Desk) -> None:
    desk = branch.desk()
    made = desk.returning(state=RmaState.NEEDS_APPROVAL)
    approval = boss.approve(number_of(made), depends_on=made.op_id)

    assert boss.push_one(approval).outcome is Outcome.NOT_YET
    desk.push(made)
    assert boss.push_one(approval).outcome is Outcome.ACCEPTED


def test_an_unknown_number_is_refused(branch: Branch, boss: Desk) -> None:
    result = boss.push_one(boss.approve(boss.number()))

    assert problem_of(result) is ProblemType.ILLEGAL_TRANSITION


class TestApprovalOfWhatHoldsNothing:
    """An RMA that was booked without its units takes them when it is approved, or is refused."""

    order = kettles(2)

    @pytest.fixture
    def branch(self, central_database: str) -> Branch:
        """Two kettles were sold."""
        return Branch.open(central_database, self.order)

    def both_taken_twice(self, branch: Branch) -> tuple[str, str]:
        """The number that holds both units, and one that wants them too."""
        ada, ben = branch.desk("Ada"), branch.desk("Ben")
        first = ada.returning(shop.wanted(quantity=2), order=self.order)
        second = ben.returning(shop.wanted(quantity=2), order=self.order)
        ada.push(first)
        assert ben.push_one(second).outcome is Outcome.REJECTED
        return number_of(first), number_of(second)

    def test_it_is_refused_while_somebody_else_holds_them(self, branch: Branch, boss: Desk) -> None:
        first, second = self.both_taken_twice(branch)

        result = boss.push_one(boss.approve(second))

        assert problem_of(result) is ProblemType.OVER_RETURN
        assert result.problem is not None
        assert result.problem.other_number == first
        assert state_of(branch, second) is RmaState.NEEDS_APPROVAL
        assert branch.consumed() == 2

    def test_it_takes_them_once_they_are_free(self, branch: Branch, boss: Desk) -> None:
        first, second = self.both_taken_twice(branch)
        boss.push(boss.cancel(first))

        result = boss.push_one(boss.approve(second))

        assert result.outcome is Outcome.ACCEPTED
        assert result.record is not None
        assert result.record.holding
        assert result.record.state is RmaState.AUTHORIZED
        assert result.record.problem is None
        assert result.record.quote is not None
        assert result.record.quote.total == 20000
        assert (branch.consumed(), branch.inbound()) == (2, 2)
        assert branch.faults() == ()

    def test_one_of_an_unknown_order_takes_them_once_the_order_is_known(
        self, branch: Branch, boss: Desk
    ) -> None:
        late = kettles(1)
        late = shop.order(*late.lines, order_id="O-2", number="100002")
        desk = branch.desk()
        operation = desk.returning(order=late)
        desk.push(operation)
        refused = boss.push_one(boss.approve(number_of(operation), stream="O-2"))
        branch.upsert(late)

        approved = boss.push_one(boss.approve(number_of(operation), stream="O-2"))

        assert problem_of(refused) is ProblemType.ORDER_UNKNOWN
        assert approved.outcome is Outcome.ACCEPTED
        assert approved.record is not None
        assert approved.record.lines[0].sku == "SKU-1"
        assert branch.consumed("O-2") == 1
        assert branch.faults() == ()

    def test_another_customers_order_stays_refused(self, branch: Branch, boss: Desk) -> None:
        desk = branch.desk()
        honest = desk.returning(order=self.order)
        forged = desk.asking_anyway(honest, shop.request(customer_id="C-2"))
        desk.push(forged)

        result = boss.push_one(boss.approve(number_of(forged)))

        assert problem_of(result) is ProblemType.NOT_ELIGIBLE
        assert branch.consumed() == 0


def test_an_approval_takes_the_price_of_the_server_where_another_was_told(
    branch: Branch, boss: Desk
) -> None:
    desk = branch.desk()
    forged = desk.returning(total=99_999)
    desk.push(forged)

    result = boss.push_one(boss.approve(number_of(forged)))

    assert result.record is not None
    assert result.record.quote is not None
    assert result.record.quote.total == 11900


def test_a_manual_policy_needs_a_supervisor_from_end_to_end(central_database: str) -> None:
    branch = Branch.open(central_database, policy=policy_text(authorization='"manual"'))
    desk, boss = branch.desk(), branch.desk("Sue", Role.SUPERVISOR)
    made = desk.returning()

    assert desk.push_one(made).outcome is Outcome.ACCEPTED
    assert branch.inbound() == 0
    assert boss.push_one(boss.approve(number_of(made))).outcome is Outcome.ACCEPTED
    assert branch.inbound() == 1
