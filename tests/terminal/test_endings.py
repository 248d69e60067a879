"""However the desk ends or rests: the terminal is left as it was, and what was typed is there at the next start."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from rma.draft import Draft
from tests.demo_shop import simple_orders
from tests.terminal.desk import drafts, opened, quit_desk, start_desk
from tests.terminal.typist import Typist


def half_typed(typist: Typist, shop: Path) -> None:
    """A return of which the reason is being typed."""
    typist.at_once([simple_orders(shop)[0], "enter", "r", "1", "enter", "chan"])


def the_draft(desk: Path) -> Draft:
    """The only draft; the next start offers it."""
    with start_desk(desk) as terminal:
        opened(terminal).wait_for("DRAFTS")
        assert quit_desk(terminal) == 0
    (draft,) = drafts(desk)
    return draft


def test_a_suspended_desk_gives_the_terminal_back_and_draws_itself_when_it_goes_on(
    desk: Path, shop: Path
) -> None:
    with Typist(desk) as typist:
        half_typed(typist, shop)
        terminal = typist.terminal
        os.kill(terminal.process.pid, signal.SIGTSTP)
        terminal.wait_until(lambda: terminal.is_stopped)
        assert terminal.left_set == []
        terminal.forget()
        os.kill(terminal.process.pid, signal.SIGCONT)
        terminal.wait_for(r"2 Reason +chan ")
        terminal.wait_for(r"\A Return · order")
        terminal.wait_until(lambda: not terminal.is_cooked)
        assert typist.at_once(["ged"])["text"] == "changed"
        assert quit_desk(terminal) == 0
        assert terminal.left_set == []


@pytest.mark.parametrize("sent", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_a_desk_that_is_told_to_end_keeps_what_was_typed(
    desk: Path, shop: Path, sent: signal.Signals
) -> None:
    with Typist(desk) as typist:
        half_typed(typist, shop)
        os.kill(typist.terminal.process.pid, sent)
        assert typist.terminal.wait_end() == 0
        assert typist.terminal.left_set == []
        assert b"Traceback" not in typist.terminal.raw
    assert the_draft(desk).lines[0].reason == "changed_mind"


def test_a_desk_whose_terminal_is_gone_ends_and_keeps_what_was_typed(
    desk: Path, shop: Path
) -> None:
    with Typist(desk) as typist:
        half_typed(typist, shop)
        typist.terminal.hang_up()
        typist.terminal.wait_end()
    assert the_draft(desk).lines[0].reason == "changed_mind"
    assert not list(desk.glob("crash-*"))


def test_a_desk_whose_terminal_takes_nothing_more_still_ends(desk: Path, shop: Path) -> None:
    with Typist(desk, "--ends-within", "2") as typist:
        half_typed(typist, shop)
        for key in ["f1"] * 100:  # nobody reads what is drawn
            os.write(typist.terminal._fd, b"\x1bOP" if key else b"")
        os.kill(typist.terminal.process.pid, signal.SIGTERM)
        typist.terminal.process.wait(timeout=20)
    assert the_draft(desk).lines[0].quantity == "1"


def test_a_desk_whose_store_hangs_still_ends_and_leaves_the_terminal(
    desk: Path, shop: Path
) -> None:
    with Typist(desk, "--take", "save_draft=1000", "--ends-within", "1") as typist:
        typist.at_once([simple_orders(shop)[0], "enter", "r", "1"])
        os.kill(typist.terminal.process.pid, signal.SIGTERM)
        assert typist.terminal.wait_end() == 1
        assert typist.terminal.left_set == []


def test_a_crash_leaves_the_terminal_a_sentence_a_report_and_the_draft(
    desk: Path, shop: Path
) -> None:
    with Typist(desk, "--fail", "records_in_state") as typist:
        half_typed(typist, shop)
        typist.send("f8")
        assert typist.terminal.wait_end() == 1
        assert typist.terminal.left_set == []
        assert "The desk had to close" in " ".join(typist.terminal.text.split())
        assert b"Traceback" not in typist.terminal.raw
    assert the_draft(desk).lines[0].reason == "changed_mind"
    (report,) = desk.glob("crash-*.txt")
    assert report.read_text().rstrip().endswith("RuntimeError")
