"""The wrong customer, order, line or return is opened, or the books themselves hold a mistyped date."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

from desk.errors import DeskError
from desk.lookup import Hit, HitKind
from rma.draft import DraftLine
from rma.numbers import BadRmaNumber
from rma.order import Customer, Order
from rma.record import Refusal
from rma.request import Fact
from tests.entry_errors import slips
from tests.entry_errors.books import CALL_AFTER, Books
from tests.entry_errors.correct import fits, plain_entry
from tests.entry_errors.entry import Answer, Entry, Outcome, enter, goes_through
from tests.entry_errors.kinds.kind import Kind

_PHONE_ENDING = 6
_YEAR = timedelta(days=365)


def _looked_up(
    name: str, text_of: Callable[[Order, Customer], str], slip: Callable[[str, Random], str]
) -> Kind:
    """The caller is looked up with a slip; the agent takes the first hit, and ticks only facts that fit the file."""

    def inject(books: Books, entry: Entry, random: Random) -> Outcome | None:
        right = text_of(entry.order, books.customers[entry.order.customer_id])
        wrong = slip(right, random)
        if wrong == right:
            return None
        found = books.desk.lookup.search(wrong)
        if not found.hits:
            return Outcome(Answer.STOPPED, found.hint)
        order = _opened(books, found.hits[0])
        if order is None or order.customer_id == entry.order.customer_id:
            return None  # the caller is found all the same
        entries = (plain_entry(order, line) for line in order.lines if fits(line))
        wrong_entry = next((each for each in entries if goes_through(books, each)), None)
        if wrong_entry is None:
            return None
        return enter(books, replace(wrong_entry, verified=_told(books, entry, order)))

    return Kind(name, inject)


def _opened(books: Books, hit: Hit) -> Order | None:
    if hit.kind is HitKind.ORDER:
        return next(order for order in books.orders if order.order_id == hit.key)
    return next(iter(books.of(hit.customer_id)), None)


def _told(books: Books, entry: Entry, order: Order) -> tuple[Fact, ...]:
    """Facts of the caller that fit the opened file; the order number is what the agent believes to have heard."""
    caller, file = books.customers[entry.order.customer_id], books.customers[order.customer_id]
    told = {
        Fact.NAME: caller.name == file.name,
        Fact.EMAIL: caller.email == file.email,
        Fact.PHONE: caller.phone == file.phone,
        Fact.POSTCODE: caller.postcode == file.postcode,
        Fact.ORDER_NUMBER: True,
    }
    return tuple(fact for fact, fits_file in told.items() if fits_file)


def _others_order(books: Books, entry: Entry, random: Random) -> Outcome | None:
    """A draft for one customer gets the order of another."""
    other = random.choice(books.orders)
    line = next((line for line in other.lines if fits(line)), None)
    if other.customer_id == entry.order.customer_id or line is None:
        return None
    return _drafted(
        books, entry, customer_id=entry.order.customer_id, order=other, line_id=line.line_id
    )


def _no_such_line(books: Books, entry: Entry, random: Random) -> Outcome | None:
    """A line is named that the order does not have."""
    return _drafted(
        books, entry, customer_id=entry.order.customer_id, order=entry.order, line_id="9999"
    )


def _drafted(
    books: Books, entry: Entry, *, customer_id: str, order: Order, line_id: str
) -> Outcome:
    """Without the panel, as a script or the plain mode would."""
    books.clock.at = order.placed_at + CALL_AFTER
    returns = books.desk.returns
    line = DraftLine(line_id=line_id, quantity="1", reason="changed_mind", condition="sealed")
    draft = replace(
        returns.start(order.order_id),
        customer_id=customer_id,
        lines=(line,),
        verified=tuple(entry.verified),
    )
    made = returns.finalize(draft)
    returns.discard(draft.draft_id)
    if isinstance(made, Refusal):
        return Outcome(Answer.STOPPED, made.missing[0].sentence if made.missing else "")
    return Outcome(Answer.WENT_THROUGH, record=made)


def _rma_number(name: str, slip: Callable[[str, Random], str]) -> Kind:
    """An RMA is looked up by a number with a slip."""

    def inject(books: Books, entry: Entry, random: Random) -> Outcome | None:
        record = enter(books, entry).record
        assert record is not None
        wrong = slip(record.number, random)
        if wrong == record.number:
            return None
        try:
            books.desk.rmas.show(wrong)
        except (BadRmaNumber, DeskError) as error:
            return Outcome(Answer.STOPPED, str(error))
        return Outcome(Answer.WENT_THROUGH)

    return Kind(name, inject)


def _in_the_books(name: str, change: Callable[[Order], Order]) -> Kind:
    """A slip in the books: the order comes to the desk with it."""

    def inject(books: Books, entry: Entry, random: Random) -> Outcome | None:
        with books.holding(change(entry.order)):
            return enter(books, entry)

    return Kind(name, inject)


def _delivered(order: Order, moved: timedelta) -> Order:
    lines = tuple(
        replace(line, delivered_at=line.delivered_at and line.delivered_at + moved)
        for line in order.lines
    )
    return replace(order, lines=lines)


def _before_it_was_ordered(order: Order) -> Order:
    return replace(
        order,
        lines=tuple(
            replace(line, delivered_at=order.placed_at - timedelta(days=10)) for line in order.lines
        ),
    )


def _not_arrived(order: Order) -> Order:
    lines = tuple(replace(line, delivered=0, delivered_at=None) for line in order.lines)
    return replace(order, lines=lines)


def _number(order: Order, customer: Customer) -> str:
    return order.number


def _email(order: Order, customer: Customer) -> str:
    return customer.email


def _phone_ending(order: Order, customer: Customer) -> str:
    return customer.phone[-_PHONE_ENDING:]


KINDS = (
    _looked_up("order number: one digit wrong", _number, slips.wrong_digit),
    _looked_up("order number: two digits swapped", _number, slips.swapped),
    _looked_up("order number: one digit dropped", _number, slips.dropped),
    _looked_up("order number: one digit typed twice", _number, slips.doubled),
    _looked_up("e-mail: one letter wrong", _email, slips.wrong_letter),
    _looked_up("phone: one digit of its ending wrong", _phone_ending, slips.wrong_digit),
    _looked_up("phone: two digits of its ending swapped", _phone_ending, slips.swapped),
    Kind("another customer's order", _others_order),
    Kind("a line that the order does not have", _no_such_line),
    _rma_number("RMA number: one digit wrong", slips.wrong_digit),
    _rma_number("RMA number: two digits swapped", slips.swapped),
    _rma_number("RMA number: one digit dropped", slips.dropped),
    _rma_number("RMA number: one digit typed twice", slips.doubled),
    _in_the_books("delivery: the year is one ahead", lambda order: _delivered(order, _YEAR)),
    _in_the_books("delivery: the year is one behind", lambda order: _delivered(order, -_YEAR)),
    _in_the_books("delivery: days before the order", _before_it_was_ordered),
    _in_the_books(
        "order: the year is one ahead",
        lambda order: replace(order, placed_at=order.placed_at + _YEAR),
    ),
    _in_the_books("an order that has not arrived yet", _not_arrived),
)
