"""What a desk keeps of a customer who was erased: numbers and chain, and what the server has not heard yet."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from rma.erasing import ERASED
from rma.operations import Outcome, Result
from storage.work import WorkStore
from tests import shop
from tests.keys import decrypted
from tests.storage.desk import cancelled, make, open_work, rewrite

NOTED = {"lines": (shop.wanted(note="call Maria at home"),), "reference": "CRM-77"}


def erase(work: WorkStore, *customer_ids: str) -> int:
    return work.erase_personal(customer_ids, {}, rewrite)


def test_what_was_acknowledged_is_erased_and_names_the_bytes_that_it_stands_for(
    tmp_path: Path,
) -> None:
    work = open_work(tmp_path)
    record = make(work, asking=NOTED)
    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=1)])
    with decrypted(tmp_path / "work.db") as database:
        ((before, old),) = database.execute("SELECT body, sha256 FROM outbox").fetchall()

    assert erase(work, "C-1") > 0

    with decrypted(tmp_path / "work.db") as database:
        ((after, new, signature),) = database.execute(
            "SELECT body, sha256, signature FROM outbox"
        ).fetchall()
    told = json.loads(after)
    assert b"Maria" in before and b"Maria" not in after and b"CRM-77" not in after
    assert (told["erases"], signature) == (old, "signed anew")
    assert new != old
    assert told["op_id"] == json.loads(before)["op_id"]
    assert told["payload"]["number"] == record.number
    known = work.record(record.number)
    assert known is not None
    assert known.record.lines[0].note == ERASED
    assert known.record.quote == record.quote
    assert work.verify_audit() is None
    work.close()


def test_what_the_server_has_not_heard_stays_frozen_until_it_has(tmp_path: Path) -> None:
    work = open_work(tmp_path)
    make(work, asking=NOTED)
    (frozen,) = work.waiting(10, 1 << 20)

    erase(work, "C-1")

    assert work.waiting(10, 1 << 20) == [frozen]
    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=1)])
    assert erase(work) > 0
    with decrypted(tmp_path / "work.db") as database:
        ((body,),) = database.execute("SELECT body FROM outbox").fetchall()
    assert b"Maria" not in body
    assert erase(work) == 0
    work.close()


def test_a_decision_about_an_erased_customers_return_loses_its_words_once_it_is_booked(
    tmp_path: Path,
) -> None:
    work = open_work(tmp_path)
    record = make(work)
    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=1)])
    erase(work, "C-1")

    cancelled(work, record)
    work.apply_results([Result(op_id="op-cancel", outcome=Outcome.ACCEPTED, row_version=2)])
    erase(work)

    with decrypted(tmp_path / "work.db") as database:
        values = database.execute("SELECT value FROM audit_personal").fetchall()
        states = database.execute("SELECT state, erased FROM outbox").fetchall()
    assert values == []
    assert states == [("done", 1), ("done", 1)]
    known = work.record(record.number)
    assert known is not None
    assert known.record.history[-1].note == ERASED
    work.close()


def test_a_return_that_stands_under_somebody_else_here_is_erased_by_its_number(
    tmp_path: Path,
) -> None:
    work = open_work(tmp_path)
    record = make(
        work,
        asking=NOTED | {"customer_id": "C-2"},
        order=shop.order(customer_id="C-2"),
        customer=shop.customer(customer_id="C-2"),
    )
    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=1)])
    erase(work, "C-1")
    known = work.record(record.number)
    assert known is not None and known.record.lines[0].note != ERASED

    assert work.erase_personal((), {record.number: "C-1"}, rewrite) > 0

    known = work.record(record.number)
    assert known is not None and known.record.lines[0].note == ERASED
    assert [each.record.number for each in work.records_of_customer("C-1")] == [record.number]
    work.close()


def test_a_draft_that_is_typed_on_after_the_erasure_is_not_kept(work: WorkStore) -> None:
    draft = shop.draft()
    work.save_draft(draft)
    erase(work, "C-1")
    assert work.draft(draft.draft_id) is None

    work.save_draft(replace(draft, email="maria@example.com"))

    assert work.draft(draft.draft_id) is None


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE outbox SET body = '{}'",
        "UPDATE outbox SET body = json_set(CAST(body AS TEXT), '$.erases', 'x')",
        "UPDATE outbox SET number = '', body = json_set(CAST(body AS TEXT), '$.erases', sha256)",
    ],
)
def test_frozen_bytes_are_rewritten_by_nothing_else(tmp_path: Path, change: str) -> None:
    work = open_work(tmp_path)
    make(work)
    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=1)])
    work.close()
    with decrypted(tmp_path / "work.db") as database, pytest.raises(Exception, match="frozen"):
        database.execute(change)


def test_frozen_bytes_that_wait_are_not_even_erased(tmp_path: Path) -> None:
    work = open_work(tmp_path)
    make(work)
    work.close()
    erased = "UPDATE outbox SET body = json_set(CAST(body AS TEXT), '$.erases', sha256)"
    with decrypted(tmp_path / "work.db") as database, pytest.raises(Exception, match="frozen"):
        database.execute(erased)


def test_every_desk_enters_the_erasure_into_its_chain_without_saying_whose(
    work: WorkStore,
) -> None:
    erase(work, "C-9")
    entry = list(work.audit_entries())[-1]
    assert (entry.entity, entry.command) == ("audit", "erase")
    assert "C-9" not in str(entry)
