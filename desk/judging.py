"""What the rules say about a return as it stands: who asked for what, what is held, what the policies know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desk.caller import Caller
from desk.errors import CustomerErased, NotFound, NotReady
from desk.ports import Clock, Reference, Work
from desk.records import Records, ledger_of
from desk.typed_orders import TypedOrders
from rma.assessment import Assessment, Case
from rma.draft import Draft, read_draft
from rma.ledger import Ledger
from rma.order import Customer, Order, Product
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import Refusal, RmaRecord, check, return_moments
from rma.request import ReturnRequest
from rma.typed_case import judge
from rma.typed_view import NO_CURRENCY, as_order
from rma.verdict import Missing
from rma.wording import _


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


class Judging:
    """Judges and prices; changes nothing."""

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

    def reasons(self) -> ReasonTree:
        """The reasons an agent can choose from.

        Raises:
            NotReady: before the first sync.
        """
        tree = self._reference.reasons()
        if tree is None:
            raise NotReady(
                _(
                    "The reasons are not here yet: press F5 to sync. If they stay away, your operator has to publish them."
                )
            )
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

    def _case(
        self, request: ReturnRequest, order: Order | None, customer: Customer, *, without: str = ""
    ) -> Case:
        """What is judged; an edit, as if the RMA `without` that it replaces did not exist. No order: typed by hand."""
        identity = self._work.identity()
        if identity is None:
            raise NotReady(_("This desk is not enrolled: run csr-tui enroll first."))
        policies = self._reference.policies()
        past, ledger = self._history(order, customer.customer_id, policies, without)
        return Case(
            request=request,
            order=ledger.order if ledger is not None else None,
            customer=customer,
            ledger=ledger,
            policies=policies,
            reasons=self.reasons(),
            at=self._clock.now(),
            actor=identity.actor,
            recent_returns=return_moments(past),
            products=self._going_out(request),
        )

    def _history(
        self, order: Order | None, customer_id: str, policies: Sequence[Policy], without: str
    ) -> tuple[list[RmaRecord], Ledger | None]:
        """The customer's returns, where a policy counts them, and what is left of the order."""
        # Only policies that count returns pay for reading the customer's whole history.
        counted = any(policy.approval.many_returns for policy in policies)
        of_order: list[RmaRecord] = []
        past: list[RmaRecord] = []
        if order is not None and counted:
            of_order, past = self._records.around(order.order_id, customer_id)
        elif order is not None:
            of_order = self._records.of_order(order.order_id)
        elif counted:
            past = self._records.of_customer(customer_id)
        past = [record for record in past if record.number != without]
        if order is None:
            return past, None
        return past, ledger_of(order, (each for each in of_order if each.number != without))

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
