"""What of an order came back already, as a question to `csr-tui quote` tells it: in short, or hold by hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from rma.assessment import Case, assess
from rma.ledger import Hold, Ledger
from rma.order import Order
from rma.quote import Quote
from rma.reasons import ReasonTree
from rma.request import Actor, LineRequest, ReturnRequest, Role
from sync.protocol.document_problems import BadDocument, DocumentProblem, read_part, wrong
from sync.protocol.policies import default_policy, parse_policy
from sync.protocol.problem_words import written
from sync.protocol.toml_places import Place


@dataclass(frozen=True, slots=True)
class ReturnedUnits:
    """Units that came back and were refunded in full: no fee, no coupon, no shipping."""

    line_id: str
    quantity: int


def with_returned(order: Order, rows: Any, at: datetime) -> Ledger:
    """The ledger (and in it the order) after what came back: rows of `ReturnedUnits`, or of `rma.ledger.Hold`.

    Raises:
        BadDocument: with every problem.
    """
    if not isinstance(rows, list):
        raise BadDocument([wrong(("returned",), "a list", rows)])
    problems: list[DocumentProblem] = []
    holds: list[tuple[Place, Hold]] = []
    for index, row in enumerate(rows):
        place: Place = ("returned", index)
        try:
            if isinstance(row, dict) and ("lines" in row or "rma_number" in row):
                holds.append((place, read_part(Hold, row, place)))
            else:
                order = _refunded_in_full(order, read_part(ReturnedUnits, row, place), place, at)
        except BadDocument as error:
            problems.extend(error.problems)
    ledger = Ledger(order)
    for place, hold in holds:
        problems.extend(_unfitting(ledger, hold, place))
        ledger = ledger.with_hold(hold)
    if problems:
        raise BadDocument(problems)
    return ledger


def _refunded_in_full(order: Order, row: ReturnedUnits, place: Place, at: datetime) -> Order:
    """The order as its source would tell it after these units came back."""
    line = order.line(row.line_id)
    if line is None:
        raise BadDocument([wrong((*place, "line_id"), "a line of the order", row.line_id)])
    quote = _quote_in_full(order, row, at) if 0 < row.quantity <= line.units else None
    if quote is None:
        returnable = Ledger(order).returnable(line)
        expected = f"1 to {returnable}" if returnable else "no more units of this line"
        raise BadDocument([wrong((*place, "quantity"), expected, row.quantity)])
    back = replace(
        line,
        returned_before=line.returned_before + row.quantity,
        refunded_before=line.refunded_before + quote.lines[0].value,
    )
    paid = {share.tender_id: share.amount for share in quote.payouts}
    return replace(
        order,
        lines=tuple(back if each is line else each for each in order.lines),
        tenders=tuple(
            replace(tender, refunded=tender.refunded + paid.get(tender.tender_id, 0))
            for tender in order.tenders
        ),
    )


def _quote_in_full(order: Order, row: ReturnedUnits, at: datetime) -> Quote | None:
    request = ReturnRequest(
        order_id=order.order_id,
        customer_id=order.customer_id,
        lines=(LineRequest(line_id=row.line_id, quantity=row.quantity, reason=""),),
    )
    everything = replace(parse_policy(default_policy("no_limits")), valid_from=at)
    earlier = Case(
        request=request,
        order=order,
        customer=None,
        ledger=Ledger(order),
        policies=(everything,),
        reasons=ReasonTree(1, ()),
        at=at,
        actor=Actor("quote", Role.AGENT),
    )
    return assess(earlier).quote


def _unfitting(ledger: Ledger, hold: Hold, place: Place) -> Sequence[DocumentProblem]:
    problems = []
    for index, held in enumerate(hold.lines):
        at: Place = (*place, "lines", index)
        line = ledger.order.line(held.line_id)
        if line is None:
            problems.append(wrong((*at, "line_id"), "a line of the order", held.line_id))
            continue
        free = set(range(1, line.units + 1)) - ledger.taken(line)
        if len(free.intersection(held.slots)) != len(held.slots):
            expected = f"free slots from 1 to {line.units}, each once"
            slots = ", ".join(str(slot) for slot in held.slots)
            problems.append(DocumentProblem(written((*at, "slots")), expected, slots))
    return problems
