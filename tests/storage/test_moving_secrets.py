"""Moving a desk's secrets: the new place has all, the old one none, and whatever fails leaves the old one as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from storage.secrets import DATABASE_KEY, DEVICE_KEY, NAMES
from storage.secrets.errors import NoKeyring, WrongPassphrase
from storage.secrets.kinds import Kind, kind_in
from storage.secrets.moving import move
from storage.secrets.open_file import OpenFile
from storage.secrets.vault import Vault


@pytest.fixture
def open_file(tmp_path: Path) -> OpenFile:
    """A desk's secrets, one of them not there."""
    secrets = OpenFile(tmp_path)
    secrets.set(DATABASE_KEY, b"d" * 32)
    secrets.set(DEVICE_KEY, b"k" * 32)
    return secrets


def test_what_was_open_is_in_the_vault_alone(open_file: OpenFile, tmp_path: Path) -> None:
    assert move(tmp_path, open_file, Kind.VAULT, lambda: "first words") == "vault"

    assert kind_in(tmp_path) is Kind.VAULT
    assert not (tmp_path / Kind.FILE.value).exists()
    vault = Vault(tmp_path, "first words")
    assert [vault.get(name) for name in NAMES] == [b"d" * 32, b"k" * 32, None]


def test_a_vault_gets_another_passphrase(open_file: OpenFile, tmp_path: Path) -> None:
    move(tmp_path, open_file, Kind.VAULT, lambda: "first words")
    move(tmp_path, Vault(tmp_path, "first words"), Kind.VAULT, lambda: "other words")

    assert Vault(tmp_path, "other words").get(DATABASE_KEY) == b"d" * 32
    with pytest.raises(WrongPassphrase):
        Vault(tmp_path, "first words")


def test_a_place_that_does_not_take_them_leaves_them_where_they_were(
    open_file: OpenFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    with pytest.raises(NoKeyring):
        move(tmp_path, open_file, Kind.KEYRING, lambda: "")

    assert kind_in(tmp_path) is Kind.FILE
    assert open_file.get(DATABASE_KEY) == b"d" * 32
    assert not (tmp_path / "protecting").exists()
