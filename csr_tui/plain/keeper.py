"""The draft of an interview: kept at each answer, judged by the rules, finalized."""

from __future__ import annotations

from dataclasses import replace

from csr_tui.plain.talk import Talk
from csr_tui.plain.workplace import Workplace
from desk.errors import NoNumbersLeft, NotFound
from desk.typed_orders import order_of
from rma.draft import Draft
from rma.errors import RmaError
from rma.record import Refusal, RmaRecord
from rma.wording import _
from screens.fact_words import facts_of
from screens.return_draft import differs
from screens.return_marks import Mark
from screens.return_panel import ReturnPanel


class DraftKeeper:
    """The way from the answers, which a `ReturnPanel` holds, to the use cases."""

    def __init__(self, talk: Talk, place: Workplace, *, order_id: str, draft_id: str) -> None:
        """A new return of an order, or a draft to go on with.

        Raises:
            NotFound: if the order, its customer or the draft is not known here.
            NotReady: before the first sync.
        """
        returns = place.desk.returns
        self._talk, self._place, self._returns = talk, place, returns
        self._kept = returns.open(draft_id) if draft_id else None
        begun = self._kept if self._kept is not None and self._kept.by_hand is not None else None
        self._untouched = begun or returns.start(self._kept.order_id if self._kept else order_id)
        draft = self._kept or self._untouched
        order = order_of(draft, place.desk.customers)
        if not order.lines:
            raise NotFound(_("This order has no lines here: sync, then open it again."))
        self.panel = ReturnPanel(draft, order, returns.reasons(), supervisor=place.role.approves)
        view = returns.assess(replace(draft, lines=()))
        self._customer = view.customer
        self.panel.judged(view, ())
        self._veil()
        self._keys_before = draft.keys - talk.keys

    def save(self) -> None:
        """Keep the draft, if anything was answered since it was kept; then ask the rules."""
        draft = self._counted(self.panel.draft)
        if differs(draft, self._kept or self._untouched):
            self._kept = self._returns.save(draft)
        self._hear(draft)
        self.judge()

    def _hear(self, draft: Draft) -> None:
        """What the caller told opens the contact data."""
        caller = self._place.desk.caller
        if caller.asked(self._customer):
            facts = facts_of(draft.verified)
            caller.tell(self._customer, facts, draft.verification_skipped)
            self._veil()

    def _veil(self) -> None:
        hides = self._place.desk.caller.hides(self._customer)
        self.panel.veil(self._customer, hides=hides)

    def judge(self) -> None:
        """Ask the rules; what they refuse to look at is said."""
        keys = self.panel.on_return
        try:
            self.panel.judged(self._returns.assess(self.panel.for_rules()), keys)
        except RmaError as error:
            self._talk.say(str(error))

    def finalize(self) -> RmaRecord | Mark | None:
        """The RMA; else the first field to answer anew, all that stands against the return being marked.

        Raises:
            RmaError: if it can have no number now; the draft is kept.
        """
        panel = self.panel
        try:
            made = self._returns.finalize(self._counted(panel.for_rules()))
        except NoNumbersLeft:
            # kept as it is typed, not as it was judged
            panel.draft = self._returns.wait_for_number(self._counted(panel.draft))
            self._kept = panel.draft
            raise
        if not isinstance(made, Refusal):
            if self._place.sync is not None:
                self._place.sync.wake()
            return made
        self.judge()
        first = panel.refused(made)
        panel.draft = replace(panel.draft, refused_tries=panel.draft.refused_tries + 1)
        # finalize kept the draft as it was judged; it has to be kept as it was typed
        self._kept = self._returns.save(self._counted(panel.draft))
        return first

    def discard(self) -> None:
        """Throw the draft away."""
        self._returns.discard(self.panel.draft.draft_id)

    def refuse(self, told: str) -> None:
        """Keep it as a refused return; the draft is gone.

        Raises:
            RmaError: where that is not possible; the draft is kept.
        """
        self._returns.refuse(self.panel.for_rules(), told)

    def kept_words(self) -> str:
        """What became of the answers so far."""
        if self._kept is None:
            return _("Nothing was typed: no draft is kept.")
        return _("The return is kept as a draft.")

    def _counted(self, draft: Draft) -> Draft:
        first = draft.first_key_at or self._place.clock.now()
        return replace(draft, keys=self._keys_before + self._talk.keys, first_key_at=first)
