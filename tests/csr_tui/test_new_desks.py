"""Where a new desk keeps its keys: the keyring where one works, a vault where none does, a file only where it is chosen."""

from __future__ import annotations

from pathlib import Path

import pytest

from csr_tui.unlocking import Asking, UnknownPlace, unlock, unlock_or_make
from storage.secrets.errors import KeyLost, PassphraseNeeded, TerminalNeeded, WrongPassphrase
from storage.secrets.kinds import Kind, kind_in

PASSPHRASE = "correct horse battery"


@pytest.fixture(autouse=True)
def without_a_keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A device as one sees it over SSH, where nothing is chosen."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    monkeypatch.delenv("CSR_TUI_SECRETS")


@pytest.fixture
def passphrase(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that a service names."""
    file = tmp_path / "passphrase"
    file.write_text(f"{PASSPHRASE}\nmore\n")
    monkeypatch.setenv("CSR_TUI_PASSPHRASE_FILE", str(file))
    return file


def test_without_a_keyring_it_is_a_vault(tmp_path: Path, passphrase: Path) -> None:
    desk = tmp_path / "desk"
    unlock_or_make(desk).set("one", b"1")

    assert kind_in(desk) is Kind.VAULT
    assert unlock(desk).get("one") == b"1"
    passphrase.write_text("another one\n")
    with pytest.raises(WrongPassphrase):
        unlock(desk)


def test_under_the_screen_nobody_is_asked_and_nothing_is_made(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(TerminalNeeded, match="run csr-tui enroll in the terminal"):
        unlock_or_make(tmp_path / "desk", asking=Asking.NOBODY)
    assert kind_in(tmp_path / "desk") is None
    assert capfd.readouterr() == ("", "")


def test_a_vault_that_nobody_can_open_says_what_to_do(
    tmp_path: Path, passphrase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock_or_make(tmp_path)
    monkeypatch.delenv("CSR_TUI_PASSPHRASE_FILE")
    with pytest.raises(PassphraseNeeded, match="CSR_TUI_PASSPHRASE_FILE"):
        unlock(tmp_path)


@pytest.mark.parametrize(("named", "kind"), [("file", Kind.FILE), ("vault", Kind.VAULT)])
def test_the_environment_chooses(
    tmp_path: Path, passphrase: Path, monkeypatch: pytest.MonkeyPatch, named: str, kind: Kind
) -> None:
    monkeypatch.setenv("CSR_TUI_SECRETS", named)
    unlock_or_make(tmp_path).set("one", b"1")
    assert kind_in(tmp_path) is kind


def test_a_place_that_does_not_exist_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSR_TUI_SECRETS", "cellar")
    with pytest.raises(UnknownPlace, match="must be keyring, vault or file"):
        unlock_or_make(tmp_path)


def test_what_is_chosen_for_new_desks_moves_no_other(
    tmp_path: Path, passphrase: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unlock_or_make(tmp_path).set("one", b"1")
    monkeypatch.setenv("CSR_TUI_SECRETS", "file")
    assert unlock_or_make(tmp_path).get("one") == b"1"
    assert kind_in(tmp_path) is Kind.VAULT


def test_beside_an_encrypted_database_no_new_keys_are_made(tmp_path: Path) -> None:
    (tmp_path / "work.db").write_bytes(b"encrypted" * 1000)
    for get in (unlock, unlock_or_make):
        with pytest.raises(KeyLost):
            get(tmp_path)
    assert kind_in(tmp_path) is None
