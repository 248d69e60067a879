"""The people of a desk in its database: PINs, tries, sign-ins, the last contact."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from storage import audit, settings
from storage.engines import writing
from storage.errors import NotEnrolled
from storage.work import WorkStore
from tests.storage.desk import HandClock, open_work

ADA = "Agent One"


def test_a_try_counts_before_it_is_known_to_be_wrong(work: WorkStore) -> None:
    work.set_pin(ADA, "v")
    work.count_pin_try(ADA)
    pin = work.pin(ADA)
    assert pin is not None
    assert pin.tries == 1
    assert pin.tried_at is not None


def test_tries_survive_a_new_start(work: WorkStore, tmp_path: Path) -> None:
    work.set_pin(ADA, "v")
    work.count_pin_try(ADA)
    work.close()
    again = open_work(tmp_path)
    pin = again.pin(ADA)
    again.close()
    assert pin is not None
    assert pin.tries == 1


def test_a_sign_in_forgets_the_tries_and_is_in_the_audit_chain(work: WorkStore) -> None:
    work.set_pin(ADA, "v")
    work.count_pin_try(ADA)
    work.refuse_pin(ADA)
    work.sign_in(ADA)
    pin = work.pin(ADA)
    assert pin is not None
    assert (pin.tries, pin.tried_at) == (0, None)
    commands = [entry.command for entry in work.audit_entries()]
    assert commands[-3:] == ["set_pin", "sign_in_refused", "sign_in"]
    assert work.verify_audit() is None


def test_only_who_is_enrolled_gets_a_pin(work: WorkStore) -> None:
    with pytest.raises(NotEnrolled):
        work.set_pin("Nobody", "v")


def test_the_last_contact_is_known_after_a_new_start(work: WorkStore, tmp_path: Path) -> None:
    assert work.last_contact() is None
    work.note_contact()
    noted = work.last_contact()
    work.close()
    again = open_work(tmp_path)
    known = again.last_contact()
    again.close()
    assert known == noted


def test_the_newest_act_is_not_what_a_clock_that_was_set_back_says(
    work: WorkStore, tmp_path: Path
) -> None:
    work.close()
    clock = HandClock()
    again = open_work(tmp_path, clock=clock)
    clock.at += timedelta(days=3)
    again.set_pin(ADA, "v")
    newest = clock.at
    clock.at -= timedelta(days=3)
    again.set_pin(ADA, "w")

    assert again.newest_act() == newest

    with writing(again._engine) as connection:
        settings.set_countersigned(connection, audit.count(connection))
    assert again.newest_act() is None
    again.close()


def test_what_was_done_before_the_last_contact_is_no_newest_act_though_nothing_is_countersigned(
    work: WorkStore, tmp_path: Path
) -> None:
    work.close()
    clock = HandClock()
    again = open_work(tmp_path, clock=clock)
    clock.at += timedelta(days=3)
    again.set_pin(ADA, "v")
    clock.at -= timedelta(days=3)

    again.note_contact()

    assert again.newest_act() is None
    newest = clock.at
    again.set_pin(ADA, "w")
    assert again.newest_act() == newest
    again.close()
