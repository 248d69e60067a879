"""Where the money goes: exchange, override, wish, store credit for old orders, then the original tenders.

Domain rule 5.10. Money of a gift card goes back to the gift card; what no tender can take becomes one store credit;
never another card.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from rma.calendar import local_day
from rma.ledger import Ledger, TenderShare
from rma.money import Minor
from rma.order import Order, TenderKind
from rma.policy import Policy
from rma.quote import Component, LineQuote
from rma.request import LineRequest, Resolution, ReturnRequest


def line_resolution(
    order: Order,
    request: ReturnRequest,
    wanted: LineRequest,
    policy: Policy,
    at: datetime,
) -> Resolution:
    """Goods where they are sent out, else where the money goes."""
    if wanted.resolution is not None and wanted.resolution.sends_out:
        return wanted.resolution
    return money_resolution(order, request, wanted, policy, at)


def money_resolution(
    order: Order,
    request: ReturnRequest,
    wanted: LineRequest,
    policy: Policy,
    at: datetime,
) -> Resolution:
    """A supervisor's override, else the customer's wish, else store credit where the order is too old."""
    if request.destination_override is not None:
        return request.destination_override
    wish = wanted.resolution or Resolution.REFUND
    wish = Resolution.REFUND if wish.sends_out else wish
    if wish is Resolution.REFUND and policy.store_credit_after_days is not None:
        age = local_day(at, policy.time_zone) - local_day(order.placed_at, policy.time_zone)
        if age.days > policy.store_credit_after_days:
            return Resolution.STORE_CREDIT
    return wish


def pay_out(
    order: Order,
    ledger: Ledger,
    lines: Sequence[LineQuote],
    components: Iterable[Component],
) -> tuple[TenderShare, ...]:
    """Split what lines and `components` bring over the tenders in capture order, and at most one store credit.

    What belongs to the return as a whole goes with the refunded lines, where there are any.
    """
    ways = [(_way(line), line) for line in lines]
    credit = sum(line.total for way, line in ways if way is Resolution.STORE_CREDIT)
    refund = sum(line.total for way, line in ways if way is Resolution.REFUND)
    whole = sum(component.amount for component in components)
    if any(way is Resolution.REFUND for way, _ in ways):
        refund += whole
    else:
        credit += whole
    if refund < 0:
        credit, refund = credit + refund, 0
    if credit < 0:
        credit, refund = 0, refund + credit

    shares: list[TenderShare] = []
    for tender in order.tenders:
        part: Minor = min(refund, tender.refundable - ledger.promised(tender.tender_id))
        if part > 0:
            shares.append(TenderShare(kind=tender.kind, tender_id=tender.tender_id, amount=part))
            refund -= part
    credit += refund
    if credit > 0:
        shares.append(TenderShare(kind=TenderKind.STORE_CREDIT, tender_id=None, amount=credit))
    return tuple(shares)


def _way(line: LineQuote) -> Resolution:
    """Where a line's money goes; what an exchange leaves over follows the line's `rest`."""
    return line.rest if line.resolution.sends_out else line.resolution
