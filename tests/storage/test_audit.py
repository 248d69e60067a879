"""The audit chain: append-only, one per device; tampering is found, erasing a customer is not tampering."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher

from rma.operations import Outcome, Result
from storage.work import WorkStore
from tests import shop
from tests.keys import decrypted
from tests.storage.desk import HandClock, cancelled, make, rewrite


@pytest.fixture
def acted(work: WorkStore, clock: HandClock) -> WorkStore:
    """Enrolled, made, cancelled and refused."""
    work.set_clock_offset(timedelta(seconds=30))
    record = make(work, asking={"lines": (shop.wanted(note="call Maria at home"),)})
    clock.at += timedelta(minutes=1)
    cancelled(work, record)
    work.apply_results([Result(op_id="op-cancel", outcome=Outcome.REJECTED)])
    work.settle("op-cancel", "told Maria")
    return work


def test_every_act_is_an_entry_that_names_the_one_before(acted: WorkStore) -> None:
    entries = list(acted.audit_entries())

    assert [entry.command for entry in entries] == [
        "enroll",
        "return.finalize",
        "return.cancel",
        "outcome.rejected_needs_attention",
        "settle",
    ]
    assert [entry.previous for entry in entries[1:]] == [entry.hash for entry in entries[:-1]]
    assert [entry.actor for entry in entries[1:4]] == ["Agent One", "Agent One", "central API"]
    finalized = entries[1]
    assert finalized.entity == f"rma/{shop.number(0, 471203)}"
    assert finalized.device_clock == shop.NOW
    assert finalized.at == shop.NOW + timedelta(seconds=30)
    assert json.loads(finalized.before or "") == {"state": "draft"}
    after = json.loads(finalized.after or "")
    assert (after["state"], after["total"], after["lines"][0]["quantity"]) == (
        "authorized",
        11900,
        1,
    )
    assert acted.verify_audit() is None


def test_the_chain_holds_no_personal_value_in_clear(acted: WorkStore) -> None:
    text = " ".join(f"{entry.before}{entry.after}" for entry in acted.audit_entries())
    for personal in ("maria@example.com", "+493012345678", "Maria", "C-1"):
        assert personal not in text


def test_erasing_a_customer_removes_the_values_and_keeps_the_chain(
    acted: WorkStore, tmp_path: Path
) -> None:
    hashes = [entry.hash for entry in acted.audit_entries()]

    assert acted.erase_personal(["C-1"], {}, rewrite) > 0

    assert acted.verify_audit() is None
    assert [entry.hash for entry in acted.audit_entries()][: len(hashes)] == hashes
    with decrypted(tmp_path / "work.db") as database:
        assert database.execute("SELECT count(*) FROM audit_personal").fetchone() == (0,)
    assert acted.erase_personal(["C-1"], {}, rewrite) == 0


@pytest.mark.parametrize(
    "change", ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry"]
)
def test_entries_are_neither_edited_nor_deleted(
    acted: WorkStore, tmp_path: Path, change: str
) -> None:
    with (
        pytest.raises(sqlcipher.IntegrityError, match="frozen"),
        decrypted(tmp_path / "work.db") as database,
    ):
        database.execute(change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("UPDATE audit_entry SET actor = 'Somebody' WHERE seq = 2", "entry 2 .* was altered"),
        ("UPDATE audit_entry SET after = '{}' WHERE seq = 3", "entry 3 .* was altered"),
        ("UPDATE audit_entry SET at = '2020-01-01 00:00:00.000000' WHERE seq = 1", "entry 1"),
        ("DELETE FROM audit_entry WHERE seq = 3", "entry 3 .* does not follow"),
        ("UPDATE audit_personal SET value = 'other@example.com' WHERE field = 'email'", "email"),
    ],
)
def test_tampering_past_the_triggers_is_found(
    acted: WorkStore, tmp_path: Path, change: str, says: str
) -> None:
    with decrypted(tmp_path / "work.db") as database:
        for (name,) in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall():
            database.execute(f"DROP TRIGGER {name}")
        database.execute(change)

    broken = acted.verify_audit()
    assert broken is not None
    assert re.search(says, broken)


def test_plainly_accepted_answers_add_nothing(work: WorkStore) -> None:
    make(work)
    before = len(list(work.audit_entries()))
    work.apply_results([Result(op_id="op-1", outcome=Outcome.ACCEPTED, row_version=1)])
    assert len(list(work.audit_entries())) == before
