"""An order that the desk does not know, typed by hand: its draft, and the check that it is really not known."""

from __future__ import annotations

from dataclasses import dataclass, replace

from desk.caller import Caller
from desk.customers import CustomerFile, LineView, OrderView
from desk.errors import CustomerErased, NotFound
from desk.ids import new_id
from desk.ports import Clock, Reference, Work
from rma.draft import Draft
from rma.order import Customer, Order, Product
from rma.request import Channel, ReturnType
from rma.typed_case import missing_of_order
from rma.typed_draft import DraftItem, DraftOrder, read_order
from rma.typed_order import number_of, same_text, spellings, typed_order_id
from rma.typed_view import as_order, caller_as_customer
from rma.verdict import Missing
from rma.wording import _

_MOST_ALIKE = 50
"""Orders whose number begins alike, of which one may be equal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownOrder:
    """An order of that number is known here: no second one is typed beside it."""

    order_id: str
    customer_id: str
    beside: str
    """In a few words, beside the field."""
    sentence: str
    """In full, with the remedy."""


class TypedOrders:
    """Orders typed by hand. Every method blocks."""

    def __init__(self, reference: Reference, work: Work, clock: Clock, caller: Caller) -> None:
        self._reference = reference
        self._work = work
        self._clock = clock
        self._caller = caller

    def start(self, number: str = "", customer_id: str = "") -> Draft:
        """A new draft, not saved yet: with the customer's contact, where the customer is known.

        Raises:
            NotFound: if this desk knows no such customer.
        """
        customer = self._reference.customer(customer_id) if customer_id else None
        if customer_id and customer is None:
            raise NotFound(
                _("This customer is not known here: press F5 to sync, then look up again.")
            )
        if customer is not None and customer.erased:
            raise CustomerErased
        now = self._clock.now()
        draft = Draft(
            draft_id=new_id(),
            customer_id=customer_id,
            order_id=typed_order_id(number),
            started_at=now,
            saved_at=now,
            return_type=ReturnType.RETURN,
            channel=Channel.PHONE,
            email=customer.email if customer else "",
            phone=customer.phone if customer else "",
        )
        draft = self._caller.begins(draft, customer) if customer is not None else draft
        return with_order(draft, DraftOrder(number=number.strip()))

    def known(self, number: str, customer_id: str = "") -> KnownOrder | None:
        """The order with exactly this number, capitals or not, where the desk knows one; the caller's own first."""
        number = number.strip()
        if not number:
            return None
        found = [
            order
            for spelling in sorted(spellings(number))
            for order in self._reference.orders_by_number(spelling, _MOST_ALIKE)
            if same_text(order.number, number)
        ]
        own = [order for order in found if order.customer_id == customer_id]
        order = next(iter(own or found), None)
        if order is None:
            return None
        customer = self._reference.customer(order.customer_id)
        name = self._caller.seen(customer).name if customer is not None else order.customer_id
        said = _("Order {number} is known here, of {name}: is the number right? Look it up then.")
        if own:
            said = _("Order {number} is known here: leave this, and start its return from there.")
        return KnownOrder(
            order_id=order.order_id,
            customer_id=order.customer_id,
            beside=_("known here: of {name}").format(name=name),
            sentence=said.format(number=order.number, name=name),
        )

    def product(self, text: str) -> Product | None:
        """The product with this SKU, or None."""
        return self._reference.product(text.strip()) if text.strip() else None

    def products(self, text: str, limit: int = 50) -> list[Product]:
        """What an item may be: SKUs that start so, then names with words that do."""
        return self._reference.products(text, limit)

    def customer_of(self, draft: Draft) -> Customer:
        """Who calls: the known customer, else as far as it was typed.

        Raises:
            NotFound: if this desk does not know the customer any more.
            CustomerErased: if nothing is made for them any more.
        """
        assert draft.by_hand is not None
        if self._reference.is_erased(draft.customer_id):
            raise CustomerErased
        if number_of(draft.customer_id) is not None:
            typed, _wrong = read_order(draft.by_hand)
            return caller_as_customer(typed, draft.email, draft.phone)
        customer = self._reference.customer(draft.customer_id)
        if customer is None:
            raise NotFound(
                _("This customer is not known here: press F5 to sync, then look up again.")
            )
        return customer

    def unfinished(self, draft_id: str) -> bool:
        """Whether a kept draft is one whose order is still being typed: no return of it can begin."""
        draft = self._work.draft(draft_id)
        if draft is None or draft.by_hand is None:
            return False
        typed, wrong = read_order(draft.by_hand)
        return bool(wrong or missing_of_order(typed, self._clock.now()))

    def missing(self, draft: Draft) -> tuple[Missing, ...]:
        """Why a return must not be made of it: its order is known."""
        assert draft.by_hand is not None
        known = self.known(draft.by_hand.number, draft.customer_id)
        return () if known is None else (Missing("order_number", None, known.sentence),)


def with_order(draft: Draft, order: DraftOrder) -> Draft:
    """The draft with this order; its ids follow the number."""
    unknown_caller = not draft.customer_id or number_of(draft.customer_id) is not None
    order_id = typed_order_id(order.number)
    return replace(
        draft,
        by_hand=order,
        order_id=order_id,
        customer_id=order_id if unknown_caller else draft.customer_id,
    )


def with_item(order: DraftOrder, position: int, item: DraftItem) -> DraftOrder:
    """The order with another item at a place, counted from 0; empty ones at the end are dropped."""
    items = [*order.items, *(DraftItem() for _at in range(position + 1 - len(order.items)))]
    items[position] = item
    while items and items[-1] == DraftItem():
        items.pop()
    return replace(order, items=tuple(items))


def order_of(draft: Draft, customers: CustomerFile) -> OrderView:
    """The order of a draft: typed by hand, or known.

    Raises:
        NotFound: if this desk knows no such order.
    """
    if draft.by_hand is not None:
        return typed_view(draft)
    return customers.order(draft.order_id, without=draft.edited)


def typed_view(draft: Draft) -> OrderView:
    """The order as the return panel shows it: everything that was bought can come back."""
    assert draft.by_hand is not None
    typed, _wrong = read_order(draft.by_hand)
    order = as_order(typed, draft.customer_id, draft.started_at)
    lines = tuple(
        LineView(line=line, returnable=line.delivered, holders=()) for line in order.lines
    )
    return OrderView(order=order, lines=lines)


def names_of(draft: Draft, reference: Reference) -> tuple[str, str, Order | None]:
    """Whose draft it is, the number of its order, and that order as far as it is known or typed."""
    customer = reference.customer(draft.customer_id)
    if draft.by_hand is not None:
        name = customer.name if customer else draft.by_hand.caller.strip()
        return name or _("unknown caller"), draft.by_hand.number.strip(), typed_view(draft).order
    order = reference.order(draft.order_id)
    name = customer.name if customer else draft.customer_id
    return name, order.number if order else draft.order_id, order
