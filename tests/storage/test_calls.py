"""Calls in work.db: notes come back newest first, with the number that the call's draft got."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from rma.call import Call
from storage.work import WorkStore
from tests import shop
from tests.storage.desk import build, open_work, rewrite


def call(call_id: str = "K-1", **fields: object) -> Call:
    values = {"started_at": shop.NOW, "customer_id": "C-1", "note": "sends it on Monday"}
    return Call(call_id=call_id, author="Agent One", **(values | fields))  # type: ignore[arg-type]


def test_a_note_survives_a_restart(tmp_path: Path) -> None:
    noted = call(ended_at=shop.NOW + timedelta(minutes=3), number=shop.number())
    work = open_work(tmp_path)
    work.keep_call(noted)
    work.close()

    work = open_work(tmp_path)
    assert work.calls_of("C-1", 20) == [noted]
    work.close()


def test_the_newest_stand_first_and_other_customers_do_not(work: WorkStore) -> None:
    work.keep_call(call("K-1"))
    work.keep_call(call("K-2", started_at=shop.NOW + timedelta(hours=1)))
    work.keep_call(call("K-3", customer_id="C-2"))
    assert [c.call_id for c in work.calls_of("C-1", 20)] == ["K-2", "K-1"]
    assert [c.call_id for c in work.calls_of("C-1", 1)] == ["K-2"]


def test_keeping_a_call_again_replaces_it(work: WorkStore) -> None:
    work.keep_call(call())
    work.keep_call(call(note="changed"))
    assert [c.note for c in work.calls_of("C-1", 20)] == ["changed"]
    work.keep_call(call(note=""))
    assert work.calls_of("C-1", 20) == []


def test_a_call_about_a_draft_knows_the_number_that_the_draft_got(work: WorkStore) -> None:
    work.save_draft(shop.draft())
    work.keep_call(call(draft_id="D-1"))
    assert work.calls_of("C-1", 20)[0].number == ""
    (record,) = work.finalize([build("op-1")], ["D-1"])
    assert work.calls_of("C-1", 20)[0].number == record.number


def test_halves_of_characters_cost_only_themselves(work: WorkStore) -> None:
    work.keep_call(call(note="broken \udce4 paste"))
    assert work.calls_of("C-1", 20)[0].note == "broken ? paste"


def test_erasing_a_customer_erases_and_counts_their_calls_only(work: WorkStore) -> None:
    work.keep_call(call("K-1"))
    work.keep_call(call("K-2"))
    work.keep_call(call("K-3", customer_id="C-2"))
    assert work.erase_personal(["C-1"], {}, rewrite) == 2
    assert work.calls_of("C-1", 20) == []
    assert [c.call_id for c in work.calls_of("C-2", 20)] == ["K-3"]
    assert work.erase_personal(["C-1"], {}, rewrite) == 0
