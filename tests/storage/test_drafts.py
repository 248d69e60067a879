"""Drafts: kept as typed, newest first, gone when discarded."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from storage.work import WorkStore
from tests import shop
from tests.storage.desk import open_work


def test_a_draft_comes_back_as_it_was_typed_after_a_restart(tmp_path: Path) -> None:
    typed = shop.draft(shop.draft_line(quantity="2x", note="half a sen"), goodwill="1,", keys=7)
    work = open_work(tmp_path)
    work.save_draft(typed)
    work.close()

    work = open_work(tmp_path)
    assert work.draft("D-1") == typed
    work.close()


def test_control_characters_and_escapes_are_kept_as_they_are(work: WorkStore) -> None:
    typed = shop.draft(shop.draft_line(note="\x1b[2J\x00\x07 'quoted\" – \u202e 😀"))
    work.save_draft(typed)
    assert work.draft("D-1") == typed


def test_halves_of_characters_cost_only_themselves(work: WorkStore) -> None:
    work.save_draft(shop.draft(shop.draft_line(note="broken \udce4 paste"), keys=3))

    kept = work.draft("D-1")
    assert kept is not None
    assert kept.lines[0].note == "broken ? paste"
    assert kept.keys == 3


def test_saving_again_replaces(work: WorkStore) -> None:
    work.save_draft(shop.draft())
    work.save_draft(shop.draft(goodwill="5"))
    assert [draft.goodwill for draft in work.drafts()] == ["5"]


def test_drafts_stand_newest_first(work: WorkStore) -> None:
    for index in (2, 1, 3):
        saved_at = shop.NOW + timedelta(minutes=index)
        work.save_draft(shop.draft(draft_id=f"D-{index}", saved_at=saved_at))
    assert [draft.draft_id for draft in work.drafts()] == ["D-3", "D-2", "D-1"]


def test_discarding_twice_does_nothing_more(work: WorkStore) -> None:
    work.save_draft(shop.draft())
    work.discard_draft("D-1")
    work.discard_draft("D-1")
    assert work.draft("D-1") is None
