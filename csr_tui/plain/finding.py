"""From what the caller said to a customer, an order, and the return that begins with it."""

from __future__ import annotations

from csr_tui.plain.reading import line_words
from csr_tui.plain.returning import ReturnInterview
from csr_tui.plain.rmas import Decisions
from csr_tui.plain.talk import Back, Option, Talk
from csr_tui.plain.workplace import Workplace
from desk.customers import CustomerView, OrderView
from desk.lookup import Hit, HitKind
from rma.numbers import spoken
from rma.record import RmaRecord
from rma.wording import _, words
from screens.formats import date, money, phone


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
            return
        options = [Option(hit, _hit_words(hit)) for hit in found.hits]
        while True:
            try:
                hit = options[0].value
                if len(options) > 1:
                    hit = self._talk.choose(_("Which one"), options)
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
            self._talk.say(*_customer_words(view))
            if not view.orders and not view.records:
                self._talk.say(_("No order is known here: sync, or look up the order number."))
                return
            options: list[Option[OrderView | RmaRecord]] = []
            options += [Option(order, _order_words(order)) for order in view.orders]
            options += [Option(record, _record_words(record)) for record in view.records]
            try:
                chosen = self._talk.choose(_("Which order comes back, or which return"), options)
            except Back:
                return
            if isinstance(chosen, OrderView):
                self._return(chosen.order.order_id)
            else:
                self._decisions.open(chosen.number)

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
