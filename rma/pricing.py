"""Compute a quote: slots, tax, fees, coupons, shipping, caps, and the way back over the tenders.

The rules are domain section 5; the numbers in the comments are its. Preview and booking both call `price`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from rma.destination import pay_out
from rma.exchange import ReturnedLine, outbound_lines, settle
from rma.ledger import Ledger
from rma.line_pricing import PricedLine, line_quote
from rma.order import Order, Product
from rma.order_level import cap, coupon, original_shipping, return_shipping
from rma.outbound import OutboundOrder, OutboundQuote, with_outbound
from rma.policy import RefundTiming
from rma.quote import Component, ComponentKind, Quote
from rma.request import ReturnRequest
from rma.subtotal import Subtotal
from rma.terms import terms_of


def price(
    order: Order,
    before: Ledger,
    after: Ledger,
    request: ReturnRequest,
    items: Sequence[PricedLine],
    *,
    at: datetime,
    products: Sequence[Product] = (),
) -> Quote:
    """The quote of a request.

    `before` is what is left of the order, `after` what is left with the `items` too: the request's lines in its order.
    `products` may go out.
    """
    quoted = [line_quote(order, request, item, at) for item in items]
    policies = tuple({item.policy.ref: item.policy for item in items}.values())
    payers = [item.shipping_payer for item in items]
    returned = [
        ReturnedLine(item.wanted, item.line, line, item.merchant_fault)
        for item, line in zip(items, quoted, strict=True)
    ]
    going_out = outbound_lines(returned, products, order.currency)
    # What is sent out is kept: it counts for the minimum of a coupon, and against a full return.
    kept = order
    if going_out:
        kept = with_outbound(order, OutboundQuote(lines=going_out), "", OutboundOrder())

    of_lines = [component for line in quoted for component in line.components]
    components = original_shipping(kept, before, after, items, quoted)
    brought = Subtotal().plus(of_lines).plus(components)
    lost = coupon(kept, before, after, policies, brought)
    brought = brought.plus(lost)
    fee = return_shipping(order, request, payers, policies, quoted, brought)
    brought = brought.plus(fee)
    beyond = cap(order, before, brought)
    brought = brought.plus(beyond)
    components += [*lost, *fee, *beyond]
    if request.goodwill > 0:
        components.append(Component(kind=ComponentKind.GOODWILL, amount=request.goodwill))
    outbound: OutboundQuote | None = None
    if going_out:
        goodwill = [c for c in (*of_lines, *components) if c.kind is ComponentKind.GOODWILL]
        outbound, carried = settle(
            going_out,
            returned=returned,
            policies=policies,
            currency=order.currency,
            credit=brought.amount,
            credit_tax=brought.tax,
            goodwill=sum(component.amount for component in goodwill),
        )
        components += carried
    return Quote(
        currency=order.currency,
        lines=tuple(quoted),
        components=tuple(components),
        payouts=pay_out(order, before, quoted, components),
        estimate=any(p.refund_timing is RefundTiming.AFTER_INSPECTION for p in policies),
        policies=tuple(policy.ref for policy in policies),
        terms=terms_of(policies, at, payers),
        outbound=outbound,
    )
