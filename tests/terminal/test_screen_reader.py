"""`--screen-reader`: the terminal's cursor stands at the focus, and nothing but text is drawn."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

from tests.demo_shop import simple_orders
from tests.terminal.desk import NUMBER, opened, quit_desk
from tests.terminal.pty import Terminal

DRAWN = re.compile("[\u2190-\u21ff\u2500-\u25ff\u2700-\u27bf·•]")


def start_reading(folder: Path) -> Terminal:
    return Terminal(
        [sys.executable, "-m", "csr_tui", "--screen-reader", "--data", str(folder)],
        columns=80,
        rows=24,
    )


def stands_at(terminal: Terminal, text: str) -> None:
    """Wait until the cursor stands at the start of a text, or right behind it."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        x, y = terminal.cursor
        row = terminal.text.splitlines()[y]
        if row[x:].startswith(text) or row[:x].endswith(text):
            return
        terminal.read_for(0.02)
    raise AssertionError(
        f"the cursor stands at {terminal.cursor}, not at {text!r}:\n{terminal.text}"
    )


def test_the_cursor_is_shown_and_follows_the_focus_through_a_whole_return(desk: Path) -> None:
    order = simple_orders(desk.parent.parent)[0]
    with start_reading(desk) as terminal:
        opened(terminal)
        assert terminal.shows_cursor
        terminal.type(order)
        stands_at(terminal, order)
        terminal.wait_for(f"Order {order}")
        terminal.press("down")
        stands_at(terminal, f"Order {order}")
        terminal.press("enter")
        terminal.wait_for("returnable")
        stands_at(terminal, f"Order {order}")
        terminal.press("r")
        terminal.wait_for("1 Lines")
        terminal.press("1")
        terminal.wait_for("ESTIMATE|TOTAL")
        terminal.press("enter")
        terminal.type("chan")
        stands_at(terminal, "chan")
        terminal.press("enter")
        terminal.type("opened")
        stands_at(terminal, "opened")
        terminal.press("enter", "enter")
        terminal.type("12")
        terminal.wait_for("1 name ticked")
        terminal.wait_for("complete: F9")
        terminal.press("f9")
        number = terminal.wait_for(NUMBER)[1]
        terminal.wait_for(", ".join(" ".join(part) for part in number.split()))
        assert quit_desk(terminal) == 0


def test_nothing_is_drawn_that_is_no_text(desk: Path) -> None:
    order = simple_orders(desk.parent.parent)[0]
    with start_reading(desk) as terminal:
        opened(terminal)
        terminal.type(order)
        terminal.wait_for(f"Order {order}")
        terminal.press("enter")
        terminal.wait_for("returnable")
        terminal.press("r")
        terminal.wait_for("1 Lines")
        terminal.press("1")
        terminal.wait_for("ESTIMATE|TOTAL")
        terminal.press("ctrl+p")
        terminal.wait_for("Help")
        assert quit_desk(terminal) == 0
        assert not DRAWN.findall(terminal.raw.decode(errors="replace"))


def test_nothing_is_written_while_nothing_changes(desk: Path) -> None:
    with start_reading(desk) as terminal:
        opened(terminal)
        terminal.wait_for("OFFLINE nothing queued")
        terminal.read_for(0.5)
        before = len(terminal.raw)
        terminal.read_for(2.5)  # two turns of the status line
        assert len(terminal.raw) == before
        assert quit_desk(terminal) == 0
