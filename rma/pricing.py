"""Compute a quote: slots, tax, fees, coupons, shipping, caps, and the way back over the tenders.

The rules are domain section 5; the numbers in the comments are its. Preview and booking both call `price`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from rma.destination import line_resolution, money_resolution, pay_out
from rma.exchange import ReturnedLine, outbound_lines, settle, used_up
from rma.ledger import HeldLine, Hold, Ledger
from rma.money import Minor, round_half_up, spread
from rma.order import ChargeKind, Order, OrderLine, Product
from rma.outbound import OutboundOrder, OutboundQuote, with_outbound
from rma.policy import CouponRule, FeePayer, OriginalShipping, Policy, RefundTiming
from rma.quote import Component, ComponentKind, LineQuote, Quote
from rma.request import LineRequest, Resolution, ReturnRequest
from rma.slots import slots_value
from rma.terms import terms_of

BASIS_POINTS = 10_000
"""A whole, in basis points."""


@dataclass(frozen=True, slots=True)
class _Sum:
    amount: Minor
    tax: Minor

    def tax_kept_inside(self, amount: Minor, tax: Minor) -> Minor:
        """`tax` of a further `amount`, moved by what rounding would push out of the sum.

        The tax of what is left lies between 0 and what is left. Where an untaxed fee has already moved it
        outside, `tax` stays as it is.
        """
        if not 0 <= self.tax <= self.amount:
            return tax
        return max(-self.tax, min(tax, self.amount + amount - self.tax))


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A requested line that can be priced: its quantity is returnable and a policy judges it."""

    wanted: LineRequest
    line: OrderLine
    policy: Policy
    merchant_fault: bool
    reason_codes: tuple[str, ...]
    """The reason's code and its ancestors', nearest first."""

    def provisional_hold(self, ledger: Ledger) -> Hold:
        """What this line will hold, so that a later line of the same request takes other slots."""
        slots = ledger.free_slots(self.line, self.wanted.quantity)
        fee = _fee_rate(self, ledger)
        return Hold(
            rma_number="",
            lines=(
                HeldLine(
                    line_id=self.line.line_id,
                    slots=slots,
                    value=_capped_value(self.line, slots, ledger),
                    serials=self.wanted.serials,
                    fee=fee or None,
                ),
            ),
        )


def price(
    order: Order,
    ledger: Ledger,
    request: ReturnRequest,
    items: Sequence[PricedLine],
    *,
    at: datetime,
    products: Sequence[Product] = (),
) -> Quote:
    """The quote of a request. `items` are its lines in the order of the request; `products` may go out."""
    working = ledger
    quoted: list[LineQuote] = []
    for item in items:
        hold = item.provisional_hold(working)
        quoted.append(_line_quote(order, request, item, hold.lines[0], at))
        working = working.with_hold(hold)
    policies = tuple({item.policy.ref: item.policy for item in items}.values())
    returned = [
        ReturnedLine(item.wanted, item.line, line, item.merchant_fault)
        for item, line in zip(items, quoted, strict=True)
    ]
    going_out = outbound_lines(returned, products, order.currency)
    # What is sent out is kept: it counts for the minimum of a coupon, and against a full return.
    after = with_outbound(order, OutboundQuote(lines=going_out), "", OutboundOrder())

    components: list[Component] = []
    components += _original_shipping(after, ledger, working, items, quoted)
    components += _coupon(after, ledger, working, policies, _entitled(quoted, components))
    components += _return_shipping(
        order, request, items, policies, quoted, _entitled(quoted, components)
    )
    components += _cap(order, ledger, _entitled(quoted, components))
    entitled = _entitled(quoted, components)
    if request.goodwill > 0:
        components.append(Component(kind=ComponentKind.GOODWILL, amount=request.goodwill))
    outbound: OutboundQuote | None = None
    if going_out:
        goodwill = [*(c for line in quoted for c in line.components), *components]
        outbound, carried = settle(
            going_out,
            returned=returned,
            policies=policies,
            currency=order.currency,
            credit=entitled.amount,
            credit_tax=entitled.tax,
            goodwill=sum(c.amount for c in goodwill if c.kind is ComponentKind.GOODWILL),
        )
        components += carried

    quote = Quote(
        currency=order.currency,
        lines=tuple(quoted),
        components=tuple(components),
        estimate=any(p.refund_timing is RefundTiming.AFTER_INSPECTION for p in policies),
        policies=tuple(policy.ref for policy in policies),
        terms=terms_of(policies, at),
        outbound=outbound,
    )
    return replace(quote, payouts=pay_out(order, ledger, quote))


