"""Returns by keys: how many presses, how many bytes for each, and what the desk weighs afterwards."""

from __future__ import annotations

from itertools import islice
from pathlib import Path

from benchmarks.desk_parts import FOUND, ready_desk
from benchmarks.figures import Row, median
from benchmarks.timed_terminal import TimedTerminal
from benchmarks.town import names

LOOK_UPS = 20
_SEED = 11

OPEN = ("down", "enter", "r")
"""From the box to the panel: the first of several hits, its customer, the return of the order that is selected there."""
QUANTITY, NEXT_LINE, TAKE_LINES = ("1",), ("down",), ("enter",)
ANSWERS = ("1", "enter", "1", "1")
"""Of one line, each chosen by its number in the list: reason, condition, remedy; the last two go on by themselves."""
CALLER = ("1", "2")
"""Two facts that the caller told."""
FINALIZE = ("f9",)


def make_return(terminal: TimedTerminal, order: str, lines: int) -> tuple[int, list[int]]:
    """Make a return, key by key; gives the presses from the search text on, and the bytes for each key in the panel.

    Raises:
        NotShown: if the number does not appear.
    """
    terminal.press(*order)
    terminal.wait_for(f"Order {order}")
    terminal.settle()
    before = terminal.presses
    for key in OPEN:
        terminal.answer(key)
    terminal.wait_for("1 Lines")
    terminal.settle()
    in_panel = (
        *(NEXT_LINE + QUANTITY) * lines,
        *TAKE_LINES,
        *ANSWERS * lines,
        *CALLER,
    )[1:]
    written = [terminal.answer(key).written for key in in_panel]
    terminal.answer(*FINALIZE)
    terminal.wait_for(r"RMA \d{3} \d{4} \d{4}")
    return terminal.presses - before, written


def measure_presses(desk: Path, one_line: str, two_lines: str) -> list[Row]:
    """Key presses of a return, and bytes for one of them."""
    with ready_desk(desk) as terminal:
        one, written = make_return(terminal, one_line, 1)
        terminal.answer("enter")
        two, more_written = make_return(terminal, two_lines, 2)
    every = written + more_written
    return [
        Row(
            what="a one-line return after the search text",
            figure=one,
            unit="key presses",
            target=15,
            detail="reason, condition and remedy chosen, two facts of the caller, F9 included",
        ),
        Row(
            what="each further line",
            figure=two - one,
            unit="key presses",
            target=6,
            detail="its own quantity, reason, condition and remedy",
        ),
        Row(
            what="bytes for one key in the return screen",
            figure=max(every),
            unit="bytes",
            target=2048,
            detail=f"the most of {len(every)} keys; median {median(every):.0f}",
        ),
    ]


def measure_weight(desk: Path, order: str) -> Row:
    """Resident memory after look-ups, each with its customer opened, and one return that the central API has."""
    with ready_desk(desk) as terminal:
        for name in islice(names(_SEED), LOOK_UPS):
            terminal.press(*name.split()[1].lower())
            terminal.wait_for(FOUND)
            terminal.settle()
            terminal.answer("enter")
            terminal.answer("f2")
        make_return(terminal, order, 1)
        terminal.wait_for(r"ONLINE(?! \d)")
        terminal.settle()
        return Row(
            what=f"resident memory after {LOOK_UPS} look-ups and one synced return",
            figure=terminal.rss_mib,
            unit="MiB",
            target=100,
        )
