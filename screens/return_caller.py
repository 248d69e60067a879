"""The caller of a return that is typed: what they tell opens their contact data, here and wherever the call goes on."""

from __future__ import annotations

import asyncio

from desk.caller import Caller
from desk.parked import Parked
from rma.order import Customer
from rma.wording import _
from screens.fact_words import facts_of
from screens.formats import minute
from screens.return_panel import ReturnPanel

TOLD = frozenset({"verified", "verification_skipped"})
"""Fields in which stands what the caller told."""


class ReturnCaller:
    """Ticks of the panel become facts of the call; contact data stay veiled until those are enough."""

    def __init__(
        self, caller: Caller, parked: Parked, panel: ReturnPanel, customer: Customer
    ) -> None:
        self._caller = caller
        self._parked = parked
        self._panel = panel
        self._customer = customer
        self._asked = caller.asked(customer)
        self._one_by_one = asyncio.Lock()
        self.veil()

    def veil(self) -> None:
        """Hide the contact data, or show them, as it may be now."""
        hides = bool(self._asked) and self._caller.hides(self._customer)
        self._panel.veil(self._customer, hides=hides)

    async def tell(self) -> None:
        """Take the ticks, and the reason for none, as told in this call; only then contact data show.

        Raises:
            RmaError: if it cannot be written down; they stay hidden.
        """
        if not self._asked:
            return
        async with self._one_by_one:
            draft = self._panel.draft
            facts, skipped = facts_of(draft.verified), draft.verification_skipped
            await asyncio.to_thread(self._caller.tell, self._customer, facts, skipped)
            self.veil()

    def name_case(self) -> None:
        """The next return of this call is about the same CRM case."""
        self._caller.name_case(self._customer.customer_id, self._panel.draft.reference)

    async def warnings(self) -> str:
        """What the agent has to know at the beginning; mostly nothing."""
        beside = await asyncio.to_thread(self._parked.beside, self._panel.draft)
        said = []
        if beside.facts_forgotten and self._asked:
            said.append(_("This is another call: ask for the facts again."))
        if beside.twin_since is not None:
            twin = _("Another return of this order is in work since {time}: see Ctrl+L.")
            said.append(twin.format(time=minute(beside.twin_since)))
        return " ".join(said)
