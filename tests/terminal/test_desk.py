"""The desk in a real terminal: start, a return by keys, type-ahead, resize, no colour, the end."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.demo_shop import simple_orders
from tests.terminal.desk import NUMBER, SIZES, drafts, made, opened, quit_desk, start_desk
from tests.terminal.pty import Terminal


def open_return(terminal: Terminal, order: str) -> None:
    """From the search box to the return panel of an order, waiting for each answer."""
    terminal.type(order)
    terminal.wait_for(f"Order {order}")
    terminal.press("enter")
    terminal.wait_for("▸ +Order|▸.*×")
    terminal.press("r")
    terminal.wait_for(r"1 Lines")


def make_return(terminal: Terminal, order: str) -> str:
    """A whole return by keys, waiting for each answer; gives its number."""
    open_return(terminal, order)
    terminal.press("enter")
    terminal.wait_for("ESTIMATE|TOTAL")
    terminal.type("chan")
    terminal.wait_for("Changed mind")
    terminal.press("enter")
    terminal.type("opened")
    terminal.press("enter")
    terminal.press("enter")
    terminal.type("12")
    terminal.wait_for("complete: F9")
    terminal.press("f9")
    number = terminal.wait_for(NUMBER)[1]
    terminal.wait_for("authorized")
    return number


def test_the_box_is_painted_first_and_takes_keys_before_the_stores_are_open(desk: Path) -> None:
    with start_desk(desk) as terminal:
        terminal.wait_for("name, phone ending|Look up")
        terminal.type("mül")
        terminal.wait_for(r"^\s+mül\s*$")
        opened(terminal)
        terminal.wait_for("CUSTOMERS BY NAME|Nothing found")
        assert quit_desk(terminal) == 0


@pytest.mark.parametrize("size", SIZES)
def test_a_whole_return_by_keys_gets_its_number(desk: Path, size: tuple[int, int]) -> None:
    order = simple_orders(desk.parent.parent)[0]
    with start_desk(desk, size) as terminal:
        number = make_return(opened(terminal), order)
        assert all(len(row) <= size[0] for row in terminal.text.splitlines())
        terminal.press("enter")
        terminal.wait_for("TODAY")
        assert number in terminal.text
        assert quit_desk(terminal) == 0
    assert made(desk, number).order_number == order


def test_esc_and_the_next_callers_name_in_one_burst_are_both_taken(desk: Path) -> None:
    with start_desk(desk) as terminal:
        opened(terminal).type("zzzz")
        terminal.wait_for("Nothing found")
        terminal.type("\x1b4960")
        terminal.wait_for(r"^\s+4960\s*$")
        terminal.type("\x1bbe")
        terminal.wait_for(r"^\s+be\s*$")
        assert quit_desk(terminal) == 0


def test_a_resize_to_20x5_and_back_keeps_what_is_typed(desk: Path) -> None:
    order = simple_orders(desk.parent.parent)[0]
    with start_desk(desk) as terminal:
        open_return(opened(terminal), order)
        terminal.press("enter")
        terminal.type("chan")
        terminal.wait_for("Changed mind")
        terminal.resize(20, 5)
        terminal.wait_for("Needs 60x18")
        terminal.type("ged")
        terminal.resize(80, 24)
        terminal.wait_for(r"2 Reason +changed ")
        terminal.type("_mind")
        terminal.wait_for(r"2 Reason +changed_mind ")
        assert quit_desk(terminal) == 0
    (draft,) = drafts(desk)
    assert draft.lines[0].reason == "changed_mind"


def test_no_color_draws_no_colour_code_and_still_shows_where_the_agent_is(desk: Path) -> None:
    order = simple_orders(desk.parent.parent)[0]
    with start_desk(desk, env={"NO_COLOR": "1", "COLORTERM": "truecolor"}) as terminal:
        open_return(opened(terminal), order)
        terminal.press("enter", "f4")
        terminal.wait_for("▸ +0?1 changed_mind")
        assert quit_desk(terminal) == 0
    codes = {
        code
        for match in re.findall(rb"\x1b\[([0-9;:]*)m", terminal.raw)
        for code in match.split(b";")
    }
    assert codes <= {b"", b"0", b"1", b"2", b"3", b"4", b"7"}
    assert b"7" in codes, "the cursor is drawn in reverse"


def test_the_end_leaves_the_terminal_as_a_shell_needs_it(desk: Path) -> None:
    with start_desk(desk) as terminal:
        opened(terminal)
        assert not terminal.is_cooked
        assert b"\x1b[?1049h" in terminal.raw
        assert b"\x1b[?1000h" not in terminal.raw, "the mouse is the terminal's own"
        assert quit_desk(terminal) == 0
        assert terminal.left_set == []
    assert b"Traceback" not in terminal.raw and b"Warning" not in terminal.raw


def test_bytes_that_are_no_text_and_pasted_escape_sequences_neither_act_nor_end_the_desk(
    desk: Path,
) -> None:
    with start_desk(desk) as terminal:
        opened(terminal)
        terminal.send(b"\xff\xfe\x1b[99999999u\x1b[55296u")
        terminal.send(b"\x1b[200~a\x1b[31mred\x07\x00\x9b2J\rb\x1b[201~")
        terminal.wait_for("a␛.31mred␇")
        terminal.press("esc")
        terminal.wait_for("name, phone ending")
        terminal.send(b"\x1b[200~" + b"x y\x1b]0;t\x07" * 120_000 + b"\x1b[201~")
        terminal.type("e")
        terminal.wait_for("␛")
        assert "Look up" in terminal.text
        assert quit_desk(terminal) == 0


def test_an_unexpected_error_says_so_in_a_sentence_and_leaves_a_report(desk: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from csr_tui import desk_program\n"
        "def fails(*_): raise RuntimeError('the stores are on fire')\n"
        "desk_program._open = fails\n"
        "sys.exit(desk_program.run_desk(Path(sys.argv[1])))"
    )
    with Terminal([sys.executable, "-c", script, str(desk)]) as terminal:
        assert terminal.wait_end() == 1
        said = " ".join(terminal.text.split())
        assert "The desk had to close" in said
        assert terminal.left_set == []
    assert b"Traceback" not in terminal.raw
    (report,) = desk.glob("crash-*.txt")
    assert report.read_text().rstrip().endswith("RuntimeError")


def test_a_folder_that_cannot_be_used_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with start_desk(tmp_path / "file" / "desk") as terminal:
        terminal.wait_for("cannot be used")
        terminal.wait_for("--data")
        assert quit_desk(terminal) == 0
