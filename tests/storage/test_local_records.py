"""RMAs of this desk: found by number, order and customer, oldest first."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from rma.operations import ApproveReturn, Operation, Outcome, Result
from rma.record import RmaRecord, approve
from rma.states import RmaState
from storage import local_records
from storage.engines import fetch
from storage.work import WorkStore
from tests import shop
from tests.storage.desk import cancelled, make, open_work


def test_records_of_an_order_and_of_a_customer_stand_oldest_first(work: WorkStore) -> None:
    late = make(work, "op-1", at=shop.NOW + timedelta(hours=1))
    early = make(work, "op-2")
    elsewhere = make(
        work, "op-3", order=shop.order(order_id="O-2", number="2"), asking={"order_id": "O-2"}
    )

    assert [local.record for local in work.records_of_order("O-1")] == [early, late]
    assert [local.record for local in work.records_of_order("O-2")] == [elsewhere]
    numbers = [local.record.number for local in work.records_of_customer("C-1")]
    assert numbers == [early.number, elsewhere.number, late.number]
    assert work.records_of_customer("C-2") == []
    assert work.record("47120000099") is None


def test_an_order_and_its_customer_are_looked_up_at_once_each_rma_once(work: WorkStore) -> None:
    late = make(work, "op-1", at=shop.NOW + timedelta(hours=1))
    other = shop.order(order_id="O-2", number="2")
    elsewhere = make(work, "op-2", order=other, asking={"order_id": "O-2"})

    def found(order_id: str, customer_id: str) -> list[RmaRecord]:
        return [local.record for local in work.records_around(order_id, customer_id)]

    assert found("O-1", "C-1") == [elsewhere, late]
    assert found("O-1", "C-2") == [late]
    assert found("O-3", "C-2") == []


def test_looking_up_an_order_and_its_customer_goes_through_no_other_rma(work: WorkStore) -> None:
    steps = fetch(work._engine, f"EXPLAIN QUERY PLAN {local_records._AROUND}", ("O-1", "C-1"))
    assert not [detail for *_ids, detail in steps if detail.startswith("SCAN")]


def test_records_since_stand_newest_first_and_are_those_made_here(work: WorkStore) -> None:
    made = [make(work, f"op-{i}", at=shop.NOW + timedelta(hours=i)) for i in range(3)]
    foreign = shop.finalized(rma_number=shop.number(5, 500_000), actor=shop.SUPERVISOR)
    cancelled(work, foreign)

    found = work.records_since(shop.NOW + timedelta(hours=1), 10)
    assert [local.record for local in found] == [made[2], made[1]]
    assert [local.record for local in work.records_since(shop.NOW, 1)] == [made[2]]


def test_a_change_keeps_the_servers_version_and_is_pending(work: WorkStore) -> None:
    record = make(work)
    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=4)])

    after = cancelled(work, record)

    local = work.record(record.number)
    assert local is not None
    assert (local.record, local.row_version, local.pending) == (after, 4, True)
    assert after.state is RmaState.CANCELLED
    assert work.last_pending(record.number) == "op-cancel"


def test_an_rma_of_another_desk_can_be_decided_here(work: WorkStore) -> None:
    foreign = shop.finalized(
        rma_number=shop.number(5, 500_000),
        policy=shop.policy(overridable=()),
        actor=shop.AGENT,
        customer=shop.customer(risk_flags=("address reused",)),
    )
    assert foreign.state is RmaState.NEEDS_APPROVAL
    after = approve(foreign, actor=shop.SUPERVISOR, device=shop.DEVICE, at=shop.NOW)
    command = ApproveReturn(number=foreign.number, note="", at=shop.NOW)
    operation = Operation(
        op_id="op-a", stream=foreign.order_id, depends_on=None, made_at=shop.NOW, command=command
    )

    work.change(after, operation)

    local = work.record(foreign.number)
    assert local is not None
    assert (local.record, local.row_version, local.pending) == (after, None, True)
    assert work.records_since(shop.NOW - timedelta(days=1), 10) == []


def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    work = open_work(tmp_path)
    record = make(work)
    work.set_clock_offset(timedelta(seconds=-1.5))
    identity = work.identity()
    work.close()

    work = open_work(tmp_path)
    local = work.record(record.number)
    assert local is not None
    assert local.record == record
    assert work.clock_offset() == timedelta(seconds=-1.5)
    assert work.identity() == identity
    work.close()
