"""work.db keeps an edit, what it settles and what told the return, in one transaction; attention knows what was told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rma.operations import (
    CallBack,
    FinalizeReturn,
    Operation,
    Outcome,
    Result,
    SupersedeReturn,
)
from rma.record import Problem, ProblemType, RmaRecord
from rma.superseding import call_back, supersede
from storage.errors import EditedMeanwhile
from storage.work import WorkStore
from tests import shop
from tests.storage.desk import build, cancelled, make

MUCH = 1 << 20
PROBLEM = Problem(type=ProblemType.OVER_RETURN, detail="Held.", remedy="Call.")
TWO = shop.wanted(quantity=2)
ORDER = shop.order(shop.line(units=3, gross=30000))


def refuse(work: WorkStore, op_id: str, outcome: Outcome = Outcome.REJECTED) -> None:
    """The server answers."""
    work.apply_results([Result(op_id=op_id, outcome=outcome, problem=PROBLEM)])


def edit(
    work: WorkStore, record: RmaRecord, op_id: str = "op-edit", draft_id: str | None = None
) -> RmaRecord:
    """Two units instead of what it was."""
    made = build(op_id, order=ORDER, request=shop.request(TWO))(record.number)
    content = made.operation.command
    assert isinstance(content, FinalizeReturn)
    command = SupersedeReturn(
        content=content, edition=record.edition, supersedes=work.told_by(record.number)
    )
    edited = supersede(record, made.record, operation=command.supersedes)
    work.change(edited, replace(made.operation, command=command), draft_id)
    return edited


def first(work: WorkStore) -> RmaRecord:
    return make(work, order=ORDER)


def test_an_edit_drops_its_draft_and_queues_behind_what_told_the_return(work: WorkStore) -> None:
    record = first(work)
    work.save_draft(shop.draft(draft_id="edit-1"))
    edited = edit(work, record, draft_id="edit-1")
    assert work.drafts() == []
    assert [sealed.op_id for sealed in work.waiting(9, MUCH)] == ["op-1", "op-edit"]
    local = work.record(record.number)
    assert local is not None
    assert local.record == edited
    assert work.told_by(record.number) == "op-edit"
    assert work.verify_audit() is None


def test_the_bytes_of_what_is_superseded_are_never_rewritten(work: WorkStore) -> None:
    record = first(work)
    (before,) = work.waiting(9, MUCH)
    edit(work, record)
    assert work.waiting(9, MUCH)[0] == before


def test_a_second_edit_of_the_same_edition_changes_nothing(work: WorkStore) -> None:
    record = first(work)
    edited = edit(work, record)
    with pytest.raises(EditedMeanwhile):
        edit(work, record, "op-late")
    local = work.record(record.number)
    assert local is not None
    assert local.record == edited
    assert len(work.waiting(9, MUCH)) == 2


def test_attention_knows_what_was_told(work: WorkStore) -> None:
    record = first(work)
    refuse(work, "op-1")
    (item,) = work.attention()
    assert item.content is not None
    assert item.content.request == record.request
    edit(work, record)
    refuse(work, "op-edit")
    (item,) = work.attention()
    assert item.content is not None
    assert item.content.request.lines == (TWO,)


def test_an_edit_and_a_cancel_settle_everything_about_the_return(work: WorkStore) -> None:
    record = first(work)
    refuse(work, "op-1")
    edited = edit(work, record)
    assert work.attention() == []
    refuse(work, "op-edit")
    assert [item.op_id for item in work.attention()] == ["op-edit"]
    cancelled(work, edited)
    assert work.attention() == []


def test_what_was_edited_before_the_server_refused_it_asks_for_nobody(work: WorkStore) -> None:
    record = first(work)
    edited = edit(work, record)
    refuse(work, "op-1")
    assert work.attention() == []
    local = work.record(record.number)
    assert local is not None
    assert local.record == edited


def test_a_number_of_another_desk_asks_for_somebody_even_when_it_was_edited(
    work: WorkStore,
) -> None:
    record = first(work)
    edit(work, record)
    refuse(work, "op-1", Outcome.NUMBER_CONFLICT)
    assert [item.op_id for item in work.attention()] == ["op-1"]


def test_a_call_back_settles_what_it_is_about_alone(work: WorkStore) -> None:
    record = first(work)
    edited = edit(work, record)
    refuse(work, "op-edit")
    called = call_back(
        edited, actor=shop.AGENT, device=shop.DEVICE, at=shop.NOW, note="agreed to one"
    )
    command = CallBack(number=record.number, about="op-edit", note="agreed to one", at=shop.NOW)
    operation = Operation(
        op_id="op-call",
        stream=record.order_id,
        depends_on=None,
        made_at=shop.NOW,
        command=command,
    )
    work.change(called, operation)
    assert work.attention() == []
    assert work.told_by(record.number) == "op-edit"
    personal = [entry.command for entry in work.audit_entries()]
    assert personal[-2:] == ["return.call_back", "settle"]
