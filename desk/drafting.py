"""A return as it is typed: begun, kept at every field, opened again; also what is typed anew under a told number."""

from __future__ import annotations

from dataclasses import replace

from desk.errors import NotAllowed, NotFound
from desk.ids import new_id
from desk.judging import Judging
from rma.draft import Draft, Editing
from rma.operations import FinalizeReturn
from rma.record import RmaRecord
from rma.redraft import draft_of
from rma.request import Channel, ReturnType
from rma.states import IllegalTransition
from rma.superseding import check_editable
from rma.wording import _, mark, words

GONE = mark("This draft is gone: it was finalized or discarded.")


class Drafting(Judging):
    """Drafts; they hold nothing and have no number."""

    def start(self, order_id: str) -> Draft:
        """A new draft for an order, with the customer's contact and what the caller told filled in; not saved yet.

        Raises:
            NotFound: if this desk does not know the order or its customer.
        """
        order, customer = self._order_and_customer(order_id)
        now = self._clock.now()
        return self._caller.begins(
            Draft(
                draft_id=new_id(),
                customer_id=customer.customer_id,
                order_id=order.order_id,
                started_at=now,
                saved_at=now,
                return_type=ReturnType.RETURN,
                channel=Channel.PHONE,
                email=customer.email,
                phone=customer.phone,
            ),
            customer,
        )

    def save(self, draft: Draft) -> Draft:
        """Keep a draft, half-typed as it may be; gives back what was kept."""
        draft = replace(draft, saved_at=self._clock.now())
        self._work.save_draft(draft)
        return draft

    def open(self, draft_id: str) -> Draft:
        """A kept draft, with what was told in this call about the caller.

        Raises:
            NotFound: if it is gone.
        """
        draft = self._work.draft(draft_id)
        if draft is None:
            raise NotFound(_(GONE))
        customer = self._reference.customer(draft.customer_id)
        return self._caller.goes_on(draft, customer) if customer is not None else draft

    def discard(self, draft_id: str) -> None:
        """Drop a draft; it holds nothing."""
        self._work.discard_draft(draft_id)

    def wait_for_number(self, draft: Draft) -> Draft:
        """Keep a draft as finished but for its number; gives back what was kept."""
        return self.save(replace(draft, needs_number=draft.needs_number or self._clock.now()))

    def edit(self, number: str, content: FinalizeReturn | None = None) -> Draft:
        """A kept draft of an RMA with everything that was typed; finalizing it tells other content under the number.

        `content` is what was typed last, where the RMA is something else. An edit that was begun before goes on.

        Raises:
            NotAllowed: if the RMA can no longer be edited, or the role makes no returns.
            NotFound: if this desk knows no such RMA, or not its order.
        """
        self._may_finalize()
        record = self._records.find(number)
        if record is None:
            raise NotFound(_("This return is not known here: press F5 to sync."))
        self._check_editable(record)
        order, _customer = self._order_and_customer(record.order_id)
        begun = Editing(number=number, edition=record.edition, operation=self._work.told_by(number))
        for draft in self._work.drafts():
            if draft.editing == begun:
                return draft
        request = content.request if content is not None else record.request
        at = self._clock.now()
        draft = draft_of(request, order.currency, draft_id=new_id(), at=at, editing=begun)
        self._work.save_draft(draft)
        return draft

    def again(self, content: FinalizeReturn) -> Draft:
        """A kept draft of a new return with everything that was typed for one whose number could not be booked.

        Raises:
            NotAllowed: if the role makes no returns.
            NotFound: if this desk does not know the order or its customer.
        """
        self._may_finalize()
        order, _customer = self._order_and_customer(content.request.order_id)
        at = self._clock.now()
        draft = draft_of(content.request, order.currency, draft_id=new_id(), at=at, editing=None)
        self._work.save_draft(draft)
        return draft

    def _check_editable(self, record: RmaRecord) -> None:
        try:
            check_editable(record)
        except IllegalTransition as error:
            raise NotAllowed(str(error)) from error

    def _may_finalize(self) -> None:
        identity = self._work.identity()
        if identity is not None and not identity.role.makes_returns:
            said = _("The role {role} makes no returns: ask an agent.")
            raise NotAllowed(said.format(role=words(identity.role)))
