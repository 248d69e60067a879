"""Price what goes out for returned goods: a replacement for no money, an exchange for the price difference.

The value of what comes back, after fees, pays first (domain rules 4.7 and 5.12); goodwill pays for what is left, and
the customer owes the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from rma.money import MAX_AMOUNT, Minor, round_half_up, spread
from rma.order import MAX_UNITS, OrderLine, Price, Product
from rma.outbound import OutboundLine, OutboundQuote
from rma.policy import Policy
from rma.quote import Component, ComponentKind, LineQuote
from rma.request import LineRequest, Resolution


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """A line that comes back: what was asked for it, and what it is worth."""

    wanted: LineRequest
    line: OrderLine
    quoted: LineQuote
    merchant_fault: bool


def product_of(products: Iterable[Product], sku: str) -> Product | None:
    """The product with this SKU, or None; as typed, else whatever the case."""
    known = {product.sku: product for product in products}
    exact = known.get(sku.strip())
    folded = {key.casefold(): product for key, product in known.items()}
    return exact or folded.get(sku.strip().casefold())


def price_of(product: Product | None, currency: str) -> Price | None:
    """Today's price of one unit in `currency`, or None where the shop does not say."""
    if product is None or product.price is None or product.price.currency != currency:
        return None
    return product.price


def outbound_units(wanted: LineRequest) -> int:
    """How many go out: as many as come back, unless the request says otherwise."""
    return wanted.outbound_units or wanted.quantity


def outbound_lines(
    returned: Sequence[ReturnedLine], products: Sequence[Product], currency: str
) -> tuple[OutboundLine, ...]:
    """What goes out, before any goodwill; what has no price yet is left out."""
    lines = []
    for each in returned:
        if each.quoted.resolution is Resolution.REPLACEMENT:
            lines.append(_replacement(each))
        elif each.quoted.resolution is Resolution.EXCHANGE:
            line = _exchanged(each, products, currency)
            if line is not None:
                lines.append(line)
    return tuple(lines)


def used_up(line_id: str, worth: Sequence[Component]) -> Component:
    """What takes the money of a replaced line away again: its value goes over to the new unit."""
    return Component(
        kind=ComponentKind.CARRIED,
        amount=-sum(c.amount for c in worth),
        tax=-sum(c.tax for c in worth),
        line_id=line_id,
    )


def settle(
    lines: tuple[OutboundLine, ...],
    *,
    returned: Sequence[ReturnedLine],
    policies: Sequence[Policy],
    currency: str,
    credit: Minor,
    credit_tax: Minor,
    goodwill: Minor,
) -> tuple[OutboundQuote, tuple[Component, ...]]:
    """The outbound side of a quote, and the component that takes what it uses up off the refund."""
    swapped = [line for line in lines if not line.replacement]
    if not swapped:
        return OutboundQuote(lines=lines), ()
    shipping, shipping_tax = _shipping(swapped, returned, policies, currency)
    outbound = OutboundQuote(
        lines=lines,
        shipping=shipping,
        shipping_tax=shipping_tax,
        credit=credit,
        credit_tax=credit_tax,
    )
    discount = min(goodwill, max(0, outbound.difference))
    if discount > 0:
        parts = iter(spread(discount, [*(line.price for line in swapped), shipping]))
        lines = tuple(
            line if line.replacement else replace(line, discount=next(parts)) for line in lines
        )
        outbound = replace(outbound, lines=lines, shipping_discount=next(parts))
    used = outbound.carried + outbound.discount
    if used == 0:
        return outbound, ()
    tax = round_half_up(credit_tax * outbound.carried, credit) if credit > 0 else 0
    return outbound, (Component(kind=ComponentKind.CARRIED, amount=-used, tax=-tax),)


def _replacement(each: ReturnedLine) -> OutboundLine:
    line, quoted = each.line, each.quoted
    item = next(c for c in quoted.components if c.kind is ComponentKind.ITEM)
    return OutboundLine(
        line_id=line.line_id,
        slots=quoted.slots,
        replacement=True,
        sku=line.sku,
        name=line.name,
        category=line.category,
        units=quoted.quantity,
        price=item.amount,
        tax=item.tax,
    )


def _exchanged(
    each: ReturnedLine, products: Sequence[Product], currency: str
) -> OutboundLine | None:
    product = product_of(products, each.wanted.outbound_sku)
    price, units = price_of(product, currency), outbound_units(each.wanted)
    if product is None or price is None or not 1 <= units <= MAX_UNITS:
        return None
    if price.gross * units > MAX_AMOUNT:
        return None
    return OutboundLine(
        line_id=each.line.line_id,
        slots=each.quoted.slots,
        replacement=False,
        sku=product.sku,
        name=product.name,
        category=product.category,
        units=units,
        price=price.gross * units,
        tax=price.tax * units,
    )


def _shipping(
    lines: Sequence[OutboundLine],
    returned: Sequence[ReturnedLine],
    policies: Sequence[Policy],
    currency: str,
) -> tuple[Minor, Minor]:
    """The flat fee for the way out and the tax in it; nothing where a line is the merchant's fault."""
    if any(each.merchant_fault for each in returned):
        return 0, 0
    fee = max((policy.fees.outbound_shipping.get(currency) or 0) for policy in policies)
    price = sum(line.price for line in lines)
    if price == 0 or not any(policy.fees.taxed for policy in policies):
        return fee, 0
    return fee, round_half_up(sum(line.tax for line in lines) * fee, price)
