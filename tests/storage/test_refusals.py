"""Refused returns in work.db and ref.db, and files for the agent."""

from __future__ import annotations

from pathlib import Path

import pytest

from rma.operations import OperationKind
from storage.errors import AlreadyFinalized, AlreadyRefused, CannotSave
from storage.papers import keep_file
from storage.reference import ReferenceStore
from storage.reference_rows import ReferenceRow
from tests import shop
from tests.keys import KEY
from tests.storage.desk import build, open_work, refusing


def test_a_refused_draft_is_gone_queued_and_in_the_chain(tmp_path: Path) -> None:
    work = open_work(tmp_path)
    work.save_draft(shop.draft())

    work.refuse(shop.refused(), refusing())
    work.save_draft(shop.draft())  # a late save brings nothing back

    assert work.drafts() == []
    assert work.refusals_of_customer("C-1", 9) == [shop.refused()]
    (sealed,) = work.waiting(9, 1 << 20)
    assert sealed.kind is OperationKind.REFUSE
    entries = list(work.audit_entries())
    assert (entries[-1].entity, entries[-1].command) == ("refusal/D-1", "return.refuse")
    assert "Too late" not in str(entries[-1].after)
    assert work.verify_audit() is None
    work.close()


def test_a_draft_is_refused_once_and_never_after_it_got_its_number(tmp_path: Path) -> None:
    work = open_work(tmp_path)
    work.refuse(shop.refused(), refusing())
    with pytest.raises(AlreadyRefused):
        work.refuse(shop.refused(), refusing("op-r2"))

    work.save_draft(shop.draft(draft_id="D-2"))
    work.finalize([build("op-1")], ["D-2"])
    with pytest.raises(AlreadyFinalized):
        work.refuse(shop.refused(refusal_id="D-2"), refusing("op-r3"))

    assert len(work.refusals_of_customer("C-1", 9)) == 1
    assert work.queue().waiting == 2
    work.close()


def test_the_copy_of_the_server_keeps_them_by_customer(tmp_path: Path) -> None:
    reference = ReferenceStore.open(tmp_path, KEY)
    load = reference.begin_load("cursor")
    load.add([ReferenceRow("refusal", "D-1", 1, shop.refused())])
    load.finish()

    assert reference.refusals_of_customer("C-1", 9) == [shop.refused()]
    assert reference.refusals_of_customer("C-2", 9) == []
    reference.close()


def test_a_file_is_whole_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "papers"

    keep_file(folder, "RMA-1.txt", b"first")
    path = keep_file(folder, "RMA-1.txt", b"second")

    assert path.read_bytes() == b"second"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in folder.iterdir()] == ["RMA-1.txt"]


def test_what_cannot_be_written_says_so_and_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "papers").write_text("no folder")

    with pytest.raises(CannotSave, match="Nothing was saved"):
        keep_file(tmp_path / "papers", "RMA-1.txt", b"text")
    (tmp_path / "RMA-2.txt").mkdir()
    with pytest.raises(CannotSave):
        keep_file(tmp_path, "RMA-2.txt", b"text")
    assert sorted(file.name for file in tmp_path.iterdir()) == ["RMA-2.txt", "papers"]
