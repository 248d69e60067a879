"""What belongs to a return as a whole: original shipping, coupons, the fee for the way back, the order's cap."""

from __future__ import annotations

from collections.abc import Sequence

from rma.ledger import Ledger
from rma.line_pricing import PricedLine
from rma.money import Minor, proportion, spread
from rma.order import ChargeKind, Order, OrderLine
from rma.policy import CouponRule, FeePayer, OriginalShipping, Policy, RefundTiming
from rma.quote import Component, ComponentKind, LineQuote
from rma.request import ReturnRequest
from rma.slots import slots_value
from rma.subtotal import Subtotal


def original_shipping(
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
    sharing = [
        (item, line)
        for item, line in zip(items, quoted, strict=True)
        if _brings_its_share(item) and not line.resolution.sends_out  # then the share goes there
    ]
    amount = 0
    if sharing:
        shares = _shipping_shares(paid, goods)
        for item, line in sharing:
            amount += slots_value(shares[line.line_id], item.line.units, line.slots)
    if any(item.policy.original_shipping is OriginalShipping.FULL_RETURN for item in items):
        everything_back = all(
            working.gone(line) >= (line.delivered if line.origin is None else line.units)
            for line in goods
        )
        amount = paid - gone if everything_back else amount
    amount = min(amount, paid - gone)
    if amount == 0:
        return []
    tax_gone = sum(
        proportion(charge.tax, charge.refunded, charge.gross) for charge in charges
    ) + sum(hold.original_shipping_tax for hold in ledger.holds)
    tax = proportion(sum(charge.tax for charge in charges), gone + amount, paid) - tax_gone
    tax = max(0, min(tax, amount))
    return [Component(kind=ComponentKind.ORIGINAL_SHIPPING, amount=amount, tax=tax)]


def _brings_its_share(item: PricedLine) -> bool:
    rule = item.policy.original_shipping
    return rule is OriginalShipping.ALWAYS or (
        rule is OriginalShipping.MERCHANT_FAULT and item.merchant_fault
    )


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


def coupon(
    order: Order,
    ledger: Ledger,
    working: Ledger,
    policies: Sequence[Policy],
    subtotal: Subtotal,
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
    full = -wanted - taken_off
    owed_tax = -wanted_tax - sum(hold.coupon_tax for hold in ledger.holds)
    tax = owed_tax if amount == full else proportion(owed_tax, amount, full)
    tax = subtotal.tax_kept_inside(amount, tax)
    # A cancel may leave a cent of tax where no money is left: it goes with the last of the discount.
    if amount == 0 and (wanted != 0 or tax == 0):
        return []
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
            tax = proportion(line.tax, part, paid[line.line_id])
            lost += part + (tax if net else 0)
            lost_tax += tax
    return lost, lost_tax


def return_shipping(
    order: Order,
    request: ReturnRequest,
    payers: Sequence[FeePayer],
    policies: Sequence[Policy],
    quoted: Sequence[LineQuote],
    subtotal: Subtotal,
) -> list[Component]:
    """The flat fee for the way back: once per RMA, only where every line is the customer's to pay."""
    if request.waive_shipping_fee_reason.strip() or any(
        policy.refund_timing is RefundTiming.KEEP_ITEM for policy in policies
    ):
        return []
    if FeePayer.MERCHANT in payers:
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
        share = proportion(sum(c.tax for c in item_components), fee, value)
        tax = subtotal.tax_kept_inside(-fee, -share)
    return [Component(kind=ComponentKind.RETURN_SHIPPING, amount=-fee, tax=tax)]


def cap(order: Order, ledger: Ledger, subtotal: Subtotal) -> list[Component]:
    """Never more than was captured for the order and is not yet refunded or promised (rule 5.9)."""
    left = sum(t.refundable for t in order.tenders) - ledger.promised_total
    over = subtotal.amount - max(0, left)
    if over <= 0:
        return []
    tax = proportion(subtotal.tax, over, subtotal.amount)
    return [Component(kind=ComponentKind.CAP, amount=-over, tax=-tax)]
