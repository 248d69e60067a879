"""A desk whose keys are lost says so and changes nothing; the operator's recovery key opens it with all its work."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from central_api.__main__ import main as csr_central
from csr_tui.bootstrap import open_desk, sync_once
from csr_tui.demo.central import Central, CentralFailed
from csr_tui.enrollment import enroll, seal_for_recovery
from csr_tui.unlocking import unlock_or_make
from rma.numbers import WANTED_NUMBERS
from rma.request import Role
from storage.errors import NotEnrolled
from storage.secrets.errors import KeyLost
from storage.secrets.kinds import Kind
from storage.secrets.open_file import OpenFile
from sync.protocol.recovery import FILE, NotForThisKey, new_key, seal_for, unseal
from sync.protocol.signing import as_text
from tests import shop

SECRETS = Kind.FILE.value


@pytest.fixture
def operators_key(tmp_path: Path) -> tuple[Path, str]:
    """The file with the private half, and the public one as it travels."""
    private, public = new_key()
    file = tmp_path / "operator.key"
    file.write_text(private.hex())
    return file, as_text(public)


@pytest.fixture
def lost(operators_key: tuple[Path, str], tmp_path: Path) -> Path:
    """A desk with work in it, whose keys are gone."""
    folder = tmp_path / "desk"
    opened = open_desk(folder, secrets=unlock_or_make(folder))
    seal_for_recovery(opened, operators_key[1])
    opened.work.save_draft(shop.draft())
    opened.close()
    (folder / SECRETS).unlink()
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.db*")}


def test_a_desk_without_its_keys_says_so_and_changes_nothing(lost: Path) -> None:
    before = files(lost)
    with pytest.raises(KeyLost, match="csr-central recover"):
        open_desk(lost)
    assert files(lost) == before
    assert not (lost / SECRETS).exists()

    OpenFile(lost).set("another", b"1")  # the place is there again, and empty
    with pytest.raises(KeyLost, match="file, not protected"):
        open_desk(lost)
    assert files(lost) == before


def test_a_desk_that_was_enrolled_with_a_recovery_key_works_on_after_it_lost_its_keys(
    central: Central, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key, folder = tmp_path / "operator.key", tmp_path / "desk"
    central.command("recovery-key", str(key))
    written = key.read_bytes()
    with pytest.raises(CentralFailed, match="exists"):
        central.command("recovery-key", str(key))
    assert (key.read_bytes(), key.stat().st_mode & 0o777) == (written, 0o600)
    asyncio.run(enroll(folder, central.url, central.enroll_code("Ada", Role.AGENT)))
    (folder / SECRETS).unlink()

    assert csr_central(["recover", "--key", str(key), str(folder), "--json"]) == 0

    assert json.loads(capsys.readouterr().out) == {"folder": str(folder), "unsent": 0}
    assert (folder / SECRETS).stat().st_mode & 0o777 == 0o600
    opened = open_desk(folder)
    try:
        assert asyncio.run(sync_once(opened)).trouble == ""
    finally:
        opened.close()


def test_a_recovered_desk_tells_numbers_that_it_leases_anew(
    central: Central, tmp_path: Path
) -> None:
    key, folder = tmp_path / "operator.key", tmp_path / "desk"
    central.command("recovery-key", str(key))
    asyncio.run(enroll(folder, central.url, central.enroll_code("Ada", Role.AGENT)))
    opened = open_desk(folder)
    asyncio.run(sync_once(opened))
    leased = {block for _lease, block in opened.work.held_leases()}
    opened.close()
    (folder / SECRETS).unlink()
    assert csr_central(["recover", "--key", str(key), str(folder)]) == 0

    opened = open_desk(folder)
    try:
        assert opened.work.queue().numbers_left == 0
        asyncio.run(sync_once(opened))
        assert opened.work.queue().numbers_left >= WANTED_NUMBERS
        assert leased
        assert leased < {block for _lease, block in opened.work.held_leases()}
    finally:
        opened.close()


def test_a_vault_whose_passphrase_is_forgotten_is_put_aside(
    lost: Path, operators_key: tuple[Path, str]
) -> None:
    (lost / Kind.VAULT.value).write_bytes(b"nobody knows the passphrase")

    assert csr_central(["recover", "--key", str(operators_key[0]), str(lost)]) == 0

    assert (lost / "desk.vault.lost").read_bytes() == b"nobody knows the passphrase"
    opened = open_desk(lost)
    assert opened.work.draft("D-1") is not None
    opened.close()


def test_another_key_recovers_nothing(
    lost: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other.key"
    other.write_text(new_key()[0].hex())
    before = files(lost)

    assert csr_central(["recover", "--key", str(other), str(lost)]) == 1

    assert "does not open with this key" in capsys.readouterr().err
    assert files(lost) == before
    assert not (lost / SECRETS).exists()


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda desk, key: (desk / FILE).unlink(), "enrolled before there was a recovery key"),
        (lambda desk, key: (desk / "work.db").unlink(), "There is no"),
        (lambda desk, key: (desk / "work.db").write_bytes(b"x" * 4096), "cannot be read"),
        (lambda desk, key: key.write_text("no key"), "holds no recovery key"),
        (lambda desk, key: key.write_text("00ff"), "does not open with this key"),
    ],
)
def test_what_cannot_be_recovered_is_said(
    lost: Path,
    operators_key: tuple[Path, str],
    spoil: Any,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil(lost, operators_key[0])
    assert csr_central(["recover", "--key", str(operators_key[0]), str(lost)]) == 1
    assert said in capsys.readouterr().err
    assert not (lost / SECRETS).exists()


def test_an_open_desk_is_not_recovered(
    lost: Path, operators_key: tuple[Path, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert csr_central(["recover", "--key", str(operators_key[0]), str(lost)]) == 0
    opened = open_desk(lost)
    try:
        assert csr_central(["recover", "--key", str(operators_key[0]), str(lost)]) == 1
    finally:
        opened.close()
    assert "close it first" in capsys.readouterr().err


def test_a_folder_without_a_desk_gets_no_keys(tmp_path: Path) -> None:
    with pytest.raises(NotEnrolled):
        open_desk(tmp_path / "new")
    assert not list((tmp_path / "new").glob("desk.[skv]*"))


def test_what_is_sealed_is_in_no_file_in_clear_and_opens_with_one_key_alone() -> None:
    private, public = new_key()
    keys = {"database-key": bytes(range(32))}
    sealed = seal_for(public, keys)

    assert unseal(private, sealed) == keys
    with pytest.raises(NotForThisKey):
        unseal(new_key()[0], sealed)
    for cut in range(len(sealed) - 1):
        with pytest.raises(NotForThisKey):
            unseal(private, sealed[:cut])
    with pytest.raises(ValueError, match="no recovery key"):
        seal_for(b"short", keys)
