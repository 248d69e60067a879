"""The marks of numbers where their place is small, fails for a moment or wakes late; and those of an earlier release."""

from __future__ import annotations

import json
from pathlib import Path
from threading import Event

import pytest

from rma.errors import NoNumbersLeft
from rma.numbers import BLOCK_SIZE
from storage import settings
from storage.copies import back_up, put_back
from storage.engines import run, writing
from storage.high_water import NEWEST, PAUSE_SECONDS, STRIDE, HighWater
from storage.secrets import NUMBERS_HIGH_WATER, Secrets
from storage.secrets.errors import SecretsError
from storage.secrets.keyring import Keyring
from storage.secrets.open_file import OpenFile
from tests import shop
from tests.keys import KEY
from tests.storage.desk import BLOCK
from tests.storage.test_high_water import Sulking, crash, opened, tell

WINDOWS_BYTES = 2560


@pytest.fixture
def secrets(tmp_path: Path) -> OpenFile:
    (tmp_path / "secrets").mkdir()
    return OpenFile(tmp_path / "secrets")


def marks(secrets: Secrets) -> dict[int, int]:
    return HighWater(secrets).read()


# ---- a small place ------------------------------------------------------------------------------------------------


class Small:
    """Takes what the Windows Credential Locker takes: UTF-16 of hexadecimal text."""

    kind = "small"

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def get(self, name: str) -> bytes | None:
        return self._kept.get(name)

    def set(self, name: str, value: bytes) -> None:
        if len(value.hex().encode("utf-16-le")) > WINDOWS_BYTES:
            raise SecretsError("too long")
        self._kept[name] = value

    def delete(self, name: str) -> None:
        self._kept.pop(name, None)


def test_marks_of_a_hundred_blocks_fit_into_a_small_keyring() -> None:
    secrets = Small()
    water = HighWater(secrets)
    water.read()
    used: dict[int, int] = {}
    # The server draws blocks at random: the newest is not the highest.
    for block in range(BLOCK + 100, BLOCK, -1):
        water.begin(block)
        water.reach({block: BLOCK_SIZE})
        used[block] = BLOCK_SIZE
        water.settle(used)
        water = HighWater(secrets)
        water.read()
    water.begin(BLOCK)

    newest = dict.fromkeys(range(BLOCK + NEWEST, BLOCK, -1), BLOCK_SIZE)
    assert marks(secrets) == {**newest, BLOCK: 0}
    assert water.begin(BLOCK + NEWEST) == BLOCK_SIZE


def test_closing_a_desk_whose_marks_are_kept_asks_nothing_of_the_keyring() -> None:
    secrets = Sulking()
    secrets.sulks = False
    water = HighWater(secrets)
    used = dict.fromkeys(range(BLOCK, BLOCK + 20), BLOCK_SIZE)
    water.reach(used)
    secrets.calls.clear()

    water.settle(used)

    assert secrets.calls == []


# ---- a place that fails for a moment ------------------------------------------------------------------------------


def test_a_block_begun_while_the_keyring_was_locked_gets_its_mark_with_the_next_number(
    tmp_path: Path,
) -> None:
    secrets = Sulking()
    secrets.sulks = False
    work = opened(tmp_path / "desk", secrets)
    tell(work, "op-0")
    secrets.sulks = True
    work.store_lease("lease-2", BLOCK + 1)
    secrets.sulks = False

    tell(work, "op-1")

    crash(work)
    assert marks(secrets)[BLOCK + 1] == 0
    work = opened(tmp_path / "desk", secrets)
    assert work.queue().numbers_left > BLOCK_SIZE
    work.close()


def test_usual_numbers_ask_nothing_of_the_keyring(tmp_path: Path) -> None:
    secrets = Sulking()
    secrets.sulks = False
    work = opened(tmp_path / "desk", secrets)
    tell(work, "op-0")
    secrets.calls.clear()
    for index in range(1, 5):
        tell(work, f"op-{index}")
    assert secrets.calls == []
    work.close()


# ---- a keyring that wakes late ------------------------------------------------------------------------------------


class Backend:
    """A keyring whose writes hang until it wakes."""

    def __init__(self) -> None:
        self.awake = Event()
        self.awake.set()
        self.kept: dict[str, str] = {}
        self.asked: list[str] = []
        self.written = Event()

    def get_password(self, _service: str, name: str) -> str | None:
        return self.kept.get(name)

    def set_password(self, _service: str, name: str, value: str) -> None:
        self.asked.append(value)
        self.awake.wait(timeout=30)
        self.kept[name] = value
        self.written.set()

    def delete_password(self, _service: str, name: str) -> None:
        del self.kept[name]


