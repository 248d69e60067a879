"""A server of another epoch may have lost what it acknowledged: all of it waits again, in order, as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rma.operations import Outcome, Result
from rma.record import Problem, ProblemType
from storage.retention import KEPT
from storage.work import WorkStore
from tests.storage.desk import HandClock, cancelled, make

MUCH = 1 << 20
PROBLEM = Problem(
    type=ProblemType.OVER_RETURN, detail="Another return holds this unit.", remedy="Call back."
)


def waiting(work: WorkStore) -> list[str]:
    return [sealed.op_id for sealed in work.waiting(100, MUCH)]


def answer(
    work: WorkStore, op_id: str, outcome: Outcome = Outcome.ACCEPTED, **more: object
) -> None:
    fields = {"row_version": 7} | more
    work.apply_results([Result(op_id=op_id, outcome=outcome, **fields)])  # type: ignore[arg-type]


def test_the_epoch_is_remembered(work: WorkStore) -> None:
    assert work.server_epoch() is None
    assert work.enter_epoch("one") == 0
    assert work.server_epoch() == "one"


def test_a_new_epoch_offers_what_was_acknowledged_again_byte_for_byte_in_order(
    work: WorkStore,
) -> None:
    work.enter_epoch("one")
    first = make(work, "op-1")
    make(work, "op-2")
    cancelled(work, first, "op-3")
    before = work.waiting(100, MUCH)
    for op_id in ("op-3", "op-1", "op-2"):
        answer(work, op_id)
    assert waiting(work) == []

    assert work.enter_epoch("two") == 3

    assert work.waiting(100, MUCH) == before
    assert work.queue().waiting == 3


def test_the_first_epoch_ever_and_the_same_one_again_offer_nothing(work: WorkStore) -> None:
    make(work, "op-1")
    answer(work, "op-1")
    assert work.enter_epoch("one") == 0
    assert work.enter_epoch("one") == 0
    assert waiting(work) == []
    assert work.enter_epoch("two") == 1


def test_what_was_acknowledged_under_the_new_epoch_is_not_offered_again(work: WorkStore) -> None:
    work.enter_epoch("one")
    make(work, "op-1")
    answer(work, "op-1")
    work.enter_epoch("two")
    answer(work, "op-1", row_version=1)
    assert waiting(work) == []
    assert work.enter_epoch("two") == 0


def test_the_row_versions_of_the_old_server_mean_nothing_any_more(work: WorkStore) -> None:
    work.enter_epoch("one")
    record = make(work, "op-1")
    answer(work, "op-1", row_version=7)
    work.enter_epoch("two")
    answer(work, "op-1", row_version=1)
    local = work.record(record.number)
    assert local is not None
    assert local.row_version == 1


def test_what_wanted_attention_still_does_until_the_server_answers_anew(work: WorkStore) -> None:
    work.enter_epoch("one")
    make(work, "op-1")
    answer(work, "op-1", Outcome.REJECTED, problem=PROBLEM)
    work.enter_epoch("two")
    assert [item.op_id for item in work.attention()] == ["op-1"]
    assert work.queue().attention == 1
    answer(work, "op-1")
    assert work.attention() == []


def test_an_answer_that_a_person_took_care_of_needs_nobody_when_it_comes_again(
    work: WorkStore,
) -> None:
    work.enter_epoch("one")
    make(work, "op-1")
    answer(work, "op-1", Outcome.REJECTED, problem=PROBLEM)
    work.settle("op-1", "called back")
    work.enter_epoch("two")
    answer(work, "op-1", Outcome.REJECTED, problem=PROBLEM)
    assert work.attention() == []


@pytest.mark.parametrize(
    ("outcome", "problem"), [(Outcome.NUMBER_CONFLICT, PROBLEM), (Outcome.REJECTED, None)]
)
def test_another_answer_than_before_wants_attention_again(
    work: WorkStore, outcome: Outcome, problem: Problem | None
) -> None:
    work.enter_epoch("one")
    make(work, "op-1")
    answer(work, "op-1", Outcome.REJECTED, problem=PROBLEM)
    work.settle("op-1", "called back")
    work.enter_epoch("two")
    answer(work, "op-1", outcome, problem=problem)
    assert [item.op_id for item in work.attention()] == ["op-1"]


def test_what_no_server_could_read_is_not_offered_again_by_itself(work: WorkStore) -> None:
    work.enter_epoch("one")
    make(work, "op-1")
    work.isolate("op-1", PROBLEM)
    assert work.enter_epoch("two") == 0
    assert [item.op_id for item in work.attention()] == ["op-1"]


def test_it_stands_in_the_audit_chain(work: WorkStore) -> None:
    work.enter_epoch("one")
    make(work, "op-1")
    answer(work, "op-1")
    work.enter_epoch("two")
    assert [entry.command for entry in work.audit_entries()][-1] == "reoffer"
    assert work.verify_audit() is None


# ---- retention ----------------------------------------------------------------------------------------------------


def old(work: WorkStore, clock: HandClock, outcome: Outcome = Outcome.ACCEPTED) -> None:
    """An operation that was answered so long ago that it may go."""
    work.enter_epoch("one")
    make(work, "op-1")
    answer(work, "op-1", outcome, problem=None if outcome is Outcome.ACCEPTED else PROBLEM)
    clock.at += KEPT + timedelta(seconds=1)


def test_what_was_acknowledged_90_days_ago_goes(work: WorkStore, clock: HandClock) -> None:
    old(work, clock)
    assert work.prune() == 1
    assert work.enter_epoch("two") == 0


def test_what_is_younger_stays(work: WorkStore, clock: HandClock) -> None:
    old(work, clock)
    clock.at -= timedelta(seconds=2)
    assert work.prune() == 0


def test_what_the_server_of_now_has_not_acknowledged_stays_however_old(
    work: WorkStore, clock: HandClock
) -> None:
    old(work, clock)
    make(work, "op-2")
    work.enter_epoch("two")
    clock.at += KEPT
    assert work.prune() == 0
    assert waiting(work) == ["op-1", "op-2"]


def test_what_nobody_took_care_of_stays_however_old(work: WorkStore, clock: HandClock) -> None:
    old(work, clock, Outcome.REJECTED)
    assert work.prune() == 0
    work.settle("op-1", "called back")
    assert work.prune() == 1


def test_what_no_server_could_read_stays_however_old(work: WorkStore, clock: HandClock) -> None:
    work.enter_epoch("one")
    make(work, "op-1")
    work.isolate("op-1", PROBLEM)
    work.settle("op-1", "called back")
    clock.at += 2 * KEPT
    assert work.prune() == 0


def test_a_return_whose_operation_went_is_still_there(work: WorkStore, clock: HandClock) -> None:
    work.enter_epoch("one")
    record = make(work, "op-1")
    answer(work, "op-1")
    clock.at += 2 * KEPT
    work.prune()
    local = work.record(record.number)
    assert local is not None
    assert (local.record, local.pending) == (record, False)
