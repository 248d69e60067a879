"""A number that was told is not told again, whatever becomes of work.db."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from threading import Event, current_thread

import pytest

from rma.errors import NoNumbersLeft
from rma.numbers import BLOCK_SIZE
from rma.record import RmaRecord
from storage.fencing import UNKNOWN
from storage.high_water import PAUSE_SECONDS, STRIDE, HighWater
from storage.secrets import NUMBERS_HIGH_WATER, Secrets
from storage.secrets.errors import SecretsError
from storage.secrets.open_file import OpenFile
from storage.work import WorkStore
from storage.work_file import WorkFile
from tests import shop
from tests.keys import KEY
from tests.storage.desk import BLOCK, IDENTITY, build, seal


class Sulking:
    """A keyring that fails, after a while on its own clock."""

    kind = "sulking"

    def __init__(self, seconds: float = 0) -> None:
        self.sulks = True
        self.is_locked = False
        self.time = 0.0
        self.calls: list[str] = []
        """The thread of each."""
        self.was_set = Event()
        self._seconds = seconds
        self._kept: dict[str, bytes] = {}

    def mark(self) -> int:
        return int(json.loads(self._kept[NUMBERS_HIGH_WATER])[str(BLOCK)])

    def get(self, name: str) -> bytes | None:
        if self.is_locked:
            raise SecretsError("locked")
        return self._kept.get(name)

    def set(self, name: str, value: bytes) -> None:
        self.calls.append(current_thread().name)
        if self.sulks:
            self.time += self._seconds
            raise SecretsError("locked")
        self._kept[name] = value
        self.was_set.set()

    def delete(self, name: str) -> None:
        raise SecretsError("locked")

    def monotonic(self) -> float:
        return self.time


def opened(folder: Path, secrets: Secrets, block: int | None = BLOCK) -> WorkStore:
    monotonic = secrets.monotonic if isinstance(secrets, Sulking) else None
    water = HighWater(secrets, monotonic)
    work = WorkStore.open(folder, KEY, seal=seal, clock=lambda: shop.NOW, high_water=water)
    if work.identity() is None:
        work.set_identity(IDENTITY)
        if block is not None:
            work.store_lease("lease-1", block)
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
    work = opened(tmp_path / "desk", Sulking())

    assert tell(work, "op-0") == 0
    work.close()


# ---- a keyring that keeps silent ----------------------------------------------------------------------------------


def test_a_silent_keyring_is_waited_for_once_and_asked_again_while_nobody_waits(
    tmp_path: Path,
) -> None:
    secrets = Sulking(seconds=5)
    secrets.sulks = False
    work = opened(tmp_path / "desk", secrets)
    secrets.calls.clear()
    secrets.sulks = True

    assert [tell(work, f"op-{index}") for index in range(5)] == [0, 1, 2, 3, 4]
    assert secrets.calls == ["MainThread"]

    secrets.was_set.clear()
    secrets.time += PAUSE_SECONDS
    secrets.sulks = False
    assert tell(work, "op-5") == 5
    assert secrets.was_set.wait(timeout=10)
    assert secrets.calls == ["MainThread", "numbers"]
    assert secrets.mark() == 6 + STRIDE
    WorkFile.close(work)


def test_a_place_that_fails_at_once_is_asked_with_every_number(tmp_path: Path) -> None:
    secrets = Sulking()
    work = opened(tmp_path / "desk", secrets)
    secrets.calls.clear()
    for index in range(3):
        tell(work, f"op-{index}")
    assert secrets.calls == ["MainThread"] * 3

    secrets.sulks = False
    tell(work, "op-3")

    assert secrets.mark() == 4 + STRIDE
    crash(work)


# ---- marks that are lost ------------------------------------------------------------------------------------------


def test_a_block_without_a_mark_is_given_up_until_another_is_leased(
    tmp_path: Path, secrets: OpenFile
) -> None:
    work = opened(tmp_path / "desk", secrets)
    tell(work, "op-0")
    asked = work.lease_wanted()
    work.close()
    secrets.delete(NUMBERS_HIGH_WATER)

    work = opened(tmp_path / "desk", secrets)

    with pytest.raises(NoNumbersLeft):
        tell(work, "op-1")
    assert work.lease_wanted() not in (None, asked)
    (fence,) = (entry for entry in work.audit_entries() if entry.command == "fence")
    assert UNKNOWN in str(fence.after)
    assert work.verify_audit() is None
    work.store_lease("lease-2", BLOCK + 1)
    assert tell(work, "op-2") == 0
    work.close()
    work = opened(tmp_path / "desk", secrets)
    assert tell(work, "op-3") == 1
    work.close()


def test_marks_that_are_damaged_are_lost(tmp_path: Path, secrets: OpenFile) -> None:
    work = opened(tmp_path / "desk", secrets)
    tell(work, "op-0")
    work.close()
    secrets.set(NUMBERS_HIGH_WATER, b"[1]")

    work = opened(tmp_path / "desk", secrets)

    assert work.queue().numbers_left == 0
    work.close()


def test_a_desk_whose_marks_cannot_be_read_does_not_open_before_they_can(tmp_path: Path) -> None:
    secrets = Sulking()
    secrets.sulks = False
    opened(tmp_path / "desk", secrets).close()
    secrets.is_locked = True

    with pytest.raises(SecretsError):
        opened(tmp_path / "desk", secrets)

    secrets.is_locked = False
    work = opened(tmp_path / "desk", secrets)
    assert tell(work, "op-0") == 0
    work.close()


def test_a_desk_that_has_told_no_number_yet_keeps_its_block(
    tmp_path: Path, secrets: OpenFile
) -> None:
    for _start in range(2):
        work = opened(tmp_path / "desk", secrets)
        assert work.queue().numbers_left == BLOCK_SIZE
        crash(work)


def test_a_block_that_comes_again_after_its_database_was_put_back_goes_on_where_it_was(
    tmp_path: Path, secrets: OpenFile
) -> None:
    work = opened(tmp_path / "desk", secrets, block=None)
    work.close()
    shutil.copy(tmp_path / "desk" / "work.db", tmp_path / "old.db")
    work = opened(tmp_path / "desk", secrets)
    work.store_lease("lease-1", BLOCK)
    assert [tell(work, f"op-{index}") for index in range(3)] == [0, 1, 2]
    work.close()
    shutil.copy(tmp_path / "old.db", tmp_path / "desk" / "work.db")
    work = opened(tmp_path / "desk", secrets)

    work.store_lease("lease-1", BLOCK)

    assert tell(work, "op-3") == 3
    work.close()
