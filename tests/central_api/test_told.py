"""What a caller was told stands, whatever the shop publishes or imports while the desk is offline; forgeries do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from central_api.database import writing
from central_api.policies import publish_reasons
from rma.operations import ApproveReturn, FinalizeReturn, Outcome
from rma.record import ProblemType
from rma.request import Role
from rma.states import RmaState
from tests import shop
from tests.central_api.branch import REASONS, Branch, Desk, kettles, number_of, policy_text
from tests.central_api.test_decisions import problem_of, state_of
from tests.central_api.test_finalize import booked_holding_nothing

KITCHEN = policy_text(
    code='"kitchen"', authorization='"manual"', more='[scope]\ncategories = ["kitchen"]'
)
"""More specific than the general policy."""


@pytest.fixture
def boss(branch: Branch) -> Desk:
    """A supervisor's desk."""
    return branch.desk("Sue", Role.SUPERVISOR)


class TestPublishedAfterTheLastSync:
    """The desk was told nothing of it."""

    def test_a_more_specific_policy_of_another_code_overturns_nothing(self, branch: Branch) -> None:
        desk = branch.desk()
        operation = desk.returning()
        branch.now += timedelta(hours=1)
        branch.publish(KITCHEN)

        assert desk.push_one(operation).outcome is Outcome.ACCEPTED

    def test_also_where_it_was_published_before_the_call(self, branch: Branch) -> None:
        desk, known = branch.desk(), list(branch.policies)
        branch.publish(KITCHEN)
        branch.now += timedelta(hours=40)

        assert desk.push_one(desk.returning(policies=known)).outcome is Outcome.ACCEPTED

    def test_but_not_beyond_the_offline_allowance(self, branch: Branch) -> None:
        desk, known = branch.desk(), list(branch.policies)
        branch.publish(KITCHEN)
        branch.now += timedelta(days=5)

        result = desk.push_one(desk.returning(policies=known))

        assert result.outcome is Outcome.ACCEPTED_WITH_CHANGE
        assert result.problem is not None
        assert result.problem.type is ProblemType.VERDICT_CHANGED

    def test_a_policy_that_is_not_active_any_more_still_judges(self, branch: Branch) -> None:
        desk = branch.desk()
        operation = desk.returning()
        branch.now += timedelta(hours=1)
        branch.publish(policy_text(2, active="false"))

        assert desk.push_one(operation).outcome is Outcome.ACCEPTED

    def test_a_desk_that_knows_of_the_deactivation_is_judged_by_what_is_left(
        self, branch: Branch
    ) -> None:
        branch.publish(KITCHEN, at=branch.now - timedelta(days=9))
        branch.publish(KITCHEN.replace("version = 1", "version = 2").replace("true", "false", 1))
        branch.now += timedelta(hours=1)
        desk = branch.desk()

        assert desk.push_one(desk.returning()).outcome is Outcome.ACCEPTED

    def test_a_reason_that_is_gone_was_still_a_reason(self, branch: Branch) -> None:
        desk = branch.desk()
        operation = desk.returning()
        branch.now += timedelta(hours=1)
        fewer = REASONS.replace("version = 1", "version = 2").replace("no_longer_wanted", "regret")
        with writing(branch.engine) as connection:
            publish_reasons(connection, fewer, branch.now)

        assert desk.push_one(operation).outcome is Outcome.ACCEPTED

    def test_an_approval_takes_what_the_policies_of_the_return_say(
        self, branch: Branch, boss: Desk
    ) -> None:
        desk = branch.desk()
        first, second = desk.returning(), desk.returning()
        desk.push(first, second)
        branch.now += timedelta(days=3)
        branch.publish(KITCHEN.replace("agent_return = true", "agent_return = false"))
        desk.push(desk.cancel(number_of(first)))

        assert boss.push_one(boss.approve(number_of(second))).outcome is Outcome.ACCEPTED
        known = branch.rma(number_of(second))
        assert known is not None
        assert [str(line.policy) for line in known.record.lines] == ["general v1"]


class TestApproval:
    """Late, and in the future."""

    def waiting(self, branch: Branch) -> str:
        desk = branch.desk()
        operation = desk.returning(state=RmaState.NEEDS_APPROVAL)
        desk.push(operation)
        return number_of(operation)

    def test_the_days_until_it_expires_count_from_the_approval(
        self, branch: Branch, boss: Desk
    ) -> None:
        number = self.waiting(branch)
        branch.now += timedelta(days=60)

        boss.push(boss.approve(number))

        known = branch.rma(number)
        assert known is not None
        assert known.record.expires_at is not None
        assert known.record.expires_at - branch.now > timedelta(days=30)

    def test_a_moment_in_the_future_is_not_taken(self, branch: Branch, boss: Desk) -> None:
        number = self.waiting(branch)
        later = branch.now + timedelta(days=9000)

        boss.push(boss.operation(ApproveReturn(number=number, note="", at=later)))

        known = branch.rma(number)
        assert known is not None
        assert known.record.history[-1].at == branch.now
        assert known.record.expires_at is not None
        assert known.record.expires_at < branch.now + timedelta(days=32)


