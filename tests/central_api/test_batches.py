"""A batch of operations: malformed ones, poison, over-return at the level of SQL, and two writers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from central_api import newer, operations
from central_api.database import reading, writing
from central_api.holding import waiting
from central_api.operations import NotAnEnvelope, read_batch
from central_api.people import Caller
from central_api.signatures import Place
from central_api.tables import OPERATION
from rma.operations import Outcome
from rma.record import ProblemType
from rma.request import Role
from rma.states import RmaState
from sync.protocol.envelopes import PROTOCOLS
from tests import shop
from tests.central_api.branch import Branch, Desk, kettles, number_of


def order_number(index: int) -> str:
    """The id of one of several orders."""
    return f"O-{index}"


@pytest.fixture
def orders(branch: Branch) -> Branch:
    """Twenty orders of one kettle."""
    branch.upsert(*(shop.order(order_id=order_number(i), number=f"{i}") for i in range(20)))
    return branch


@pytest.mark.parametrize("line", [b"{}", b"nonsense", b"\xff\xfe", b'{"protocol":1}', b"[1]"])
def test_a_line_that_is_no_envelope_is_named(line: bytes) -> None:
    here = Place(Caller("device-1", "Ada", Role.AGENT), keys=())
    with pytest.raises(NotAnEnvelope, match="line 1"):
        read_batch([line], here)


def test_a_payload_that_cannot_be_read_is_answered_and_remembered(branch: Branch) -> None:
    desk = branch.desk()
    body = desk.body(desk.returning()).replace(b'"quantity":1', b'"quantity":"1"')

    first, again = desk.send(body)[0], desk.send(body)[0]

    assert first.outcome is Outcome.REJECTED
    assert first.problem is not None
    assert first.problem.type is ProblemType.MALFORMED
    assert "quantity" in first.problem.detail
    assert again == first


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"protocol":2', b'"protocol":0'),
        (b'"state":"authorized"', b'"state":"closed"'),
        (b'"quantity":1', b'"quantity":100000000000000000000000'),
        (b'"finalized_at":"2026-11-20T10:00:00Z"', b'"finalized_at":"0001-01-01T00:00:00Z"'),
        (b'"finalized_at":"2026-11-20T10:00:00Z"', b'"finalized_at":"2026-11-20T10:00:00"'),
    ],
)
def test_what_no_desk_of_ours_sends_is_malformed(branch: Branch, old: bytes, new: bytes) -> None:
    desk = branch.desk()
    body = desk.body(desk.returning())
    assert old in body

    (result,) = desk.send(body.replace(old, new))

    assert result.problem is not None
    assert result.problem.type is ProblemType.MALFORMED
    assert branch.consumed() == 0


class TestNewer:
    """What a newer release made waits on its desk: servers are updated one after the other, and put back."""

    NEWER: ClassVar = {
        "its version alone": (b'"protocol":2', b'"protocol":3'),
        "a kind that is not known": (b'"kind":"return.finalize"', b'"kind":"return.teleport"'),
        "a field that is not known": (b'{"actor":', b'{"aardvark":{"a":[1]},"actor":'),
    }

    def body(self, desk: Desk, what: str) -> bytes:
        old, new = self.NEWER[what]
        body = desk.body(desk.returning(order=shop.order(order_id="O-3")))
        assert old in body
        return body.replace(b'"protocol":2', b'"protocol":3').replace(old, new)

    @pytest.mark.parametrize("what", NEWER)
    def test_it_is_not_refused_and_nothing_of_it_is_kept(self, orders: Branch, what: str) -> None:
        desk = orders.desk()
        beside = [desk.returning(order=shop.order(order_id=order_number(i))) for i in (2, 4)]
        bodies = [desk.body(beside[0]), self.body(desk, what), desk.body(beside[1])]

        results = desk.send(*bodies)

        accepted = Outcome.ACCEPTED
        assert [result.outcome for result in results] == [accepted, Outcome.NOT_YET, accepted]
        assert results[1].problem is not None
        assert "server has to be updated" in results[1].problem.remedy
        assert results[1].op_id.encode() in bodies[1]
        with reading(orders.engine) as connection:
            assert waiting(connection) == []
            known = connection.execute(select(OPERATION.c.op_id)).scalars().all()
        assert set(known) == {operation.op_id for operation in beside}

    def test_an_updated_server_takes_the_same_bytes(
        self, orders: Branch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk = orders.desk()
        body = self.body(desk, "its version alone")
        assert desk.send(body)[0].outcome is Outcome.NOT_YET

        monkeypatch.setattr(newer, "PROTOCOL_VERSION", 3)
        monkeypatch.setattr(operations, "PROTOCOL_VERSION", 3)
        monkeypatch.setattr(operations, "PROTOCOLS", PROTOCOLS | {3})

        assert desk.send(body)[0].outcome is Outcome.ACCEPTED
        assert orders.consumed("O-3") == 1

    @pytest.mark.parametrize(
        "line",
        [
            b'{"protocol":2,"op_id":"x","kind":"unknown"}',
            b'{"protocol":3}',
            b'{"protocol":"3","op_id":"x"}',
            b'{"protocol":3,"op_id":""}',
            b'{"protocol":3,"op_id":"\\u001b"}',
            b'{"protocol":3,"op_id":"x","payload":' + b"[" * 100_000,
        ],
    )
    def test_what_has_no_version_and_key_is_no_envelope(self, line: bytes) -> None:
        here = Place(Caller("device-1", "Ada", Role.AGENT), keys=())
        with pytest.raises(NotAnEnvelope, match="line 1"):
            read_batch([line], here)


def test_a_poison_item_is_held_and_does_not_hurt_the_others(orders: Branch) -> None:
    desk = orders.desk()
    with writing(orders.engine) as connection:
        connection.execute(text("UPDATE orders SET document = '{}' WHERE order_id = 'O-3'"))
    told = [desk.returning(order=shop.order(order_id=order_number(i))) for i in range(2, 5)]

    outcomes = [result.outcome for result in desk.push(*told)]

    assert outcomes == [Outcome.ACCEPTED, Outcome.HELD_FOR_REVIEW, Outcome.ACCEPTED]
    assert [orders.consumed(f"O-{i}") for i in range(2, 5)] == [1, 0, 1]
    told_number = orders.rma(number_of(told[1]))
    assert told_number is not None
    assert told_number.record.state is RmaState.NEEDS_APPROVAL
    assert told_number.record.hold is None


def test_what_was_held_can_be_approved_once_the_cause_is_gone(orders: Branch) -> None:
    desk, boss = orders.desk(), orders.desk("Sue", Role.SUPERVISOR)
    operation = desk.returning(order=shop.order(order_id="O-3"))
    broken = "UPDATE orders SET document = substr(document, 2) WHERE order_id = 'O-3'"
    mended = "UPDATE orders SET document = '{' || document WHERE order_id = 'O-3'"
    with writing(orders.engine) as connection:
        connection.execute(text(broken))
    cancel = desk.cancel(number_of(operation), depends_on=operation.op_id, stream="O-3")
    held = desk.push_one(operation)
    assert held.outcome is Outcome.HELD_FOR_REVIEW
    assert held.record is not None

    with writing(orders.engine) as connection:
        connection.execute(text(mended))

    assert desk.push_one(operation) == held
    approve = boss.approve(number_of(operation), stream="O-3")
    assert boss.push_one(approve).outcome is Outcome.ACCEPTED
    assert orders.consumed("O-3") == 1
    assert orders.inbound() == 1
    assert desk.push_one(cancel).outcome is Outcome.ACCEPTED
    assert orders.consumed("O-3") == 0
    assert orders.faults() == ()


@pytest.mark.parametrize("consumed", [2, -1])
def test_the_database_itself_stops_an_over_return(branch: Branch, consumed: int) -> None:
    with pytest.raises(IntegrityError), writing(branch.engine) as connection:
        connection.execute(text("UPDATE order_line SET consumed = :n"), {"n": consumed})
    assert branch.consumed() == 0


def test_units_that_the_guard_does_not_have_are_not_given_away(branch: Branch) -> None:
    desk = branch.desk()
    with writing(branch.engine) as connection:  # the books disagree: the RMAs say it is free
        connection.execute(text("UPDATE order_line SET consumed = 1"))
    operation = desk.returning()

    result = desk.push_one(operation)

    assert result.outcome is Outcome.HELD_FOR_REVIEW
    known = branch.rma(number_of(operation))
    assert known is not None
    assert (known.record.state, known.record.hold) == (RmaState.NEEDS_APPROVAL, None)
    assert branch.consumed() == 1


def test_many_desks_at_once_never_give_a_unit_twice(branch: Branch) -> None:
    order = shop.order(*kettles(6).lines, order_id="O-7")
    branch.upsert(order)
    desks = [branch.desk(f"Agent {i}") for i in range(4)]
    told = [[desk.returning(order=order) for _ in range(4)] for desk in desks]

    with ThreadPoolExecutor(4) as pool:
        rounds = list(pool.map(lambda pair: pair[0].push(*pair[1]), zip(desks, told, strict=True)))

    held = [r for results in rounds for r in results if r.outcome is not Outcome.REJECTED]
    assert len(held) == 6
    assert branch.consumed("O-7") == 6
    assert branch.faults() == ()


@pytest.mark.parametrize("order_id", ["O-1", "nobody knows"])
def test_a_batch_that_arrives_twice_at_once_is_booked_once(branch: Branch, order_id: str) -> None:
    branch.upsert(kettles(6))
    desk = branch.desk()
    made = [desk.returning(order=kettles(6)) for _ in range(4)]
    bodies = [desk.body(operation).replace(b"O-1", order_id.encode()) for operation in made]

    with ThreadPoolExecutor(4) as pool:
        first, *others = pool.map(lambda _: desk.send(*bodies), range(4))

    assert all(other == first for other in others)
    held = [r for r in first if r.outcome is not Outcome.REJECTED]
    assert len(held) == (4 if order_id == "O-1" else 0)
    assert branch.consumed() == len(held)
    assert branch.faults() == ()


@pytest.mark.parametrize("place", [b'"order_id":"O-1', b'"line_id":"1', b'"customer_id":"C-1'])
def test_a_key_that_no_database_holds_is_malformed(branch: Branch, place: bytes) -> None:
    desk = branch.desk()
    body = desk.body(desk.returning())
    assert place in body

    (result,) = desk.send(body.replace(place, place + rb"\u0000"))

    assert result.problem is not None
    assert result.problem.type is ProblemType.MALFORMED
    assert desk.send(body.replace(place, place + rb"\u0000")) == [result]


def test_text_with_control_characters_travels_unharmed(branch: Branch) -> None:
    desk = branch.desk()
    note = "\x1b[31mred\x00 \u202e gnp.exe"
    operation = desk.returning(shop.wanted(note=note))

    assert desk.push_one(operation).outcome is Outcome.ACCEPTED
    known = branch.rma(number_of(operation))
    assert known is not None
    assert known.record.lines[0].note == note


def test_an_envelope_in_another_spelling_is_another_operation(branch: Branch) -> None:
    desk = branch.desk()
    body = desk.body(desk.returning())
    desk.send(body)

    (result,) = desk.send(body.replace(b'{"actor"', b'{ "actor"'))

    assert result.outcome is Outcome.KEY_REUSED