def _line_quote(
    order: Order, request: ReturnRequest, item: PricedLine, held: HeldLine, at: datetime
) -> LineQuote:
    line, wanted = item.line, item.wanted
    full_value = slots_value(line.gross, line.units, held.slots)
    full_tax = slots_value(line.tax, line.units, held.slots)
    tax = _share(full_tax, held.value, full_value)
    components = [
        Component(kind=ComponentKind.ITEM, amount=held.value, tax=tax, line_id=line.line_id)
    ]
    fee: int | None = None
    if wanted.amount is not None and wanted.amount >= 0:
        # The amount set by hand is what the line brings: no fee comes off it (rule 5.11).
        difference = wanted.amount - held.value
        if difference < 0:
            components.append(
                Component(
                    kind=ComponentKind.MANUAL,
                    amount=difference,
                    tax=_share(tax, difference, held.value),
                    line_id=line.line_id,
                )
            )
        elif difference > 0:
            components.append(
                Component(kind=ComponentKind.GOODWILL, amount=difference, line_id=line.line_id)
            )
    elif held.fee is not None:
        fee = held.fee
        amount, fee_tax = _restocking_fee(line, held, fee)
        fee_tax = _Sum(held.value, tax).tax_kept_inside(-amount, -fee_tax)
        components.append(
            Component(
                kind=ComponentKind.RESTOCKING_FEE,
                amount=-amount,
                tax=fee_tax if item.policy.fees.taxed else 0,
                line_id=line.line_id,
            )
        )
    quoted = LineQuote(
        line_id=line.line_id,
        quantity=wanted.quantity,
        slots=held.slots,
        value=held.value,
        fee=fee,
        resolution=line_resolution(order, request, wanted, item.policy, at),
        rest=money_resolution(order, request, wanted, item.policy, at),
        serials=wanted.serials,
        components=tuple(components),
    )
    if quoted.resolution is not Resolution.REPLACEMENT:
        return quoted
    return replace(quoted, components=(*quoted.components, used_up(quoted)))


def _capped_value(line: OrderLine, slots: Sequence[int], ledger: Ledger) -> Minor:
    """Worth of the slots, within what the line has not yet given back (rule 5.9)."""
    left = max(0, line.gross - ledger.refunded(line))
    return min(slots_value(line.gross, line.units, slots), left)


def _fee_rate(item: PricedLine, ledger: Ledger) -> int:
    """Basis points of the restocking fee; fixed once for the line (rule 5.6)."""
    fees, wanted = item.policy.fees, item.wanted
    if wanted.resolution is Resolution.REPLACEMENT:
        return 0  # no money moves
    if item.merchant_fault or wanted.waive_fee_reason.strip() or wanted.amount is not None:
        return 0
    if fees.restocking_conditions and wanted.condition not in fees.restocking_conditions:
        return 0
    fixed = ledger.fixed_fee(item.line.line_id)
    return fees.restocking if fixed is None else fixed


def _restocking_fee(line: OrderLine, held: HeldLine, rate: int) -> tuple[Minor, Minor]:
    """Fee and the tax in it: F(n) = round_half_up(T * n * p / Q), by slots."""

    def fee_up_to(count: int) -> Minor:
        return round_half_up(line.gross * count * rate, line.units * BASIS_POINTS)

    def tax_up_to(count: int) -> Minor:
        return _share(line.tax, fee_up_to(count), line.gross)

    fee = sum(fee_up_to(slot) - fee_up_to(slot - 1) for slot in held.slots)
    tax = sum(tax_up_to(slot) - tax_up_to(slot - 1) for slot in held.slots)
    if fee > held.value:
        return held.value, _share(tax, held.value, fee)
    return fee, tax


