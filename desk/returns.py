"""Make a return: draft, judge, price, finalize. The number is final the moment it is shown, online or not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from desk.errors import NotAllowed, NotFound, NotReady
from desk.ids import new_id
from desk.ports import Clock, Reference, Work
from desk.records import Records
from rma.assessment import Assessment, Case, assess
from rma.draft import Draft, read_draft
from rma.operations import CallMetrics, FinalizeReturn, MadeReturn, Operation, Told
from rma.order import Customer, Order, Product
from rma.reasons import ReasonTree
from rma.record import Refusal, RmaRecord, check, finalize, return_moments
from rma.request import Channel, ReturnRequest, ReturnType
from rma.verdict import Missing
from rma.wording import _, words


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

    def __init__(self, reference: Reference, work: Work, records: Records, clock: Clock) -> None:
        self._reference = reference
        self._work = work
        self._records = records
        self._clock = clock

    def start(self, order_id: str) -> Draft:
        """A new draft for an order, with the customer's contact filled in; not saved yet.

        Raises:
            NotFound: if this desk does not know the order or its customer.
        """
        order, customer = self._order_and_customer(order_id)
        now = self._clock.now()
        return Draft(
            draft_id=new_id(),
            customer_id=customer.customer_id,
            order_id=order.order_id,
            started_at=now,
            saved_at=now,
            return_type=ReturnType.RETURN,
            channel=Channel.PHONE,
            email=customer.email,
            phone=customer.phone,
        )

    def save(self, draft: Draft) -> Draft:
        """Keep a draft, half-typed as it may be; gives back what was kept."""
        draft = replace(draft, saved_at=self._clock.now())
        self._work.save_draft(draft)
        return draft

    def open(self, draft_id: str) -> Draft:
        """A kept draft.

        Raises:
            NotFound: if it is gone.
        """
        draft = self._work.draft(draft_id)
        if draft is None:
            raise NotFound(_("This draft is gone: it was finalized or discarded."))
        return draft

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
        order, customer = self._order_and_customer(draft.order_id)
        request, unreadable = read_draft(draft, order.currency)
        case = self._case(request, order, customer)
        assessment = assess(case)
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

    def finalize(self, draft: Draft) -> RmaRecord | Refusal:
        """Give the draft its number, or say everything that stands against it. The draft is kept on refusal.

        Raises:
            NoNumbersLeft: when no RMA number is left; the draft is kept.
        """
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
        return self._work.finalize(builds, [draft.draft_id for draft in drafts])

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
        assessment = assess(case)
        refusal = check(assessment)
        if refusal is not None:
            return refusal
        metrics = CallMetrics(started_at=case.at)
        return self._work.finalize([self._build(case, assessment, metrics)], [])[0]

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
            record = finalize(case, assessment, number=number, device=identity.device)
            return MadeReturn(record=record, operation=_operation(record, case, metrics))

        return build

    def _case(self, request: ReturnRequest, order: Order, customer: Customer) -> Case:
        identity = self._work.identity()
        if identity is None:
            raise NotReady(_("This desk is not enrolled: run csr-tui enroll first."))
        policies = self._reference.policies()
        # Only policies that count returns pay for reading the customer's whole history.
        counted = any(policy.approval.many_returns for policy in policies)
        past = self._records.of_customer(order.customer_id) if counted else []
        ledger = self._records.ledger(order)
        return Case(
            request=request,
            order=ledger.order,
            customer=customer,
            ledger=ledger,
            policies=policies,
            reasons=self.reasons(),
            at=self._clock.now(),
            actor=identity.actor,
            recent_returns=return_moments(past),
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
        return order, customer


def _operation(record: RmaRecord, case: Case, metrics: CallMetrics) -> Operation:
    quote = record.quote
    assert quote is not None
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
                total=quote.total,
                slots=tuple(line.slots for line in quote.lines),
                policies=quote.policies,
                expires_at=record.expires_at,
                owed=quote.owed,
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
