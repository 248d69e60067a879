"""Held operations in work.db: out of the queue with all that builds on them, in attention, and back by a person."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from rma.operations import Identity, Operation, Outcome, Result, SealedOperation
from rma.record import Problem, ProblemType
from storage.engines import reading
from storage.work import WorkStore
from storage.work_tables import AUDIT_PERSONAL
from tests import shop
from tests.keys import KEY
from tests.storage.desk import BLOCK, IDENTITY, HandClock, cancelled, make, refusing, rewrite, seal

PROBLEM = Problem(
    type=ProblemType.MALFORMED, detail="The server cannot read this.", remedy="Edit the return."
)
MUCH = 1 << 20


def personal_values(work: WorkStore) -> str:
    with reading(work._engine) as connection:
        return str(connection.execute(select(AUDIT_PERSONAL.c.value)).scalars().all())


def waiting(work: WorkStore) -> list[str]:
    return [sealed.op_id for sealed in work.waiting(100, MUCH)]


def test_it_leaves_the_queue_and_stands_in_attention(work: WorkStore) -> None:
    record = make(work, "op-1")
    work.isolate("op-1", PROBLEM)
    assert waiting(work) == []
    (item,) = work.attention()
    assert (item.op_id, item.number) == ("op-1", record.number)
    assert (item.outcome, item.problem) == (Outcome.HELD_FOR_REVIEW, PROBLEM)
    assert item.content is not None


def test_the_return_stands_as_it_was_told(work: WorkStore) -> None:
    record = make(work, "op-1")
    work.isolate("op-1", PROBLEM)
    local = work.record(record.number)
    assert local is not None
    assert (local.record, local.pending, local.row_version) == (record, False, None)


def test_later_operations_about_the_same_return_are_held_with_it_and_no_others(
    work: WorkStore,
) -> None:
    first, other = make(work, "op-1"), make(work, "op-other")
    cancelled(work, first, "op-2")
    work.isolate("op-1", PROBLEM)
    assert waiting(work) == ["op-other"]
    assert [item.op_id for item in work.attention()] == ["op-1", "op-2"]
    assert other.number != first.number


def test_what_was_made_before_it_is_not_held(work: WorkStore) -> None:
    record = make(work, "op-1")
    cancelled(work, record, "op-2")
    work.isolate("op-2", PROBLEM)
    assert waiting(work) == ["op-1"]


def test_a_person_can_send_it_again_byte_for_byte_in_order(work: WorkStore) -> None:
    record = make(work, "op-1")
    cancelled(work, record, "op-2")
    before = work.waiting(100, MUCH)
    work.isolate("op-1", PROBLEM)
    assert work.offer_again("op-1") == 2
    assert work.waiting(100, MUCH) == before
    assert work.attention() == []
    assert work.offer_again("op-1") == 0


def test_what_a_person_took_care_of_is_not_sent_again(work: WorkStore) -> None:
    make(work, "op-1")
    work.isolate("op-1", PROBLEM)
    work.settle("op-1", "told the customer")
    assert work.offer_again("op-1") == 0
    assert waiting(work) == []


def test_an_answered_operation_is_left_alone(work: WorkStore) -> None:
    make(work, "op-1")
    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=1)])
    work.isolate("op-1", PROBLEM)
    assert work.attention() == []


@pytest.mark.parametrize("body", [b"", b"null", b"{}", b'{"payload":7}', b'{"payload":{}}'])
def test_what_this_desk_cannot_read_either_is_listed_all_the_same(
    tmp_path: Path, clock: HandClock, body: bytes
) -> None:
    def broken(operation: Operation, identity: Identity) -> SealedOperation:
        return replace(seal(operation, identity), body=body)

    work = WorkStore.open(tmp_path / "other", KEY, seal=broken, clock=clock)
    work.set_identity(IDENTITY)
    work.store_lease("lease", BLOCK)
    record = make(work, "op-1")
    work.isolate("op-1", PROBLEM)
    (item,) = work.attention()
    assert (item.number, item.content) == (record.number, None)
    work.close()


def test_both_ways_stand_in_the_audit_chain(work: WorkStore) -> None:
    record = make(work, "op-1")
    work.isolate("op-1", PROBLEM)
    work.offer_again("op-1")
    commands = [
        entry.command for entry in work.audit_entries() if entry.entity == f"rma/{record.number}"
    ]
    assert commands[-2:] == ["isolate", "offer_again"]
    assert work.verify_audit() is None


def test_so_do_both_ways_and_the_settling_of_a_refused_return(work: WorkStore) -> None:
    work.refuse(shop.refused(), refusing())
    work.isolate("op-r", PROBLEM)
    work.offer_again("op-r")
    work.isolate("op-r", PROBLEM)
    work.settle("op-r", "told Maria")

    entries = [(entry.entity, entry.command) for entry in work.audit_entries()]
    commands = ["return.refuse", "isolate", "offer_again", "isolate", "settle"]
    assert entries[-5:] == [("refusal/D-1", command) for command in commands]
    assert work.verify_audit() is None


def test_what_was_said_about_a_refused_return_goes_with_its_customer(work: WorkStore) -> None:
    work.refuse(shop.refused(), refusing())
    work.isolate("op-r", PROBLEM)
    work.settle("op-r", "told Maria")
    before = personal_values(work)

    work.erase_personal(["C-1"], {}, rewrite)

    assert "told Maria" in before
    assert "told Maria" not in personal_values(work)


def test_a_change_that_nobody_can_read_has_its_entries_too(
    tmp_path: Path, clock: HandClock
) -> None:
    def broken(operation: Operation, identity: Identity) -> SealedOperation:
        return replace(seal(operation, identity), body=b"null")

    work = WorkStore.open(tmp_path / "other", KEY, seal=broken, clock=clock)
    work.set_identity(IDENTITY)
    work.refuse(shop.refused(), refusing())
    work.isolate("op-r", PROBLEM)
    entry = list(work.audit_entries())[-1]
    assert (entry.entity, entry.command) == ("operation/op-r", "isolate")
    work.close()
