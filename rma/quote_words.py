"""What the parts of a quote are called, in the order of the arithmetic: the words of every screen and paper.

Amounts are minor units.
"""

from __future__ import annotations

from rma.harmless import harmless
from rma.ledger import TenderShare
from rma.money import Minor
from rma.order import Order, TenderKind
from rma.quote import ComponentKind, Quote
from rma.wording import _, mark, words

COMPONENT_WORDS = {
    ComponentKind.ITEM: mark("Goods"),
    ComponentKind.MANUAL: mark("Amount set by hand"),
    ComponentKind.RESTOCKING_FEE: mark("Restocking fee"),
    ComponentKind.COUPON: mark("Order discount"),
    ComponentKind.ORIGINAL_SHIPPING: mark("Shipping paid"),
    ComponentKind.RETURN_SHIPPING: mark("Return shipping"),
    ComponentKind.CAP: mark("No more was paid"),
    ComponentKind.CARRIED: mark("For what is sent"),
    ComponentKind.GOODWILL: mark("Goodwill"),
}
"""What each kind of component is called; said through `_`."""


def quote_sums(quote: Quote) -> list[tuple[str, Minor]]:
    """Everything a quote is made of, by label; together they are the total, or what is owed below 0.

    What is sent in an exchange stands with its price, instead of the value that it uses up.
    """
    counted = [
        component
        for component in quote.all_components
        if component.kind is not ComponentKind.CARRIED or component.line_id is not None
    ]
    sums: dict[str, Minor] = {}
    for component in counted:
        label = _(COMPONENT_WORDS[component.kind])
        sums[label] = sums.get(label, 0) + component.amount
    goods = _(COMPONENT_WORDS[ComponentKind.ITEM])
    rows = [(label, minor) for label, minor in sums.items() if minor or label == goods]
    return rows + outbound_sums(quote)


def outbound_sums(quote: Quote) -> list[tuple[str, Minor]]:
    """What is sent in an exchange, at its price."""
    outbound = quote.outbound
    if outbound is None:
        return []
    rows = [
        (f"{line.units} × {line.name or line.sku}", -line.price)
        for line in outbound.lines
        if not line.replacement
    ]
    return [*rows, (_("Sending it"), -outbound.shipping)] if outbound.shipping else rows


def payout_words(share: TenderShare, order: Order | None) -> str:
    """`card •••• 4242`, `new store credit`."""
    if share.tender_id is None:
        return _("new store credit")
    tenders = order.tenders if order is not None else ()
    label = next((t.label for t in tenders if t.tender_id == share.tender_id), "")
    kind = _("where it was paid") if share.kind is TenderKind.UNKNOWN else words(share.kind)
    return harmless(label if label.casefold().startswith(kind) else f"{kind} {label}".strip())
