"""Several returns in work: who waits on the line while another return is typed, and the way from one to the other.

A return that is left for another one keeps its call: the timer runs on, and what its caller told still counts when the
agent comes back to it. F2 is the next call, and ends the one under way.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from textual.driver import Driver

from csr_tui.verifying import Verifying
from screens.commands import REGISTRY_KEYS, Keymap
from screens.navigation import ResumeDraft

if TYPE_CHECKING:
    from rma.call import Call
    from screens.parked import GiveNumber


class Parking(Verifying):
    """Holds the calls of parked returns."""

    def __init__(
        self, driver_class: type[Driver] | None = None, keymap: Keymap = REGISTRY_KEYS
    ) -> None:
        super().__init__(driver_class, keymap)
        self._held_calls: dict[str, Call] = {}
        """By draft: calls whose caller waits."""

    @property
    def open_drafts(self) -> int:
        """How many drafts are open on a screen: those are in work, not parked."""
        return len({s.about.draft_id for s in self._desk_screens if s.about and s.about.kept})

    @property
    def _draft_here(self) -> str:
        """The draft that is open, the topmost one."""
        drafts = [s.about.draft_id for s in self._desk_screens if s.about and s.about.kept]
        return drafts[-1] if drafts else ""

    async def action_parked(self) -> None:
        """Ctrl+L: the returns in work."""
        from screens.parked import ParkedList

        session, screen = self._session, self._desk_screen
        if session is None:
            return
        with screen.reporting():
            if screen.about is not None and screen.about.draft_id:
                await screen.before_leaving()
            parked = session.desk.parked
            found = await asyncio.to_thread(parked.all)
            dialog = ParkedList(
                parked,
                found,
                now=session.clock.now(),
                here=self._draft_here,
                waiting=frozenset(self._held_calls),
            )
            screen.open_dialog(dialog, self._go_on_with)

    async def _go_on_with(self, chosen: str | GiveNumber | None) -> None:
        """Leave what is open, and go on with a draft, give one its number, or take another call."""
        here = self._draft_here
        self._changed()
        if chosen is None or chosen == here != "":
            return
        self._hold(here)
        if not await self._back_to(self._home):
            return
        if not isinstance(chosen, str):
            await self._give_number(chosen.draft_id)
        elif chosen:
            self.post_message(ResumeDraft(chosen))
        else:
            self._home.take_next_call()

    async def _give_number(self, draft_id: str) -> None:
        """The number of a finished return; where something stands against it now, the return with all of that."""
        from rma.record import Refusal
        from screens.number import NumberScreen

        session = self._session
        assert session is not None
        with self._desk_screen.reporting():
            made = await asyncio.to_thread(session.desk.returns.give_number, draft_id)
            if isinstance(made, Refusal):
                self.post_message(ResumeDraft(draft_id))
            else:
                await self._go(NumberScreen(session.desk.rmas, session.desk.slips, made))
                self.status_changed()

    def _hold(self, draft_id: str) -> None:
        """The caller of the open return waits."""
        call = self._call
        if draft_id and call is not None and self.call_since is not None:
            self._held_calls[draft_id] = call
            self._call = None
            assert self._session is not None
            self._session.desk.caller.takes(None)
            self.status_changed()

    async def take_up(self, draft_id: str) -> None:
        """A draft is gone on with: its caller, who waited, is on the phone again."""
        held = self._held_calls.pop(draft_id, None)
        if held is None or self._session is None:
            return
        await self._end_call()
        self._call = held
        self._session.desk.caller.takes(held)
        self.status_changed()
