"""The desk in a terminal: opens the stores after the first paint, keeps the status line true, and ends in order."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path, PurePath
from typing import ClassVar

from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen
from textual.worker import WorkerFailed

from csr_tui.routes import Routes
from csr_tui.session import OpenDesk
from rma.errors import RmaError
from screens.background import start
from screens.base import DeskScreen
from screens.colourless import STYLES as NO_COLOUR_STYLES
from screens.colourless import WithoutColours
from screens.commands import EVERYWHERE
from screens.customer_lookup import STYLES as HOME_STYLES
from screens.customer_lookup import CustomerLookup
from screens.themes import DESK
from screens.widgets.status_line import DeskStatus

STATUS_SECONDS = 1.0
"""How often the status line is made true."""
SYNC_PAUSE_SECONDS = 60.0
"""How long sync rests after an error that nobody expected."""

_SAVE_SECONDS = 5.0
_FROM_DIALOGS_TOO = frozenset({"app.help", "app.home", "app.quit"})
"""Commands that act even while a question is open."""


class DeskApp(Routes):
    """The returns desk."""

    TITLE = "csr-tui"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH: ClassVar[list[str | PurePath]] = [HOME_STYLES]
    """Textual loads a screen's own styles when it is pushed; the default screen never is."""
    CSS = NO_COLOUR_STYLES
    BINDINGS: ClassVar[list[BindingType]] = [
        command.binding(priority=command.id in _FROM_DIALOGS_TOO) for command in EVERYWHERE
    ]

    def __init__(
        self,
        open_desk: OpenDesk,
        *,
        reports: Path | None = None,
        driver_class: type[Driver] | None = None,
    ) -> None:
        """`reports` is the folder for reports of unexpected errors."""
        super().__init__(driver_class)
        self._open_desk = open_desk
        self._reports = reports
        self._wake = asyncio.Event()
        self._syncing = self._reading_status = False
        self._broken: list[DeskScreen] = []
        """Screens that were open when an unexpected error closed the desk."""
        self._reported: set[str] = set()
        self.last_words: list[str] = []
        """What the terminal says after the desk has closed."""
        self.register_theme(DESK)
        self.theme = DESK.name
        if self.no_color:
            self._filters[:] = [WithoutColours()]

    def get_default_screen(self) -> Screen[None]:
        """The search box, which is there before anything else is loaded."""
        return CustomerLookup()

    def on_mount(self) -> None:
        """Paint first, then open the desk."""
        self.animation_level = "none"
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        start(self, self._open, name="open desk")

    async def _open(self) -> None:
        """Open stores in a thread, hand them to the home screen, then start to sync."""
        try:
            session = await self._open_desk()
        except RmaError as error:
            self._home.cannot_open(str(error))
            self._status = DeskStatus(closed=True)
            self._show_status()
            return
        self._session = session
        desk = session.desk
        self._home.open_desk(desk.lookup, desk.returns, session.identity, session.clock.now)
        await self._update_status()
        self.set_interval(STATUS_SECONDS, self.status_changed)
        if session.keep_syncing is not None:
            start(self, self._keep_syncing, name="sync")

    # --- sync

    async def _keep_syncing(self) -> None:
        """Sync until the desk closes. An error that nobody expected is reported, and the desk works on without."""
        assert self._session is not None and self._session.keep_syncing is not None
        while True:
            try:
                await self._session.keep_syncing(self._wake)
            except RmaError as error:
                self._say(str(error), error=True)
            except Exception as error:  # a call must not end because of the wire
                self._sync_broke(error)
                await asyncio.sleep(SYNC_PAUSE_SECONDS)
                continue
            return

    def _sync_broke(self, error: Exception) -> None:
        told = self._report(error, "Syncing hit an error that nobody expected.")
        if told:
            self._say("Syncing stopped for now; work goes on here. A report is kept.", error=True)

    def action_sync(self) -> None:
        """F5: push and pull now."""
        if self._session is None or self._session.sync is None:
            self._say("This desk has no central API to sync with.")
        elif not self._syncing:
            start(self, self._sync_now, name="sync now")

    async def _sync_now(self) -> None:
        assert self._session is not None and self._session.sync is not None
        self._syncing = True
        self._say("Syncing …")
        try:
            status = await self._session.sync.sync_now()
        except RmaError as error:
            self._say(str(error), error=True)
        except Exception as error:  # as in _keep_syncing
            self._sync_broke(error)
        else:
            if status.online:
                self._say("Synced: everything here is up to date.")
            else:
                self._say(status.trouble or "The central API does not answer; work goes on here.")
        finally:
            self._syncing = False
            await self._update_status()

    # --- status line

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

    async def _update_status(self) -> None:
        """Read the queue in a thread; wake the engine when more waits, and the screen when a sync ended."""
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
            held_keys=self.held_keys,
        )
        self._show_status()
        if queue.waiting > (before.queue.waiting if before.queue else 0):
            self._wake.set()
        last = before.sync.last_sync_at if before.sync else None
        if sync is not None and sync.last_sync_at != last:
            self._changed()

    def _show_status(self) -> None:
        for screen in self._desk_screens:
            if screen.is_mounted:
                screen.show_status(self._status)

    def held_keys_changed(self) -> None:
        """Keys wait for a command, or no longer do."""
        self._status = replace(self._status, held_keys=self.held_keys)
        self._show_status()

    # --- the end

    async def action_quit(self) -> None:
        """Ctrl+Q: keep what is half-typed, release the stores, and go."""
        for screen in reversed(self._desk_screens):
            await screen.before_leaving()
        self.exit()

    def _handle_exception(self, error: Exception) -> None:
        """Textual's last resort: report the error, take what is typed, and close; no traceback is drawn."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error  # a test's pilot raises it again
            self._exception_event.set()
            self._broken = list(reversed(self._desk_screens)) if self._screen_stacks else []
            for screen in self._broken:
                with suppress(Exception):
                    screen.take_typed()
            cause = error.error if isinstance(error, WorkerFailed) else error
            self._report(cause, "The desk had to close: something happened that nobody expected.")
        self._close_messages_no_wait()

    def _report(self, error: BaseException, what: str) -> bool:
        """Write a report, once for each error; whether there is something new to tell."""
        from csr_tui import crash

        key = f"{type(error)} {error}"
        if key in self._reported:
            return False
        self._reported.add(key)
        where = [screen.NAME for screen in self._desk_screens]
        path = (
            crash.report(self._reports, error, datetime.now(UTC), where) if self._reports else None
        )
        self.last_words.append(crash.sentence(what, path))
        return True

    async def on_unmount(self) -> None:
        """Keep what was typed when an error closed the desk, then release the stores at the very end."""
        for screen in self._broken:
            try:
                await asyncio.wait_for(screen.before_leaving(), _SAVE_SECONDS)
            except Exception:  # the first error is the one that is reported
                self.last_words.append("What was typed last could not be kept.")
        session, self._session = self._session, None
        if session is not None:
            await session.close()
