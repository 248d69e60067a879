"""A shared desk in a real terminal: locked from the first look, silent about what lies behind."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from csr_tui.bootstrap import open_desk
from csr_tui.demo.central import Central
from csr_tui.enrollment import enroll
from csr_tui.exit_codes import ExitCode
from desk.errors import NotReady
from rma.request import Role
from tests.terminal.desk import drafts, quit_desk, start_desk
from tests.terminal.pty import Terminal

PIN, HERS = "480215", "739204"
LOCKED = "This desk is locked"


@pytest.fixture
def desk(own_shop: Path) -> Path:
    """The demo's agent, and Sue, who is enrolled on the same desk."""
    folder = own_shop / "desks" / "agent"
    opened = open_desk(folder)
    identity = opened.work.identity()
    assert identity is not None
    opened.work.set_identity(replace(identity, person="Sue Park", role=Role.SUPERVISOR))
    opened.desk.sign_in.set_enrolled_pin(identity.person, PIN)
    opened.desk.sign_in.set_enrolled_pin("Sue Park", HERS)
    opened.work.sign_in(identity.person)
    opened.close()
    return folder


def test_nothing_of_a_customer_is_drawn_before_somebody_signed_in_and_no_pin_ever(
    desk: Path,
) -> None:
    with start_desk(desk) as terminal:
        terminal.wait_for(LOCKED)
        terminal.type(f"{PIN}\r")
        terminal.wait_for("Look up")
        terminal.type("100001")
        terminal.wait_for("Order 100001")
        terminal.press("f7")
        terminal.wait_for(LOCKED)
        seen = len(terminal.raw)
        terminal.press("f2")
        terminal.wait_for("Sign in first")
        assert b"100001" not in terminal.raw[seen:]
        assert quit_desk(terminal) == ExitCode.OK
        assert PIN.encode() not in terminal.raw


def test_a_half_typed_return_survives_a_kill_behind_the_lock_and_another_person_sees_it_as_a_draft(
    desk: Path,
) -> None:
    with start_desk(desk) as terminal:
        terminal.wait_for(LOCKED)
        terminal.type(f"{PIN}\r")
        terminal.wait_for("Look up")
        terminal.type("100001\r")
        terminal.wait_for("Order 100001")
        terminal.press("enter")
        terminal.wait_for("1 Lines")
        terminal.type("2")
        terminal.press("f7")
        terminal.wait_for(LOCKED)
        terminal.process.kill()
        terminal.wait_end()
    assert len(drafts(desk)) == 1
    with start_desk(desk) as terminal:
        terminal.wait_for(LOCKED)
        terminal.press("down")
        terminal.type(f"{HERS}\r")
        terminal.wait_for(r"(?s)DRAFTS.*Sue Park, supervisor")
        assert quit_desk(terminal) == ExitCode.OK


def test_enrolling_a_second_person_asks_for_their_pin_twice_and_shows_neither(
    central: Central, tmp_path: Path
) -> None:
    folder = tmp_path / "shared"
    asyncio.run(enroll(folder, central.url, central.enroll_code("Ada", Role.AGENT)))
    code = central.enroll_code("Sue", Role.SUPERVISOR)
    command = [sys.executable, "-m", "csr_tui", "enroll", central.url, code, "--data", str(folder)]
    asks = "PIN or password of Sue on this desk"
    with Terminal(command) as terminal:
        terminal.wait_for(asks)
        terminal.type("123456\r")
        terminal.wait_for("that is guessed first")
        terminal.type(f"{HERS}\r")
        terminal.wait_for("The same once more")
        terminal.type(f"{HERS}\r")
        assert terminal.wait_end() == ExitCode.OK
        assert HERS.encode() not in terminal.raw
    opened = open_desk(folder)
    people = opened.desk.sign_in.people()
    assert [(each.name, each.has_pin) for each in people] == [("Ada", False), ("Sue", True)]
    assert opened.desk.sign_in.sign_in("Sue", HERS).role is Role.SUPERVISOR
    with pytest.raises(NotReady, match="Ada has no PIN on this desk"):
        opened.desk.sign_in.sign_in("Ada", "")
    opened.close()


def test_a_command_asks_for_the_pin_of_whoever_worked_there_last(desk: Path) -> None:
    command = [sys.executable, "-m", "csr_tui", "lookup", "100001", "--data", str(desk)]
    with Terminal(command) as terminal:
        terminal.wait_for("PIN or password of Agent on this desk")
        terminal.type(f"{PIN}\r")
        terminal.wait_for("order +100001")
        assert terminal.wait_end() == ExitCode.OK
        assert PIN.encode() not in terminal.raw
    with Terminal(command) as terminal:
        terminal.wait_for("PIN or password of Agent on this desk")
        terminal.type(f"{HERS}\r")
        assert terminal.wait_end() == ExitCode.FAILED
        assert b"100001" not in terminal.raw
