"""The desk in a terminal: opens the stores after the first paint, routes between screens, keeps the status line true.

Screens post messages of `screens.navigation` and know neither each other nor this app. Keys come from
`screens.commands`.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import PurePath
from typing import ClassVar

from textual import on
from textual.app import App
from textual.binding import BindingType
from textual.screen import Screen

from csr_tui.session import OpenDesk, Session
from csr_tui.type_ahead import TypeAhead
from rma.errors import RmaError
from rma.request import Role
from screens.base import DeskScreen
from screens.commands import EVERYWHERE, Command
from screens.customer_lookup import STYLES as HOME_STYLES
from screens.customer_lookup import CustomerLookup
from screens.navigation import (
    OpenApprovals,
    OpenAttention,
    OpenCustomer,
    OpenRma,
    ResumeDraft,
    ReturnLeft,
    ReturnMade,
    StartReturn,
)
from screens.themes import DESK
from screens.widgets.status_line import DeskStatus

STATUS_SECONDS = 1.0
"""How often the status line is made true."""

_FROM_DIALOGS_TOO = frozenset({"app.help", "app.home", "app.quit"})
"""Commands that act even while a question is open."""


class DeskApp(TypeAhead, App[None]):
    """The returns desk."""

    TITLE = "csr-tui"
    ENABLE_COMMAND_PALETTE = False
    CSS_PATH: ClassVar[list[str | PurePath]] = [HOME_STYLES]
    """Textual loads a screen's own styles when it is pushed; the default screen never is."""
    BINDINGS: ClassVar[list[BindingType]] = [
        command.binding(priority=command.id in _FROM_DIALOGS_TOO) for command in EVERYWHERE
    ]

    def __init__(self, open_desk: OpenDesk) -> None:
        super().__init__()
        self._open_desk = open_desk
        self._session: Session | None = None
        self._wake = asyncio.Event()
        self._status = DeskStatus()
        self._syncing = self._reading_status = False
        self.register_theme(DESK)
        self.theme = DESK.name

    def get_default_screen(self) -> Screen[None]:
        """The search box, which is there before anything else is loaded."""
        return CustomerLookup()

    def on_mount(self) -> None:
        """Paint first, then open the desk."""
        self.animation_level = "none"
        self.call_after_refresh(self._start)

    def _start(self) -> None:
        self.run_worker(self._open(), name="open desk")

    async def _open(self) -> None:
        """Open stores in a thread, hand them to the home screen, then start to sync."""
        try:
            session = await self._open_desk()
        except RmaError as error:
            self._home.cannot_open(str(error))
            return
        self._session = session
        desk = session.desk
        self._home.open_desk(desk.lookup, desk.returns, session.identity, session.clock.now)
        await self._update_status()
        self.set_interval(STATUS_SECONDS, self._start_status)
        if session.keep_syncing is not None:
            self.run_worker(self._keep_syncing(session), name="sync")

    async def _keep_syncing(self, session: Session) -> None:
        assert session.keep_syncing is not None
        try:
            await session.keep_syncing(self._wake)
        except RmaError as error:
            self._say(str(error), error=True)

    # --- status line

    def _start_status(self) -> None:
        if not self._reading_status:
            self._reading_status = True
            self.run_worker(self._read_status(), name="status")

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
        for screen in self.screen_stack:
            if isinstance(screen, DeskScreen) and screen.is_mounted:
                screen.show_status(self._status)

    def held_keys_changed(self) -> None:
        """Keys wait for a command, or no longer do."""
        self._status = replace(self._status, held_keys=self.held_keys)
        self._show_status()

    def _changed(self) -> None:
        screen = self._desk_screen
        if screen.is_mounted:
            screen.desk_changed()

    # --- where the agent is

    @property
    def _home(self) -> CustomerLookup:
        home = self.screen_stack[0]
        assert isinstance(home, CustomerLookup)
        return home

    @property
    def _desk_screen(self) -> DeskScreen:
        """The screen under any dialog."""
        return next(s for s in reversed(self.screen_stack) if isinstance(s, DeskScreen))

    @property
    def _role(self) -> Role:
        identity = self._session.identity if self._session else None
        return identity.role if identity else Role.AGENT

    def _say(self, text: str, *, error: bool = False) -> None:
        self._desk_screen.show_message(text, "error" if error else "information")

    async def _go(self, screen: DeskScreen) -> None:
        """Put a screen on top and give it the status at once."""
        await self.push_screen(screen)
        screen.show_status(self._status)

    async def _back_home(self) -> None:
        while len(self.screen_stack) > 1:
            top = self.screen
            if isinstance(top, DeskScreen):
                await top.before_leaving()
            await self.pop_screen()

    @on(OpenCustomer)
    async def _open_customer(self, message: OpenCustomer) -> None:
        from screens.customer import CustomerScreen

        if self._session is not None:
            customers = self._session.desk.customers
            await self._go(CustomerScreen(customers, message.customer_id, message.order_id))

    @on(StartReturn)
    async def _start_return(self, message: StartReturn) -> None:
        from screens.return_wizard import ReturnWizard

        if self._session is not None:
            desk = self._session.desk
            await self._go(
                ReturnWizard(
                    desk.returns,
                    desk.customers,
                    self._session.clock,
                    self._role,
                    order_id=message.order_id,
                    line_id=message.line_id,
                )
            )

    @on(ResumeDraft)
    async def _resume_draft(self, message: ResumeDraft) -> None:
        from screens.return_wizard import ReturnWizard

        if self._session is not None:
            desk, clock = self._session.desk, self._session.clock
            await self._go(
                ReturnWizard(
                    desk.returns, desk.customers, clock, self._role, draft_id=message.draft_id
                )
            )

    @on(ReturnMade)
    async def _show_number(self, message: ReturnMade) -> None:
        """The number takes the place of the panel that made it, so that Back leads to the customer."""
        from screens.number import NumberScreen

        if self._session is not None:
            screen = NumberScreen(self._session.desk.rmas, message.record)
            await self.switch_screen(screen)
            screen.show_status(self._status)
            self._start_status()

    @on(ReturnLeft)
    async def _leave_return(self, message: ReturnLeft) -> None:
        await self.pop_screen()
        self._say(message.text)
        self._changed()

    @on(OpenRma)
    async def _open_rma(self, message: OpenRma) -> None:
        from screens.rma import RmaScreen

        if self._session is not None:
            await self._go(RmaScreen(self._session.desk.rmas, message.number))

    @on(OpenApprovals)
    async def action_approvals(self) -> None:
        """F8: what waits for a supervisor."""
        from screens.approvals import Approvals

        session = self._session
        if session is None or isinstance(self.screen, Approvals):
            return
        await self._go(Approvals(session.desk.rmas, session.identity, session.clock.now))

    @on(OpenAttention)
    async def action_attention(self) -> None:
        """What the server changed or refused."""
        from screens.attention import AttentionScreen

        session = self._session
        if session is None or isinstance(self.screen, AttentionScreen):
            return
        await self._go(AttentionScreen(session.desk.attention, session.clock.now))

    # --- commands

    async def action_home(self) -> None:
        """F2: the search box, from anywhere."""
        await self._back_home()
        self._home.take_next_call()

    async def action_help(self) -> None:
        """F1 opens help, F1 again closes it."""
        from screens.help import Help

        if isinstance(self.screen, Help):
            self.screen.dismiss()
            return
        screen = self._desk_screen
        await self.push_screen(Help(screen.HEADING, screen.commands))

    async def action_palette(self) -> None:
        """Ctrl+P: find a command by its name."""
        from screens.palette import Palette

        screen = self._desk_screen
        await self.push_screen(Palette((*screen.available(), *EVERYWHERE)), self._run)

    async def _run(self, command: Command | None) -> None:
        if command is not None:
            target = self if command in EVERYWHERE else self._desk_screen
            await self.run_action(command.action, target)

    def action_sync(self) -> None:
        """F5: push and pull now."""
        if self._session is None or self._session.sync is None:
            self._say("This desk has no central API to sync with.")
        elif not self._syncing:
            self.run_worker(self._sync_now(), name="sync now")

    async def _sync_now(self) -> None:
        assert self._session is not None and self._session.sync is not None
        self._syncing = True
        self._say("Syncing …")
        try:
            status = await self._session.sync.sync_now()
        except RmaError as error:
            self._say(str(error), error=True)
        else:
            if status.online:
                self._say("Synced: everything here is up to date.")
            else:
                self._say(status.trouble or "The central API does not answer; work goes on here.")
        finally:
            self._syncing = False
            await self._update_status()

    async def action_quit(self) -> None:
        """Ctrl+Q: keep what is half-typed, release the stores, and go."""
        for screen in reversed(self.screen_stack):
            if isinstance(screen, DeskScreen):
                await screen.before_leaving()
        self.exit()

    async def on_unmount(self) -> None:
        """Release the stores at the very end."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()
