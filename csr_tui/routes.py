"""Where each screen leads: the app's answers to the messages of `screens.navigation`, and its palette.

Screens post these messages and know neither each other nor this app. Each module of a screen is imported when it is
first needed: the look-up screen is painted before anything else is loaded.
"""

from __future__ import annotations

from textual import on
from textual.app import App
from textual.driver import Driver

from csr_tui.session import Session
from csr_tui.type_ahead import TypeAhead
from rma.request import Role
from screens.base import DeskScreen
from screens.commands import EVERYWHERE, Command
from screens.customer_lookup import CustomerLookup
from screens.navigation import (
    NextCall,
    OpenApprovals,
    OpenAttention,
    OpenCustomer,
    OpenRma,
    ResumeDraft,
    ReturnLeft,
    ReturnMade,
    StartReturn,
)
from screens.widgets.status_line import DeskStatus


class Routes(TypeAhead, App[None]):
    """The stack of screens, and the way from one to the next."""

    def __init__(self, driver_class: type[Driver] | None = None) -> None:
        super().__init__(driver_class)
        self._session: Session | None = None
        self._status = DeskStatus()

    # --- where the agent is

    @property
    def _home(self) -> CustomerLookup:
        home = self.screen_stack[0]
        assert isinstance(home, CustomerLookup)
        return home

    @property
    def _desk_screens(self) -> list[DeskScreen]:
        """Every screen of the desk that is open, the top one last."""
        return [screen for screen in self.screen_stack if isinstance(screen, DeskScreen)]

    @property
    def _desk_screen(self) -> DeskScreen:
        """The screen under any dialog."""
        return self._desk_screens[-1]

    @property
    def _role(self) -> Role:
        identity = self._session.identity if self._session else None
        return identity.role if identity else Role.AGENT

    def _say(self, text: str, *, error: bool = False) -> None:
        self._desk_screen.show_message(text, "error" if error else "information")

    def _changed(self) -> None:
        """Something new is known: the screen under any dialog reads it."""
        screen = self._desk_screen
        if screen.is_mounted:
            screen.desk_changed()

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

    # --- where a screen leads

    @on(OpenCustomer)
    async def _open_customer(self, message: OpenCustomer) -> None:
        from screens.customer import CustomerScreen

        if self._session is not None:
            customers = self._session.desk.customers
            await self._go(CustomerScreen(customers, message.customer_id, message.order_id))

    @on(StartReturn)
    async def _start_return(self, message: StartReturn) -> None:
        await self._return(order_id=message.order_id, line_id=message.line_id)

    @on(ResumeDraft)
    async def _resume_draft(self, message: ResumeDraft) -> None:
        await self._return(draft_id=message.draft_id)

    async def _return(
        self, *, order_id: str = "", line_id: str | None = None, draft_id: str = ""
    ) -> None:
        from screens.return_wizard import ReturnWizard

        if self._session is not None:
            desk, clock = self._session.desk, self._session.clock
            await self._go(
                ReturnWizard(
                    desk.returns,
                    desk.customers,
                    clock,
                    self._role,
                    order_id=order_id,
                    line_id=line_id,
                    draft_id=draft_id,
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
            self.status_changed()

    @on(ReturnLeft)
    async def _leave_return(self, message: ReturnLeft) -> None:
        await self.pop_screen()
        self._say(message.text)
        self._changed()

    @on(NextCall)
    async def _next_call(self) -> None:
        await self._back_home()
        self._home.action_clear()

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

    # --- commands that lead somewhere

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
        await self.push_screen(Palette((*screen.available(), *EVERYWHERE)), self._run_command)

    async def _run_command(self, command: Command | None) -> None:
        if command is not None:
            target = self if command in EVERYWHERE else self._desk_screen
            await self.run_action(command.action, target)

    def status_changed(self) -> None:
        """Something happened that the status line tells."""
