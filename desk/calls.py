"""Calls and their wrap-up notes: kept with the customer, on this desk only."""

from __future__ import annotations

from dataclasses import replace

from desk.errors import NotAllowed
from desk.ids import new_id
from desk.ports import Clock, Work
from rma.call import Call
from rma.wording import _

NOTES_LIMIT = 20
"""Newest notes that are shown of a customer."""


class Calls:
    """The call under way, and what was noted of those before."""

    def __init__(self, work: Work, clock: Clock) -> None:
        self._work = work
        self._clock = clock

    def begin(self) -> Call:
        """A call starts now; nothing is stored."""
        return Call(call_id=new_id(), started_at=self._clock.now())

    def end(self, call: Call) -> Call:
        """It ends now; one with a note is stored with its end."""
        ended = replace(call, ended_at=call.ended_at or self._clock.now())
        if ended.note:
            self._work.keep_call(ended)
        return ended

    def note(self, call: Call, text: str) -> Call:
        """Write the wrap-up note, in place of the one before; an empty text takes it away.

        Raises:
            NotAllowed: before a customer was opened in this call.
        """
        if not call.customer_id:
            raise NotAllowed(_("Open the customer first: a note is kept with a customer."))
        who = self._work.identity()
        noted = replace(call, note=" ".join(text.split()), author=who.person if who else "")
        self._work.keep_call(noted)
        return noted

    def of_customer(self, customer_id: str) -> tuple[Call, ...]:
        """Calls with a note, newest first; each knows the RMA that its draft became."""
        return tuple(self._work.calls_of(customer_id, NOTES_LIMIT))
