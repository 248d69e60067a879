"""The call under way: its timer, whom it is about, and its wrap-up note.

A call starts with the first letter in the empty search box, or with the opening of a customer. It ends with the next
call: on the number screen, or when the box is cleared. A note can still be written then.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from textual import on

from csr_tui.stack import ScreenStack
from rma.errors import RmaError
from rma.wording import _
from screens.navigation import About, CallBegan, CallEnded, Shown

if TYPE_CHECKING:
    from datetime import datetime

    from rma.call import Call


class Calling(ScreenStack):
    """Keeps the call that is under way, and the last one."""

    _call: Call | None = None
    """The call under way, else the last one."""
    _noting = ""
    """The call about which a note was asked for last."""
    _caller = ""
    """The name of the customer whom the call is about."""
    last_customer: About | None = None
    """The customer who was shown last."""
    last_return: About | None = None
    """The draft or the return that was shown last."""

    @property
    def call_since(self) -> datetime | None:
        """When the call under way began."""
        call = self._call
        return call.started_at if call is not None and call.ended_at is None else None

    @property
    def has_somebody(self) -> bool:
        """Whether a note can be written: a call is or was about a customer."""
        return self._call is not None and bool(self._call.customer_id)

    @on(CallBegan)
    def _begin_call(self) -> None:
        if self._session is not None and self.call_since is None:
            self._call, self._caller = self._session.desk.calls.begin(), ""
            self._session.desk.caller.takes(self._call)
            self.status_changed()

    @on(CallEnded)
    async def _end_call(self) -> None:
        """Stop the timer; a note gets the end of its call."""
        if self._session is not None and self._call is not None and self.call_since is not None:
            ended = replace(self._call, ended_at=self._session.clock.now())
            self._call = ended
            self._session.desk.caller.ended(ended.call_id)
            self.status_changed()
            try:
                await asyncio.to_thread(self._session.desk.calls.end, ended)
            except RmaError as error:
                self._say(str(error), error=True)

    @on(Shown)
    async def _talk_about(self, message: Shown) -> None:
        """A screen shows a customer or a return of theirs; a call with a note ends where another customer begins."""
        from rma.typed_order import number_of

        about = message.about
        if number_of(about.customer_id) is None:  # else nobody who could be opened
            self.last_customer = About(about.customer_id, about.name)
        if about.draft_id or about.number:
            if about.kept or about.number:
                self.last_return = about
        elif self.call_since is None:
            self._begin_call()
        call = self._call
        if call is None or self.call_since is None or self._session is None:
            return
        if call.customer_id not in ("", about.customer_id):
            if about.number:  # a look at somebody else's return is not what the call is about
                return
            if call.note or self._noting == call.call_id:  # it stays with whom it is about
                await self._end_call()
                self._begin_call()
                await self._talk_about(message)
                return
            call = replace(call, draft_id="", number="")
        self._caller = about.name
        self._call = replace(
            call,
            customer_id=about.customer_id,
            draft_id=about.draft_id or call.draft_id,
            number=about.number or call.number,
        )
        self._session.desk.caller.takes(self._call)

    async def action_note(self) -> None:
        """Ctrl+N: one line about this call, or the last one."""
        from screens.ask import AskReason

        call = self._call
        if call is None or not call.customer_id:
            self._say(_("Open a customer first: a note is kept with the customer of a call."))
            return

        async def keep(text: str) -> None:
            await self._keep_note(call, text)

        async def answered(text: str | None) -> None:
            if text is not None:
                with self._desk_screen.reporting():
                    await keep(text)

        question = _("What is to be known about this call with {name}?")
        if call.ended_at is not None:
            question = _("What is to be known about the last call with {name}?")
        dialog = AskReason(
            question.format(name=self._caller),
            _("One line; it stays with the customer, on this desk only."),
            required=False,
            initial=call.note,
            keep=keep,
        )
        self._noting = call.call_id
        self._desk_screen.open_dialog(dialog, answered)

    async def _keep_note(self, asked: Call, text: str) -> None:
        """Keep a note with the customer whom the question named, whoever calls by now."""
        session, now = self._session, self._call
        if session is None:
            return
        call = now if now is not None and now.call_id == asked.call_id else asked
        noted = await asyncio.to_thread(session.desk.calls.note, call, text)
        if call is now:
            self._call = noted
        self._say(_("The note is kept on this desk.") if text else _("There is no note."))
        self._changed()
