"""What the audit chain says about a caller who was verified."""

from __future__ import annotations

import json

from rma.request import Fact
from rma.verification import Told
from storage.work import WorkStore
from tests.storage.desk import rewrite

FACTS = Told(call_id="call-1", customer_id="C-1", facts=(Fact.NAME, Fact.POSTCODE))


def test_the_chain_says_which_facts_were_told_by_whom_and_when(work: WorkStore) -> None:
    work.log_verification(FACTS)
    entry = list(work.audit_entries())[-1]
    assert (entry.entity, entry.command, entry.actor) == ("call/call-1", "verify", "Agent One")
    assert entry.after is not None
    assert json.loads(entry.after)["facts"] == ["name", "postcode"]
    assert "C-1" not in entry.after
    assert work.verify_audit() is None


def test_why_nobody_was_asked_can_be_erased_with_the_customer(work: WorkStore) -> None:
    work.log_verification(Told(call_id="call-1", customer_id="C-1", skipped="known voice"))
    entry = list(work.audit_entries())[-1]
    assert entry.command == "verify.skip"
    assert entry.after is not None and "known voice" not in entry.after
    assert work.erase_personal(["C-1"], {}, rewrite) > 0
    assert work.verify_audit() is None


def test_what_is_parked_is_counted(work: WorkStore) -> None:
    assert work.queue().parked == 0
