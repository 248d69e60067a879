"""What is sent out for returned goods, and what becomes of it: a new order line linked to its origin (domain rule 4.7).

Amounts are minor units of the order's currency and hold tax. `rma.exchange` prices it, `rma.sending` moves it on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from rma.calendar import require_instant
from rma.money import Minor, require_bounded, round_half_up
from rma.order import (
    DiscountShare,
    LineOrigin,
    Order,
    OrderDiscount,
    OrderLine,
    Tender,
    TenderKind,
)
from rma.slots import slots_value


class OutboundState(StrEnum):
    """Where the goods are that are sent out."""

    PROMISED = "promised"
    """Waits for the goods that come back, for an approval, or for the price difference."""
    RELEASED = "released"
    """Logistics may pack it."""
    SHIPPED = "shipped"
    DELIVERED = "delivered"


class OutboundCommand(StrEnum):
    """What can be done about them."""

    PAY = "pay"
    RELEASE = "release"
    SHIP = "ship"
    DELIVER = "deliver"
    RECALL = "recall"
    """The RMA ended before the goods left; what was paid for them is to be given back."""


_S, _C = OutboundState, OutboundCommand
OUTBOUND_TABLE: dict[tuple[OutboundState, OutboundCommand], OutboundState] = {
    (_S.PROMISED, _C.PAY): _S.PROMISED,
    (_S.PROMISED, _C.RELEASE): _S.RELEASED,
    (_S.PROMISED, _C.RECALL): _S.PROMISED,
    (_S.RELEASED, _C.SHIP): _S.SHIPPED,
    (_S.RELEASED, _C.RECALL): _S.PROMISED,
    (_S.SHIPPED, _C.DELIVER): _S.DELIVERED,
}
"""What a command makes of a state; what is not here does not happen."""

ON_THE_WAY = frozenset({_S.SHIPPED, _S.DELIVERED})
"""States in which the goods have left: the return can no longer be undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundLine:
    """One item that goes out for units of one order line."""

    line_id: str
    """The origin: the order line whose units come back."""
    slots: tuple[int, ...]
    """Slots of the origin that it stands for."""
    replacement: bool
    sku: str
    name: str
    category: str = ""
    units: int
    price: Minor
    """Of all units with tax: today's, or what was paid for the units that a replacement stands for."""
    tax: Minor = 0
    """Contained in `price`."""
    discount: Minor = 0
    """Goodwill that pays for a part of `price`: nobody paid it, so it never comes back as money."""

    @property
    def gross(self) -> Minor:
        """What counts as paid for it."""
        return self.price - self.discount

    @property
    def gross_tax(self) -> Minor:
        """Tax contained in `gross`."""
        return round_half_up(self.tax * self.gross, self.price) if self.price else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundQuote:
    """The money of what goes out: difference = total - credit (domain rule 5.12)."""

    lines: tuple[OutboundLine, ...]
    shipping: Minor = 0
    """For sending it, with tax."""
    shipping_tax: Minor = 0
    shipping_discount: Minor = 0
    """Goodwill that pays for a part of `shipping`."""
    credit: Minor = 0
    """Value of what comes back after fees, where it may pay for an exchange."""
    credit_tax: Minor = 0

    @property
    def total(self) -> Minor:
        """What the items of the exchange cost today, with shipping; a replacement costs nothing."""
        return sum(line.price for line in self.lines if not line.replacement) + self.shipping

    @property
    def tax(self) -> Minor:
        """Tax contained in `total`."""
        return sum(line.tax for line in self.lines if not line.replacement) + self.shipping_tax

    @property
    def carried(self) -> Minor:
        """Value carried over: it pays first, and is used up on the origin."""
        return min(self.credit, self.total)

    @property
    def difference(self) -> Minor:
        """Above 0 the customer owes it, below 0 it goes back."""
        return self.total - self.credit

    @property
    def difference_tax(self) -> Minor:
        """Tax of what goes out without the tax of what comes back; each was rounded at its own step."""
        return self.tax - self.credit_tax

    @property
    def discount(self) -> Minor:
        """Goodwill that pays for a part of the difference."""
        return sum(line.discount for line in self.lines) + self.shipping_discount

    @property
    def owed(self) -> Minor:
        """What the customer has to pay before it is sent; never charged automatically."""
        return max(0, self.difference - self.discount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """The price difference, as the customer paid it."""

    kind: TenderKind
    amount: Minor
    label: str = ""
    """What the agent may read out, such as the last four digits."""

    def __post_init__(self) -> None:
        require_bounded("amount", self.amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundEntry:
    """One thing that happened to what is sent out."""

    at: datetime
    actor: str
    device: str
    command: OutboundCommand
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundOrder:
    """What became of the goods that an RMA sends out; all of its lines go together."""

    state: OutboundState = OutboundState.PROMISED
    payment: Payment | None = None
    delivered_at: datetime | None = None
    history: tuple[OutboundEntry, ...] = ()

    def __post_init__(self) -> None:
        require_instant("delivered_at", self.delivered_at)


def sent_line_id(rma_number: str, index: int) -> str:
    """Id of the order line that the `index`-th (from 0) outbound line of an RMA becomes."""
    return f"{rma_number}-{index + 1}"


def with_outbound(
    order: Order, outbound: OutboundQuote, rma_number: str, sent: OutboundOrder
) -> Order:
    """The order with the lines that an RMA sends out, and with what was paid for them.

    A line has units to return from its delivery on. A replacement takes the discount of its slots along.
    """
    for index, out in enumerate(outbound.lines):
        origin = order.line(out.line_id)
        if origin is None:  # the source took the line away since
            continue
        line = _order_line(order, origin, out, sent_line_id(rma_number, index), rma_number, sent)
        discounts = order.discounts
        if out.replacement:
            discounts = tuple(_shared(each, origin, line, out.slots) for each in discounts)
        order = replace(order, lines=(*order.lines, line), discounts=discounts)
    if sent.payment is not None and sent.payment.amount:
        paid = Tender(
            tender_id=f"{rma_number}-paid",
            kind=sent.payment.kind,
            captured=sent.payment.amount,
            label=sent.payment.label,
        )
        order = replace(order, tenders=(*order.tenders, paid))
    return order


def _order_line(
    order: Order,
    origin: OrderLine,
    out: OutboundLine,
    line_id: str,
    rma_number: str,
    sent: OutboundOrder,
) -> OrderLine:
    began = origin.origin.warranty_from if origin.origin is not None else None
    return OrderLine(
        line_id=line_id,
        position=max(line.position for line in order.lines) + 1,
        sku=out.sku,
        name=out.name,
        category=out.category,
        units=out.units,
        delivered=out.units if sent.delivered_at is not None else 0,
        delivered_at=sent.delivered_at,
        gross=out.gross,
        tax=out.gross_tax,
        final_sale=origin.final_sale and out.replacement,
        warranty=origin.warranty if out.replacement else None,
        bundle_parent=origin.bundle_parent if out.replacement else None,
        origin=LineOrigin(
            rma_number=rma_number,
            line_id=origin.line_id,
            slots=out.slots,
            replacement=out.replacement,
            warranty_from=(began or origin.delivered_at or order.placed_at)
            if out.replacement
            else None,
        ),
    )


def _shared(
    discount: OrderDiscount, origin: OrderLine, line: OrderLine, slots: tuple[int, ...]
) -> OrderDiscount:
    """The discount with the part that the slots of the origin carried, on the line that stands for them."""
    carried = sum(share.amount for share in discount.shares if share.line_id == origin.line_id)
    # an RMA may hold slots that the line had before the order was changed
    part = slots_value(carried, origin.units, [slot for slot in slots if slot <= origin.units])
    return replace(
        discount,
        amount=discount.amount + part,
        shares=(*discount.shares, DiscountShare(line.line_id, part)),
    )
