"""Make a return: draft, judge, price, finalize. The number is final the moment it is shown, online or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from desk.caller import Caller
from desk.errors import CustomerErased, NoNumbersLeft, NotAllowed, NotFound, NotReady
from desk.ids import new_id
from desk.ports import Clock, Reference, Work
from desk.records import Records
from desk.refusing import refuse
from desk.typed_orders import TypedOrders
from rma.assessment import Assessment, Case
from rma.draft import Draft, Editing, read_draft
from rma.operations import (
    CallMetrics,
    FinalizeReturn,
    MadeReturn,
    Operation,
    SupersedeReturn,
    Told,
)
from rma.order import Customer, Order, Product
from rma.reasons import ReasonTree
from rma.record import Refusal, RmaRecord, check, return_moments
from rma.redraft import draft_of
from rma.refused import RefusedReturn
from rma.request import Channel, ReturnRequest, ReturnType
from rma.states import IllegalTransition
from rma.superseding import check_editable, supersede
from rma.typed_case import give_number, judge
from rma.typed_view import NO_CURRENCY, as_order
from rma.verdict import Missing
from rma.wording import _, mark, words

_GONE = mark("This draft is gone: it was finalized or discarded.")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftView:
    """A draft as it stands: what it asks for, and what the rules say about it now."""

    draft: Draft
    order: Order
    customer: Customer
    request: ReturnRequest
    assessment: Assessment
    missing: tuple[Missing, ...]
    """Unreadable and missing fields, one entry per field, in the order of the screen."""
    case: Case
    """What was judged; finalizing judges the same."""

    @property
    def refusal(self) -> Refusal | None:
        """Everything that stands against it; None where it gets its number."""
        refusal = check(self.assessment)
        if refusal is None and not self.missing:
            return None
        return Refusal(self.missing, refusal.findings if refusal else ())


class Returns:
    """Drafts and their finalization."""

    def __init__(
        self,
        reference: Reference,
        work: Work,
        records: Records,
        clock: Clock,
        caller: Caller,
    ) -> None:
        self._reference = reference
        self._work = work
        self._records = records
        self._clock = clock
        self._caller = caller
        self._typed = TypedOrders(reference, work, clock, caller)

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
            raise NotFound(_(_GONE))
        customer = self._reference.customer(draft.customer_id)
        return self._caller.goes_on(draft, customer) if customer is not None else draft

    def discard(self, draft_id: str) -> None:
        """Drop a draft; it holds nothing."""
        self._work.discard_draft(draft_id)

    def reasons(self) -> ReasonTree:
        """The reasons an agent can choose from.

        Raises:
            NotReady: before the first sync.
        """
        tree = self._reference.reasons()
        if tree is None:
            raise NotReady(_("The reasons are not here yet: press F5 to sync first."))
        return tree

    def products(self, text: str, limit: int = 50) -> list[Product]:
        """What can go out in an exchange: SKUs that start so, then names that have a word that starts with each of
        the words; only what has a price.
        """
        return self._reference.products(text, limit)

    def assess(self, draft: Draft) -> DraftView:
        """Judge and price a draft as it stands.

        Raises:
            NotFound: if this desk does not know the order or its customer.
            NotReady: before the first sync.
        """
        if draft.by_hand is not None:
            return self._assess_typed(draft)
        order, customer = self._order_and_customer(draft.order_id)
        request, unreadable = read_draft(draft, order.currency)
        case = self._case(request, order, customer, without=draft.edited)
        assessment = judge(case)
        missing = {(m.field, m.line_id): m for m in (*assessment.missing, *unreadable)}
        return DraftView(
            draft=draft,
            order=case.order or order,
            customer=customer,
            request=request,
            assessment=assessment,
            missing=tuple(missing.values()),
            case=case,
        )

    def _assess_typed(self, draft: Draft) -> DraftView:
        """A return of an order that was typed by hand; it has no number as long as that order is known after all."""
        customer = self._typed.customer_of(draft)
        request, unreadable = read_draft(draft, NO_CURRENCY)
        assert request.typed is not None
        case = self._case(request, None, customer)
        assessment = judge(case)
        against = (*assessment.missing, *unreadable, *self._typed.missing(draft))
        return DraftView(
            draft=draft,
            order=as_order(request.typed, request.customer_id, case.at),
            customer=customer,
            request=request,
            assessment=assessment,
            missing=tuple({(m.field, m.line_id): m for m in against}.values()),
            case=case,
        )

    def finalize(self, draft: Draft) -> RmaRecord | Refusal:
        """Give the draft its number, or say everything that stands against it. The draft is kept on refusal.

        Raises:
            NoNumbersLeft: when no RMA number is left; the draft is kept.
            NotAllowed: if it edits a return that can no longer be edited, or that somebody else edited meanwhile.
        """
        if draft.editing is not None:
            return self._finalize_edit(draft, draft.editing)
        made = self.finalize_all([draft])
        return made if isinstance(made, Refusal) else made[0]

    def finalize_all(self, drafts: Sequence[Draft]) -> list[RmaRecord] | Refusal:
        """Finalize drafts of several orders: all get their number in one transaction, or none.

        Raises:
            NoNumbersLeft: when the numbers do not suffice; the drafts are kept.
            NotAllowed: if two drafts are for the same order, or the role makes no returns.
        """
        self._may_finalize()
        if len({draft.order_id for draft in drafts}) != len(drafts):
            raise NotAllowed(_("Two drafts are for the same order: finalize one after the other."))
        views = [self.assess(draft) for draft in drafts]
        refusals = [view.refusal for view in views if view.refusal is not None]
        if refusals:
            for draft in drafts:
                self.save(replace(draft, refused_tries=draft.refused_tries + 1))
            return _joined(refusals)
        builds = [self._build(view.case, view.assessment, _metrics(view.draft)) for view in views]
        try:
            return self._work.finalize(builds, [draft.draft_id for draft in drafts])
        except NoNumbersLeft:
            for draft in drafts:
                self.wait_for_number(draft)
            raise

    def wait_for_number(self, draft: Draft) -> Draft:
        """Keep a draft as finished but for its number; gives back what was kept."""
        return self.save(replace(draft, needs_number=draft.needs_number or self._clock.now()))

    def give_number(self, draft_id: str) -> RmaRecord | Refusal:
        """Finalize a kept draft that needed a number, judged as of now; the facts told in its own call count.

        Raises:
            NoNumbersLeft: while there is none.
            NotFound: if the draft is gone.
        """
        draft = self._work.draft(draft_id)
        if draft is None:
            raise NotFound(_(_GONE))
        return self.finalize(draft)

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

    def _finalize_edit(self, draft: Draft, editing: Editing) -> RmaRecord | Refusal:
        """Tell other content under the number; the server hears of it after all that it has to hear of before."""
        self._may_finalize()
        record = self._records.find(editing.number)
        if record is None or record.edition != editing.edition:
            raise NotAllowed(
                _(
                    "This return was edited meanwhile: open it to see what it is now. Your draft is kept."
                )
            )
        self._check_editable(record)
        view = self.assess(draft)
        if view.refusal is not None:
            self.save(replace(draft, refused_tries=draft.refused_tries + 1))
            return view.refusal
        new = self._build(view.case, view.assessment, _metrics(view.draft))(editing.number)
        told = new.operation.command
        assert isinstance(told, FinalizeReturn)
        command = SupersedeReturn(
            content=told, edition=editing.edition, supersedes=editing.operation
        )
        pending = self._work.last_pending(editing.number)
        operation = replace(new.operation, command=command, depends_on=pending)
        edited = supersede(record, new.record, operation=editing.operation)
        self._work.change(edited, operation, draft.draft_id)
        return edited

    def finalize_request(self, request: ReturnRequest) -> RmaRecord | Refusal:
        """Finalize a return that was never a draft, such as one from a file.

        Raises:
            NoNumbersLeft: when no RMA number is left.
            NotAllowed: if the role makes no returns.
            NotFound: if this desk does not know the order or its customer.
        """
        self._may_finalize()
        order, customer = self._order_and_customer(request.order_id)
        case = self._case(request, order, customer)
        assessment = judge(case)
        refusal = check(assessment)
        if refusal is not None:
            return refusal
        metrics = CallMetrics(started_at=case.at)
        return self._work.finalize([self._build(case, assessment, metrics)], [])[0]

    def refuse(self, draft: Draft, told: str) -> RefusedReturn:
        """Keep a draft as a refused return, with what the caller was told; it takes no number, and the draft is gone.

        Raises:
            NotAllowed: if nothing was judged, it is not said what was told, the role makes no returns, or the draft
                edits an RMA.
        """
        self._may_finalize()
        view = self.assess(draft)
        who = self._work.identity()
        assert who is not None  # nobody judges before enrollment
        refused, operation = refuse(
            draft,
            view.case,
            view.assessment,
            order_number=view.order.number,
            told=told,
            who=who,
        )
        self._work.refuse(refused, operation)
        return refused

    def _may_finalize(self) -> None:
        identity = self._work.identity()
        if identity is not None and not identity.role.makes_returns:
            said = _("The role {role} makes no returns: ask an agent.")
            raise NotAllowed(said.format(role=words(identity.role)))

    def _build(
        self, case: Case, assessment: Assessment, metrics: CallMetrics
    ) -> Callable[[str], MadeReturn]:
        identity = self._work.identity()
        if identity is None:
            raise NotReady(_("This desk is not enrolled: run csr-tui enroll first."))

        def build(number: str) -> MadeReturn:
            record = give_number(case, assessment, number=number, device=identity.device)
            return MadeReturn(record=record, operation=_operation(record, case, metrics))

        return build

    def _case(
        self, request: ReturnRequest, order: Order | None, customer: Customer, *, without: str = ""
    ) -> Case:
        """What is judged; an edit, as if the RMA `without` that it replaces did not exist. No order: typed by hand."""
        identity = self._work.identity()
        if identity is None:
            raise NotReady(_("This desk is not enrolled: run csr-tui enroll first."))
        policies = self._reference.policies()
        # Only policies that count returns pay for reading the customer's whole history.
        counted = any(policy.approval.many_returns for policy in policies)
        past = self._records.of_customer(customer.customer_id) if counted else []
        ledger = self._records.ledger(order, without=without) if order is not None else None
        return Case(
            request=request,
            order=ledger.order if ledger is not None else None,
            customer=customer,
            ledger=ledger,
            policies=policies,
            reasons=self.reasons(),
            at=self._clock.now(),
            actor=identity.actor,
            recent_returns=return_moments(r for r in past if r.number != without),
            products=self._going_out(request),
        )

    def _going_out(self, request: ReturnRequest) -> tuple[Product, ...]:
        """What the request sends out in exchanges, as far as this desk knows it."""
        skus = {line.outbound_sku for line in request.lines if line.outbound_sku}
        found = (self._reference.product(sku) for sku in sorted(skus))
        return tuple(product for product in found if product is not None)

    def _order_and_customer(self, order_id: str) -> tuple[Order, Customer]:
        order = self._reference.order(order_id)
        if order is None:
            raise NotFound(_("This order is not known here: press F5 to sync, then look up again."))
        customer = self._reference.customer(order.customer_id)
        if customer is None:
            raise NotFound(_("This order's customer is not known here: press F5 to sync."))
        if customer.erased:
            raise CustomerErased
        return order, customer


def _operation(record: RmaRecord, case: Case, metrics: CallMetrics) -> Operation:
    quote = record.quote
    return Operation(
        op_id=new_id(),
        stream=record.order_id,
        depends_on=None,
        made_at=case.at,
        command=FinalizeReturn(
            number=record.number,
            request=case.request,
            told=Told(
                state=record.state,
                total=quote.total if quote else 0,
                slots=tuple(line.slots for line in quote.lines) if quote else (),
                policies=quote.policies if quote else (),
                expires_at=record.expires_at,
                owed=quote.owed if quote else 0,
            ),
            finalized_at=case.at,
            metrics=metrics,
        ),
    )


def _metrics(draft: Draft) -> CallMetrics:
    return CallMetrics(
        started_at=draft.started_at,
        first_key_at=draft.first_key_at,
        keys=draft.keys,
        refused_tries=draft.refused_tries,
    )


def _joined(refusals: Sequence[Refusal]) -> Refusal:
    return Refusal(
        tuple(missing for refusal in refusals for missing in refusal.missing),
        tuple(finding for refusal in refusals for finding in refusal.findings),
    )
