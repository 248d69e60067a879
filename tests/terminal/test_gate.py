"""Keys typed ahead of a command that takes its time: they wait, they are told, and they land where it leads."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from csr_tui.type_ahead import PATIENCE_SECONDS
from tests.demo_shop import simple_orders
from tests.terminal.desk import NUMBER, drafts
from tests.terminal.pty import Terminal
from tests.terminal.typist import Typist


@pytest.fixture
def order(shop: Path) -> str:
    """An order that may come back without a question."""
    return simple_orders(shop)[0]


@pytest.fixture
def go_on(tmp_path: Path) -> Path:
    """Saving a draft takes until this file is there."""
    return tmp_path / "go-on"


def test_what_waits_is_told_and_esc_after_a_pause_empties_it(
    desk: Path, order: str, go_on: Path
) -> None:
    with Typist(desk, "--hold", f"save_draft={go_on}") as typist:
        typist.at_once([order, "enter", "r"])
        typist.send("1", "enter", "chan")
        typist.terminal.wait_for(r"WAIT 4 *$")
        typist.send("esc")
        typist.terminal.wait_gone("WAIT")
        go_on.touch()
        place = typist.rest()
        assert (place["focus"], place["text"]) == ("reason", "")
        assert "WAIT" not in typist.terminal.text


def test_keys_wait_as_long_as_a_command_takes_and_land_where_it_leads(
    desk: Path, order: str, go_on: Path
) -> None:
    with Typist(desk, "--hold", f"save_draft={go_on}") as typist:
        typist.at_once([order, "enter", "r"])
        typist.send("1", "enter", "chan")
        typist.terminal.read_for(PATIENCE_SECONDS + 0.5)
        place = typist.place()
        assert (place["text"], place["held"]) == ("", 4)
        go_on.touch()
        place = typist.rest()
        assert (place["focus"], place["text"]) == ("reason", "chan")


def test_esc_in_the_flow_of_typing_is_a_key_as_any_other(desk: Path, order: str) -> None:
    with Typist(desk, "--take", "save_draft=0.5") as typist:
        typist.at_once([order, "enter", "r"])
        place = typist.at_once(["1", "enter", "f4", "chan", "esc", "opened_gift"])
        assert (place["focus"], place["text"]) == ("reason", "opened_gift")


def test_what_was_typed_before_a_question_was_seen_does_not_answer_it(
    desk: Path, order: str
) -> None:
    with Typist(desk, "--take", "save_draft=0.5") as typist:
        typist.at_once([order, "enter", "r"])
        typist.at_once(["1", "enter", "chan", "esc", "y", "enter"])
        typist.terminal.wait_for("Throw this return away")
        typist.at_once(["enter"])
        typist.terminal.wait_gone("Throw this return away")
        typist.terminal.kill()
    (kept,) = drafts(desk)
    assert kept.lines[0].quantity == "1"


def test_a_scanner_sends_number_and_enter_as_one(desk: Path, order: str) -> None:
    with Typist(desk, "--take", "orders_by_number=0.7") as typist:
        place = typist.at_once([order, "enter"])
        assert place["screens"][-1] == "CustomerScreen"
        assert f"Order {order}" in typist.terminal.text


def test_a_whole_call_typed_before_the_stores_are_open_is_made(
    desk: Path, order: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "tests.terminal.watched", str(desk), str(tmp_path / "socket")]
    with Terminal([*command, "--opens-after", "1"]) as terminal:
        terminal.wait_for("Look up")
        assert "OFFLINE" not in terminal.text
        terminal.press(*f"{order}\rr\rchan\ropened\r\r12", "f9")
        terminal.wait_for(NUMBER)


def test_quitting_does_not_wait_for_a_command_that_hangs(desk: Path, order: str) -> None:
    with Typist(desk, "--take", "save_draft=1000", "--ends-within", "1") as typist:
        typist.at_once([order, "enter", "r"])
        typist.send("1", "enter")
        typist.terminal.read_for(0.1)

        def ended() -> bool:
            typist.terminal.press("ctrl+q")
            return typist.terminal.process.poll() is not None

        typist.terminal.wait_until(ended)
        assert typist.terminal.left_set == []
