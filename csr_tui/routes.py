"""Where each screen leads: the app's answers to the messages of `screens.navigation`, and its lists of places.

Screens post these messages and know neither each other nor this app. Each module of a screen is imported when it is
first needed: the look-up screen is painted before anything else is loaded.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from csr_tui.commanding import Commanding
from csr_tui.parking import Parking
from rma.wording import _
from screens.commands import Command
from screens.navigation import (
    CorrectOrder,
    NextCall,
    OpenApprovals,
    OpenAttention,
    OpenCustomer,
    OpenRma,
    OpenSlip,
    OrderTyped,
    ResumeDraft,
    ReturnLeft,
    ReturnMade,
    StartReturn,
    TypeOrder,
)

if TYPE_CHECKING:
    from screens.go_to import Stop
    from screens.return_wizard import ReturnWizard
    from screens.widgets.jump_target import JumpTarget


_AFTER_SECONDS = 0.12
"""So long after a customer was opened, and is drawn, the panel for a return is made ready."""


class Routes(Commanding, Parking):
    """The way from one screen to the next."""

    _spare_return: ReturnWizard | None = None

    # --- where a screen leads

    @on(OpenCustomer)
    async def _open_customer(self, message: OpenCustomer) -> None:
        from screens.customer import CustomerScreen

        if self._session is not None:
            desk = self._session.desk
            screen = CustomerScreen(
                desk.customers, desk.calls, message.customer_id, message.order_id
            )
            await self._go(screen)
            self.set_timer(_AFTER_SECONDS, self._make_return_ready)

    @on(StartReturn)
    async def _start_return(self, message: StartReturn) -> None:
        await self._return(order_id=message.order_id, line_id=message.line_id)

    @on(ResumeDraft)
    async def _resume_draft(self, message: ResumeDraft) -> None:
        await self.take_up(message.draft_id)
        await self._go_on(message.draft_id)

    async def _go_on(self, draft_id: str) -> None:
        """A draft in its panel; where its order is still being typed by hand, that."""
        session = self._session
        if session is not None and await asyncio.to_thread(session.desk.typed.unfinished, draft_id):
            await self._type_order(TypeOrder(draft_id=draft_id))
        else:
            await self._return(draft_id=draft_id)

    @on(TypeOrder)
    async def _type_order(self, message: TypeOrder) -> None:
        from screens.typed_order import TypedOrder

        if self._session is not None:
            desk, clock = self._session.desk, self._session.clock
            await self._go(
                TypedOrder(
                    desk.typed,
                    desk.returns,
                    clock,
                    number=message.number,
                    customer_id=message.customer_id,
                    draft_id=message.draft_id,
                )
            )

    @on(OrderTyped)
    async def _return_typed_order(self, message: OrderTyped) -> None:
        """The return takes the place of its order, so that Back leads to where both began."""
        await self.pop_screen()
        await self._return(draft_id=message.draft_id)

    @on(CorrectOrder)
    async def _correct_order(self, message: CorrectOrder) -> None:
        await self.pop_screen()
        await self._type_order(TypeOrder(draft_id=message.draft_id))

    async def _return(
        self, *, order_id: str = "", line_id: str | None = None, draft_id: str = ""
    ) -> None:
        if self._session is not None:
            screen = await self._empty_return()
            self._spare_return = None
            await screen.begin(order_id=order_id, line_id=line_id, draft_id=draft_id)
            await self._go(screen)

    async def _make_return_ready(self) -> None:
        if self._session is not None:  # else the desk has closed meanwhile
            await self._empty_return()

    async def _empty_return(self) -> ReturnWizard:
        """A return panel that belongs to nobody yet. Mounting it takes longer than all the rest of opening it."""
        from screens.return_wizard import ReturnWizard

        if self._spare_return is None:
            assert self._session is not None
            desk, clock = self._session.desk, self._session.clock
            last = self._session.last_values
            self._spare_return = self._with_keys(
                ReturnWizard(
                    desk.returns,
                    desk.customers,
                    clock,
                    self._role,
                    desk.caller,
                    desk.parked,
                    last=last,
                )
            )
            await self._mounted(self._spare_return)
        return self._spare_return

    @on(ReturnMade)
    async def _show_number(self, message: ReturnMade) -> None:
        """The number takes the place of the panel that made it, so that Back leads to the customer."""
        from screens.number import NumberScreen

        if self._session is not None:
            screen = self._with_keys(
                NumberScreen(self._session.desk.rmas, self._session.desk.slips, message.record)
            )
            await self.switch_screen(screen)
            screen.show_status(self._status)
            self.status_changed()

    @on(ReturnLeft)
    async def _leave_return(self, message: ReturnLeft) -> None:
        await self.pop_screen()
        if self.last_return is not None and message.gone == self.last_return.draft_id != "":
            self.last_return = None
        self._say(message.text)
        self._changed()

    @on(NextCall)
    async def _next_call(self) -> None:
        await self.action_home()

    @on(OpenRma)
    async def _open_rma(self, message: OpenRma) -> None:
        from screens.rma import RmaScreen

        if self._session is not None:
            await self._go(
                RmaScreen(self._session.desk.rmas, self._session.desk.slips, message.number)
            )

    @on(OpenSlip)
    async def _open_slip(self, message: OpenSlip) -> None:
        from screens.slip import SlipScreen

        if self._session is not None:
            await self._go(SlipScreen(self._session.desk.slips, message.number))

    @on(OpenApprovals)
    async def action_approvals(self) -> None:
        """F8: what waits for a supervisor."""
        from screens.approvals import Approvals

        session = self._session
        if session is not None and not await self._back_to_open(Approvals):
            await self._go(Approvals(session.desk.approvals, session.identity, session.clock.now))

    @on(OpenAttention)
    async def action_attention(self) -> None:
        """What the server changed or refused."""
        from screens.attention import AttentionScreen

        session = self._session
        if session is not None and not await self._back_to_open(AttentionScreen):
            await self._go(AttentionScreen(session.desk.attention, session.clock.now))

    # --- commands that lead somewhere

    async def action_home(self) -> None:
        """F2: the empty search box, from anywhere. It is the next call."""
        if await self._back_to(self._home):
            self._home.take_next_call()

    async def action_last_customer(self) -> None:
        """The customer who was open last; the screen itself, where it still lies below this one."""
        last = self.last_customer
        if last is None:
            self._say(_("No customer was open yet: F2 looks one up."))
        elif not await self._back_to_shown(last):
            await self._open_customer(OpenCustomer(last.customer_id))

    async def action_last_return(self) -> None:
        """The draft or the return that was open last; the screen itself, where it still lies below this one."""
        last, session = self.last_return, self._session
        if last is None or session is None:
            self._say(_("No return was open yet: F2 looks one up."))
        elif not await self._back_to_shown(last):
            if last.number:
                await self._open_rma(OpenRma(last.number))
                return
            with self._desk_screen.reporting():
                await asyncio.to_thread(session.desk.returns.open, last.draft_id)
                await self.take_up(last.draft_id)
                await self._go_on(last.draft_id)

    async def action_go_to(self) -> None:
        """Ctrl+G: the places that can be reached now, and the sections of the screen."""
        from screens.go_to import GoTo, Stop

        screen = self._desk_screen
        places = [
            Stop(
                (command.go_to, command.go_to_letter),
                command.shown_label,
                partial(self.run_action, command.action, self),
                self._detail_of(command),
            )
            for command in screen.everywhere
            if command.go_to and not self._why_not(command)
        ]
        dialog = GoTo(places, list(screen.sections()), _(screen.HEADING))
        await self.push_screen(self._with_keys(dialog), self._follow)

    async def _follow(self, stop: Stop | None) -> None:
        if stop is not None:
            done = stop.go()
            if done is not None:
                await done

    async def action_jump(self) -> None:
        """Ctrl+O: a letter over everything that can be stood on."""
        from screens.jump import Jump

        def go(target: JumpTarget | None) -> None:
            if target is not None:
                target.go()

        found = self._jump_targets()
        if found:
            await self.push_screen(self._with_keys(Jump(found)), go)
        else:
            self._say(_("There is nothing else to stand on here."))

    def _jump_targets(self) -> list[JumpTarget]:
        """What can be stood on; nothing where the cursor stands on the only one already."""
        from screens.jump import targets

        screen = self._desk_screen
        found = targets(screen)
        return found if len(found) > 1 or screen.focused is None else []

    def _why_not(self, command: Command) -> str:
        """Why a command of the app does not apply now; empty where it does."""
        missing = {
            "last_customer": self.last_customer is None,
            "last_return": self.last_return is None,
            "note": not self.has_somebody,
            "jump": command.action == "jump" and not self._jump_targets(),
        }
        return command.refusal if missing.get(command.action, False) else ""

    def _detail_of(self, command: Command) -> str:
        """What a place is about, for the list of places."""
        if command.action == "last_customer" and self.last_customer is not None:
            return self.last_customer.name
        if command.action == "last_return" and self.last_return is not None:
            return self.last_return.words
        return ""
