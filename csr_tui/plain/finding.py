"""From what the caller said to a customer, an order, and the return that begins with it."""

from __future__ import annotations

from csr_tui.plain.reading import line_words
from csr_tui.plain.returning import ReturnInterview
from csr_tui.plain.rmas import Decisions
from csr_tui.plain.talk import Back, Option, Talk
from csr_tui.plain.typed_order import TypedOrderInterview
from csr_tui.plain.workplace import Workplace
from desk.customers import CustomerView, OrderView
from desk.lookup import Hit, HitKind
from rma.numbers import spoken
from rma.record import RmaRecord
from rma.wording import _, words
from screens.formats import date, money, phone
from screens.refusal_words import refusal_words


class Finding:
    """Looks up, and goes where the answer leads."""

    def __init__(self, talk: Talk, place: Workplace) -> None:
        self._talk = talk
        self._place = place
        self._decisions = Decisions(talk, place)

    def look_up(self, text: str) -> None:
        """Search, choose a hit where there are several, and open it."""
        found = self._place.desk.lookup.search(text)
        if found.hint:
            self._talk.say(found.hint)
        if not found.hits:
            if not found.hint:
                self._talk.say(_("Type two characters or more."))
            if found.may_be_order:
                self._offer_typing(found.text)
            return
        options: list[Option[Hit | None]] = [Option(hit, _hit_words(hit)) for hit in found.hits]
        if found.may_be_order and len(options) > 1:
            options.append(Option(None, _not_here(found.text)))
        while True:
            try:
                hit = options[0].value
                if len(options) > 1:
                    hit = self._talk.choose(_("Which one"), options)
                if hit is None:
                    TypedOrderInterview(self._talk, self._place, number=found.text).run()
                    return
                self._open(hit)
            except Back:
                return
            if len(options) == 1:
                return

    def _open(self, hit: Hit) -> None:
        if hit.kind is HitKind.RMA:
            self._decisions.open(hit.key)
        elif hit.kind is HitKind.ORDER:
            self._order(self._place.desk.customers.order(hit.key))
        else:
            self.open_customer(hit.customer_id)

    def open_customer(self, customer_id: str) -> None:
        """Read out a customer, and go on with an order or a past return until `back`.

        Raises:
            NotFound: if this desk knows no such customer.
        """
        while True:
            view = self._place.desk.customers.open(customer_id)
            self._talk.say(*_customer_words(view), *map(refusal_words, view.refusals))
            if not view.orders and not view.records:
                self._talk.say(_("No order is known here: sync, or look up the order number."))
            options: list[Option[OrderView | RmaRecord | None]] = []
            options += [Option(order, _order_words(order)) for order in view.orders]
            options += [Option(record, _record_words(record)) for record in view.records]
            options.append(Option(None, _("an order that is not here: type it by hand")))
            try:
                chosen = self._talk.choose(_("Which order comes back, or which return"), options)
            except Back:
                return
            if chosen is None:
                TypedOrderInterview(self._talk, self._place, customer_id=customer_id).run()
            elif isinstance(chosen, OrderView):
                self._return(chosen.order.order_id)
            else:
                self._decisions.open(chosen.number)

    def _offer_typing(self, number: str) -> None:
        if self._talk.sure(f"{_not_here(number)}."):
            TypedOrderInterview(self._talk, self._place, number=number).run()

    def _order(self, view: OrderView) -> None:
        customers = self._place.desk.customers
        customer = customers.open(view.order.customer_id)
        currency = view.order.currency
        self._talk.say(
            *_customer_words(customer),
            _order_words(view),
            *(line_words(line, currency) for line in view.lines[:9]),
        )
        doing = [
            Option(True, _("return something of this order")),
            Option(False, _("all orders and returns of this customer")),
        ]
        if self._talk.choose(_("What next"), doing):
            self._return(view.order.order_id)
        else:
            self.open_customer(view.order.customer_id)

    def _return(self, order_id: str) -> None:
        ReturnInterview(self._talk, self._place, order_id=order_id).run()


def _not_here(number: str) -> str:
    return _("Order {number} is not here: type it by hand").format(number=number)


def _hit_words(hit: Hit) -> str:
    parts = (words(hit.kind), hit.title, hit.detail.replace(" · ", ", "))
    return ", ".join(part for part in parts if part)


def _customer_words(view: CustomerView) -> list[str]:
    customer = view.customer
    place = " ".join(part for part in (customer.postcode, customer.city) if part)
    parts = (customer.name, place, phone(customer.phone), customer.email, customer.tier)
    said = [", ".join(part for part in parts if part)]
    if view.flags:
        said.append(_("Take care: {flags}.").format(flags=", ".join(view.flags)))
    return said


def _order_words(view: OrderView) -> str:
    order = view.order
    paid = sum(line.gross for line in order.lines) + sum(c.gross for c in order.charges)
    said = _("order {number}, {day}, {paid}, {count} returnable: {goods}")
    return said.format(
        number=order.number,
        day=date(order.placed_at),
        paid=money(paid, order.currency),
        count=view.returnable,
        goods=_goods([(li.line.units, li.line.name or li.line.sku) for li in view.lines]),
    )


def _record_words(record: RmaRecord) -> str:
    said = _("return {number}, {state}, {day}: {goods}")
    return said.format(
        number=spoken(record.number),
        state=record.state.words,
        day=date(record.finalized_at),
        goods=_goods([(line.quantity, line.name or line.sku) for line in record.lines]),
    )


def _goods(goods: list[tuple[int, str]]) -> str:
    """The first few, so that a long order is not read out as a whole."""
    shown = ", ".join(f"{units} x {name}" for units, name in goods[:3])
    more = len(goods) - 3
    return shown + (_(" and {count} more").format(count=more) if more > 0 else "")
