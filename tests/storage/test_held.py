"""What the server holds in work.db: asked about again where it is, and answered by another answer alone."""

from __future__ import annotations

import pytest

from rma.operations import OperationKind, Outcome, Result
from rma.record import Problem, ProblemType
from storage.work import WorkStore
from tests import shop
from tests.storage.desk import cancelled, make, refusing

HELD = Problem(type=ProblemType.REVOKED, detail="Ada may no longer work here.", remedy="Wait.")
REFUSED = Problem(type=ProblemType.FORBIDDEN, detail="It may not be.", remedy="Call back.")
MUCH = 1 << 20


def hold(work: WorkStore, *op_ids: str) -> None:
    """The server holds them."""
    held = [Result(op_id=each, outcome=Outcome.HELD_FOR_REVIEW, problem=HELD) for each in op_ids]
    work.apply_results(held)


def asked(work: WorkStore, after: str = "", limit: int = 100, max_bytes: int = MUCH) -> list[str]:
    return [sealed.op_id for sealed in work.held_after(after, limit, max_bytes)]


def test_all_that_the_server_holds_is_found_in_order_and_in_batches(work: WorkStore) -> None:
    for index in range(5):
        make(work, f"op-{index}")
    sent = work.waiting(100, MUCH)
    hold(work, *(f"op-{index}" for index in (4, 3, 1, 0)))

    assert asked(work) == ["op-0", "op-1", "op-3", "op-4"]
    assert asked(work, limit=2) == ["op-0", "op-1"]
    assert asked(work, "op-1") == ["op-3", "op-4"]
    assert asked(work, "op-4") == []
    assert asked(work, max_bytes=1) == ["op-0"]
    assert work.held_after("op-3", 1, MUCH) == [sent[4]]


def test_what_a_person_took_care_of_is_asked_about_as_well(work: WorkStore) -> None:
    make(work, "op-1")
    hold(work, "op-1")
    work.settle("op-1", "told them to wait")
    assert asked(work) == ["op-1"]


def test_nobody_is_asked_about_what_this_desk_holds_alone(work: WorkStore) -> None:
    record = make(work, "op-1")
    work.isolate("op-1", HELD)
    assert asked(work) == []
    assert not work.is_held_about([record.number])

    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=1)])
    assert [item.op_id for item in work.attention()] == ["op-1"]


@pytest.mark.parametrize("outcome", [Outcome.HELD_FOR_REVIEW, Outcome.NOT_YET])
def test_that_it_is_still_held_changes_nothing(work: WorkStore, outcome: Outcome) -> None:
    make(work, "op-1")
    hold(work, "op-1")
    items, entries = work.attention(), list(work.audit_entries())

    work.apply_results([Result(op_id="op-1", outcome=outcome, problem=REFUSED)])

    assert work.attention() == items
    assert list(work.audit_entries()) == entries
    assert work.waiting(9, MUCH) == []


def test_once_it_is_answered_it_is_held_no_longer_and_answered_once(work: WorkStore) -> None:
    record = make(work, "op-1")
    hold(work, "op-1")
    accepted = Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=1)

    work.apply_results([accepted, accepted])
    work.apply_results([Result(op_id="op-1", outcome=Outcome.REJECTED, problem=REFUSED)])

    assert work.attention() == []
    assert asked(work) == []
    commands = [e.command for e in work.audit_entries() if e.entity == f"rma/{record.number}"]
    assert commands == ["return.finalize", "outcome.held_for_review", "outcome.accepted"]


def test_what_was_released_and_refused_is_in_attention_with_its_reason(work: WorkStore) -> None:
    record = make(work, "op-1")
    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=1)])
    cancelled(work, record, "op-2")
    hold(work, "op-2")
    work.settle("op-2", "told them to wait")

    work.apply_results([Result(op_id="op-2", outcome=Outcome.REJECTED, problem=REFUSED)])

    (item,) = work.attention()
    assert (item.op_id, item.outcome, item.problem) == ("op-2", Outcome.REJECTED, REFUSED)


def test_what_the_feed_brings_counts_more_than_a_record_that_was_marked_as_held(
    work: WorkStore,
) -> None:
    record = make(work, "op-1")
    hold(work, "op-1")
    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=7)])
    local = work.record(record.number)
    assert local is not None
    assert (local.row_version, local.pending) == (None, False)


def test_it_is_known_which_returns_something_is_held_about(work: WorkStore) -> None:
    record, other = make(work, "op-1"), make(work, "op-2")
    work.refuse(shop.refused(), refusing())
    hold(work, "op-1")
    assert work.is_held_about(["x", record.number])
    assert not work.is_held_about([other.number, "D-1"])
    assert not work.is_held_about([])

    hold(work, "op-r")
    assert work.is_held_about(["D-1"])


def test_a_refused_return_that_is_held_and_released_has_an_entry_for_each(work: WorkStore) -> None:
    work.refuse(shop.refused(), refusing())
    hold(work, "op-r")
    work.apply_results([Result(op_id="op-r", outcome=Outcome.ACCEPTED)])

    entries = [e.command for e in work.audit_entries() if e.entity == "refusal/D-1"]
    assert entries == [
        OperationKind.REFUSE.value,
        "outcome.held_for_review",
        "outcome.accepted",
    ]
    assert work.verify_audit() is None
