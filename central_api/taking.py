"""Give an RMA that was booked without its units what it wants, as far as it is still there."""

from __future__ import annotations

from dataclasses import replace

from central_api import refusals
from central_api.booking import case_of, over_return_of
from central_api.books import Books
from rma.assessment import assess
from rma.record import Problem, RmaRecord, book

_GUARDED = frozenset({"customer", "line", "quantity", "serials"})
"""Missing fields that no approval can stand in for."""


def take(books: Books, record: RmaRecord) -> RmaRecord | Problem:
    """The record with the units it wants and their price of now, or why it cannot have them."""
    case = case_of(books, record)
    if case.order is None:
        return refusals.order_unknown()
    assessment = assess(case)
    over = over_return_of(assessment.all_findings)
    if over is not None:
        return over
    quote = assessment.quote
    guarded = [m.sentence for m in assessment.missing if m.field in _GUARDED]
    if quote is None or len(quote.lines) != len(record.request.lines) or guarded:
        against = (
            guarded or [line.sentence for line in assessment.lines] or ["It cannot be priced."]
        )
        return refusals.not_eligible(against[0])
    booked = book(case, assessment, number=record.number, device=record.device)
    return replace(
        record,
        lines=booked.lines,
        quote=quote,
        currency=booked.currency,
        order_number=booked.order_number,
        holding=True,
        outbound=booked.outbound,
    )
