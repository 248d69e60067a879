"""An edit: what was typed comes back, the same number is told anew, and attention leaves only by a person's step."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.attention import Step
from desk.desk import Desk, build_desk
from desk.errors import NotAllowed, NotFound
from rma.draft import Draft
from rma.operations import (
    AttentionItem,
    CallBack,
    CancelReturn,
    KnownRecord,
    LocalRecord,
    OperationKind,
    Outcome,
    SupersedeReturn,
    content_of,
)
from rma.record import RmaRecord
from rma.request import Role
from rma.states import RmaCommand, RmaState
from storage.pin_verifiers import PinVerifiers
from tests import shop
from tests.desk.memory import FixedClock, MemoryReference, MemoryWork

ORDER = shop.order(shop.line(units=3, gross=30000))


@pytest.fixture
def reference() -> MemoryReference:
    return MemoryReference(
        customer_list=[shop.customer()],
        order_list=[ORDER],
        policy_list=[shop.policy()],
        reason_tree=shop.reasons(),
    )


@pytest.fixture
def work() -> MemoryWork:
    return MemoryWork()


@pytest.fixture
def desk(reference: MemoryReference, work: MemoryWork) -> Desk:
    return build_desk(reference, work, FixedClock(at=shop.NOW), PinVerifiers())


@pytest.fixture
def told(desk: Desk) -> RmaRecord:
    """Three kettles come back, offline."""
    made = desk.returns.finalize(shop.draft(shop.draft_line(quantity="3")))
    assert isinstance(made, RmaRecord)
    return made


def typed(draft: Draft, quantity: str) -> Draft:
    return replace(draft, lines=(replace(draft.lines[0], quantity=quantity),))


def edited(desk: Desk, number: str, quantity: str) -> RmaRecord:
    made = desk.returns.finalize(typed(desk.returns.edit(number), quantity))
    assert isinstance(made, RmaRecord)
    return made


def test_an_edit_opens_with_everything_that_was_typed(desk: Desk, told: RmaRecord) -> None:
    draft = desk.returns.edit(told.number)
    assert draft.edited == told.number
    assert desk.returns.assess(draft).request == told.request
    assert desk.returns.open(draft.draft_id) == draft


def test_the_units_that_the_old_content_holds_are_free_for_the_new(
    desk: Desk, told: RmaRecord
) -> None:
    draft = desk.returns.edit(told.number)
    assert desk.returns.assess(draft).refusal is None
    (line,) = desk.customers.order("O-1", without=told.number).lines
    assert line.returnable == 3
    (line,) = desk.customers.order("O-1").lines
    assert line.returnable == 0


def test_finalizing_an_edit_tells_it_under_the_same_number(
    desk: Desk, work: MemoryWork, told: RmaRecord
) -> None:
    left = len(work.numbers)
    made = edited(desk, told.number, "2")
    assert (made.number, made.lines[0].quantity) == (told.number, 2)
    assert len(work.numbers) == left
    assert work.drafts() == []
    (old,) = made.superseded
    assert old.lines[0].quantity == 3
    assert [e.command for e in made.history] == [RmaCommand.FINALIZE, RmaCommand.EDIT]
    assert desk.rmas.show(told.number).record == made


def test_an_edit_is_a_new_operation_that_names_the_old_and_waits_for_it(
    desk: Desk, work: MemoryWork, told: RmaRecord
) -> None:
    edited(desk, told.number, "2")
    first, second = work.outbox
    assert isinstance(second.command, SupersedeReturn)
    assert second.command.supersedes == first.op_id
    assert second.depends_on == first.op_id
    assert second.op_id != first.op_id
    assert second.stream == first.stream


def test_an_edit_that_the_rules_refuse_keeps_its_draft_and_the_return(
    desk: Desk, work: MemoryWork, told: RmaRecord
) -> None:
    draft = typed(desk.returns.edit(told.number), "4")
    refused = desk.returns.finalize(draft)
    assert not isinstance(refused, RmaRecord)
    assert desk.returns.open(draft.draft_id).lines[0].quantity == "4"
    assert desk.rmas.show(told.number).record == told


def test_an_edit_that_was_begun_goes_on(desk: Desk, told: RmaRecord) -> None:
    draft = desk.returns.save(typed(desk.returns.edit(told.number), "1"))
    assert desk.returns.edit(told.number) == draft


def test_an_edit_of_what_was_edited_meanwhile_is_refused(desk: Desk, told: RmaRecord) -> None:
    slow = desk.returns.edit(told.number)
    desk.returns.discard(slow.draft_id)
    edited(desk, told.number, "2")
    with pytest.raises(NotAllowed, match="edited meanwhile"):
        desk.returns.finalize(slow)
    assert desk.rmas.show(told.number).record.lines[0].quantity == 2


@pytest.mark.parametrize(
    "state", [RmaState.RECEIVED, RmaState.CANCELLED, RmaState.EXPIRED, RmaState.IN_TRANSIT]
)
def test_what_is_received_over_or_on_its_way_is_not_edited(
    desk: Desk, reference: MemoryReference, state: RmaState
) -> None:
    record = replace(shop.finalized(order=ORDER), state=state)
    reference.record_list.append(KnownRecord(record=record, row_version=1))
    with pytest.raises(NotAllowed, match="edit is not possible"):
        desk.returns.edit(record.number)


def test_the_warehouse_edits_nothing(desk: Desk, work: MemoryWork, told: RmaRecord) -> None:
    assert work.who is not None
    work.who = replace(work.who, role=Role.WAREHOUSE)
    with pytest.raises(NotAllowed):
        desk.returns.edit(told.number)


# --- attention


def trouble(
    work: MemoryWork, record: RmaRecord, outcome: Outcome = Outcome.REJECTED, op_id: str = "op-1"
) -> AttentionItem:
    """The server refused the return; its answer has come."""
    content = next(
        (c for o in work.outbox if (c := content_of(o.command)) and c.number == record.number), None
    )
    item = AttentionItem(
        op_id=op_id,
        kind=OperationKind.FINALIZE,
        number=record.number,
        outcome=outcome,
        problem=None,
        decided_at=shop.NOW,
        content=content,
    )
    work.attention_items.append(item)
    work.outbox.clear()
    booked = outcome is not Outcome.NUMBER_CONFLICT
    work.local[record.number] = LocalRecord(
        record=replace(record, state=RmaState.NEEDS_APPROVAL, holding=False) if booked else record,
        row_version=1 if booked else None,
        pending=False,
    )
    return item


def test_an_item_offers_every_next_step(desk: Desk, work: MemoryWork, told: RmaRecord) -> None:
    trouble(work, told)
    (view,) = desk.attention.items()
    assert view.steps == {Step.EDIT, Step.CANCEL, Step.CALLED_BACK}
    assert view.customer is not None
    assert view.item.content is not None
    assert view.item.content.told.total == 30000


def test_an_edit_from_the_list_takes_the_item_off_when_it_is_told(
    desk: Desk, work: MemoryWork, told: RmaRecord
) -> None:
    trouble(work, told)
    draft = desk.attention.edit("op-1")
    assert len(desk.attention.items()) == 1
    desk.returns.finalize(typed(draft, "1"))
    assert desk.attention.items() == ()


def test_a_cancel_needs_a_reason_and_takes_all_about_the_return_off(
    desk: Desk, work: MemoryWork, told: RmaRecord
) -> None:
    trouble(work, told)
    trouble(work, told, op_id="op-2")
    with pytest.raises(NotAllowed, match="why"):
        desk.attention.cancel("op-1", " ")
    assert len(desk.attention.items()) == 2
    desk.attention.cancel("op-1", "keeps it")
    assert desk.attention.items() == ()
    (operation,) = work.outbox
    assert isinstance(operation.command, CancelReturn)


def test_called_back_says_who_and_when_in_the_history_and_leaves_other_items(
    desk: Desk, work: MemoryWork, told: RmaRecord
) -> None:
    trouble(work, told)
    trouble(work, told, op_id="op-2")
    desk.attention.called_back("op-1", "agreed")
    assert [view.item.op_id for view in desk.attention.items()] == ["op-2"]
    last = desk.rmas.show(told.number).record.history[-1]
    assert (last.command, last.actor, last.at, last.note) == (
        RmaCommand.CALL_BACK,
        "Agent One",
        shop.NOW,
        "agreed",
    )
    (operation,) = work.outbox
    assert operation.command == CallBack(
        number=told.number, about="op-1", note="agreed", at=shop.NOW
    )


def test_a_number_of_another_return_is_made_again_with_a_new_number(
    desk: Desk, work: MemoryWork, told: RmaRecord
) -> None:
    trouble(work, told, Outcome.NUMBER_CONFLICT)
    (view,) = desk.attention.items()
    assert view.steps == {Step.AGAIN, Step.CALLED_BACK}
    draft = desk.attention.edit("op-1")
    assert draft.edited == ""
    assert draft.lines[0].quantity == "3"


def test_a_call_back_about_what_was_never_booked_stays_on_this_desk(
    desk: Desk, work: MemoryWork, told: RmaRecord
) -> None:
    trouble(work, told, Outcome.NUMBER_CONFLICT)
    desk.attention.called_back("op-1", "told the new number")
    assert desk.attention.items() == ()
    assert work.outbox == []


def test_a_held_item_says_what_happens_next(desk: Desk, work: MemoryWork, told: RmaRecord) -> None:
    trouble(work, told, Outcome.HELD_FOR_REVIEW)
    (view,) = desk.attention.items()
    assert "Approvals" in view.held


def test_what_was_taken_care_of_has_no_further_step(
    desk: Desk, work: MemoryWork, told: RmaRecord
) -> None:
    trouble(work, told)
    desk.attention.called_back("op-1")
    with pytest.raises(NotFound, match="already"):
        desk.attention.called_back("op-1")


def test_an_approval_says_which_edition_was_seen(
    desk: Desk, reference: MemoryReference, work: MemoryWork, told: RmaRecord
) -> None:
    made = edited(desk, told.number, "2")
    waiting = replace(made, state=RmaState.NEEDS_APPROVAL)
    work.local[made.number] = LocalRecord(record=waiting, row_version=2, pending=False)
    reference.record_list.append(KnownRecord(record=waiting, row_version=2))
    assert work.who is not None
    work.who = replace(work.who, role=Role.SUPERVISOR, person="Sue")
    (seen,) = desk.approvals.waiting()
    (decided,) = desk.approvals.approve([seen], "fine")
    assert decided.problem == ""
    assert work.outbox[-1].command.edition == 1  # type: ignore[union-attr]
    assert work.outbox[-1].made_at <= shop.NOW + timedelta(minutes=1)


def test_what_became_another_return_meanwhile_is_not_approved_with_the_others(
    desk: Desk, reference: MemoryReference, work: MemoryWork, told: RmaRecord
) -> None:
    waiting = replace(told, state=RmaState.NEEDS_APPROVAL)
    elsewhere = replace(waiting, order_id="typed:100001")
    work.local[told.number] = LocalRecord(record=elsewhere, row_version=1, pending=False)
    reference.record_list.append(KnownRecord(record=elsewhere, row_version=1))
    assert work.who is not None
    work.who = replace(work.who, role=Role.SUPERVISOR, person="Sue")
    (seen,) = desk.approvals.waiting()
    work.local[told.number] = LocalRecord(record=waiting, row_version=2, pending=False)

    (decided,) = desk.approvals.approve([seen], "fine")

    assert "meanwhile" in decided.problem
    assert work.record(told.number) == LocalRecord(record=waiting, row_version=2, pending=False)
