"""Decisions about an RMA, and which version of it counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.desk import Desk, build_desk
from desk.errors import NotAllowed, NotFound
from rma.expiry import expire
from rma.numbers import BadRmaNumber, spoken
from rma.operations import ExtendReturn, Identity, KnownRecord, LocalRecord, OperationKind
from rma.policy import AuthorizationMode
from rma.record import RmaRecord
from rma.request import Role
from rma.states import RmaCommand, RmaState
from storage.pin_verifiers import PinVerifiers
from tests.desk.memory import FixedClock, MemoryReference, MemoryWork
from tests.shop import DEVICE, customer, draft, finalized, number, order, policy, reasons


@pytest.fixture
def reference() -> MemoryReference:
    return MemoryReference(
        customer_list=[customer()],
        order_list=[order()],
        policy_list=[policy()],
        reason_tree=reasons(),
    )


@pytest.fixture
def work() -> MemoryWork:
    return MemoryWork()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def desk(reference: MemoryReference, work: MemoryWork, clock: FixedClock) -> Desk:
    return build_desk(reference, work, clock, PinVerifiers())


@pytest.fixture
def waiting(reference: MemoryReference) -> RmaRecord:
    record = finalized(policy=policy(authorization=AuthorizationMode.MANUAL))
    assert record.state is RmaState.NEEDS_APPROVAL
    reference.record_list.append(KnownRecord(record=record, row_version=3))
    return record


@pytest.fixture
def supervisor(work: MemoryWork) -> Identity:
    work.who = Identity(
        device=DEVICE, person="Supervisor One", role=Role.SUPERVISOR, server="http://127.0.0.1:1"
    )
    return work.who


def test_an_rma_is_shown_by_its_number_as_it_is_spoken(desk: Desk, waiting: RmaRecord) -> None:
    view = desk.rmas.show(spoken(waiting.number))

    assert view.record == waiting
    assert view.customer == customer()
    assert not view.pending


def test_a_mistyped_number_is_caught_before_any_lookup(desk: Desk) -> None:
    with pytest.raises(BadRmaNumber, match="Check digits"):
        desk.rmas.show("47120300001")


def test_an_unknown_number_says_to_sync(desk: Desk) -> None:
    with pytest.raises(NotFound, match="press F5"):
        desk.rmas.show(number(5))


def test_an_agent_may_cancel_but_not_decide(desk: Desk, waiting: RmaRecord) -> None:
    assert desk.rmas.show(waiting.number).commands == (RmaCommand.CANCEL,)
    with pytest.raises(NotAllowed, match="Only a supervisor"):
        desk.rmas.approve(waiting.number)


def test_a_supervisor_approves_and_the_server_will_hear_of_it(
    desk: Desk, work: MemoryWork, waiting: RmaRecord, supervisor: Identity
) -> None:
    view = desk.rmas.approve(waiting.number, "checked the photos")

    assert view.record.state is RmaState.AUTHORIZED
    assert view.record.history[-1].note == "checked the photos"
    assert view.pending
    [operation] = work.outbox
    assert (operation.kind, operation.depends_on) == (OperationKind.APPROVE, None)


def test_nobody_decides_about_their_own_return(
    desk: Desk, reference: MemoryReference, waiting: RmaRecord, supervisor: Identity
) -> None:
    reference.record_list = [
        KnownRecord(record=replace(waiting, author=supervisor.person), row_version=3)
    ]

    assert desk.rmas.show(waiting.number).commands == (RmaCommand.CANCEL,)
    with pytest.raises(NotAllowed, match="another supervisor"):
        desk.rmas.approve(waiting.number)


def test_declining_needs_a_reason(
    desk: Desk, work: MemoryWork, waiting: RmaRecord, supervisor: Identity
) -> None:
    with pytest.raises(NotAllowed, match="Say why"):
        desk.rmas.decline(waiting.number, "  ")
    assert work.outbox == []

    assert desk.rmas.decline(waiting.number, "no photo").record.state is RmaState.REJECTED


def test_a_decision_about_an_unsent_return_waits_for_it(desk: Desk, work: MemoryWork) -> None:
    made = desk.returns.finalize(draft())
    assert isinstance(made, RmaRecord)
    desk.rmas.cancel(made.number, "caller changed their mind")

    first, second = work.outbox
    assert second.depends_on == first.op_id


def test_what_waits_for_approval_comes_oldest_first_and_drops_what_was_decided_here(
    desk: Desk, waiting: RmaRecord, supervisor: Identity
) -> None:
    assert [view.record.number for view in desk.rmas.waiting()] == [waiting.number]

    desk.rmas.approve(waiting.number)

    assert desk.rmas.waiting() == ()


@pytest.mark.parametrize(
    ("pending", "row_version", "shown"),
    [
        (True, 1, "ours"),  # the server has not answered our change yet
        (False, 4, "ours"),  # it has, and we have not pulled that version yet
        (False, 3, "theirs"),
        (False, 2, "theirs"),  # somebody changed it after us
        (False, None, "theirs"),
    ],
)
def test_the_newest_version_of_an_rma_is_shown(
    desk: Desk,
    work: MemoryWork,
    waiting: RmaRecord,
    pending: bool,
    row_version: int | None,
    shown: str,
) -> None:
    ours = replace(waiting, state=RmaState.CANCELLED)
    work.local[ours.number] = LocalRecord(record=ours, row_version=row_version, pending=pending)

    assert desk.rmas.show(ours.number).record == (ours if shown == "ours" else waiting)


def test_the_warehouse_decides_nothing_and_makes_nothing(
    desk: Desk, work: MemoryWork, waiting: RmaRecord
) -> None:
    assert work.who
    work.who = replace(work.who, person="Wim", role=Role.WAREHOUSE)

    assert desk.rmas.show(waiting.number).commands == ()
    with pytest.raises(NotAllowed, match="warehouse cancels"):
        desk.rmas.cancel(waiting.number, "no reason")
    with pytest.raises(NotAllowed, match="warehouse makes"):
        desk.returns.finalize(draft())
    with pytest.raises(NotAllowed, match="warehouse makes"):
        desk.returns.finalize_request(waiting.request)
    assert work.outbox == []


def test_an_admin_makes_and_decides(desk: Desk, work: MemoryWork, waiting: RmaRecord) -> None:
    assert work.who
    work.who = replace(work.who, person="Ann", role=Role.ADMIN)

    assert desk.rmas.approve(waiting.number).record.state is RmaState.AUTHORIZED


# --- more days ---------------------------------------------------------------------------------------------------


@pytest.fixture
def expired(reference: MemoryReference) -> RmaRecord:
    """An RMA that the server has ended."""
    two_weeks = policy(expires_after_days=14)
    reference.policy_list[:] = [two_weeks]
    record = finalized(policy=two_weeks)
    assert record.expires_at is not None
    ended = expire(record, record.expires_at)
    reference.record_list.append(KnownRecord(record=ended, row_version=2))
    return ended


def test_a_supervisor_extends_an_expired_return_and_its_unit_is_held_again(
    desk: Desk, work: MemoryWork, expired: RmaRecord, supervisor: Identity, clock: FixedClock
) -> None:
    clock.move(days=20)
    assert desk.rmas.show(expired.number).commands == (RmaCommand.EXTEND,)

    view = desk.rmas.extend(expired.number, " Was in hospital ")

    assert view.record.state is RmaState.AUTHORIZED
    assert view.record.hold is not None
    (operation,) = work.outbox
    assert operation.kind is OperationKind.EXTEND
    assert operation.command == ExtendReturn(
        number=expired.number, reason="Was in hospital", at=clock.now()
    )


def test_an_agent_is_not_offered_to_extend(desk: Desk, expired: RmaRecord) -> None:
    assert desk.rmas.show(expired.number).commands == ()
    with pytest.raises(NotAllowed, match="supervisor"):
        desk.rmas.extend(expired.number, "Was in hospital")


def test_an_expired_return_whose_unit_is_on_another_one_is_not_extended(
    desk: Desk,
    reference: MemoryReference,
    expired: RmaRecord,
    supervisor: Identity,
    clock: FixedClock,
) -> None:
    other = finalized(rma_number=number(1))
    reference.record_list.append(KnownRecord(record=other, row_version=1))
    clock.move(days=20)
    with pytest.raises(NotAllowed, match="Make a new return"):
        desk.rmas.extend(expired.number, "Was in hospital")


def test_a_return_without_a_last_day_offers_no_extension(
    desk: Desk, reference: MemoryReference, supervisor: Identity
) -> None:
    record = finalized()
    reference.record_list.append(KnownRecord(record=record, row_version=1))
    assert RmaCommand.EXTEND not in desk.rmas.show(record.number).commands
