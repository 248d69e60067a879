"""How the desk ends: the agent quits, the terminal or the system ends it, or something happens that nobody expected.

However it ends, what is half-typed is kept as a draft, the stores are released, and the terminal is left as it was.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from textual.driver import Driver
from textual.worker import WorkerFailed

from csr_tui.stack import ScreenStack
from csr_tui.terminal_input import LeavesAtOnce
from rma.errors import RmaError
from rma.wording import _
from screens.base import DeskScreen
from screens.commands import REGISTRY_KEYS, Keymap
from screens.dialog import Dialog

LONGEST_END_SECONDS = 10.0
"""A desk that was told to end and hangs is ended by force then: nobody may be there to see it, and it holds its folder."""

_SAVE_SECONDS = 5.0


class Endings(ScreenStack):
    """The end of the desk, or of the first start, whoever asks for it."""

    def __init__(
        self,
        driver_class: type[Driver] | None = None,
        keymap: Keymap = REGISTRY_KEYS,
        *,
        reports: Path | None = None,
    ) -> None:
        """`reports` is the folder for reports of unexpected errors."""
        super().__init__(driver_class, keymap)
        self._reports = reports
        self._reported: set[str] = set()
        self._broken: list[DeskScreen | Dialog[Any]] = []
        """Screens that were open when an unexpected error closed the desk."""
        self._end: asyncio.Task[None] | None = None
        self._in_terminal = False
        self._signals_before: dict[signal.Signals, Any] = {}
        self._wake_up: tuple[socket.socket, ...] = ()
        self.last_words: list[str] = []
        """What the terminal says after the desk has closed."""

    def run(self, **options: Any) -> None:
        """Run in the terminal, with Textual's options; a test's pilot runs it by other ways."""
        self._in_terminal = True
        super().run(**options)

    def on_load(self) -> None:
        """Take hang-up and termination as a wish to end in order; in a test's pilot they stay what they are.

        There is no driver yet that could say whether there is a terminal.
        """
        if self._in_terminal:
            for name in ("SIGHUP", "SIGTERM", "SIGINT"):
                if hasattr(signal, name):  # Windows knows no hang-up
                    number = signal.Signals[name]
                    self._signals_before[number] = signal.signal(
                        number, lambda *_: self._told_to_end()
                    )
            self._wake_up = _wake_up_at_signals()

    def give_signals_back(self) -> None:
        """Let them do what they did before it ran; for a program that goes on once it has ended."""
        for number, handler in self._signals_before.items():
            signal.signal(number, handler)
        self._signals_before.clear()
        if self._wake_up:
            signal.set_wakeup_fd(-1)
            for end in self._wake_up:
                end.close()
            self._wake_up = ()

    async def action_quit(self) -> None:
        """Ctrl+Q: keep what is half-typed, release the stores, and go. What cannot be kept is told; again goes."""
        for screen in self._typed_into:
            try:
                await screen.before_leaving()
            except RmaError as error:
                if str(error) not in self.last_words:
                    self.last_words.append(str(error))
                    self._desk_screen.show_message(str(error), "error")
                    return
        self.exit()

    def end_now(self) -> None:
        """End whatever runs: the terminal is gone, somebody ends the process, or a command hangs and the agent quits."""
        if self._end is None:
            self._end_by_force()
            self._end = asyncio.create_task(self._keep_and_exit())

    def _told_to_end(self) -> None:
        """A signal came: the loop may be waiting for a terminal that takes nothing more."""
        self._end_by_force()
        if self._loop is not None:
            with suppress(RuntimeError):  # the loop is closed: the desk has ended already
                self._loop.call_soon_threadsafe(self.end_now)

    def _end_by_force(self) -> None:
        """End the process, hung threads and all, unless it has ended in time; never the process of a test's pilot."""
        if self.is_headless:
            return

        def end() -> None:
            if isinstance(self._driver, LeavesAtOnce):
                self._driver.leave_at_once()
            os._exit(1)

        timer = threading.Timer(LONGEST_END_SECONDS, end)
        timer.daemon = True
        timer.start()

    async def _keep_and_exit(self) -> None:
        screens = self._typed_into
        _take_typed(screens)
        await self._keep(screens)
        self.exit()

    async def _keep(self, screens: Iterable[DeskScreen | Dialog[Any]]) -> None:
        for screen in screens:
            try:
                await asyncio.wait_for(screen.before_leaving(), _SAVE_SECONDS)
            except Exception:  # why the desk ends is what is reported
                self.last_words.append(_("What was typed last could not be kept."))

    def _handle_exception(self, error: Exception) -> None:
        """Textual's last resort: report the error, take what is typed, and close; no traceback is drawn."""
        self._return_code = 1
        if self._exception is None:
            self._exception = error  # a test's pilot raises it again
            self._exception_event.set()
            self._broken = self._typed_into if self._screen_stacks else []
            _take_typed(self._broken)
            cause = error.error if isinstance(error, WorkerFailed) else error
            self._report(
                cause, _("The desk had to close: something happened that nobody expected.")
            )
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
        await self._keep(self._broken)
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def _take_typed(screens: Iterable[DeskScreen | Dialog[Any]]) -> None:
    for screen in screens:
        if isinstance(screen, DeskScreen):
            with suppress(Exception):
                screen.take_typed()


def _wake_up_at_signals() -> tuple[socket.socket, ...]:
    """Let the running loop hear of a signal that comes just as it begins to wait, or that the system gives to another
    thread: Python runs the handler only when the main thread wakes up, and an idle desk would at the next key.

    Gives what has to stay open; on Windows the loop does it itself.
    """
    if sys.platform == "win32":
        return ()
    read, written = socket.socketpair()
    for end in (read, written):
        end.setblocking(False)
    asyncio.get_running_loop().add_reader(read, read.recv, 1024)
    signal.set_wakeup_fd(written.fileno(), warn_on_full_buffer=False)
    return read, written
