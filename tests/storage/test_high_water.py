"""A number that was told is not told again, whatever becomes of work.db."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rma.numbers import BLOCK_SIZE
from rma.record import RmaRecord
from storage.high_water import STRIDE, HighWater
from storage.secrets import Secrets
from storage.secrets.errors import SecretsError
from storage.secrets.open_file import OpenFile
from storage.work import WorkStore
from storage.work_file import WorkFile
from tests import shop
from tests.keys import KEY
from tests.storage.desk import BLOCK, IDENTITY, build, seal


def opened(folder: Path, secrets: Secrets) -> WorkStore:
    work = WorkStore.open(
        folder, KEY, seal=seal, clock=lambda: shop.NOW, high_water=HighWater(secrets)
    )
    if work.identity() is None:
        work.set_identity(IDENTITY)
        work.store_lease("lease-1", BLOCK)
    return work


def tell(work: WorkStore, op_id: str) -> int:
    """A return more; gives the place of its number in the block."""
    (record,) = work.finalize([build(op_id)], [])
    assert isinstance(record, RmaRecord)
    return int(record.number[6:9])


def crash(work: WorkStore) -> None:
    """The process is gone, and has settled nothing."""
    WorkFile.close(work)


@pytest.fixture
def secrets(tmp_path: Path) -> OpenFile:
    (tmp_path / "secrets").mkdir()
    return OpenFile(tmp_path / "secrets")


def test_a_desk_that_closes_wastes_no_number(tmp_path: Path, secrets: OpenFile) -> None:
    for index in range(3):
        work = opened(tmp_path / "desk", secrets)
        assert tell(work, f"op-{index}") == index
        work.close()


def test_a_database_that_was_put_back_tells_no_number_again(
    tmp_path: Path, secrets: OpenFile
) -> None:
    work = opened(tmp_path / "desk", secrets)
    tell(work, "op-0")
    work.close()
    shutil.copy(tmp_path / "desk" / "work.db", tmp_path / "old.db")
    work = opened(tmp_path / "desk", secrets)
    assert [tell(work, f"op-{index}") for index in (1, 2, 3)] == [1, 2, 3]
    work.close()
    shutil.copy(tmp_path / "old.db", tmp_path / "desk" / "work.db")

    work = opened(tmp_path / "desk", secrets)

    assert tell(work, "op-4") == 4
    (fence,) = (entry for entry in work.audit_entries() if entry.command == "fence")
    assert fence.before == f'{{"{BLOCK}":1}}'
    assert work.verify_audit() is None
    work.close()


def test_a_database_of_before_a_crash_tells_no_number_again(
    tmp_path: Path, secrets: OpenFile
) -> None:
    work = opened(tmp_path / "desk", secrets)
    tell(work, "op-0")
    crash(work)
    shutil.copy(tmp_path / "desk" / "work.db", tmp_path / "old.db")
    work = opened(tmp_path / "desk", secrets)
    told = [tell(work, f"op-{index}") for index in range(1, STRIDE + 3)]
    crash(work)
    shutil.copy(tmp_path / "old.db", tmp_path / "desk" / "work.db")

    work = opened(tmp_path / "desk", secrets)

    after = tell(work, "op-x")
    assert after > max(told)
    assert after - max(told) <= STRIDE + 1
    work.close()


def test_a_block_that_was_used_up_stays_so(tmp_path: Path, secrets: OpenFile) -> None:
    water = HighWater(secrets)
    water.reach({BLOCK: BLOCK_SIZE})

    work = opened(tmp_path / "desk", secrets)
    work.close()
    work = opened(tmp_path / "desk", secrets)

    assert work.queue().numbers_left == 0
    work.close()


def test_a_keyring_that_fails_keeps_no_caller_waiting_for_a_number(tmp_path: Path) -> None:
    class Locked:
        kind = "locked"

        def get(self, name: str) -> bytes | None:
            raise SecretsError("locked")

        def set(self, name: str, value: bytes) -> None:
            raise SecretsError("locked")

        def delete(self, name: str) -> None:
            raise SecretsError("locked")

    work = opened(tmp_path / "desk", Locked())

    assert tell(work, "op-0") == 0
    work.close()