class TestStream:
    """An operation is filed under the order it is about."""

    def test_a_return_filed_under_another_order_is_booked_but_holds_nothing(
        self, branch: Branch
    ) -> None:
        desk = branch.desk()
        operation = replace(desk.returning(), stream="O-7")

        assert desk.push_one(operation).outcome is Outcome.REJECTED
        booked_holding_nothing(branch, operation, ProblemType.FORBIDDEN)

    @pytest.mark.parametrize("what", ["cancel", "approve", "decline"])
    def test_a_decision_about_a_number_of_another_order_changes_nothing(
        self, branch: Branch, boss: Desk, what: str
    ) -> None:
        desk = branch.desk()
        operation = desk.returning(state=RmaState.NEEDS_APPROVAL)
        desk.push(operation)

        refused = boss.push_one(getattr(boss, what)(number_of(operation), stream="O-7"))

        assert problem_of(refused) is ProblemType.ILLEGAL_TRANSITION
        assert refused.record is None
        assert state_of(branch, number_of(operation)) is RmaState.NEEDS_APPROVAL

    def test_a_cancel_of_what_was_not_booked_does_not_reach_who_has_the_number(
        self, central_database: str
    ) -> None:
        branch = Branch.open(central_database, kettles(2))
        desk = branch.desk()
        first = desk.returning(order=kettles(2))
        copied = desk.returning(order=kettles(2), number=number_of(first))
        cancel = desk.cancel(number_of(first), depends_on=copied.op_id)

        outcomes = [result.outcome for result in desk.push(first, copied, cancel)]

        assert outcomes == [Outcome.ACCEPTED, Outcome.NUMBER_CONFLICT, Outcome.REJECTED]
        assert state_of(branch, number_of(first)) is RmaState.AUTHORIZED


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"keys":12', b'"keys":NaN'),
        (b'"keys":12', b'"keys":-Infinity'),
        (b'"keys":12', b'"keys":1e999'),
        (b'"payload":{', b'"payload":{"more":NaN,'),
        (b'"keys":12', b'"keys":' + b"9" * 4000),
        (b'"total":11900', b'"total":' + b"9" * 4000),
        (b'"expires_at":"2026', b'"expires_at":"0001'),
    ],
    ids=["NaN", "infinity", "beyond floats", "anywhere", "keys", "total", "expiry"],
)
def test_numbers_that_are_none_are_malformed(branch: Branch, old: bytes, new: bytes) -> None:
    desk = branch.desk()
    body = desk.body(desk.returning())
    assert old in body

    (result,) = desk.send(body.replace(old, new))

    assert problem_of(result) is ProblemType.MALFORMED
    assert branch.consumed() == 0


def test_units_that_the_shop_took_back_meanwhile_count_beside_those_on_returns(
    central_database: str,
) -> None:
    branch = Branch.open(central_database, kettles(3))
    desk = branch.desk()
    made = desk.returning(order=kettles(3))
    desk.push(made)

    branch.upsert(kettles(3, returned_before=1, refunded_before=10000))

    assert branch.consumed() == 2
    assert branch.faults() == ()
    desk.push(desk.cancel(number_of(made)))
    assert branch.consumed() == 1
    assert branch.faults() == ()


def test_units_that_the_shop_took_back_meanwhile_are_refused_where_all_are_on_returns(
    central_database: str,
) -> None:
    branch = Branch.open(central_database, kettles(1))
    desk = branch.desk()
    desk.push(desk.returning(order=kettles(1)))

    counts = branch.upsert(kettles(1, returned_before=1))

    assert len(counts.refused) == 1
    assert branch.faults() == ()


def test_a_forged_batch_leaves_the_books_straight(branch: Branch) -> None:
    desk, boss = branch.desk(), branch.desk("Sue", Role.SUPERVISOR)
    honest = desk.returning()
    assert isinstance(honest.command, FinalizeReturn)
    many = shop.request(*[shop.wanted() for _ in range(300)])
    negative = shop.request(shop.wanted(quantity=2), shop.wanted(quantity=-1))
    forged = [
        desk.asking_anyway(desk.returning(), many),
        desk.asking_anyway(desk.returning(), negative),
        desk.asking_anyway(desk.returning(), shop.request(goodwill=-5, goodwill_reason="x")),
        desk.asking_anyway(desk.returning(), shop.request(shop.wanted(amount=-1))),
        desk.returning(slots=((7,),)),
    ]
    desk.push(*forged, honest)
    boss.push(*(boss.approve(number_of(operation)) for operation in forged))

    assert branch.faults() == ()
    assert branch.consumed() <= 1
    assert branch.inbound() <= 1
