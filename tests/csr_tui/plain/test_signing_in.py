"""Who works here, asked line by line."""

from __future__ import annotations

from csr_tui.exit_codes import ExitCode
from tests.csr_tui.plain.talking import talk
from tests.screens.seat import small_shop
from tests.screens.test_sign_in import HERS, PIN, SUE, shared_shop


def test_a_shared_desk_asks_who_and_for_the_pin_which_is_not_written() -> None:
    of = shared_shop()
    told = talk(of, "2", HERS, "quit")
    assert told.code is ExitCode.OK
    assert HERS not in told.text
    assert "Sue Park, supervisor" in told.text
    identity = of.work.identity()
    assert identity is not None
    assert identity.person == SUE


def test_a_wrong_pin_is_asked_again() -> None:
    told = talk(shared_shop(), "1", "480216", PIN, "quit")
    assert "That is not the PIN of Agent One. 2 more tries" in told.text
    assert "What does the caller say" in told.text


def test_without_a_pin_nothing_of_the_desk_is_said() -> None:
    told = talk(shared_shop(), "1", "480216", "480216", "480216", "480216")
    assert "What does the caller say" not in told.text


def test_a_desk_of_one_is_not_asked() -> None:
    assert "PIN" not in talk(small_shop(), "quit").text


def test_whom_the_server_turns_away_is_asked_nothing_more() -> None:
    told = talk(small_shop(), "quit", revoked="Agent One")
    assert told.code is ExitCode.FAILED
    assert "Agent One may no longer work here" in told.text
    assert "What does the caller say" not in told.text
