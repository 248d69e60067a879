"""Revocation: what is made by who may no longer work is held, never dropped, and released by a supervisor."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from central_api.__main__ import main
from central_api.database import reading, writing
from central_api.errors import ReleaseRefused
from central_api.holding import waiting
from central_api.people import revoke
from central_api.releasing import release
from rma.operations import Operation, Outcome
from rma.record import ProblemType
from rma.request import Role
from rma.states import RmaState
from rma.verdict import Verdict
from tests import shop
from tests.central_api.branch import Branch, Desk, number_of


def revoked(branch: Branch, name: str) -> None:
    """Take the right to work away."""
    with writing(branch.engine) as connection:
        revoke(connection, name, branch.now)


def held(branch: Branch) -> list[str]:
    """The operations that wait for a release."""
    with reading(branch.engine) as connection:
        return [each.op_id for each in waiting(connection)]


@pytest.mark.parametrize("what", ["person", "device"])
def test_a_return_is_booked_under_its_number_holds_nothing_and_can_be_approved(
    branch: Branch, what: str
) -> None:
    ada, sue = branch.desk("Ada"), branch.desk("Sue", Role.SUPERVISOR)
    operation = ada.returning()
    revoked(branch, "Ada" if what == "person" else ada.caller.device)

    result = ada.push_one(operation)

    assert result.outcome is Outcome.HELD_FOR_REVIEW
    assert result.problem is not None
    assert result.problem.type is ProblemType.REVOKED
    known = branch.rma(number_of(operation))
    assert known is not None
    assert (known.record.state, known.record.holding) == (RmaState.NEEDS_APPROVAL, False)
    assert (known.record.author, branch.consumed()) == ("Ada", 0)
    (line,) = known.record.lines
    assert (line.name, line.verdict) == (shop.order().lines[0].name, Verdict.ELIGIBLE)
    assert known.record.quote is not None, "a supervisor has to see what it costs"
    assert sue.push_one(sue.approve(number_of(operation))).outcome is Outcome.ACCEPTED
    assert branch.consumed() == 1
    assert branch.faults() == ()


def test_a_colleague_on_the_same_kind_of_desk_goes_on(branch: Branch) -> None:
    ada, ben = branch.desk("Ada"), branch.desk("Ben")
    revoked(branch, "Ada")

    assert ben.push_one(ben.returning()).outcome is Outcome.ACCEPTED
    assert ada.push_one(ada.returning()).outcome is Outcome.HELD_FOR_REVIEW


class TestRelease:
    """What books no return is kept as it came, and decided when it is released."""

    def cancelled(self, branch: Branch, ada: Desk) -> Operation:
        """A cancel by somebody who was revoked after the return was booked."""
        made = ada.returning()
        ada.push(made)
        revoked(branch, "Ada")
        return ada.cancel(number_of(made))

    def state(self, branch: Branch, operation: Operation) -> RmaState:
        known = branch.rma(number_of(operation))
        assert known is not None
        return known.record.state

    def test_it_has_no_effect_until_then(self, branch: Branch) -> None:
        ada = branch.desk("Ada")
        branch.desk("Sue", Role.SUPERVISOR)
        cancel = self.cancelled(branch, ada)

        result = ada.push_one(cancel)
        before = self.state(branch, cancel)
        released = release(branch.engine, cancel.op_id, "Sue", branch.now)

        assert (result.outcome, before) == (Outcome.HELD_FOR_REVIEW, RmaState.AUTHORIZED)
        assert released.outcome is Outcome.ACCEPTED
        assert self.state(branch, cancel) is RmaState.CANCELLED
        assert ada.push_one(cancel) == released
        assert held(branch) == []

    def test_what_was_unproven_is_booked_in_the_name_of_its_maker(self, branch: Branch) -> None:
        ada = branch.desk("Ada")
        branch.desk("Sue", Role.SUPERVISOR)
        operation = ada.returning()
        ada.send_lines(ada.body(operation))

        result = release(branch.engine, operation.op_id, "Sue", branch.now)

        known = branch.rma(number_of(operation))
        assert result.outcome is Outcome.ACCEPTED
        assert known is not None
        assert known.record.author == "Ada"
        assert ada.send_lines(ada.body(operation)) == [result]

    @pytest.mark.parametrize("by", ["Ada", "Ben", "Zoe"])
    def test_only_a_supervisor_who_did_not_make_it_releases_it(
        self, branch: Branch, by: str
    ) -> None:
        ada = branch.desk("Ada", Role.SUPERVISOR)
        branch.desk("Ben")
        operation = ada.returning()
        ada.send_lines(ada.body(operation))

        with pytest.raises(ReleaseRefused):
            release(branch.engine, operation.op_id, by, branch.now)
        assert held(branch) == [operation.op_id]

    def test_what_builds_on_something_held_waits_for_it(self, branch: Branch) -> None:
        ada = branch.desk("Ada")
        branch.desk("Sue", Role.SUPERVISOR)
        made = ada.returning()
        cancel = ada.cancel(number_of(made), depends_on=made.op_id)
        ada.send_lines(ada.body(made), ada.body(cancel))

        with pytest.raises(ReleaseRefused, match="first"):
            release(branch.engine, cancel.op_id, "Sue", branch.now)
        release(branch.engine, made.op_id, "Sue", branch.now)
        assert release(branch.engine, cancel.op_id, "Sue", branch.now).outcome is Outcome.ACCEPTED

    def test_two_contents_under_one_key_are_released_by_nobody(self, branch: Branch) -> None:
        ada = branch.desk("Ada")
        branch.desk("Sue", Role.SUPERVISOR)
        operation = ada.returning()
        body = ada.body(operation)
        ada.send_lines(body, body.replace(b'"keys":12', b'"keys":13'))

        with pytest.raises(ReleaseRefused, match="forged"):
            release(branch.engine, operation.op_id, "Sue", branch.now)


def test_the_commands_revoke_list_and_release(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    ada = branch.desk("Ada")
    branch.desk("Sue", Role.SUPERVISOR)
    made = ada.returning()
    ada.push(made)

    def run(*arguments: str) -> dict[str, Any]:
        assert main([*arguments, "--database", branch.url, "--json"]) == 0
        tree: dict[str, Any] = json.loads(capsys.readouterr().out)
        return tree

    assert run("revoke", "Ada") == {"person": "Ada", "revoked": True}
    cancel = ada.cancel(number_of(made))
    ada.push(cancel)
    (row,) = run("release")["held"]
    assert (row["operation"], row["names"], row["reason"]) == (cancel.op_id, "Ada", "revoked")
    assert run("release", "--device", ada.caller.device, "--by", "Sue") == {
        cancel.op_id: "accepted"
    }
    assert run("release") == {"held": []}
    assert run("revoke", "Ada", "--undo") == {"person": "Ada", "revoked": False}
    assert main(["revoke", "Zoe", "--database", branch.url]) == 1


class TestOfflineAllowance:
    """What was decided longer ago than a desk may work offline waits for a release; two days by this policy."""

    @pytest.mark.parametrize(("hours", "held_back"), [(47, False), (49, True)])
    def test_a_late_decision_is_held(self, branch: Branch, hours: int, held_back: bool) -> None:
        ada, _sue = branch.desk("Ada"), branch.desk("Sue", Role.SUPERVISOR)
        made = ada.returning()
        ada.push(made)
        cancel = ada.cancel(number_of(made))
        branch.now += timedelta(hours=hours)

        result = ada.push_one(cancel)

        outcome = Outcome.HELD_FOR_REVIEW if held_back else Outcome.ACCEPTED
        assert result.outcome is outcome
        assert held(branch) == ([cancel.op_id] if held_back else [])
        if held_back:
            released = release(branch.engine, cancel.op_id, "Sue", branch.now)
            assert released.outcome is Outcome.ACCEPTED
