"""The outbox: frozen bytes out, outcomes in; an operation leaves the queue only on an outcome that a person can see."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import ClauseElement, text

from rma.operations import OperationKind, Outcome, Result
from rma.record import Problem, ProblemType
from rma.states import RmaState
from storage import outbox
from storage.engines import reading
from storage.work import WorkStore
from tests import shop
from tests.keys import decrypted
from tests.storage.desk import HandClock, build, cancelled, make

PROBLEM = Problem(
    type=ProblemType.OVER_RETURN,
    detail="Another return holds this unit.",
    remedy="Call the customer back.",
    other_number="47120000199",
)
MUCH = 1 << 20


def result(op_id: str, outcome: Outcome, **fields: object) -> Result:
    return Result(op_id=op_id, outcome=outcome, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outbox SET body = x'00'",
        "UPDATE outbox SET sha256 = 'other'",
        "UPDATE outbox SET stream = 'other'",
        "DELETE FROM outbox",
    ],
)
def test_rows_are_neither_rewritten_nor_deleted(
    work: WorkStore, tmp_path: Path, change: str
) -> None:
    make(work)
    sealed = work.waiting(1, MUCH)
    with (
        pytest.raises(sqlcipher.IntegrityError, match="frozen"),
        decrypted(tmp_path / "work.db") as database,
    ):
        database.execute(change)
    assert work.waiting(1, MUCH) == sealed


def test_the_same_operation_twice_is_refused_and_takes_no_number(work: WorkStore) -> None:
    make(work, "op-1")
    with pytest.raises(Exception, match="UNIQUE"):
        make(work, "op-1")
    assert work.queue().numbers_left == 999


def test_a_batch_is_cut_at_its_count_and_its_bytes_but_never_empty(work: WorkStore) -> None:
    for index in range(4):
        make(work, f"op-{index}")
    size = len(work.waiting(1, MUCH)[0].body)

    assert len(work.waiting(3, MUCH)) == 3
    assert len(work.waiting(10, 2 * size + 10)) == 2
    assert len(work.waiting(10, 1)) == 1


def test_oldest_first_and_in_order_inside_a_stream(work: WorkStore) -> None:
    for op_id in ("op-b", "op-a", "op-c"):
        make(work, op_id)
    assert [sealed.op_id for sealed in work.waiting(10, MUCH)] == ["op-b", "op-a", "op-c"]


def test_not_yet_stays_in_the_queue_behind_the_others_with_its_whole_stream(
    work: WorkStore,
) -> None:
    record = make(work, "op-1")
    cancelled(work, record, "op-2")
    other = shop.order(order_id="O-2", number="100002")
    make(work, "op-3", order=other, asking={"order_id": "O-2"})

    work.apply_results([result("op-1", Outcome.NOT_YET)])

    assert [sealed.op_id for sealed in work.waiting(10, MUCH)] == ["op-3", "op-1", "op-2"]
    assert work.queue().waiting == 3
    assert work.attention() == []


def test_accepted_is_done_and_keeps_the_servers_version(work: WorkStore) -> None:
    record = make(work)

    work.apply_results([result("op-1", Outcome.ACCEPTED, row_version=7)])

    local = work.record(record.number)
    assert local is not None
    assert (local.pending, local.row_version, local.record) == (False, 7, record)
    assert work.waiting(10, MUCH) == []
    assert work.attention() == []
    assert work.last_pending(record.number) is None


@pytest.mark.parametrize(
    "outcome",
    [Outcome.ACCEPTED_WITH_CHANGE, Outcome.REJECTED, Outcome.HELD_FOR_REVIEW],
)
def test_what_the_server_changed_replaces_ours_and_wants_attention(
    work: WorkStore, clock: HandClock, outcome: Outcome
) -> None:
    record = make(work)
    theirs = replace(record, state=RmaState.NEEDS_APPROVAL, holding=False, problem=PROBLEM)
    clock.at += timedelta(minutes=3)

    work.apply_results([result("op-1", outcome, problem=PROBLEM, record=theirs, row_version=7)])

    local = work.record(record.number)
    assert local is not None
    assert (local.record, local.row_version, local.pending) == (theirs, 7, False)
    (item,) = work.attention()
    assert (item.op_id, item.kind, item.number) == ("op-1", OperationKind.FINALIZE, record.number)
    assert (item.outcome, item.problem, item.decided_at) == (outcome, PROBLEM, clock.at)
    assert work.queue().attention == 1
    assert work.queue().waiting == 0


@pytest.mark.parametrize(
    "outcome",
    [Outcome.KEY_REUSED, Outcome.NUMBER_CONFLICT, Outcome.REJECTED, Outcome.HELD_FOR_REVIEW],
)
def test_a_return_that_the_server_has_not_holds_nothing_here_either(
    work: WorkStore, outcome: Outcome
) -> None:
    record = make(work)

    work.apply_results([result("op-1", outcome, problem=PROBLEM)])

    local = work.record(record.number)
    assert local is not None
    assert (local.record.holding, local.record.problem) == (False, PROBLEM)
    assert work.queue().attention == 1


def test_a_refused_change_without_the_servers_rma_gives_way_to_the_feed(work: WorkStore) -> None:
    record = make(work)
    work.apply_results([result("op-1", Outcome.ACCEPTED, row_version=7)])
    cancelled(work, record)

    work.apply_results([result("op-cancel", Outcome.REJECTED, problem=PROBLEM, row_version=9)])

    local = work.record(record.number)
    assert local is not None
    assert (local.row_version, local.pending) == (None, False)


def test_an_answer_to_an_older_operation_leaves_what_was_done_since(work: WorkStore) -> None:
    record = make(work)
    after = cancelled(work, record)

    theirs = replace(record, state=RmaState.NEEDS_APPROVAL)
    work.apply_results([result("op-1", Outcome.ACCEPTED_WITH_CHANGE, record=theirs, row_version=7)])

    local = work.record(record.number)
    assert local is not None
    assert (local.record, local.row_version, local.pending) == (after, 7, True)


def test_unknown_and_answered_operations_are_left_alone(work: WorkStore) -> None:
    record = make(work)
    work.apply_results([result("op-1", Outcome.ACCEPTED, row_version=7)])

    work.apply_results(
        [
            result("never-heard-of", Outcome.REJECTED, problem=PROBLEM),
            result("op-1", Outcome.REJECTED, problem=PROBLEM, row_version=1),
            result("op-1", Outcome.NOT_YET),
        ]
    )

    local = work.record(record.number)
    assert local is not None
    assert local.row_version == 7
    assert work.queue().waiting == 0
    assert work.attention() == []


def test_answers_are_one_transaction(work: WorkStore) -> None:
    make(work, "op-1")
    with pytest.raises(AttributeError):
        work.apply_results([result("op-1", Outcome.ACCEPTED), None])  # type: ignore[list-item]
    assert work.queue().waiting == 1


def test_attention_stands_oldest_first_until_it_is_settled(
    work: WorkStore, clock: HandClock, tmp_path: Path
) -> None:
    for op_id in ("op-2", "op-1"):
        make(work, op_id)
        work.apply_results([result(op_id, Outcome.REJECTED, problem=PROBLEM)])
        clock.at += timedelta(minutes=1)
    assert [item.op_id for item in work.attention()] == ["op-2", "op-1"]

    work.settle("op-2", "called back")
    work.settle("op-2", "again")
    work.settle("unknown", "")

    assert [item.op_id for item in work.attention()] == ["op-1"]
    assert work.queue().attention == 1
    with decrypted(tmp_path / "work.db") as database:
        settled = database.execute(
            "SELECT state, outcome, settled_at, settle_note FROM outbox WHERE op_id = 'op-2'"
        ).fetchone()
    assert settled == (
        "attention",
        "rejected_needs_attention",
        "2026-11-20 10:02:00.000000",
        "called back",
    )


def test_the_queue_says_how_much_waits_and_since_when(work: WorkStore) -> None:
    assert (work.queue().waiting, work.queue().oldest_at) == (0, None)
    make(work, "op-1", at=shop.NOW + timedelta(minutes=2))
    make(work, "op-2", at=shop.NOW + timedelta(minutes=5))
    queue = work.queue()
    assert (queue.waiting, queue.oldest_at) == (2, shop.NOW + timedelta(minutes=2))
    assert (queue.attention, queue.numbers_left) == (0, 998)


def test_a_draft_of_a_refused_finalize_is_still_a_draft(work: WorkStore) -> None:
    work.save_draft(shop.draft())
    make(work, "op-1")
    with pytest.raises(Exception, match="UNIQUE"):
        work.finalize([build("op-1")], ["D-1"])
    assert work.draft("D-1") == shop.draft()


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (outbox._KNOWN.params(keys=["op-1", "op-2"]), "sqlite_autoindex_outbox_1"),
        (outbox._COUNT_ATTENTION, "ix_outbox_attention"),
        (text(outbox._ANY_PUT_OFF), "ix_outbox_put_off"),
    ],
)
def test_what_each_answer_and_each_second_asks_costs_the_same_however_much_waits(
    work: WorkStore, statement: ClauseElement, index: str
) -> None:
    sql = statement.compile(dialect=work._engine.dialect, compile_kwargs={"literal_binds": True})
    with reading(work._engine) as connection:
        steps = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}").fetchall()
    assert [index in step.detail for step in steps] == [True]


def test_every_outcome_that_wants_attention_is_in_its_index() -> None:
    quiet = {"accepted", "not_yet"}
    assert {each.value for each in Outcome if not each.wants_attention} == quiet