def _original_shipping(
    order: Order,
    ledger: Ledger,
    working: Ledger,
    items: Sequence[PricedLine],
    quoted: Sequence[LineQuote],
) -> list[Component]:
    """Shipping the customer paid: each line's share by slots, or the whole rest with a full return."""
    charges = [charge for charge in order.charges if charge.kind is ChargeKind.SHIPPING]
    paid = sum(charge.gross for charge in charges)
    gone = sum(charge.refunded for charge in charges) + sum(
        hold.original_shipping for hold in ledger.holds
    )
    goods = [line for line in order.lines if line.returnable_kind]
    if paid - gone <= 0 or not goods:
        return []
    shares = _shipping_shares(paid, goods)
    amount = 0
    for item, line in zip(items, quoted, strict=True):
        if line.resolution.sends_out:
            continue  # the share goes over to what is sent out
        rule = item.policy.original_shipping
        if rule is OriginalShipping.ALWAYS or (
            rule is OriginalShipping.MERCHANT_FAULT and item.merchant_fault
        ):
            amount += slots_value(shares[line.line_id], item.line.units, line.slots)
    everything_back = all(
        working.gone(line) >= (line.delivered if line.origin is None else line.units)
        for line in goods
    )
    if everything_back and any(
        item.policy.original_shipping is OriginalShipping.FULL_RETURN for item in items
    ):
        amount = paid - gone
    amount = min(amount, paid - gone)
    if amount == 0:
        return []
    tax_gone = sum(_share(charge.tax, charge.refunded, charge.gross) for charge in charges) + sum(
        hold.original_shipping_tax for hold in ledger.holds
    )
    tax = _share(sum(charge.tax for charge in charges), gone + amount, paid) - tax_gone
    tax = max(0, min(tax, amount))
    return [Component(kind=ComponentKind.ORIGINAL_SHIPPING, amount=amount, tax=tax)]


def _shipping_shares(paid: Minor, goods: Sequence[OrderLine]) -> dict[str, Minor]:
    """What each line carried of the shipping (rule 5.1); what was sent out has the share of its origin's slots."""
    ordered = [line for line in goods if line.origin is None]
    units = {line.line_id: line.units for line in goods}
    shares = dict(
        zip(
            (line.line_id for line in ordered),
            spread(paid, [line.gross for line in ordered]),
            strict=True,
        )
    )
    for line in goods:
        if line.origin is not None:
            whole = units.get(line.origin.line_id, 0)
            slots = [slot for slot in line.origin.slots if slot <= whole]
            share = shares.get(line.origin.line_id, 0)
            shares[line.line_id] = slots_value(share, whole, slots)
    return shares


def _coupon(
    order: Order,
    ledger: Ledger,
    working: Ledger,
    policies: Sequence[Policy],
    subtotal: _Sum,
) -> list[Component]:
    """Discount lost on what is kept, once its minimum is missed; given back when that comes back too.

    60 + 60 with 20 off from 100: the first unit brings 40.00, the second 60.00 (rule 5.5).
    """
    taken_off = sum(hold.coupon for hold in ledger.holds)
    reprice = any(policy.coupon is CouponRule.REPRICE for policy in policies)
    if not reprice and taken_off == 0:
        return []
    wanted, wanted_tax = _discount_lost(order, working)
    amount = -wanted - taken_off
    if not reprice:
        amount = max(0, amount)
    amount = max(amount, -subtotal.amount)
    if amount == 0:
        return []
    tax_taken_off = sum(hold.coupon_tax for hold in ledger.holds)
    full = -wanted - taken_off
    tax = subtotal.tax_kept_inside(amount, _share(-wanted_tax - tax_taken_off, amount, full))
    return [Component(kind=ComponentKind.COUPON, amount=amount, tax=tax)]


