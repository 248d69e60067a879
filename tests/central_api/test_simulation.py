"""A policy version against past returns: what would have come out differently, to the minor unit."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from sqlalchemy import delete, func, select

from central_api.database import reading, writing
from central_api.simulation import Simulation, simulate
from central_api.tables import CHANGE_LOG, ORDER_LINE, ORDERS, RMA
from rma.request import Condition, Fact, Role
from rma.states import RmaState
from rma.verdict import Verdict
from sync.protocol.policies import parse_policy
from tests import shop
from tests.central_api.branch import Branch, kettles, number_of, policy_text

ELIGIBLE, APPROVAL, INELIGIBLE = Verdict.ELIGIBLE, Verdict.NEEDS_APPROVAL, Verdict.INELIGIBLE
FEE = "[fees]\nrestocking_percent = 15"
DEAR = "[approval]\namount = { EUR = 50 }"


def simulated(branch: Branch, text: str, days: int = 1) -> Simulation:
    """What the policy would have changed in the last days."""
    with reading(branch.engine) as connection:
        return simulate(connection, parse_policy(text), branch.now - timedelta(days=days))


def test_the_policy_that_judged_changes_nothing(branch: Branch) -> None:
    desk = branch.desk()
    desk.push(desk.returning(shop.wanted()))

    found = simulated(branch, policy_text(2))

    assert (found.returns, found.covered, found.changed) == (1, 1, [])
    assert found.money["EUR"].before == found.money["EUR"].after == 11900


def test_a_fee_changes_the_money_of_each_return_to_the_minor_unit(branch: Branch) -> None:
    branch.upsert(kettles(3))
    desk = branch.desk()
    desk.push(desk.returning(shop.wanted(), order=kettles(3)))

    found = simulated(branch, policy_text(2, more=FEE))

    assert found.money["EUR"].returns == 1
    assert (found.money["EUR"].before, found.money["EUR"].after) == (10000, 8500)
    assert found.verdicts == Counter()
    assert [(c.before.total, c.after.total) for c in found.changed] == [(10000, 8500)]


def test_a_stricter_condition_refuses_and_takes_the_money_away(branch: Branch) -> None:
    desk = branch.desk()
    made = desk.returning(shop.wanted(condition=Condition.OPENED))
    desk.push(made)

    found = simulated(branch, policy_text(2, conditions='["sealed"]'))

    assert found.verdicts == Counter({(ELIGIBLE, INELIGIBLE): 1})
    (changed,) = found.changed
    assert changed.number == number_of(made)
    assert (changed.before.total, changed.after.total) == (11900, 0)
    assert changed.after.sentence


def test_a_threshold_sends_returns_to_a_supervisor_for_the_same_money(branch: Branch) -> None:
    desk = branch.desk()
    desk.push(desk.returning(shop.wanted()))

    found = simulated(branch, policy_text(2, more=DEAR))

    assert found.verdicts == Counter({(ELIGIBLE, APPROVAL): 1})
    assert found.money["EUR"].returns == 0


def test_the_version_judges_also_before_it_becomes_valid_and_over_newer_ones(
    branch: Branch,
) -> None:
    desk = branch.desk()
    desk.push(desk.returning(shop.wanted()))
    branch.publish(policy_text(9))
    later = policy_text(2, more=FEE, valid_from="2040-01-01T00:00:00Z")

    assert simulated(branch, later).money["EUR"].returns == 1


def test_a_policy_of_another_code_takes_the_lines_it_covers(branch: Branch) -> None:
    desk = branch.desk()
    desk.push(desk.returning(shop.wanted()))
    narrow = policy_text(1, more=f"{FEE}\n[scope]\ncategories = ['none such']", code='"narrow"')
    wide = policy_text(1, more=f"{FEE}\n[scope]\nchannels = ['phone']", code='"wide"')

    assert simulated(branch, narrow).covered == 0
    assert simulated(branch, narrow).changed == []
    assert simulated(branch, wide).covered == 1
    assert len(simulated(branch, wide).changed) == 1


def test_a_version_that_is_not_active_leaves_its_lines_without_a_policy(branch: Branch) -> None:
    desk = branch.desk()
    desk.push(desk.returning(shop.wanted()))

    found = simulated(branch, policy_text(2, active="false"))

    assert found.verdicts == Counter({(ELIGIBLE, INELIGIBLE): 1})
    assert found.covered == 0


def test_each_return_is_judged_on_what_was_left_before_it(branch: Branch) -> None:
    order = kettles(3)
    branch.upsert(order)
    desk = branch.desk()
    first = desk.returning(shop.wanted(quantity=2), order=order)
    desk.push(first)
    known = branch.rma(number_of(first))
    assert known is not None
    branch.now += timedelta(hours=1)
    desk.push(desk.returning(shop.wanted(), order=order, knows=[known.record]))

    found = simulated(branch, policy_text(2))

    assert (found.returns, found.changed) == (2, [])
    assert found.money["EUR"].before == 30000


def test_what_the_new_version_asks_for_in_addition_is_counted(branch: Branch) -> None:
    desk = branch.desk()
    desk.push(desk.returning(shop.wanted(), asking={"verified": (Fact.NAME,)}))
    text = policy_text(2).replace("needed = 0", "needed = 2")

    found = simulated(branch, text)

    assert found.asked == Counter({"verified": 1})
    assert found.changed == []


def test_returns_before_the_date_are_not_judged_but_hold_their_units(branch: Branch) -> None:
    order = kettles(2)
    branch.upsert(order)
    desk = branch.desk()
    first = desk.returning(shop.wanted(), order=order)
    desk.push(first)
    known = branch.rma(number_of(first))
    assert known is not None
    branch.now += timedelta(days=10)
    desk.push(desk.returning(shop.wanted(), order=order, knows=[known.record]))

    found = simulated(branch, policy_text(2))

    assert (found.returns, found.changed) == (1, [])


def test_a_return_of_an_order_that_is_not_known_is_counted_apart(branch: Branch) -> None:
    desk = branch.desk()
    desk.push(desk.returning(shop.wanted()))
    with writing(branch.engine) as connection:
        connection.execute(delete(ORDER_LINE))
        connection.execute(delete(ORDERS))

    found = simulated(branch, policy_text(2))

    assert (found.returns, found.unknown) == (0, 1)


def test_the_author_is_judged_by_the_role_they_have(branch: Branch) -> None:
    boss = branch.desk("Sue", Role.SUPERVISOR)
    lowered = shop.wanted(amount=10000, amount_reason="scratched")
    boss.push(boss.returning(lowered, state=RmaState.NEEDS_APPROVAL))
    allowed = policy_text(2, more='[[limits]]\nrole = "supervisor"\nmanual = { EUR = 500 }')

    assert simulated(branch, allowed).verdicts == Counter({(APPROVAL, ELIGIBLE): 1})


def test_nothing_is_written(branch: Branch) -> None:
    desk = branch.desk()
    desk.push(desk.returning(shop.wanted()))

    def rows() -> list[int]:
        with reading(branch.engine) as connection:
            counts = (select(func.count()).select_from(table) for table in (RMA, CHANGE_LOG))
            return [connection.execute(count).scalar_one() for count in counts]

    before = rows()
    simulated(branch, policy_text(2, more=FEE))

    assert rows() == before
    assert branch.faults() == ()
