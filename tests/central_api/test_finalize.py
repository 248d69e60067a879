"""`return.finalize`: every outcome, decided from the server's own rows."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from rma.operations import FinalizeReturn, Operation, Outcome
from rma.policy import PolicyRef
from rma.record import ProblemType
from rma.request import Condition, Role
from rma.states import RmaState
from tests import shop
from tests.central_api.branch import Branch, Desk, kettles, number_of, policy_text


def booked_holding_nothing(branch: Branch, operation: Operation, problem: ProblemType) -> None:
    """The told number exists, needs approval, holds nothing, and says why."""
    known = branch.rma(number_of(operation))
    assert known is not None
    assert known.record.state is RmaState.NEEDS_APPROVAL
    assert not known.record.holding
    assert known.record.problem is not None
    assert known.record.problem.type is problem
    assert branch.faults() == ()


def test_a_return_as_told_is_accepted_and_takes_its_unit(branch: Branch) -> None:
    desk = branch.desk("Ben")
    operation = desk.returning()

    result = desk.push_one(operation)

    assert (result.outcome, result.problem, result.row_version) == (Outcome.ACCEPTED, None, 1)
    known = branch.rma(number_of(operation))
    assert known is not None
    assert known.record.state is RmaState.AUTHORIZED
    assert known.record.author == "Ben"
    assert known.record.quote is not None
    assert known.record.quote.total == 11900
    assert known.record.expires_at == operation.command.told.expires_at  # type: ignore[union-attr]
    assert branch.consumed() == 1
    assert branch.inbound() == 1
    assert branch.faults() == ()


def test_the_same_bytes_again_get_the_same_answer_and_have_no_second_effect(branch: Branch) -> None:
    desk = branch.desk()
    body = desk.body(desk.returning())

    first = desk.send(body)
    again = desk.send(body, body)

    assert again == first * 2
    assert branch.consumed() == 1


def test_the_same_bytes_twice_in_one_batch_are_booked_once(branch: Branch) -> None:
    desk = branch.desk()
    body = desk.body(desk.returning())

    first, second = desk.send(body, body)

    assert first == second
    assert branch.consumed() == 1


def test_another_change_under_a_used_key_is_refused(branch: Branch) -> None:
    desk = branch.desk()
    operation = desk.returning()
    desk.push(operation)

    result = desk.push_one(replace(operation, stream="another"))

    assert result.outcome is Outcome.KEY_REUSED


def test_two_desks_take_the_last_unit_and_the_second_learns_who_holds_it(branch: Branch) -> None:
    ada, ben = branch.desk("Ada"), branch.desk("Ben")
    first, second = ada.returning(), ben.returning()

    assert ada.push_one(first).outcome is Outcome.ACCEPTED
    result = ben.push_one(second)

    assert result.outcome is Outcome.REJECTED
    assert result.problem is not None
    assert result.problem.type is ProblemType.OVER_RETURN
    assert result.problem.other_number == number_of(first)
    assert result.record is not None
    assert not result.record.holding
    booked_holding_nothing(branch, second, ProblemType.OVER_RETURN)
    assert branch.consumed() == 1


def test_two_returns_of_the_last_unit_in_one_batch_see_each_other(branch: Branch) -> None:
    desk = branch.desk()

    first, second = desk.push(desk.returning(), desk.returning())

    assert first.outcome is Outcome.ACCEPTED
    assert second.outcome is Outcome.REJECTED
    assert branch.consumed() == 1


def test_a_serial_that_is_on_another_return_is_refused(central_database: str) -> None:
    order = shop.order(shop.line(units=2, gross=20000, serials=("A", "B")))
    branch = Branch.open(central_database, order)
    desk = branch.desk()
    asked = shop.wanted(serials=("A",))
    first = desk.returning(asked, order=order)

    desk.push(first)
    result = desk.push_one(desk.returning(asked, order=order))

    assert result.problem is not None
    assert result.problem.type is ProblemType.OVER_RETURN
    assert result.problem.other_number == number_of(first)


def test_a_forged_quantity_is_an_over_return(branch: Branch) -> None:
    desk = branch.desk()
    honest = desk.returning()
    forged = desk.asking_anyway(honest, shop.request(shop.wanted(quantity=50)))

    result = desk.push_one(forged)

    assert result.outcome is Outcome.REJECTED
    booked_holding_nothing(branch, forged, ProblemType.OVER_RETURN)
    assert branch.consumed() == 0


@pytest.mark.parametrize("quantity", [0, -3])
def test_a_forged_quantity_below_one_is_not_eligible(branch: Branch, quantity: int) -> None:
    desk = branch.desk()
    forged = desk.asking_anyway(desk.returning(), shop.request(shop.wanted(quantity=quantity)))

    assert desk.push_one(forged).outcome is Outcome.REJECTED
    booked_holding_nothing(branch, forged, ProblemType.NOT_ELIGIBLE)


@pytest.mark.parametrize("total", [0, 11899, 11901, 9_999_999])
def test_a_forged_price_is_a_mismatch_even_by_a_cent(branch: Branch, total: int) -> None:
    desk = branch.desk()
    forged = desk.returning(total=total)

    result = desk.push_one(forged)

    assert result.outcome is Outcome.REJECTED
    booked_holding_nothing(branch, forged, ProblemType.AMOUNT_MISMATCH)
    assert branch.consumed() == 0
    assert branch.inbound() == 0


def test_a_forged_verdict_waits_for_approval_and_holds_its_unit(central_database: str) -> None:
    branch = Branch.open(central_database, policy=policy_text(authorization='"manual"'))
    desk = branch.desk()
    forged = desk.returning(state=RmaState.AUTHORIZED)

    result = desk.push_one(forged)

    assert result.outcome is Outcome.ACCEPTED_WITH_CHANGE
    assert result.problem is not None
    assert result.problem.type is ProblemType.VERDICT_CHANGED
    assert result.record is not None
    assert result.record.state is RmaState.NEEDS_APPROVAL
    assert result.record.holding
    assert branch.consumed() == 1
    assert branch.inbound() == 0
    assert branch.faults() == ()


def test_a_forged_override_does_not_help_against_a_rule_that_has_none(branch: Branch) -> None:
    desk = branch.desk()
    used = shop.wanted(condition=Condition.DAMAGED, override_reason="please")
    forged = desk.asking_anyway(desk.returning(), shop.request(used))

    assert desk.push_one(forged).outcome is Outcome.REJECTED
    booked_holding_nothing(branch, forged, ProblemType.NOT_ELIGIBLE)


def test_a_return_told_as_waiting_stays_waiting(branch: Branch) -> None:
    desk = branch.desk()
    operation = desk.returning(state=RmaState.NEEDS_APPROVAL)

    assert desk.push_one(operation).outcome is Outcome.ACCEPTED
    known = branch.rma(number_of(operation))
    assert known is not None
    assert (known.record.state, known.record.holding) == (RmaState.NEEDS_APPROVAL, True)
    assert known.record.expires_at is not None


def test_a_forged_author_is_booked_but_holds_nothing(branch: Branch) -> None:
    desk = branch.desk("Ada")
    operation = desk.returning()

    (result,) = desk.send(desk.body(operation, actor="Boss"))

    assert result.outcome is Outcome.REJECTED
    booked_holding_nothing(branch, operation, ProblemType.FORBIDDEN)
    assert branch.rma(number_of(operation)).record.author == "Ada"  # type: ignore[union-attr]


def test_the_warehouse_makes_no_returns(branch: Branch) -> None:
    desk = branch.desk("Wim", Role.WAREHOUSE)
    operation = desk.returning()

    assert desk.push_one(operation).outcome is Outcome.REJECTED
    booked_holding_nothing(branch, operation, ProblemType.FORBIDDEN)


def test_a_number_of_another_device_is_a_conflict_and_books_nothing(branch: Branch) -> None:
    desk, other = branch.desk("Ada"), branch.desk("Ben")
    stolen = other.number()

    result = desk.push_one(desk.returning(number=stolen))

    assert result.outcome is Outcome.NUMBER_CONFLICT
    assert branch.rma(stolen) is None
    assert branch.consumed() == 0


@pytest.mark.parametrize("number", ["", "47120300012", "four", "²²²²²²00000", "9" * 5000])
def test_a_number_that_is_none_is_a_conflict(branch: Branch, number: str) -> None:
    desk = branch.desk()
    operation = desk.returning()
    assert isinstance(operation.command, FinalizeReturn)

    result = desk.push_one(replace(operation, command=replace(operation.command, number=number)))

    assert result.outcome is Outcome.NUMBER_CONFLICT


def test_a_number_that_was_given_before_is_a_conflict(branch: Branch) -> None:
    desk = branch.desk()
    first = desk.returning()
    desk.push(first)

    result = desk.push_one(desk.returning(number=number_of(first)))

    assert result.outcome is Outcome.NUMBER_CONFLICT
    assert branch.rma(number_of(first)).row_version == 1  # type: ignore[union-attr]


def test_an_unknown_order_is_booked_under_its_number(branch: Branch) -> None:
    desk = branch.desk()
    operation = desk.returning(order=shop.order(order_id="O-9"))

    result = desk.push_one(operation)

    assert result.outcome is Outcome.REJECTED
    booked_holding_nothing(branch, operation, ProblemType.ORDER_UNKNOWN)


def test_another_customers_order_is_not_eligible(branch: Branch) -> None:
    desk = branch.desk()
    forged = desk.asking_anyway(desk.returning(), shop.request(customer_id="C-2"))

    assert desk.push_one(forged).outcome is Outcome.REJECTED
    booked_holding_nothing(branch, forged, ProblemType.NOT_ELIGIBLE)


def test_a_line_that_is_not_on_our_order_says_that_the_order_changed(branch: Branch) -> None:
    desk = branch.desk()
    asked = shop.request(shop.wanted("7"), shop.wanted("1"))
    forged = desk.asking_anyway(desk.returning(), asked)

    assert desk.push_one(forged).outcome is Outcome.REJECTED
    booked_holding_nothing(branch, forged, ProblemType.ORDER_CHANGED)


def test_a_policy_that_was_never_published_is_named(branch: Branch) -> None:
    desk = branch.desk()
    operation = desk.returning(policies=None)
    assert isinstance(operation.command, FinalizeReturn)
    told = replace(operation.command.told, policies=(PolicyRef("generous", 7),))
    forged = replace(operation, command=replace(operation.command, told=told))

    result = desk.push_one(forged)

    assert result.problem is not None
    assert "generous v7" in result.problem.detail
    booked_holding_nothing(branch, forged, ProblemType.POLICY_UNKNOWN)


def test_what_was_told_under_an_older_policy_stands_while_the_desk_was_offline(
    branch: Branch,
) -> None:
    desk = branch.desk()
    operation = desk.returning()
    branch.now += timedelta(hours=1)
    branch.publish(policy_text(2, authorization='"manual"'))

    result = desk.push_one(operation)

    assert result.outcome is Outcome.ACCEPTED


def test_a_desk_cannot_keep_to_an_older_policy_for_ever(branch: Branch) -> None:
    desk = branch.desk()
    old = list(branch.policies)
    branch.publish(policy_text(2, authorization='"manual"'))
    branch.now += timedelta(days=5)

    result = desk.push_one(desk.returning(policies=old))

    assert result.outcome is Outcome.ACCEPTED_WITH_CHANGE
    assert result.problem is not None
    assert result.problem.type is ProblemType.VERDICT_CHANGED


@pytest.mark.parametrize("off", [timedelta(days=-3), timedelta(minutes=6)])
def test_a_time_outside_the_offline_allowance_is_held_for_review(
    branch: Branch, off: timedelta
) -> None:
    desk = branch.desk()
    operation = desk.returning(at=branch.now + off)

    result = desk.push_one(operation)

    assert result.outcome is Outcome.HELD_FOR_REVIEW
    booked_holding_nothing(branch, operation, ProblemType.CLOCK)


def test_a_return_outside_the_window_is_not_eligible(branch: Branch) -> None:
    desk = branch.desk()
    operation = desk.returning()
    late = shop.order(shop.line(delivered_at=shop.NOW - timedelta(days=40)))
    branch.upsert(replace(late, placed_at=shop.NOW - timedelta(days=41)))

    assert desk.push_one(operation).outcome is Outcome.REJECTED
    booked_holding_nothing(branch, operation, ProblemType.NOT_ELIGIBLE)


class TestSlots:
    """Two desks offline take the same slots of a line."""

    @pytest.fixture
    def thirds(self, central_database: str) -> Branch:
        """Three units for 10.00: 3.33, 3.34, 3.33."""
        return Branch.open(central_database, self.order)

    order = shop.order(shop.line(units=3, gross=1000))

    def test_the_second_gets_the_next_free_slot_and_a_cent_may_move(self, thirds: Branch) -> None:
        ada, ben = thirds.desk("Ada"), thirds.desk("Ben")
        ada.push(ada.returning(order=self.order))
        operation = ben.returning(order=self.order)

        result = ben.push_one(operation)

        assert result.outcome is Outcome.ACCEPTED_WITH_CHANGE
        assert result.record is not None
        assert result.record.quote is not None
        assert result.record.quote.lines[0].slots == (2,)
        assert result.record.quote.total == 334
        assert result.record.state is RmaState.AUTHORIZED
        assert thirds.faults() == ()

    def test_more_than_a_cent_a_unit_is_a_mismatch(self, thirds: Branch) -> None:
        ada, ben = thirds.desk("Ada"), thirds.desk("Ben")
        ada.push(ada.returning(order=self.order))
        forged = ben.returning(order=self.order, total=336)

        assert ben.push_one(forged).outcome is Outcome.REJECTED
        booked_holding_nothing(thirds, forged, ProblemType.AMOUNT_MISMATCH)


class TestExpiry:
    """The expiry is what was told, if the policy gives that long."""

    def test_an_earlier_one_stays(self, branch: Branch) -> None:
        desk = branch.desk()
        sooner = branch.now + timedelta(days=3)
        operation = desk.returning(expires_at=sooner)

        assert desk.push_one(operation).outcome is Outcome.ACCEPTED
        assert branch.rma(number_of(operation)).record.expires_at == sooner  # type: ignore[union-attr]

    @pytest.mark.parametrize("days", [None, 300])
    def test_a_later_one_is_cut(self, branch: Branch, days: int | None) -> None:
        desk = branch.desk()
        later = None if days is None else branch.now + timedelta(days=days)
        operation = desk.returning(expires_at=later)

        result = desk.push_one(operation)

        assert result.outcome is Outcome.ACCEPTED_WITH_CHANGE
        assert result.record is not None
        assert result.record.expires_at is not None
        assert result.record.expires_at < branch.now + timedelta(days=32)


def test_the_returns_of_a_customer_are_counted_on_the_server(central_database: str) -> None:
    counting = policy_text(more="[approval]\nmany_returns = { count = 2, days = 30 }")
    order = kettles(5)
    branch = Branch.open(central_database, order, policy=counting)
    desk = branch.desk()
    told = [desk.returning(order=order) for _ in range(3)]  # the desk counts none

    first, second, third = desk.push(*told)

    assert first.outcome is Outcome.ACCEPTED
    assert second.outcome is Outcome.ACCEPTED_WITH_CHANGE
    assert second.problem is not None
    assert second.problem.type is ProblemType.ORDER_CHANGED
    assert third.problem is not None
    assert third.problem.type is ProblemType.VERDICT_CHANGED


def test_a_return_of_several_lines_takes_each(central_database: str) -> None:
    order = shop.order(shop.line("1", units=2, gross=5000), shop.line("2", units=3, gross=9000))
    branch = Branch.open(central_database, order)
    desk: Desk = branch.desk()

    result = desk.push_one(desk.returning(shop.wanted("1", 2), shop.wanted("2", 1), order=order))

    assert result.outcome is Outcome.ACCEPTED
    assert (branch.consumed(line_id="1"), branch.consumed(line_id="2")) == (2, 1)
    assert (branch.inbound("SKU-1"), branch.inbound("SKU-2")) == (2, 1)
    assert branch.faults() == ()
