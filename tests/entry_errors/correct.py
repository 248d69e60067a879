"""Correct entries: what agents type when they type it right, of every sort that the shop takes back."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from rma.order import Order, OrderLine
from rma.request import Fact
from tests.entry_errors.books import Books
from tests.entry_errors.entry import Entry

MOST_UNITS = 3
"""Units of one entry: callers send back a few, and a refund stays below the policy's amount for approval."""

_DEAREST = 20_000
"""Minor units; a larger refund is confirmed by a supervisor, as the policy says."""

_REASONS = ("changed_mind", "gift", "too_large", "style", "wrong_item", "late", "not_as_described")
_FAULTS = ("dead_on_arrival", "defective", "cosmetic", "recall")
_FACTS = (
    (Fact.NAME, Fact.POSTCODE),
    (Fact.EMAIL, Fact.PHONE),
    (Fact.NAME, Fact.ORDER_NUMBER, Fact.POSTCODE),
)
_DESCRIPTION = "The box was torn open on one side."


def plain_entry(order: Order, line: OrderLine, units: int = 1) -> Entry:
    """The everyday return: some units, changed mind, opened, money back."""
    typed = {"reason": "changed_mind", "condition": "sealed", "resolution": "refund"}
    typed["quantity"] = "1" if line.serials else str(units)
    if line.serials:
        typed["serials"] = line.serials[0]
    if line.category == "electronics":
        typed["note"] = _DESCRIPTION
    return Entry(order=order, line=line, typed=typed)


def correct_entries(books: Books, random: Random) -> Iterator[Entry]:
    """Entries line by line, oldest order first, until every unit is back: none asks for more than is left."""
    for _ in range(1_000):
        any_left = False
        for order in books.orders:
            left = {
                v.line.line_id: v.returnable
                for v in books.desk.customers.order(order.order_id).lines
            }
            for line in order.lines:
                units = min(left[line.line_id], random.randint(1, MOST_UNITS))
                if fits(line, units):
                    any_left = True
                    yield _varied(plain_entry(order, line, units), random)
        if not any_left:
            return


def fits(line: OrderLine, units: int = 1) -> bool:
    """Whether so many units of a line come back without a question."""
    worth = line.gross * units // line.units
    return units > 0 and line.returnable_kind and not line.final_sale and worth < _DEAREST


def _varied(entry: Entry, random: Random) -> Entry:
    """The same with another reason, condition, kind, contact and facts, as calls have them."""
    entry = Entry(
        order=entry.order, line=entry.line, typed=entry.typed, verified=random.choice(_FACTS)
    )
    if entry.line.category in ("electronics", "hygiene"):
        return entry
    draw = random.random()
    if draw < 0.1:
        return entry.but(return_type="defect", reason=random.choice(_FAULTS), condition="damaged")
    if draw < 0.15:
        return entry.but(reason="damaged", condition="opened", note=_DESCRIPTION)
    if draw < 0.2:
        return entry.but(reason="other", note="Says that it does not fit the shelf.")
    if draw < 0.25:
        return entry.but(email="someone.else@example.org", phone="+44 20 7946 0000")
    if draw < 0.3:
        return entry.but(resolution="store credit", condition="1")
    if draw < 0.32:
        worth = entry.line.gross // entry.line.units
        return entry.but(amount=f"{worth // 200}.00", amount_reason="Agreed on the phone")
    if draw < 0.34:
        return entry.but(goodwill="2.50", goodwill_reason="Waited for long")
    return entry.but(reason=random.choice(_REASONS), condition=random.choice(("sealed", "opened")))
