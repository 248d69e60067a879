"""A desk whose keys are lost says so and changes nothing; the operator's recovery key opens it with all its work."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from central_api.__main__ import main as csr_central
from csr_tui.bootstrap import open_desk, sync_once
from csr_tui.demo.central import Central
from csr_tui.enrollment import enroll
from rma.request import Role
from storage.errors import NotEnrolled
from storage.secrets.errors import KeyLost
from storage.secrets.kinds import Kind
from storage.secrets.open_file import OpenFile
from sync.protocol.recovery import FILE, NotForThisKey, new_key, seal_for, unseal
from tests import shop

SECRETS = Kind.FILE.value


@pytest.fixture
def operators_key(central: Central, tmp_path: Path) -> Path:
    """The file with the private half; the server knows the other."""
    file = tmp_path / "operator.key"
    central.command("recovery-key", str(file))
    return file


@pytest.fixture
def lost(central: Central, operators_key: Path, tmp_path: Path) -> Path:
    """A desk with work that was not sent, whose keys are gone."""
    folder = tmp_path / "desk"
    asyncio.run(enroll(folder, central.url, central.enroll_code("Ada", Role.AGENT)))
    opened = open_desk(folder)
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


def test_the_recovery_key_opens_it_with_all_its_work(
    lost: Path, operators_key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = csr_central(["recover", "--key", str(operators_key), str(lost), "--json"])

    assert code == 0
    assert json.loads(capsys.readouterr().out) == {"folder": str(lost), "unsent": 0}
    assert (lost / SECRETS).stat().st_mode & 0o777 == 0o600
    opened = open_desk(lost)
    assert opened.work.draft("D-1") is not None
    assert asyncio.run(sync_once(opened)).trouble == ""
    opened.close()


def test_a_vault_whose_passphrase_is_forgotten_is_put_aside(
    lost: Path, operators_key: Path
) -> None:
    (lost / Kind.VAULT.value).write_bytes(b"nobody knows the passphrase")

    assert csr_central(["recover", "--key", str(operators_key), str(lost)]) == 0

    assert (lost / "desk.vault.lost").read_bytes() == b"nobody knows the passphrase"
    open_desk(lost).close()


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
    operators_key: Path,
    spoil: Any,
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    spoil(lost, operators_key)
    assert csr_central(["recover", "--key", str(operators_key), str(lost)]) == 1
    assert said in capsys.readouterr().err
    assert not (lost / SECRETS).exists()


def test_an_open_desk_is_not_recovered(
    lost: Path, operators_key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert csr_central(["recover", "--key", str(operators_key), str(lost)]) == 0
    opened = open_desk(lost)
    try:
        assert csr_central(["recover", "--key", str(operators_key), str(lost)]) == 1
    finally:
        opened.close()
    assert "close it first" in capsys.readouterr().err


def test_a_recovery_key_is_never_written_over(central: Central, operators_key: Path) -> None:
    before = operators_key.read_bytes()
    with pytest.raises(Exception, match="exists"):
        central.command("recovery-key", str(operators_key))
    assert operators_key.read_bytes() == before
    assert operators_key.stat().st_mode & 0o777 == 0o600


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
