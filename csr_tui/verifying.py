"""Who is calling: the question for facts, wherever contact data are hidden."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING

from textual import on

from csr_tui.calling import Calling
from rma.wording import _
from screens.navigation import VerifyCaller

if TYPE_CHECKING:
    from rma.order import Customer
    from screens.verify import Answer


class Verifying(Calling):
    """Asks for facts about the caller; what they tell counts for the whole call."""

    @on(VerifyCaller)
    def _verify(self, message: VerifyCaller) -> None:
        from screens.verify import Answer, VerifyDialog

        session = self._session
        if session is None:
            return
        caller, screen = session.desk.caller, self._desk_screen
        with screen.reporting():
            customer = caller.customer(message.customer_id)
            told = caller.told(customer.customer_id)
            dialog = VerifyDialog(
                caller.seen(customer),
                Answer(told.facts, told.skipped),
                partial(caller.lacks, customer),
            )
            screen.open_dialog(dialog, partial(self._verified, customer))

    async def _verified(self, customer: Customer, answer: Answer | None) -> None:
        session = self._session
        if answer is None or session is None:
            return
        caller = session.desk.caller
        with self._desk_screen.reporting():
            await asyncio.to_thread(caller.tell, customer, answer.facts, answer.skipped)
            if caller.hides(customer):
                self._say(_("Not enough was told: contact data stay hidden."))
            else:
                self._say(_("Contact data are shown until the call ends."))
        self._changed()
