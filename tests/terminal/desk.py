"""A desk in a real terminal, and what it has made."""

from __future__ import annotations

import sys
from pathlib import Path

from csr_tui.bootstrap import open_desk
from rma.draft import Draft
from rma.record import RmaRecord
from tests.terminal.pty import Terminal

SIZES = [(80, 24), (120, 40)]
NUMBER = r"RMA (\d{3} \d{4} \d{4})"


def start_desk(
    folder: Path, size: tuple[int, int] = (80, 24), env: dict[str, str] | None = None
) -> Terminal:
    """Start the desk of this folder; use it in a `with` block."""
    command = [sys.executable, "-m", "csr_tui", "--data", str(folder)]
    return Terminal(command, columns=size[0], rows=size[1], env=env)


def opened(terminal: Terminal) -> Terminal:
    """Wait until the stores are open."""
    terminal.wait_for(r"OFFLINE|ONLINE|connecting")
    return terminal


def quit_desk(terminal: Terminal) -> int:
    """Ctrl+Q; gives the exit code."""
    terminal.press("ctrl+q")
    return terminal.wait_end()


def made(folder: Path, number: str) -> RmaRecord:
    """A return that the desk has made."""
    desk = open_desk(folder)
    try:
        local = desk.work.record(number.replace(" ", ""))
        assert local is not None
        return local.record
    finally:
        desk.close()


def drafts(folder: Path) -> list[Draft]:
    """What waits on the desk."""
    desk = open_desk(folder)
    try:
        return desk.work.drafts()
    finally:
        desk.close()
