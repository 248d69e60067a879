"""The desk in a terminal: opens the stores after the first paint, keeps the status line true, and ends in order."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path, PurePath
from typing import ClassVar

from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen

from csr_tui.endings import Endings
from csr_tui.session import OpenDesk
from csr_tui.signing_in import SigningIn
from csr_tui.swift import tidy_up
from rma.errors import RmaError
from rma.wording import _
from screens.background import start
from screens.colourless import STYLES as NO_COLOUR_STYLES
from screens.commands import EVERYWHERE, FROM_DIALOGS_TOO, REGISTRY_KEYS, Keymap
from screens.customer_lookup import STYLES as HOME_STYLES
from screens.customer_lookup import CustomerLookup
from screens.status_words import DeskStatus
from screens.themes import DEFAULT

STATUS_SECONDS = 1.0
"""How often the status line is made true."""
_NOBODY_TYPES_SECONDS = 1.5
STILL_SECONDS = 0.4
"""After so long without a key, the screen reads again what a sync brought."""
DRAWN_SECONDS = 0.06
"""After so long, what came of a key is drawn."""
GIVEN_WAY_SECONDS = 0.2
"""What arrives waits for keys no longer than this, page by page."""
SYNC_PAUSE_SECONDS = 60.0
"""How long sync rests after an error that nobody expected."""


class DeskApp(Endings, SigningIn):
    """The returns desk."""

    TITLE = "csr-tui"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH: ClassVar[list[str | PurePath]] = [HOME_STYLES]
    """Textual loads a screen's own styles when it is pushed; the default screen never is."""
    CSS = NO_COLOUR_STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        command.binding(priority=command.id in FROM_DIALOGS_TOO)
        for command in EVERYWHERE
        if command.bound
    ]

    def __init__(
        self,
        open_desk: OpenDesk,
        *,
        reports: Path | None = None,
        keymap: Keymap = REGISTRY_KEYS,
        notice: str = "",
        theme: str = DEFAULT,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """`reports` is the folder for reports of unexpected errors; `notice` is said as soon as the desk is painted."""
        super().__init__(driver_class, keymap, reports=reports)
        self._notice = notice
        self._open_desk = open_desk
        self._wake = asyncio.Event()
        self._syncing = self._reading_status = self._news = False
        self.dress(theme)

    def get_default_screen(self) -> Screen[None]:
        """The search box, which is there before anything else is loaded."""
        return self._with_keys(CustomerLookup())

    def on_mount(self) -> None:
        """Paint first, then open the desk."""
        self.animation_level = "none"
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        if self._notice:
            self._say(self._notice, error=True)
        start(self, self._open, name="open desk")

    async def _open(self) -> None:
        """Open stores in a thread, hand them to the home screen, then start to sync."""
        session = None
        try:
            session = await self._open_desk()
            signs_in = await asyncio.to_thread(session.desk.sign_in.is_asked_for)
        except RmaError as error:
            if session is not None:
                await session.close()
            if self._exit:
                return  # the agent has quit meanwhile, and nothing is left to write on
            self._home.cannot_open(str(error))
            self.takes_commands.set()
            self._status = DeskStatus(closed=True)
            self._show_status()
            return
        if self._exit:
            await session.close()
            return
        self._session = session
        await self._begin_work(session, signs_in=signs_in)
        self.takes_commands.set()
        await self._update_status()
        self.set_interval(STATUS_SECONDS, self._each_second)
        if session.load_rest is not None:
            try:
                await asyncio.to_thread(session.load_rest)
                self._read_styles()
            except RmaError as error:  # the next sync may mend what cannot be read
                self._say(str(error), error=True)
        if session.keep_syncing is not None:
            start(self, self._keep_syncing, name="sync")

    def _read_styles(self) -> None:
        """The styles of every screen that is loaded: Textual would read all styles anew when each is shown first."""
        from screens.style_files import style_files

        self.stylesheet.read_all(
            [p for p in style_files() if not self.stylesheet.has_source(str(p))]
        )
        self.stylesheet.reparse()
        self.stylesheet.update(self)

    # --- sync

    async def _keep_syncing(self) -> None:
        """Sync until the desk closes. An error that nobody expected is reported, and the desk works on without."""
        assert self._session is not None and self._session.keep_syncing is not None
        while True:
            try:
                await self._session.keep_syncing(self._wake, self._give_way)
            except RmaError as error:
                self._say(str(error), error=True)
            except Exception as error:  # a call must not end because of the wire
                self._sync_broke(error)
                await asyncio.sleep(SYNC_PAUSE_SECONDS)
                continue
            return

    async def _give_way(self) -> bool:
        """A page waits until what came of the last key is drawn, but for no longer than a moment: keys may never end."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + GIVEN_WAY_SECONDS
        while clock() < deadline:
            left = DRAWN_SECONDS - self.seconds_since_key
            if left <= 0:
                break
            await asyncio.sleep(left)
        return self.seconds_since_key < _NOBODY_TYPES_SECONDS

    def _sync_broke(self, error: Exception) -> None:
        told = self._report(error, _("Syncing hit an error that nobody expected."))
        if told:
            self._say(
                _("Syncing stopped for now; work goes on here. A report is kept."), error=True
            )

    def action_sync(self) -> None:
        """F5: push and pull now."""
        if self._session is None or self._session.sync is None:
            self._say(_("This desk has no central API to sync with."))
        elif not self._syncing:
            start(self, self._sync_now, name="sync now")

    async def _sync_now(self) -> None:
        assert self._session is not None and self._session.sync is not None
        self._syncing = True
        self._say(_("Syncing …"))
        try:
            status = await self._session.sync.sync_now()
        except RmaError as error:
            self._say(str(error), error=True)
        except Exception as error:  # as in _keep_syncing
            self._sync_broke(error)
        else:
            if status.online and not status.trouble:
                self._say(_("Synced: everything here is up to date."))
            else:
                self._say(
                    status.trouble or _("The central API does not answer; work goes on here.")
                )
        finally:
            self._syncing = False
            await self._update_status(at_once=True)

    # --- status line

    def _each_second(self) -> None:
        self.status_changed()
        self.lock_if_left()
        if self.seconds_since_key >= _NOBODY_TYPES_SECONDS:
            tidy_up()

    def status_changed(self) -> None:
        """Read the status anew, unless that is under way."""
        if not self._reading_status:
            self._reading_status = True
            start(self, self._read_status, name="status")

    async def _read_status(self) -> None:
        try:
            await self._update_status()
        finally:
            self._reading_status = False

    async def _update_status(self, *, at_once: bool = False) -> None:
        """Read the queue in a thread; wake the engine when more waits, and the screen when a sync ended.

        Without `at_once` the screen hears of it in the next pause: what somebody types by is not read again meanwhile.
        """
        session = self._session
        if session is None:
            return
        queue = await asyncio.to_thread(session.desk.work.queue)
        before, sync = self._status, session.sync.status() if session.sync else None
        self._status = DeskStatus(
            identity=session.identity,
            queue=queue,
            sync=sync,
            now=session.clock.now(),
            held_keys=self.told_keys,
            call_since=self.call_since,
            parked=max(0, queue.parked - self.open_drafts),
            protection=session.protection,
        )
        self._show_status()
        if queue.waiting > (before.queue.waiting if before.queue else 0):
            self._wake.set()
        last = before.sync.last_sync_at if before.sync else None
        self._news |= sync is not None and sync.last_sync_at != last
        if self._news and (at_once or self.seconds_since_key >= STILL_SECONDS):
            self._news = False
            self._changed()

    def _show_status(self) -> None:
        for screen in self._desk_screens:
            if screen.is_mounted:
                screen.show_status(self._status)

    def held_keys_changed(self) -> None:
        """Keys wait for a command, or no longer do."""
        self._status = replace(self._status, held_keys=self.told_keys)
        self._show_status()

    def copy_to_clipboard(self, text: str) -> None:
        """Hand RMA numbers to the terminal, and nothing else: its clipboard may keep a history. The rest is for `ctrl+v` here."""
        from rma.numbers import BadRmaNumber, parse

        try:
            parse(text)
        except BadRmaNumber:
            self._clipboard = text
        else:
            super().copy_to_clipboard(text)
