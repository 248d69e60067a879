"""Finalize is one transaction: number, RMA, outbox row, audit entry and draft change together or not at all."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from rma.errors import NoNumbersLeft
from rma.operations import FinalizeReturn, MadeReturn
from rma.request import Contact
from storage.engines import reading
from storage.errors import AlreadyFinalized, NotEnrolled
from storage.work import WorkStore
from sync.protocol.envelopes import TooLargeToSend, command_of, open_envelope
from tests import shop
from tests.keys import KEY, decrypted
from tests.storage.desk import BLOCK, METRICS, build, cancelled, make, open_work, seal


def test_takes_the_lowest_free_number_and_keeps_record_and_operation(work: WorkStore) -> None:
    record = make(work)

    assert record.number == shop.number(0, BLOCK)
    local = work.record(record.number)
    assert local is not None
    assert local.record == record
    assert (local.pending, local.row_version) == (True, None)
    (sealed,) = work.waiting(10, 1 << 20)
    assert sealed == seal(build("op-1")(record.number).operation, _identity(work))
    assert work.last_pending(record.number) == "op-1"


def test_several_builds_get_numbers_in_order_in_one_go(work: WorkStore) -> None:
    records = work.finalize([build("op-1"), build("op-2"), build("op-3")], [])

    assert [record.number for record in records] == [shop.number(i, BLOCK) for i in range(3)]
    assert [sealed.op_id for sealed in work.waiting(10, 1 << 20)] == ["op-1", "op-2", "op-3"]


def test_drops_the_draft(work: WorkStore) -> None:
    work.save_draft(shop.draft())

    work.finalize([build("op-1")], ["D-1"])

    assert work.draft("D-1") is None
    assert work.drafts() == []


def test_a_draft_becomes_a_return_only_once(work: WorkStore) -> None:
    work.save_draft(shop.draft())
    (record,) = work.finalize([build("op-1")], ["D-1"])

    with pytest.raises(AlreadyFinalized, match=record.number):
        work.finalize([build("op-2")], ["D-1"])

    work.save_draft(shop.draft())
    assert work.draft("D-1") is None


def test_an_exception_in_a_build_changes_nothing(work: WorkStore) -> None:
    work.save_draft(shop.draft())
    before = work.queue()

    def broken(number: str) -> MadeReturn:
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        work.finalize([build("op-1"), broken], ["D-1", "D-2"])

    assert work.queue() == before
    assert work.draft("D-1") is not None
    assert work.record(shop.number(0, BLOCK)) is None
    assert make(work).number == shop.number(0, BLOCK)


def test_a_build_that_strays_from_its_number_is_refused(work: WorkStore) -> None:
    stray = build("op-1")

    with pytest.raises(ValueError, match="number"):
        work.finalize([lambda number: stray(shop.number(9, BLOCK))], [])


def test_the_metrics_of_the_call_are_columns(work: WorkStore, tmp_path: Path) -> None:
    record = make(work)

    with decrypted(tmp_path / "work.db") as database:
        row = database.execute(
            "SELECT channel, started_at, first_key_at, finalized_at, keys, refused_tries FROM rma"
        ).fetchone()
    instant = "2026-11-20 10:00:00.000000"
    assert row == ("phone", instant, instant, instant, METRICS.keys, METRICS.refused_tries)
    assert record.finalized_at == shop.NOW


def test_without_enough_numbers_the_draft_is_kept(tmp_path: Path) -> None:
    work = open_work(tmp_path, block=None)
    work.save_draft(shop.draft())

    with pytest.raises(NoNumbersLeft):
        work.finalize([build("op-1")], ["D-1"])

    assert work.draft("D-1") is not None
    work.close()


def test_before_enrollment_nothing_is_finalized(tmp_path: Path) -> None:
    work = WorkStore.open(tmp_path, KEY, seal=seal, clock=lambda: shop.NOW)
    with pytest.raises(NotEnrolled):
        make(work)
    work.close()


def test_a_number_is_never_used_again_also_after_a_cancel_and_a_restart(tmp_path: Path) -> None:
    work = open_work(tmp_path)
    first = make(work)
    cancelled(work, first)
    work.close()

    work = open_work(tmp_path)
    assert make(work, "op-2").number == shop.number(1, BLOCK)
    work.close()


def test_a_kill_between_number_and_commit_leaves_draft_and_number_unused(tmp_path: Path) -> None:
    script = textwrap.dedent("""
        import os, signal, sys
        from pathlib import Path
        from tests import shop
        from tests.storage.desk import build, open_work

        def killed(number):
            print(number, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

        work = open_work(Path(sys.argv[1]))
        work.save_draft(shop.draft())
        work.finalize([build("op-1"), killed], ["D-1", "D-2"])
    """)
    process = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=False
    )
    assert process.returncode == -signal.SIGKILL, process.stderr
    assert process.stdout.strip() == shop.number(1, BLOCK)

    work = open_work(tmp_path)
    assert work.draft("D-1") == shop.draft()
    assert work.queue().waiting == 0
    assert work.verify_audit() is None
    assert work.finalize([build("op-2")], ["D-1"])[0].number == shop.number(0, BLOCK)
    work.close()


def test_threads_that_finalize_at_once_get_numbers_of_their_own(work: WorkStore) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda index: make(work, f"op-{index}").number, range(40)))

    assert sorted(made) == [shop.number(index, BLOCK) for index in range(40)]
    assert work.queue().waiting == 40
    assert work.verify_audit() is None


def test_a_full_disk_changes_nothing_and_says_what_to_do(work: WorkStore, tmp_path: Path) -> None:
    work.save_draft(shop.draft())
    with reading(work._engine) as connection:  # it stays open: the only one that is used here
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    before = work.queue()

    with pytest.raises(Exception, match="disk is full: free some space"):
        for index in range(50):
            make(work, f"op-{index}")
            before = work.queue()

    assert work.queue() == before
    assert work.draft("D-1") is not None


def _identity(work: WorkStore):  # type: ignore[no-untyped-def]
    identity = work.identity()
    assert identity is not None
    return identity


def test_halves_of_characters_are_told_and_kept_as_question_marks(work: WorkStore) -> None:
    torn = Contact("maria\udcff@example.com", "+493012345678")
    record = make(work, asking={"contact": torn, "destination_reason": "told \ud800 so"})

    (sealed,) = work.waiting(10, 1 << 20)
    command = command_of(open_envelope(sealed.body))
    assert isinstance(command, FinalizeReturn)
    assert command.request.destination_reason == "told ? so"
    local = work.record(record.number)
    assert local is not None
    assert local.record.request.contact.email == "maria?@example.com"
    assert work.verify_audit() is None


def test_what_could_never_be_sent_takes_no_number(work: WorkStore) -> None:
    with pytest.raises(TooLargeToSend, match="shorten"):
        make(work, asking={"destination_reason": "ab" * (1 << 19)})

    assert work.waiting(10, 1 << 20) == []
    assert work.queue().numbers_left == 1000
