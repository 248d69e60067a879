"""A copy that is put back tells no number that was told since: where its keys know how far, it goes on, else it waits."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from rma.errors import NoNumbersLeft
from rma.numbers import BLOCK_SIZE
from storage.copies import Restored, back_up, put_back
from storage.high_water import HighWater
from storage.secrets import NUMBERS_HIGH_WATER, Secrets
from storage.secrets.keeping import vault_for_a_backup
from storage.secrets.kinds import Kind
from storage.secrets.open_file import OpenFile
from storage.secrets.vault import Vault
from tests import shop
from tests.keys import KEY
from tests.storage.desk import BLOCK
from tests.storage.test_high_water import opened, tell

PASSPHRASE = "correct horse battery"


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    folder = tmp_path / "desk"
    folder.mkdir()
    return folder


@pytest.fixture
def keyring(tmp_path: Path, desk: Path) -> Secrets:
    """Secrets that are outside of the desk's folder, which names them."""
    (tmp_path / "keyring").mkdir()
    (desk / Kind.KEYRING.value).touch()
    return OpenFile(tmp_path / "keyring")


def work_and_lose(desk: Path, secrets: Secrets) -> Path:
    """A desk is backed up, tells five numbers more, and is closed; gives the copy."""
    work = opened(desk, secrets)
    tell(work, "op-0")
    vault = vault_for_a_backup(secrets)
    copy = back_up(desk, KEY, desk.parent / "copies", shop.NOW, vault).folder
    assert [tell(work, f"op-{index}") for index in range(1, 6)] == [1, 2, 3, 4, 5]
    work.close()
    return copy


def restore(copy: Path, desk: Path, secrets: Secrets) -> Restored:
    marks = HighWater(secrets).read()
    return put_back(copy, desk, KEY, shop.NOW, losing=True, marks=marks)


def assert_waits_for_numbers(desk: Path, secrets: Secrets) -> None:
    """None of what was leased before is told; what is leased from now on is, also after another start."""
    work = opened(desk, secrets)
    with pytest.raises(NoNumbersLeft):
        tell(work, "op-x")
    wanted = work.lease_wanted()
    assert wanted is not None
    work.store_lease(wanted, BLOCK + 1)
    assert tell(work, "op-y") == 0
    work.close()
    work = opened(desk, secrets)
    assert tell(work, "op-z") == 1
    assert work.verify_audit() is None
    work.close()


@pytest.mark.parametrize("disk", ["whole", "damaged", "gone"])
def test_in_its_own_place_with_its_keyring_it_goes_on_after_what_was_told(
    desk: Path, keyring: Secrets, disk: str
) -> None:
    copy = work_and_lose(desk, keyring)
    if disk == "damaged":
        (desk / "work.db").write_bytes(b"x" * 4096)
    elif disk == "gone":
        (desk / "work.db").unlink()

    assert restore(copy, desk, keyring).given_up == 0

    work = opened(desk, keyring)
    assert tell(work, "op-x") == 6
    assert work.verify_audit() is None
    work.close()


def test_in_a_new_folder_with_the_same_keyring_it_goes_on_after_what_was_told(
    desk: Path, keyring: Secrets, tmp_path: Path
) -> None:
    copy = work_and_lose(desk, keyring)
    new = tmp_path / "new"
    new.mkdir()
    shutil.copy(desk / Kind.KEYRING.value, new)

    assert restore(copy, new, keyring).given_up == 0

    work = opened(new, keyring)
    assert tell(work, "op-x") == 6
    work.close()


def test_a_vault_that_lives_on_beside_it_knows_what_was_told(desk: Path) -> None:
    vault = Vault(desk, PASSPHRASE)
    copy = work_and_lose(desk, vault)

    assert restore(copy, desk, vault).given_up == 0

    work = opened(desk, vault)
    assert tell(work, "op-x") == 6
    work.close()


@pytest.mark.parametrize("with_database", [True, False])
def test_with_the_vault_of_the_copy_it_waits_for_numbers(
    desk: Path, tmp_path: Path, with_database: bool
) -> None:
    copy = work_and_lose(desk, Vault(desk, PASSPHRASE))
    new = tmp_path / "new"
    shutil.copytree(copy, new)
    if not with_database:
        (new / "work.db").unlink()
    vault = Vault(new, PASSPHRASE)

    assert restore(copy, new, vault).given_up == BLOCK_SIZE - 1

    assert_waits_for_numbers(new, vault)


def test_a_copy_with_its_vault_that_is_opened_where_it_lies_waits_for_numbers(desk: Path) -> None:
    copy = work_and_lose(desk, Vault(desk, PASSPHRASE))

    assert_waits_for_numbers(copy, Vault(copy, PASSPHRASE))


def test_with_an_old_file_of_secrets_in_a_new_folder_it_waits_for_numbers(
    desk: Path, tmp_path: Path
) -> None:
    opened(desk, OpenFile(desk)).close()
    new = tmp_path / "new"
    new.mkdir()
    shutil.copy(desk / Kind.FILE.value, new)
    copy = work_and_lose(desk, OpenFile(desk))

    assert restore(copy, new, OpenFile(new)).given_up == BLOCK_SIZE - 1

    assert_waits_for_numbers(new, OpenFile(new))


def test_with_an_old_file_of_secrets_in_its_own_place_it_goes_on_after_what_is_there(
    desk: Path,
) -> None:
    work = opened(desk, OpenFile(desk))
    work.close()
    old = (desk / Kind.FILE.value).read_bytes()
    copy = work_and_lose(desk, OpenFile(desk))
    (desk / Kind.FILE.value).write_bytes(old)

    assert restore(copy, desk, OpenFile(desk)).given_up == 0

    work = opened(desk, OpenFile(desk))
    assert tell(work, "op-x") == 6
    work.close()


@pytest.mark.parametrize("restores", [True, False])
def test_with_keys_that_were_recovered_it_waits_for_numbers(
    desk: Path, keyring: Secrets, tmp_path: Path, restores: bool
) -> None:
    copy = work_and_lose(desk, keyring)
    new = tmp_path / "new"
    shutil.copytree(copy, new)
    recovered = OpenFile(new)  # no mark is in what is sealed for an operator

    if restores:
        assert restore(copy, new, recovered).given_up == BLOCK_SIZE - 1

    assert_waits_for_numbers(new, recovered)


def test_a_lease_that_was_under_way_is_not_waited_for(desk: Path, keyring: Secrets) -> None:
    work = opened(desk, keyring, block=None)
    asked = work.lease_wanted()
    assert asked is not None
    copy = back_up(desk, KEY, desk.parent / "copies", shop.NOW).folder
    work.store_lease(asked, BLOCK)
    tell(work, "op-0")
    work.close()

    restore(copy, desk, keyring)

    work = opened(desk, keyring)
    assert work.lease_wanted() not in (None, asked)
    work.close()


def test_a_backup_says_nothing_of_numbers_and_leaves_the_desk_its_marks(desk: Path) -> None:
    vault = Vault(desk, PASSPHRASE)
    copy = work_and_lose(desk, vault)

    assert Vault(copy, PASSPHRASE).get(NUMBERS_HIGH_WATER) is None
    assert HighWater(Vault(desk, PASSPHRASE)).read() == {BLOCK: 6}
    assert (copy / Kind.VAULT.value).stat().st_mode & 0o077 == 0