def test_no_write_is_begun_while_an_older_one_hangs() -> None:
    backend = Backend()
    keyring = Keyring("desk", "test", backend, patience=0.5)  # type: ignore[arg-type]
    backend.awake.clear()
    for value in (b"old", b"new"):
        with pytest.raises(SecretsError, match="does not answer"):
            keyring.set("one", value)
    assert backend.asked == [b"old".hex()]

    backend.awake.set()
    assert keyring._last_written.wait(timeout=10)
    keyring.set("one", b"new")
    assert keyring.get("one") == b"new"
    assert backend.asked == [b"old".hex(), b"new".hex()]


def test_after_a_write_that_came_late_the_newest_marks_are_written_again() -> None:
    backend = Backend()
    time = [0.0]
    keyring = Keyring("desk", "test", backend, patience=0.5)  # type: ignore[arg-type]
    water = HighWater(keyring, lambda: time[0])
    water.begin(BLOCK)
    backend.awake.clear()
    water.reach({BLOCK: 60})
    water.settle({BLOCK: 400})  # refused: it could be done before the older one
    backend.awake.set()
    assert keyring._last_written.wait(timeout=10)
    assert marks(keyring) == {BLOCK: 60 + STRIDE}

    time[0] += PAUSE_SECONDS
    backend.written.clear()
    water.reach({BLOCK: 390})
    assert backend.written.wait(timeout=10)
    assert marks(keyring)[BLOCK] >= 400


def test_a_write_that_failed_leaves_nothing_certain_for_the_next_number() -> None:
    secrets = Sulking()
    secrets.sulks = False
    water = HighWater(secrets)
    water.reach({BLOCK: 400})
    secrets.sulks = True
    water.begin(BLOCK + 1)
    secrets._kept[NUMBERS_HIGH_WATER] = json.dumps(
        {BLOCK: 110}
    ).encode()  # an older write came late
    secrets.sulks = False

    water.reach({BLOCK: 430})

    assert secrets.mark() >= 430


# ---- marks of an earlier release ----------------------------------------------------------------------------------


def of_an_earlier_release(folder: Path, secrets: OpenFile, told: int) -> None:
    """A desk with two blocks whose release marked only those that numbers were told of."""
    work = opened(folder, secrets)
    for index in range(told):
        tell(work, f"op-{index}")
    work.store_lease("lease-2", BLOCK + 1)
    with writing(work._engine) as connection:
        run(connection, "DELETE FROM setting WHERE name = ?", (settings._MARKED,))
    work.close()
    old = {str(BLOCK): told} if told else {}
    if old:
        secrets.set(NUMBERS_HIGH_WATER, json.dumps(old).encode())
    else:
        secrets.delete(NUMBERS_HIGH_WATER)


@pytest.mark.parametrize("told", [0, 5])
def test_a_desk_of_an_earlier_release_keeps_its_unused_numbers(
    tmp_path: Path, secrets: OpenFile, told: int
) -> None:
    of_an_earlier_release(tmp_path / "desk", secrets, told)

    work = opened(tmp_path / "desk", secrets)

    assert work.queue().numbers_left == 2 * BLOCK_SIZE - told
    assert marks(secrets) == {BLOCK: told, BLOCK + 1: 0}
    assert tell(work, "op-x") == told
    work.close()
    secrets.delete(NUMBERS_HIGH_WATER)
    work = opened(tmp_path / "desk", secrets)
    with pytest.raises(NoNumbersLeft):
        tell(work, "op-y")
    work.close()


def test_a_desk_of_an_earlier_release_whose_marks_are_lost_waits_for_numbers(
    tmp_path: Path, secrets: OpenFile
) -> None:
    of_an_earlier_release(tmp_path / "desk", secrets, 5)
    secrets.delete(NUMBERS_HIGH_WATER)

    work = opened(tmp_path / "desk", secrets)

    assert work.queue().numbers_left == 0
    work.close()


@pytest.mark.parametrize("told", [0, 5])
def test_a_copy_of_an_earlier_release_that_is_put_back_without_marks_waits_for_numbers(
    tmp_path: Path, secrets: OpenFile, told: int
) -> None:
    desk = tmp_path / "desk"
    of_an_earlier_release(desk, secrets, told)
    copy = back_up(desk, KEY, tmp_path / "copies", shop.NOW).folder

    put_back(copy, desk, KEY, shop.NOW)

    secrets.delete(NUMBERS_HIGH_WATER)
    work = opened(desk, secrets)
    assert work.queue().numbers_left == 0
    work.close()


def test_blocks_of_an_earlier_release_get_their_marks_once_the_keyring_takes_them(
    tmp_path: Path, secrets: OpenFile
) -> None:
    of_an_earlier_release(tmp_path / "desk", secrets, 5)
    sulking = Sulking()
    sulking._kept[NUMBERS_HIGH_WATER] = json.dumps({BLOCK: 5}).encode()
    for _start in range(2):
        work = opened(tmp_path / "desk", sulking)
        assert work.queue().numbers_left == 2 * BLOCK_SIZE - 5
        crash(work)
    sulking.sulks = False

    opened(tmp_path / "desk", sulking).close()

    assert marks(sulking) == {BLOCK: 5, BLOCK + 1: 0}
