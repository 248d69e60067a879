"""The money side of a return before it exists: components, their sum, and where the money goes.

All amounts are minor units of the order's currency and hold tax; net = amount - tax (domain section 5). A quote is
computed by `rma.pricing`, on the desk and on the server alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rma.calendar import end_of_days
from rma.ledger import HeldLine, Hold, TenderShare
from rma.money import ROUNDING, Minor
from rma.outbound import OutboundQuote
from rma.policy import Clause, FeePayer, PolicyRef, RefundTiming
from rma.request import Resolution
from rma.spelling import Spelled


class ComponentKind(Spelled):
    """One reason why money is part of a refund."""

    ITEM = "item"
    MANUAL = "manual"
    """An amount set by hand below the entitlement."""
    RESTOCKING_FEE = "restocking_fee"
    COUPON = "coupon"
    """Order discount lost on what is kept, or given back."""
    ORIGINAL_SHIPPING = "original_shipping"
    RETURN_SHIPPING = "return_shipping"
    CAP = "cap"
    """Taken off because no more was paid for the order, or is left of it."""
    CARRIED = "carried"
    """Used up by what is sent out: the value that pays for an exchange, or goes over to a replacement."""
    GOODWILL = "goodwill"
    """Beyond the entitlement; carries no tax."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One line of a quote's arithmetic; negative where it is taken off."""

    kind: ComponentKind
    amount: Minor
    tax: Minor = 0
    """Tax contained in `amount`."""
    line_id: str | None = None
    """The order line it belongs to; None for the return as a whole."""

    @property
    def net(self) -> Minor:
        """Amount without tax; never rounded on its own."""
        return self.amount - self.tax


@dataclass(frozen=True, slots=True, kw_only=True)
class LineQuote:
    """What one requested line is worth."""

    line_id: str
    quantity: int
    slots: tuple[int, ...]
    value: Minor
    """Worth of the slots before fees and manual amounts, within the line's cap."""
    fee: int | None
    """Restocking fee in basis points, where it was charged."""
    resolution: Resolution
    """How the customer is made whole after policy and override."""
    rest: Resolution = Resolution.REFUND
    """Where money goes that an exchange leaves over: a refund or store credit."""
    serials: tuple[str, ...] = ()
    components: tuple[Component, ...]

    @property
    def total(self) -> Minor:
        """Sum of the components."""
        return sum(component.amount for component in self.components)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What the policies say beside the money."""

    names: tuple[str, ...] = ()
    """Names of the policies, for people."""
    expires_at: datetime | None = None
    expires_after_days: int | None = None
    """Days that `expires_at` was counted from; an approval counts them again."""
    time_zone: str = "UTC"
    """Where these days end."""
    refund_timing: RefundTiming = RefundTiming.AFTER_INSPECTION
    authorized_link: bool = False
    resolutions: tuple[Resolution, ...] = ()
    """Offered for every line, in the policy's order."""
    carriers: tuple[str, ...] = ()
    packaging: tuple[str, ...] = ()
    survey: tuple[str, ...] = ()
    clauses: tuple[Clause, ...] = ()
    shop: str = ""
    return_address: tuple[str, ...] = ()
    """Where to send the goods, line by line."""
    shipping_payer: FeePayer | None = None
    """Who pays the way back; None where nothing has to come back."""

    def expiry(self, start: datetime) -> datetime | None:
        """When a return expires whose days count from `start`."""
        if self.expires_after_days is None:
            return None
        return end_of_days(start, self.expires_after_days, self.time_zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """The whole quote of one return."""

    currency: str
    lines: tuple[LineQuote, ...] = ()
    components: tuple[Component, ...] = ()
    """Of the return as a whole."""
    payouts: tuple[TenderShare, ...] = ()
    """Where the money goes; adds up to `total`."""
    estimate: bool = True
    """Whether money waits for an inspection: then it is told as an estimate."""
    policies: tuple[PolicyRef, ...] = ()
    terms: Terms = Terms()
    outbound: OutboundQuote | None = None
    """What is sent out; None where the customer gets money only."""
    rounding: str = ROUNDING

    @property
    def all_components(self) -> tuple[Component, ...]:
        """Every component, lines first."""
        return (*[c for line in self.lines for c in line.components], *self.components)

    @property
    def total(self) -> Minor:
        """What the customer gets; never negative."""
        return sum([component.amount for component in self.all_components])

    @property
    def worth(self) -> Minor:
        """What the customer gets in money and in carried value together."""
        return self.total - self.sum_of(ComponentKind.CARRIED)

    @property
    def owed(self) -> Minor:
        """What the customer has to pay before an exchange is sent."""
        return self.outbound.owed if self.outbound else 0

    @property
    def tax(self) -> Minor:
        """Tax contained in the total."""
        return sum(component.tax for component in self.all_components)

    def sum_of(self, kind: ComponentKind) -> Minor:
        """Sum of the components of one kind."""
        return sum([c.amount for c in self.all_components if c.kind is kind])

    def hold(self, rma_number: str) -> Hold:
        """What an RMA with this quote holds of its order."""
        coupons = [c for c in self.components if c.kind is ComponentKind.COUPON]
        shipping = [c for c in self.components if c.kind is ComponentKind.ORIGINAL_SHIPPING]
        return Hold(
            rma_number=rma_number,
            lines=tuple(
                HeldLine(
                    line_id=line.line_id,
                    slots=line.slots,
                    value=line.value,
                    serials=line.serials,
                    fee=line.fee,
                )
                for line in self.lines
            ),
            coupon=sum([c.amount for c in coupons]),
            coupon_tax=sum([c.tax for c in coupons]),
            original_shipping=sum([c.amount for c in shipping]),
            original_shipping_tax=sum([c.tax for c in shipping]),
            payouts=self.payouts,
            goodwill=self.sum_of(ComponentKind.GOODWILL)
            - (self.outbound.discount if self.outbound else 0),
        )
