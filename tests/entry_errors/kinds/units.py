"""Wrong quantities and serial numbers."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.entry_errors import slips
from tests.entry_errors.books import Books
from tests.entry_errors.correct import plain_entry
from tests.entry_errors.entry import Entry, Outcome, enter
from tests.entry_errors.kinds.kind import Kind, instead, typed


def _too_many(entry: Entry, random: Random) -> Entry:
    return entry.but(quantity=str(entry.line.delivered + random.randint(1, 3)))


def _digit_twice(entry: Entry, random: Random) -> Entry | None:
    twice = entry.typed["quantity"] * 2
    return entry.but(quantity=twice) if int(twice) > entry.line.delivered else None


def _more_than_is_left(books: Books, entry: Entry, random: Random) -> Outcome | None:
    """One unit is on a return already; all are asked for."""
    if entry.line.units < 2 or entry.line.serials:
        return None
    enter(books, plain_entry(entry.order, entry.line), finalize_asked=True)
    return enter(books, entry.but(quantity=str(entry.line.delivered)))


def _once_more(books: Books, entry: Entry, random: Random) -> Outcome | None:
    """The return has its number, and is typed once more."""
    if entry.line.units != 1:
        return None
    enter(books, entry, finalize_asked=True)
    return enter(books, entry)


def _service(books: Books, entry: Entry, random: Random) -> Outcome | None:
    """What is no goods is chosen: postage, a fee, a service."""
    order = next((o for o in books.orders if any(not li.returnable_kind for li in o.lines)), None)
    if order is None:
        return None
    line = next(line for line in order.lines if not line.returnable_kind)
    return enter(books, plain_entry(order, line))


def _final_sale(books: Books, entry: Entry, random: Random) -> Outcome | None:
    """What was sold for good is chosen."""
    lines = tuple(replace(line, final_sale=True) for line in entry.order.lines)
    with books.holding(replace(entry.order, lines=lines)):
        return enter(books, entry)


def _serial(slip_name: str) -> Kind:
    slip = {"wrong": slips.wrong_digit, "swapped": slips.swapped, "dropped": slips.dropped}[
        slip_name
    ]

    def change(entry: Entry, random: Random) -> Entry | None:
        right = entry.typed["serials"]
        wrong = slip(right, random)
        return entry.but(serials=wrong) if wrong != right else None

    words = {
        "wrong": "one digit wrong",
        "swapped": "two digits swapped",
        "dropped": "one digit dropped",
    }
    return typed(f"serial: {words[slip_name]}", change, serials=True)


def _serial_of_another(books: Books, entry: Entry, random: Random) -> Outcome | None:
    """The serial of another unit that was sold."""
    others = [line.serials[0] for order in books.orders for line in order.lines if line.serials]
    other = random.choice(others)
    if other in entry.line.serials:
        return None
    return enter(books, entry.but(serials=other))


def _twice_on_a_row(entry: Entry, random: Random) -> Entry:
    serial = entry.typed["serials"]
    return entry.but(serials=f"{serial} {serial.lower()}")


def _on_two_rows(entry: Entry, random: Random) -> Entry:
    return replace(entry, again=entry.typed)


KINDS = (
    typed("quantity: more than were delivered", _too_many),
    typed("quantity: a digit typed twice", _digit_twice),
    Kind("quantity: more than is left", _more_than_is_left),
    Kind("the same return typed once more", _once_more),
    instead("quantity: zero", quantity="0"),
    instead("quantity: the letter O", quantity="1O"),
    instead("quantity: negative", quantity="-1"),
    instead("quantity: a fraction", quantity="1.5"),
    instead("quantity: a price", quantity="12.50"),
    instead("quantity: left empty", quantity=""),
    Kind("what is no goods", _service),
    Kind("what was sold for good", _final_sale),
    _serial("wrong"),
    _serial("swapped"),
    _serial("dropped"),
    typed("serial: left empty", lambda entry, random: entry.but(serials=""), serials=True),
    Kind("serial: of another unit", _serial_of_another, serials=True),
    typed("serial: twice on one row", _twice_on_a_row, serials=True),
    typed("serial: the same on two rows", _on_two_rows, serials=True),
    instead("serial: two units on one row", quantity="2", serials=True),
)