def _discount_lost(order: Order, working: Ledger) -> tuple[Minor, Minor]:
    """Discount on the kept units whose minimum the kept units miss, and the tax in it."""
    shares = {
        (discount.discount_id, share.line_id): share.amount
        for discount in order.discounts
        for share in discount.shares
    }
    carried = {
        line.line_id: sum(shares.get((d.discount_id, line.line_id), 0) for d in order.discounts)
        for line in order.lines
    }
    taken = {line.line_id: working.taken(line) for line in order.lines}

    def kept(amount: Minor, line: OrderLine) -> Minor:
        # an RMA may hold slots that the line had before the order was changed
        gone = [slot for slot in taken[line.line_id] if slot <= line.units]
        return amount - slots_value(amount, line.units, gone)

    lost = lost_tax = 0
    for discount in order.discounts:
        net = discount.without_tax
        paid = {line.line_id: line.gross - (line.tax if net else 0) for line in order.lines}
        kept_value = sum(
            kept(paid[line.line_id] + carried[line.line_id], line) for line in order.lines
        )
        if discount.minimum is None or kept_value >= discount.minimum:
            continue
        for line in order.lines:
            part = kept(shares.get((discount.discount_id, line.line_id), 0), line)
            tax = _share(line.tax, part, paid[line.line_id])
            lost += part + (tax if net else 0)
            lost_tax += tax
    return lost, lost_tax


def _return_shipping(
    order: Order,
    request: ReturnRequest,
    items: Sequence[PricedLine],
    policies: Sequence[Policy],
    quoted: Sequence[LineQuote],
    subtotal: _Sum,
) -> list[Component]:
    """The flat fee for the way back: once per RMA, only where every line is the customer's to pay."""
    if request.waive_shipping_fee_reason.strip() or any(
        policy.refund_timing is RefundTiming.KEEP_ITEM for policy in policies
    ):
        return []
    if any(shipping_payer(item) is FeePayer.MERCHANT for item in items):
        return []
    fee = max((policy.fees.return_shipping.get(order.currency) or 0) for policy in policies)
    fee = min(fee, subtotal.amount)  # fees floor a refund at 0 and never create a debt
    if fee == 0:
        return []
    item_components = [
        c for line in quoted for c in line.components if c.kind is ComponentKind.ITEM
    ]
    value = sum(c.amount for c in item_components)
    tax = 0
    if any(policy.fees.taxed for policy in policies):
        share = _share(sum(c.tax for c in item_components), fee, value)
        tax = subtotal.tax_kept_inside(-fee, -share)
    return [Component(kind=ComponentKind.RETURN_SHIPPING, amount=-fee, tax=tax)]


def shipping_payer(item: PricedLine) -> FeePayer:
    """Who pays the way back: the policy's word for the nearest reason, else whoever is at fault."""
    by_reason = {row.reason: row.payer for row in item.policy.shipping_payer}
    for code in item.reason_codes:
        if code in by_reason:
            return by_reason[code]
    return FeePayer.MERCHANT if item.merchant_fault else FeePayer.CUSTOMER


def _cap(order: Order, ledger: Ledger, subtotal: _Sum) -> list[Component]:
    """Never more than was captured for the order and is not yet refunded or promised (rule 5.9)."""
    left = sum(t.refundable for t in order.tenders) - ledger.promised_total
    over = subtotal.amount - max(0, left)
    if over <= 0:
        return []
    tax = _share(subtotal.tax, over, subtotal.amount)
    return [Component(kind=ComponentKind.CAP, amount=-over, tax=-tax)]


def _entitled(quoted: Sequence[LineQuote], whole: Sequence[Component]) -> _Sum:
    """What the return brings so far, without goodwill."""
    components = [*(c for line in quoted for c in line.components), *whole]
    counted = [c for c in components if c.kind is not ComponentKind.GOODWILL]
    return _Sum(sum(c.amount for c in counted), sum(c.tax for c in counted))


def _share(whole: Minor, part: Minor, of: Minor) -> Minor:
    """`whole * part / of`, rounded half up; 0 where there is nothing to share."""
    if of == 0:
        return 0
    return round_half_up(whole * part, of) if of > 0 else round_half_up(-whole * part, -of)
