"""From nothing to an open desk in a real terminal, and the key test."""

from __future__ import annotations

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
