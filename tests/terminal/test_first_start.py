"""From nothing to an open desk in a real terminal, and the key test."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from csr_tui.demo.central import Central
from rma.request import Role
from tests.terminal.desk import SIZES, opened, start_desk
from tests.terminal.pty import Terminal


@pytest.mark.parametrize("size", SIZES)
def test_a_code_and_an_address_open_the_desk(
    tmp_path: Path, central: Central, size: tuple[int, int]
) -> None:
    code = central.enroll_code("New Agent", Role.AGENT)
    with start_desk(tmp_path / "desk", size) as terminal:
        terminal.wait_for("two ways on")
        terminal.press("e")
        terminal.wait_for("F3 Back")
        terminal.type(central.url)
        terminal.press("enter")
        terminal.type("WRONG")
        terminal.press("enter")
        terminal.wait_for("✗ not taken")
        terminal.type(code)
        terminal.press("enter")
        terminal.wait_for("New Agent, agent")
        opened(terminal)
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
        assert terminal.is_cooked
        assert terminal.shows_cursor


def test_the_demo_opens_from_the_first_screen(tmp_path: Path) -> None:
    with start_desk(tmp_path / "desk") as terminal:
        terminal.wait_for("two ways on")
        terminal.press("d")
        terminal.wait_for("Agent, agent", timeout=90)
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0
        assert terminal.is_cooked


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_first_start_that_is_told_to_end_leaves_the_terminal_as_it_was(
    tmp_path: Path, sent: signal.Signals
) -> None:
    with start_desk(tmp_path / "desk") as terminal:
        terminal.wait_for("two ways on")
        terminal.press("e")
        terminal.wait_for("F3 Back")
        os.kill(terminal.process.pid, sent)
        assert terminal.wait_end() == 0
        assert terminal.left_set == []
        assert b"Traceback" not in terminal.raw


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_first_start_that_waits_for_a_key_hears_that_it_is_told_to_end(
    tmp_path: Path, sent: signal.Signals
) -> None:
    """The system may give a signal to any thread, or to the main one just as it begins to wait: neither wakes it up."""
    given_to_another_thread = (
        "import signal, sys, threading; from csr_tui.__main__ import main\n"
        "threading.Thread(target=threading.Event().wait, daemon=True).start()\n"
        f"signal.pthread_sigmask(signal.SIG_BLOCK, [{int(sent)}])\n"
        "sys.exit(main(sys.argv[1:]))"
    )
    with Terminal(
        [sys.executable, "-c", given_to_another_thread, "--data", str(tmp_path / "desk")]
    ) as terminal:
        terminal.wait_for("two ways on")
        terminal.press("e")
        terminal.wait_for("F3 Back")
        os.kill(terminal.process.pid, sent)
        assert terminal.wait_end() == 0
        assert terminal.left_set == []


def test_a_crash_of_the_first_start_leaves_the_terminal_a_sentence_and_a_report(
    tmp_path: Path,
) -> None:
    broken = (
        "import sys; from csr_tui import first_start\n"
        "def fails(*_): raise RuntimeError('fails, as it was asked to')\n"
        "first_start._enroll = fails\n"
        "from csr_tui.__main__ import main; sys.exit(main(sys.argv[1:]))"
    )
    folder = tmp_path / "desk"
    with Terminal([sys.executable, "-c", broken, "--data", str(folder)]) as terminal:
        terminal.wait_for("two ways on")
        terminal.press("e")
        terminal.wait_for("F3 Back")
        terminal.type("https://returns.example.com")
        terminal.press("enter")
        terminal.type("CODE")
        terminal.press("enter")
        assert terminal.wait_end() == 1
        assert terminal.left_set == []
        assert "The desk had to close" in " ".join(terminal.text.split())
        assert b"Traceback" not in terminal.raw
    (report,) = folder.glob("crash-*.txt")
    assert report.read_text().rstrip().endswith("RuntimeError")


@pytest.fixture
def settings(tmp_path: Path) -> Path:
    file = tmp_path / "settings.toml"
    file.write_text('[keys]\napp.sync = "f6"\n')
    return file


def test_the_key_test_shows_what_is_sent_and_what_it_does(settings: Path) -> None:
    with Terminal(command("keys", "--test", "--settings", str(settings))) as terminal:
        terminal.wait_for("^sent +key +does")
        terminal.send(b"\x1b[17~")
        terminal.wait_for(r"^Esc \[17~ +f6 +Sync \(Everywhere\)")
        terminal.send(b"\x1b[15~")
        terminal.wait_for(r"^Esc \[15~ +f5 +nothing")
        terminal.send(b"\t")
        terminal.wait_for(r"^\^I +tab +moves")
        terminal.send("ü".encode())
        terminal.wait_for(r"^\\xc3\\xbc +ü +is typed")
        terminal.send(b"\x1b[200~two words\x1b[201~")
        terminal.wait_for("pastes 9 characters")
        terminal.send(b"\x11")
        terminal.wait_for(r"^\^Q +ctrl\+q +Quit")
        terminal.send(b"\x11")
        assert terminal.wait_end() == 0
        assert terminal.is_cooked


def test_the_key_test_ends_with_ctrl_c(settings: Path) -> None:
    with Terminal(command("keys", "--test")) as terminal:
        terminal.wait_for("^sent +key +does")
        terminal.send(b"\x03")
        assert terminal.wait_end() == 0
        assert terminal.is_cooked


def test_a_wrong_settings_file_does_not_keep_the_desk_closed(desk: Path, settings: Path) -> None:
    settings.write_text('[keys]\napp.sync = "f10"\n')
    with Terminal(command("--data", str(desk), "--settings", str(settings))) as terminal:
        terminal.wait_for("✗ Your settings are not used: csr-tui keys --check says why")
        opened(terminal)
        terminal.press("f8")
        terminal.wait_for("Approvals")
        terminal.press("ctrl+q")
        assert terminal.wait_end() == 0


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "csr_tui", *words]
