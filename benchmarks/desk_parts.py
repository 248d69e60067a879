"""How to get about in the desk by keys, and where to look: for every measure that drives it."""

from __future__ import annotations

from pathlib import Path

from benchmarks.timed_terminal import Lines, TimedTerminal

BOX = b"phone ending"
"""Stands in the look-up box and in the floor's, as soon as it can be read."""
FOUND = r"CUSTOMERS BY NAME"
LOADING_SECONDS = 0.6
"""Quiet for so long, the desk has loaded what it loads behind the agent's back."""


def desk_command(folder: Path) -> list[str]:
    """The desk of this folder."""
    return ["-m", "csr_tui", "--data", str(folder)]


MINIMAL = ["-m", "benchmarks.minimal"]


def ready_desk(folder: Path) -> TimedTerminal:
    """A desk that is open, in touch with its central API, and quiet. Use it in a `with` block."""
    terminal = TimedTerminal(desk_command(folder))
    terminal.wait_for(r"\bONLINE")
    terminal.settle(LOADING_SECONDS)
    return terminal


def body(lines: Lines) -> Lines:
    """The screen without its title and status lines, where clocks run."""
    return (*lines[1:-2], lines[-1])


def in_box(text: str, lines: Lines) -> bool:
    """Whether a box shows just this text."""
    return any(line.strip(" ▌▏▊▎│") == text for line in lines)


def to_return(terminal: TimedTerminal, order: str) -> None:
    """From the search box to the return panel of an order."""
    terminal.press(*order)
    terminal.wait_for(f"Order {order}")
    terminal.settle()
    terminal.press("down", "enter")
    terminal.wait_for(r"no\. C")
    terminal.settle()
    terminal.press("r")
    terminal.wait_for("1 Lines")
    terminal.settle()
