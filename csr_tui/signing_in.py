"""The lock of a shared desk: who works here proves it at the start, and after nobody typed for a while.

Locking closes nothing: sync goes on, and the same person finds everything as it was. Another person gets an empty desk;
what was half-typed waits among the drafts.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from csr_tui.routes import Routes
from rma.errors import RmaError
from rma.wording import _
from screens.background import start
from screens.commands import Command
from screens.forms.last_values import LastValues

if TYPE_CHECKING:
    from csr_tui.session import Session
    from screens.sign_in import SignInDialog

LOCK_AFTER_SECONDS = 600.0
"""Without a key. PCI DSS 8.2.8 asks for 15 minutes at most."""

_BEHIND_THE_LOCK = frozenset({"home", "help"})
"""Commands that act even while a question is open, but not while the desk is locked."""


class SigningIn(Routes):
    """Locks the desk, and lets in who knows their PIN."""

    lock_after_seconds = LOCK_AFTER_SECONDS
    _signs_in = False
    """Whether people prove here who they are."""
    _lock: SignInDialog | None = None
    _worked_before = ""
    """Whose work is open behind the lock."""

    @property
    def is_locked(self) -> bool:
        """Whether nobody can work until somebody has signed in."""
        return self._lock is not None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Nothing of the desk behind the lock is reached."""
        if self.is_locked and action in _BEHIND_THE_LOCK:
            return False
        return super().check_action(action, parameters)

    async def _begin_work(self, session: Session, *, signs_in: bool) -> None:
        """Open the desk for who works here, or ask who that is."""
        self._signs_in = signs_in
        if signs_in:
            self._home.take_next_call()  # what was typed ahead may have been meant for the lock
            await self._ask_who(session)
        else:
            self._open_home(session)

    def _open_home(self, session: Session) -> None:
        desk = session.desk
        self._home.open_desk(desk.lookup, desk.returns, session.identity, session.clock.now)

    def lock_if_left(self) -> None:
        """Lock where nobody has typed for long enough, or who works here may no longer."""
        if self.is_locked:
            start(self, self._open_for_nobody, name="unlock", exclusive=True)
            return
        if self.is_commanded:
            return
        turned_away = self._is_turned_away()
        left = self.seconds_since_key >= self.lock_after_seconds
        if turned_away or (self._signs_in and left):
            self._signs_in = self._signs_in or turned_away
            start(self, self.action_lock, name="lock", exclusive=True)

    async def _open_for_nobody(self) -> None:
        """Open the lock of a desk where nobody signs in, once the server takes whoever it turned away: no PIN would."""
        session = self._session
        if session is None:
            return
        with self._desk_screen.reporting():
            asked = await asyncio.to_thread(session.desk.sign_in.is_asked_for)
            if not asked and self._lock is not None:
                self._signs_in = False
                self._lock.dismiss(None)

    def _is_turned_away(self) -> bool:
        session = self._session
        if session is None or session.identity is None or session.sync is None:
            return False
        return session.sync.status().revoked == session.identity.person

    async def action_lock(self) -> None:
        """F7: lock the desk; what is half-typed is kept."""
        session = self._session
        if session is None or self.is_locked:
            return
        if not self._signs_in:
            self._say(_("Nobody signs in on this desk: choose a PIN first (Shift+F7)."))
            return
        for screen in self._typed_into:
            try:
                await screen.before_leaving()
            except RmaError as error:  # it stays on its screen, behind the lock
                self._say(str(error), error=True)
        identity = session.identity
        self._worked_before = identity.person if identity else ""
        with self._desk_screen.reporting():
            await self._ask_who(session)

    async def _ask_who(self, session: Session) -> None:
        from screens.sign_in import SignInDialog

        people = await asyncio.to_thread(session.desk.sign_in.people)
        if self.is_locked:  # by itself, in the moment of the key
            return
        quit_key = next(c.shown_key for c in self._desk_screen.everywhere if c.id == "app.quit")

        async def sign_in(name: str, pin: str) -> None:
            await asyncio.to_thread(session.desk.sign_in.sign_in, name, pin)

        dialog = SignInDialog(people, sign_in, quit_key=quit_key)
        self._lock = dialog
        await self.push_screen(self._with_keys(dialog), self._signed_in)

    async def _signed_in(self, _nothing: None) -> None:
        session = self._session
        self._lock = None
        if session is None or session.identity is None:
            return
        if session.identity.person != self._worked_before:
            with self.batch_update():
                await self._hand_over(session)
        self.status_changed()

    async def _hand_over(self, session: Session) -> None:
        """Somebody else works here from now on: nothing of the one before stays open."""
        if self._worked_before:
            await self._end_call()
            while self.screen is not self._home:
                await self.pop_screen()
        self._spare_return = None
        self._held_calls.clear()
        self._clipboard = ""
        self._call = self.last_customer = self.last_return = None
        session.last_values = LastValues()
        self._open_home(session)
        if self._worked_before:
            self._home.take_next_call()

    async def action_choose_pin(self) -> None:
        """Choose the PIN of who works here."""
        from screens.choose_pin import ChoosePinDialog

        session = self._session
        if session is None or session.identity is None:
            return
        name = session.identity.person

        async def choose(new: str, before: str) -> None:
            await asyncio.to_thread(session.desk.sign_in.choose_pin, new, before)

        def chosen(done: bool | None) -> None:
            if done:
                self._signs_in = True
                self._say(_("The new PIN counts from now on. F7 locks the desk."))

        with self._desk_screen.reporting():
            has_one = await asyncio.to_thread(session.desk.sign_in.has_pin, name)
            self._desk_screen.open_dialog(ChoosePinDialog(name, choose, has_one=has_one), chosen)

    def _why_not(self, command: Command) -> str:
        """Locking needs somebody who can unlock."""
        if command.id == "app.lock" and not self._signs_in:
            return command.refusal
        return super()._why_not(command)
