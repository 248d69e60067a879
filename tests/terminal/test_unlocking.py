"""A desk whose keys are in a vault or a keyring, in a real terminal: asked before anything is drawn, told what to do."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from csr_tui.exit_codes import ExitCode
from csr_tui.protecting import protect
from storage.secrets.errors import WrongPassphrase
from storage.secrets.kinds import Kind
from storage.secrets.vault import Vault
from tests.secret_service import is_installed, running
from tests.terminal.desk import opened, quit_desk, start_desk
from tests.terminal.pty import Terminal

PASSPHRASE = "correct horse battery"
ASKS = r"Passphrase of the desk in"


def locked(desk: Path, monkeypatch: pytest.MonkeyPatch, passphrase: str = PASSPHRASE) -> Path:
    """The desk with its keys in a vault; gives the file of the passphrase."""
    file = desk / "passphrase"
    file.write_text(f"{passphrase}\n")
    monkeypatch.setenv("CSR_TUI_PASSPHRASE_FILE", str(file))
    assert protect(desk, Kind.VAULT) == "vault"
    monkeypatch.delenv("CSR_TUI_PASSPHRASE_FILE")
    return file


@pytest.fixture
def desk(own_shop: Path) -> Path:
    return own_shop / "desks" / "agent"


def test_the_passphrase_is_asked_for_on_the_terminal_and_not_shown(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked(desk, monkeypatch)
    with start_desk(desk) as terminal:
        terminal.wait_for(ASKS)
        assert b"\x1b[?1049h" not in terminal.raw  # nothing is drawn yet
        terminal.type("not this one\r")
        terminal.wait_for(rf"(?s){ASKS}.*does not open with this passphrase: try again.*{ASKS}")
        terminal.type(f"{PASSPHRASE}\r")
        opened(terminal)
        terminal.wait_for("keys: vault")
        assert quit_desk(terminal) == ExitCode.OK
        assert b"battery" not in terminal.raw


def test_three_wrong_passphrases_end_it_with_8(desk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locked(desk, monkeypatch)
    with start_desk(desk) as terminal:
        for n in range(3):
            terminal.wait_for(rf"(?s)({ASKS}.*){{{n + 1}}}")
            terminal.type("not this one\r")
        assert terminal.wait_end() == ExitCode.LOCKED
        assert b"\x1b[?1049h" not in terminal.raw


def test_the_status_line_says_that_nothing_protects_the_keys(desk: Path) -> None:
    with start_desk(desk) as terminal:
        terminal.wait_for("Agent, agent · .* · keys: not protected")
        assert quit_desk(terminal) == ExitCode.OK


def test_a_service_names_the_file_of_the_passphrase(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = locked(desk, monkeypatch)
    with start_desk(desk, env={"CSR_TUI_PASSPHRASE_FILE": str(file)}) as terminal:
        opened(terminal)
        assert quit_desk(terminal) == ExitCode.OK


def test_a_new_passphrase_is_long_and_typed_twice(desk: Path) -> None:
    command = [sys.executable, "-m", "csr_tui", "protect", "--with", "vault", "--data", str(desk)]
    with Terminal(command, columns=200) as terminal:
        terminal.wait_for("New passphrase of the desk")
        terminal.type("short\r")
        terminal.wait_for("At least 10 letters")
        terminal.type(f"{PASSPHRASE}\r")
        terminal.wait_for("The same once more")
        terminal.type("something else\r")
        terminal.wait_for("two different ones")
        terminal.type(f"{PASSPHRASE}\r")
        terminal.wait_for(r"(?s)once more.*once more")
        terminal.type(f"{PASSPHRASE}\r")
        terminal.wait_for("are protected now: vault")
        assert terminal.wait_end() == ExitCode.OK
    assert Vault(desk, PASSPHRASE).get("database-key")
    with pytest.raises(WrongPassphrase):
        Vault(desk, "something else")


def test_a_keyring_that_hangs_ends_in_a_sentence_and_the_desk_can_be_left(
    desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not is_installed():
        pytest.skip("gnome-keyring and dbus are not installed")
    with running() as service:
        for name, value in service.environment.items():
            monkeypatch.setenv(name, value)
        assert protect(desk, None) == "keyring: Secret Service"
        with start_desk(desk) as terminal:
            opened(terminal)
            terminal.wait_for("keys: keyring")
            quit_desk(terminal)
        service.daemon.send_signal(signal.SIGSTOP)
        try:
            with start_desk(desk) as terminal:
                terminal.wait_for(r"\(Secret Service\) does not\s+answer within 5 s")
                assert quit_desk(terminal) == ExitCode.OK
        finally:
            service.daemon.send_signal(signal.SIGCONT)
