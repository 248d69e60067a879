"""Conversations in tests: answers in, transcript out, over stores in memory."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from csr_tui.exit_codes import ExitCode
from csr_tui.plain.conversation import Conversation
from csr_tui.plain.talk import Talk
from csr_tui.plain.workplace import Workplace
from desk.desk import build_desk
from desk.ports import SyncStatus
from storage.pin_verifiers import PinVerifiers
from tests.screens.seat import Shop


@dataclass
class StandingSync:
    """A connection whose state a test sets."""

    state: SyncStatus
    asked: int = 0
    woken: int = 0

    def status(self) -> SyncStatus:
        return self.state

    def now(self) -> SyncStatus:
        self.asked += 1
        at = datetime(2026, 11, 20, 10, self.asked, tzinfo=UTC)
        self.state = replace(self.state, last_sync_at=at)
        return self.state

    def wake(self) -> None:
        self.woken += 1


@dataclass
class Told:
    """How a conversation went."""

    code: ExitCode
    text: str
    sync: StandingSync

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


def talk(of: Shop, *answers: str, online: bool = True, revoked: str = "") -> Told:
    """Give these answers, one line each, and then no more."""
    out = io.StringIO()
    trouble = "" if online else "No connection."
    sync = StandingSync(SyncStatus(online=online, trouble=trouble, revoked=revoked))
    place = Workplace(
        desk=build_desk(of.reference, of.work, of.clock, PinVerifiers(), of.papers),
        clock=of.clock,
        sync=sync,
    )
    answering = io.StringIO("".join(f"{answer}\n" for answer in answers))
    code = Conversation(Talk(answering, out), place).run()
    return Told(code, out.getvalue(), sync)
