"""The keyring of the system, with a real Secret Service: secrets stay, a keyring that hangs or is locked is said so."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.secrets import DATABASE_KEY
from storage.secrets.errors import DamagedSecrets, KeyLost, KeyringRefused, KeyringSilent, NoKeyring
from storage.secrets.keeping import database_key
from storage.secrets.keyring import FILE, Keyring
from storage.secrets.kinds import Kind, kind_in
from storage.secrets.moving import move
from storage.secrets.vault import Vault
from tests.secret_service import SecretService, is_installed, running

SECRET = bytes(range(32))


@pytest.fixture(scope="module")
def service() -> Iterator[SecretService]:
    if not is_installed():
        pytest.skip("gnome-keyring and dbus are not installed")
    with running() as service:
        yield service


@pytest.fixture
def here(service: SecretService, monkeypatch: pytest.MonkeyPatch) -> SecretService:
    """The tests' keyring is the one that this process finds."""
    for name, value in service.environment.items():
        monkeypatch.setenv(name, value)
    return service


def test_a_secret_is_found_again_by_another_process_until_it_is_deleted(
    here: SecretService, tmp_path: Path
) -> None:
    Keyring.create(tmp_path).set("one", SECRET)
    script = (
        "import sys; from pathlib import Path; from storage.secrets.keyring import Keyring;"
        "print(Keyring.of(Path(sys.argv[1])).get('one').hex())"
    )
    found = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == SECRET.hex()

    keyring = Keyring.of(tmp_path)
    keyring.delete("one")
    keyring.delete("one")
    assert keyring.get("one") is None


def test_the_folder_names_the_keyring_and_holds_no_secret(
    here: SecretService, tmp_path: Path
) -> None:
    keyring = Keyring.create(tmp_path)
    keyring.set("one", SECRET)

    assert keyring.kind == "keyring: Secret Service"
    assert [path.name for path in tmp_path.iterdir()] == [FILE]
    assert SECRET.hex() not in (tmp_path / FILE).read_text()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


def test_two_desks_of_one_person_have_secrets_of_their_own(
    here: SecretService, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    Keyring.create(tmp_path).set("one", SECRET)
    assert Keyring.create(tmp_path / "other").get("one") is None


def test_a_keyring_that_hangs_is_left_after_its_time(here: SecretService, tmp_path: Path) -> None:
    keyring = Keyring.create(tmp_path, patience=0.2)
    here.daemon.send_signal(signal.SIGSTOP)
    try:
        with pytest.raises(KeyringSilent, match=r"does not answer within 0\.2 s: unlock it"):
            keyring.get("one")
    finally:
        here.daemon.send_signal(signal.SIGCONT)
    assert keyring.get("one") is None


def test_a_key_that_the_keyring_lost_is_not_replaced_while_there_is_a_database(
    here: SecretService, tmp_path: Path
) -> None:
    keyring = Keyring.create(tmp_path)
    (tmp_path / "work.db").write_bytes(SECRET * 128)

    with pytest.raises(KeyLost, match="csr-central recover"):
        database_key(tmp_path, keyring)
    assert keyring.get(DATABASE_KEY) is None
    assert (tmp_path / "work.db").read_bytes() == SECRET * 128


def test_a_locked_keyring_that_nobody_can_unlock_is_said_so_and_so_is_one_that_is_gone(
    service: SecretService, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import secretstorage

    with running() as own:
        for name, value in own.environment.items():
            monkeypatch.setenv(name, value)
        keyring = Keyring.create(tmp_path)
        keyring.set("one", SECRET)
        bus = secretstorage.dbus_init()
        secretstorage.get_default_collection(bus).lock()
        bus.close()
        with pytest.raises(KeyringRefused, match="unlock it, then start again"):
            keyring.get("one")
    with pytest.raises(KeyringRefused, match="unlock it, then start again"):
        keyring.get("one")
    with pytest.raises(NoKeyring, match="log in to its desktop"):
        Keyring.of(tmp_path)


def test_a_backend_that_we_do_not_trust_is_never_asked(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"desk": "1", "keyring": "keyrings.alt.file.PlaintextKeyring"}')
    with pytest.raises(DamagedSecrets):
        Keyring.of(tmp_path)


def test_without_a_message_bus_there_is_no_keyring(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/nothing")
    with pytest.raises(NoKeyring):
        Keyring.create(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_secrets_that_leave_the_keyring_are_forgotten_there(
    here: SecretService, tmp_path: Path
) -> None:
    keyring = Keyring.create(tmp_path)
    keyring.set(DATABASE_KEY, SECRET)

    move(tmp_path, keyring, Kind.VAULT, lambda: "first words")

    assert keyring.get(DATABASE_KEY) is None
    assert not (tmp_path / FILE).exists()
    vault = Vault(tmp_path, "first words")
    assert vault.get(DATABASE_KEY) == SECRET

    assert move(tmp_path, vault, Kind.KEYRING, lambda: "") == "keyring: Secret Service"
    assert Keyring.of(tmp_path).get(DATABASE_KEY) == SECRET
    assert kind_in(tmp_path) is Kind.KEYRING
