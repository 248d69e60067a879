"""What a signature proves, and what becomes of what none proves: nothing told is lost, nobody books under another's name."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from central_api.database import reading, writing
from central_api.enrolling import enroll
from central_api.holding import Held, waiting
from central_api.people import create_code
from central_api.tables import DEVICE, OPERATION
from rma.operations import Operation, Outcome, Result
from rma.record import ProblemType
from rma.request import Role
from rma.states import RmaState
from sync.credentials import enrollment
from sync.device_key import DeviceKey, new_seed
from sync.protocol.signing import as_text, signed_line
from tests.central_api.branch import Branch, Desk, number_of


def held(branch: Branch) -> list[Held]:
    """What waits for a supervisor."""
    with reading(branch.engine) as connection:
        return waiting(connection)


def kept(branch: Branch, operation: Operation) -> bool:
    """Whether the key of an operation is taken."""
    with reading(branch.engine) as connection:
        found = select(OPERATION.c.op_id).where(OPERATION.c.op_id == operation.op_id)
        return connection.execute(found).first() is not None


def is_unproven(result: Result) -> bool:
    """Whether this was the answer."""
    problem = result.problem
    unproven = problem is not None and problem.type is ProblemType.UNPROVEN
    return result.outcome is Outcome.HELD_FOR_REVIEW and unproven


def flipped(line: bytes, at: int) -> bytes:
    """A line with one bit turned over."""
    return line[:at] + bytes([line[at] ^ 1]) + line[at + 1 :]


class TestUnproven:
    """What no key of the desk signed is kept as it came, and takes neither its key nor its number."""

    def test_without_a_signature(self, branch: Branch) -> None:
        desk, operation = (d := branch.desk()), d.returning()

        (result,) = desk.send_lines(desk.body(operation))

        assert is_unproven(result)
        assert branch.rma(number_of(operation)) is None
        assert not kept(branch, operation)
        (item,) = held(branch)
        assert (item.op_id, item.number, item.person) == (
            operation.op_id,
            number_of(operation),
            "Ada",
        )

    def test_signed_by_another_key(self, branch: Branch) -> None:
        desk, operation = (d := branch.desk()), d.returning()
        body = desk.body(operation)

        (result,) = desk.send_lines(signed_line(body, as_text(DeviceKey(new_seed()).sign(body))))

        assert is_unproven(result)

    def test_signed_by_another_desk(self, branch: Branch) -> None:
        desk, other = branch.desk("Ada"), branch.desk("Ben")

        (result,) = desk.send_lines(other.signed(desk.body(desk.returning())))

        assert is_unproven(result)

    def test_altered_by_a_bit(self, branch: Branch) -> None:
        desk = branch.desk()
        line = desk.line(desk.returning())

        (result,) = desk.send_lines(
            flipped(line, line.index(b"kettle") if b"kettle" in line else line.index(b"O-1") + 2)
        )

        assert is_unproven(result)

    @pytest.mark.parametrize("at", [-1, -2, -40, -86])
    def test_a_signature_altered_by_a_bit(self, branch: Branch, at: int) -> None:
        desk, operation = (d := branch.desk()), d.returning()
        line = desk.line(operation)

        (result,) = desk.send_lines(flipped(line, len(line) + at))

        # the last letter has bits that mean nothing: then it is the same signature
        assert is_unproven(result) or (at == -1 and result.outcome is Outcome.ACCEPTED)

    def test_the_real_one_is_booked_all_the_same_before_or_after(self, branch: Branch) -> None:
        desk, operation = (d := branch.desk()), d.returning()
        forged = desk.body(operation).replace(b'"keys":12', b'"keys":99')

        before = desk.send_lines(forged)[0]
        real = desk.push_one(operation)
        after = desk.send_lines(forged)[0]

        assert is_unproven(before)
        assert real.outcome is Outcome.ACCEPTED
        assert after.outcome is Outcome.KEY_REUSED

    def test_what_was_booked_is_answered_as_before_though_the_signature_got_lost(
        self, branch: Branch
    ) -> None:
        desk, operation = (d := branch.desk()), d.returning()
        told = desk.push_one(operation)

        assert desk.send_lines(desk.body(operation)) == [told]
        assert held(branch) == []

    def test_sent_again_it_is_kept_once(self, branch: Branch) -> None:
        desk = branch.desk()
        body = desk.body(desk.returning())

        first, again = desk.send_lines(body), desk.send_lines(body)

        assert first == again
        assert len(held(branch)) == 1

    def test_where_too_much_is_kept_it_waits_on_the_desk(
        self, branch: Branch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = branch.desk()
        monkeypatch.setattr("central_api.holding.MOST_OF_A_DEVICE", 2)

        results = desk.send_lines(*(desk.body(desk.returning()) for _ in range(3)))
        sound = desk.push_one(desk.returning())

        assert [r.outcome for r in results] == [Outcome.HELD_FOR_REVIEW] * 2 + [Outcome.NOT_YET]
        assert sound.outcome is Outcome.ACCEPTED


class TestForeign:
    """What names another desk is refused, and nothing of it is kept."""

    def refused(self, branch: Branch, desk: Desk, line: bytes, operation: Operation) -> None:
        (result,) = desk.send_lines(line)
        assert result.outcome is Outcome.REJECTED
        assert result.problem is not None
        assert result.problem.type is ProblemType.FORBIDDEN
        assert held(branch) == []
        assert not kept(branch, operation)

    def test_another_desks_bytes_with_their_signature(self, branch: Branch) -> None:
        desk, other = branch.desk("Ada"), branch.desk("Ben")
        operation = other.returning()

        self.refused(branch, desk, other.line(operation), operation)

        assert other.push_one(operation).outcome is Outcome.ACCEPTED

    def test_another_desks_name_under_our_signature(self, branch: Branch) -> None:
        desk, other = branch.desk("Ada"), branch.desk("Ben")
        operation = desk.returning()
        body = desk.body(operation, actor="Ben", device=other.caller.device)

        self.refused(branch, desk, desk.signed(body), operation)

    def test_a_desk_that_nobody_knows(self, branch: Branch) -> None:
        desk, operation = (d := branch.desk()), d.returning()

        body = desk.body(operation, device="a desk that nobody knows")
        self.refused(branch, desk, desk.signed(body), operation)

    def test_a_replay_of_what_another_desk_booked_tells_nothing(self, branch: Branch) -> None:
        desk, other = branch.desk("Ada"), branch.desk("Ben")
        operation = other.returning()
        other.push(operation)

        (result,) = desk.send_lines(other.line(operation))

        assert (result.outcome, result.record) == (Outcome.REJECTED, None)


class TestSeveralPeople:
    """Everybody who works on a desk is decided in their own name and role, whoever sends."""

    def enroll(
        self, branch: Branch, desk: Desk, name: str, role: Role, key: DeviceKey | None = None
    ) -> None:
        with writing(branch.engine) as connection:
            code = create_code(connection, name, role, branch.now)
            asked = enrollment(code, desk.caller.device, "test", key or desk.key)
            enroll(connection, asked, branch.now)

    def test_a_colleague_is_the_author_of_what_they_made(self, branch: Branch) -> None:
        desk = branch.desk("Ada")
        self.enroll(branch, desk, "Ben", Role.AGENT)
        operation = desk.returning()

        (result,) = desk.send_lines(desk.line(operation, actor="Ben"))

        known = branch.rma(number_of(operation))
        assert result.outcome is Outcome.ACCEPTED
        assert known is not None
        assert known.record.author == "Ben"
        assert known.record.history[0].actor == "Ben"

    def test_a_supervisor_approves_what_a_colleague_made_on_the_same_desk(
        self, branch: Branch
    ) -> None:
        desk = branch.desk("Ada")
        self.enroll(branch, desk, "Sue", Role.SUPERVISOR)
        operation = desk.returning(state=RmaState.NEEDS_APPROVAL)
        approval = desk.approve(number_of(operation))

        results = desk.send_lines(desk.line(operation), desk.line(approval, actor="Sue"))

        assert [r.outcome for r in results] == [Outcome.ACCEPTED] * 2

    def test_nobody_approves_their_own_under_a_colleagues_token(self, branch: Branch) -> None:
        desk = branch.desk("Ada")
        self.enroll(branch, desk, "Sue", Role.SUPERVISOR)
        operation = desk.returning(state=RmaState.NEEDS_APPROVAL)
        approval = desk.approve(number_of(operation))

        _, result = desk.send_lines(
            desk.line(operation, actor="Sue"), desk.line(approval, actor="Sue")
        )

        assert result.outcome is Outcome.REJECTED

    def test_a_role_counts_for_what_its_person_made_alone(self, branch: Branch) -> None:
        desk = branch.desk("Sue", Role.SUPERVISOR)
        self.enroll(branch, desk, "Ada", Role.AGENT)
        operation = branch.desk("Ben").returning(state=RmaState.NEEDS_APPROVAL)
        desk_of_ben = branch.desk("Ben")
        operation = desk_of_ben.returning(state=RmaState.NEEDS_APPROVAL)
        desk_of_ben.push(operation)

        approval = desk.approve(number_of(operation))
        (result,) = desk.send_lines(desk.line(approval, actor="Ada"))

        assert result.outcome is Outcome.REJECTED

    def test_what_an_older_key_signed_stays_proven(self, branch: Branch) -> None:
        desk = branch.desk("Ada")
        operation = desk.returning()
        line = desk.line(operation)
        new = DeviceKey(new_seed())
        self.enroll(branch, desk, "Ada", Role.AGENT, new)
        desk.key = new
        desk.who = type(desk.who)(desk.who.device, desk.who.server_id, new, desk.who.person)

        (result,) = desk.send_lines(line)

        assert result.outcome is Outcome.ACCEPTED


class TestBeforeTheKey:
    """A desk that worked before there were keys hands in unsigned what it made then, and nothing else."""

    def old(self, branch: Branch) -> Desk:
        """A desk that was enrolled a day before its key."""
        desk = branch.desk()
        with writing(branch.engine) as connection:
            values = {"enrolled_at": branch.now - timedelta(days=1)}
            connection.execute(update(DEVICE).values(values))
        return desk

    def first_protocol(self, desk: Desk, operation: Operation, hours: int) -> bytes:
        tree = json.loads(desk.body(operation))
        tree |= {"protocol": 1, "made_at": (desk.now + timedelta(hours=hours)).isoformat()}
        return json.dumps(tree, sort_keys=True, separators=(",", ":")).encode()

    def test_made_before_it_is_booked(self, branch: Branch) -> None:
        desk = self.old(branch)
        (result,) = desk.send_lines(self.first_protocol(desk, desk.returning(), -1))
        assert result.outcome is Outcome.ACCEPTED

    def test_made_after_it_is_held(self, branch: Branch) -> None:
        desk = self.old(branch)
        (result,) = desk.send_lines(self.first_protocol(desk, desk.returning(), 1))
        assert is_unproven(result)

    def test_a_desk_that_had_its_key_at_once_has_no_such_time(self, branch: Branch) -> None:
        desk = branch.desk()
        (result,) = desk.send_lines(self.first_protocol(desk, desk.returning(), -1))
        assert is_unproven(result)
