"""What was held as unproven, and came again with a proof: it was decided then, and is nobody's to release any more."""

from __future__ import annotations

import pytest

from central_api.database import reading
from central_api.errors import ReleaseRefused
from central_api.holding import MOST_OF_A_DEVICE, room_left, waiting
from central_api.releasing import release
from rma.operations import Outcome
from rma.request import Role
from tests.central_api.branch import Branch


def test_it_waits_no_longer_and_keeps_its_answer(branch: Branch) -> None:
    ada = branch.desk("Ada")
    branch.desk("Sue", Role.SUPERVISOR)
    made = ada.returning()
    ada.send_lines(ada.body(made))

    (proven,) = ada.send_lines(ada.line(made))

    assert proven.outcome is Outcome.ACCEPTED
    with reading(branch.engine) as connection:
        assert waiting(connection) == []
        assert room_left(connection, ada.caller.device) == MOST_OF_A_DEVICE
    with pytest.raises(ReleaseRefused):
        release(branch.engine, made.op_id, "Sue", branch.now)
    assert ada.send_lines(ada.line(made)) == [proven]
    assert branch.faults() == ()


def test_other_bytes_under_its_key_still_wait(branch: Branch) -> None:
    ada = branch.desk("Ada")
    made = ada.returning()
    body = ada.body(made)
    ada.send_lines(body.replace(b'"keys":12', b'"keys":13'))
    ada.send_lines(ada.line(made))

    with reading(branch.engine) as connection:
        (held,) = waiting(connection)
    assert held.op_id == made.op_id


def test_other_bytes_under_a_key_that_is_booked_are_not_held_but_go_back_to_their_maker(
    branch: Branch,
) -> None:
    ada = branch.desk("Ada")
    made = ada.returning()
    ada.send_lines(ada.line(made))

    (again,) = ada.send_lines(ada.body(made).replace(b'"keys":12', b'"keys":13'))

    assert again.outcome is Outcome.KEY_REUSED
    with reading(branch.engine) as connection:
        assert waiting(connection) == []
