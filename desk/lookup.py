"""Find the caller: one box for name, phone, e-mail, postcode, order number and RMA number."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from itertools import islice

from desk.caller import Caller
from desk.ports import Clock, Reference, Work
from desk.records import Records, newest
from desk.typed_orders import names_of
from rma.draft import Draft
from rma.numbers import BadRmaNumber, parse, spoken
from rma.operations import QueueState
from rma.order import Customer, Order
from rma.record import RmaRecord
from rma.states import RmaState
from rma.typed_order import same_text
from rma.wording import _, mark, short_day

LIMIT = 50
"""More hits than an agent reads: the search should be narrowed."""

APPROVALS_LIMIT = 200
"""Returns that wait for a supervisor: more than that are not counted."""

_DIGITS_ONLY = re.compile(r"[\d\s+()./-]+")
_SHORTEST_PHONE_ENDING = 3
_SHORTEST_CASE = 3
"""Characters that may be the beginning of a CRM case."""
_SHORTEST_ORDER = 3
"""Characters of a text that may be an order number."""
_SHORTEST_PART = 5
"""Digits that may be a part of an RMA number."""


class HitKind(StrEnum):
    """What was found."""

    CUSTOMER = "customer"
    ORDER = "order"
    RMA = "rma"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One row of the result list."""

    kind: HitKind
    key: str
    """Customer id, order id or RMA number."""
    customer_id: str
    title: str
    detail: str
    matched: str
    """What the search text was taken for, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The answer to a search text."""

    text: str
    hits: tuple[Hit, ...]
    hint: str = ""
    """What to do when the list is empty or cut."""
    may_be_order: bool = False
    """Whether the text may be the number of an order that is not here: then it can be typed by hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingDraft:
    """A return that was begun."""

    draft: Draft
    customer_name: str
    order_number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """What stands on the home screen before anything is typed."""

    drafts: tuple[WaitingDraft, ...]
    today: tuple[RmaRecord, ...]
    """Returns finalized here in the last 24 hours, newest first."""
    queue: QueueState
    approvals: int
    """Returns that wait for a supervisor, at most `APPROVALS_LIMIT`; 0 for those who do not approve."""


class LookUp:
    """Search, and what waits on this desk."""

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

    def search(self, text: str) -> Found:
        """Everything the text may stand for, exact matches first; two characters or more."""
        text = "".join(c if c.isprintable() else " " for c in text[:200]).strip()
        if len(text) < 2:
            return Found(text=text, hits=())
        hits = list(islice(self._hits(text), LIMIT))
        if len(hits) == LIMIT:
            return Found(
                text=text,
                hits=tuple(hits),
                hint=_("More than {count} match: type more of it.").format(count=LIMIT),
            )
        hint = "" if hits else self._hint(text)
        return Found(
            text=text, hits=tuple(hits), hint=hint, may_be_order=self._may_be_order(text, hits)
        )

    def _may_be_order(self, text: str, hits: Sequence[Hit]) -> bool:
        """Nothing but orders was found, and none with just this number."""
        likely = len(text) >= _SHORTEST_ORDER and any(c.isdigit() for c in text) and "@" not in text
        named = _("Order {number}").format(number=text)
        return likely and not any(
            hit.kind is not HitKind.ORDER or same_text(hit.title, named) for hit in hits
        )

    def home(self) -> Home:
        """Drafts, today's returns, and what needs attention."""
        drafts = []
        for draft in self._work.drafts():
            customer, order, _known = names_of(draft, self._reference)
            drafts.append(WaitingDraft(draft=draft, customer_name=customer, order_number=order))
        since = self._clock.now() - timedelta(hours=24)
        today = (
            newest(local, self._reference.record(local.record.number))
            for local in self._work.records_since(since, 200)
        )
        queue = self._work.queue()
        return Home(
            drafts=tuple(drafts),
            today=tuple(record for record in today if record is not None),
            queue=queue,
            approvals=self._approvals(anything_unsent=queue.waiting > 0),
        )

    def _approvals(self, *, anything_unsent: bool) -> int:
        """What waits for a supervisor, counted for supervisors only; own unsent decisions are taken off.

        The home screen asks at every sync: one query where nothing is unsent.
        """
        who = self._work.identity()
        if who is None or not who.role.approves:
            return 0
        known = self._reference.records_in_state(RmaState.NEEDS_APPROVAL, APPROVALS_LIMIT)
        if not anything_unsent:
            return len(known)
        local = (self._work.record(entry.record.number) for entry in known)
        return len(known) - sum(
            mine is not None and mine.pending and mine.record.state is not RmaState.NEEDS_APPROVAL
            for mine in local
        )

    def _hits(self, text: str) -> Iterable[Hit]:
        seen = self._caller.seen_at_once()
        if "@" in text:
            for customer in self._reference.customers_by_email(text.lower(), LIMIT):
                yield _customer_hit(seen(customer), mark("e-mail"))
            return
        if _DIGITS_ONLY.fullmatch(text):
            yield from self._digit_hits(text, seen)
            return
        if any(character.isdigit() for character in text):
            for order in self._reference.orders_by_number(text, LIMIT):
                yield self._order_hit(order)
            yield from self._cases(text)
            for customer in self._reference.customers_by_number(text, LIMIT):
                yield _customer_hit(seen(customer), mark("customer number"))
            for customer in self._reference.customers_by_postcode(text, LIMIT):
                yield _customer_hit(seen(customer), mark("postcode"))
        for customer in self._reference.customers_by_name(text.split(), LIMIT):
            yield _customer_hit(seen(customer), mark("name"))

    def _digit_hits(self, text: str, seen: Callable[[Customer], Customer]) -> Iterable[Hit]:
        digits = "".join(character for character in text if character.isdigit())
        try:
            record = self._records.find(parse(digits))
        except BadRmaNumber:
            record = None
        if record is not None:
            yield self._rma_hit(record, mark("RMA number"))
        for order in self._reference.orders_by_number(text.replace(" ", ""), LIMIT):
            yield self._order_hit(order)
        yield from self._cases(text)
        if len(digits) >= _SHORTEST_PHONE_ENDING:
            for customer in self._reference.customers_by_number(text, LIMIT):
                yield _customer_hit(seen(customer), mark("customer number"))
            for customer in self._reference.customers_by_phone_ending(digits, LIMIT):
                yield _customer_hit(seen(customer), mark("phone"))
            for customer in self._reference.customers_by_postcode(text, LIMIT):
                yield _customer_hit(seen(customer), mark("postcode"))

    def _cases(self, text: str) -> Iterable[Hit]:
        """Returns that name this CRM case."""
        if len(text) >= _SHORTEST_CASE:
            for known in self._reference.records_by_reference(text, LIMIT):
                record = self._records.find(known.record.number) or known.record
                yield self._rma_hit(record, mark("CRM case"))

    def _rma_hit(self, record: RmaRecord, matched: str) -> Hit:
        customer = self._reference.customer(record.customer_id)
        parts = (
            record.state.words,
            customer.name if customer else record.customer_id,
            record.request.reference,
        )
        return Hit(
            kind=HitKind.RMA,
            key=record.number,
            customer_id=record.customer_id,
            title=spoken(record.number),
            detail=" · ".join(part for part in parts if part),
            matched=matched,
        )

    def _order_hit(self, order: Order) -> Hit:
        customer = self._reference.customer(order.customer_id)
        return Hit(
            kind=HitKind.ORDER,
            key=order.order_id,
            customer_id=order.customer_id,
            title=_("Order {number}").format(number=order.number),
            detail=f"{short_day(order.placed_at)} · {customer.name if customer else order.customer_id}",
            matched=mark("order number"),
        )

    @staticmethod
    def _hint(text: str) -> str:
        digits = "".join(character for character in text if character.isdigit())
        if len(digits) == 11 and _DIGITS_ONLY.fullmatch(text):
            try:
                parse(digits)
            except BadRmaNumber as error:
                return _("{error} No phone number ends so either.").format(error=error)
            return _("No return has this number here. Press F5 to sync, then try again.")
        if _SHORTEST_PART <= len(digits) < 11 and _DIGITS_ONLY.fullmatch(text):
            return _(
                "Nothing found. Of an RMA number type all 11 digits, of a phone number the end."
            )
        return _(
            "Nothing found. Try the order number, the end of the phone number, or less of the name."
        )


def _customer_hit(customer: Customer, matched: str) -> Hit:
    """`customer` is as they may be shown before they have told who they are."""
    place = " ".join(part for part in (customer.postcode, customer.city) if part)
    parts = (place, customer.phone, customer.email)
    return Hit(
        kind=HitKind.CUSTOMER,
        key=customer.customer_id,
        customer_id=customer.customer_id,
        title=customer.name or customer.customer_id,
        detail=" · ".join(part for part in parts if part),
        matched=matched,
    )
