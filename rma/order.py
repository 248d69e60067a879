"""The order snapshot: what was paid and delivered, copied at the time.

Everything about money and age of a return is judged from here, never from today's price, tax rate or promotion
(domain section 2). Amounts are minor units of the order's currency, instants are aware UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from rma.calendar import is_instant, require_instant
from rma.money import MAX_AMOUNT, Minor, exponent
from rma.spelling import Spelled

LONGEST_ID = 80
"""Characters of an id or number from outside."""

MAX_UNITS = 1_000_000
"""More units on one line are a typing error: refused at the border."""


class LineKind(Spelled):
    """What an order line sells; only goods can come back."""

    GOODS = "goods"
    SERVICE = "service"
    GIFT_CARD = "gift_card"
    FEE = "fee"


class TenderKind(Spelled):
    """How one part of an order was paid."""

    CARD = "card"
    PAYPAL = "paypal"
    BANK = "bank"
    CASH = "cash"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    UNKNOWN = "unknown"
    """The source does not say; reported at import, refunded to the same place."""


class ChargeKind(Spelled):
    """An order-level charge beside the goods."""

    SHIPPING = "shipping"
    FEE = "fee"


class WarrantyUnit(Spelled):
    """Unit of a warranty's length."""

    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


@dataclass(frozen=True, slots=True)
class Warranty:
    """How long the maker or shop answers for a fault."""

    number: int
    unit: WarrantyUnit

    def __post_init__(self) -> None:
        _between("warranty number", self.number, 0, 1200)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineOrigin:
    """Where a line comes from that was sent out for returned units (domain rule 4.7)."""

    rma_number: str
    line_id: str
    slots: tuple[int, ...]
    """Slots of the origin that it stands for."""
    replacement: bool
    """The same item for a fault; otherwise another one in exchange."""
    warranty_from: datetime | None = None
    """When the warranty began that a replacement runs on; None: with its own delivery."""

    def __post_init__(self) -> None:
        require_instant("warranty_from", self.warranty_from)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of an order, as it was paid and delivered."""

    line_id: str
    position: int
    sku: str
    name: str
    units: int
    """Paid units: ordered minus cancelled before shipment. The line has as many slots."""
    delivered: int
    """Units that arrived; only these can come back."""
    delivered_at: datetime | None = None
    gross: Minor
    """Paid for the whole line with tax, after the line discount and its share of order discounts."""
    tax: Minor = 0
    """Tax charged, contained in `gross`."""
    category: str = ""
    kind: LineKind = LineKind.GOODS
    final_sale: bool = False
    serials: tuple[str, ...] = ()
    lot: str = ""
    warranty: Warranty | None = None
    bundle_parent: str | None = None
    returned_before: int = 0
    """Units that came back before we knew the order; they hold the lowest slots."""
    refunded_before: Minor = 0
    """Money that went back for this line before we knew the order."""
    origin: LineOrigin | None = None
    """What it was sent out for; None for what the customer ordered."""

    def __post_init__(self) -> None:
        # Large orders are read often: one expression says that all is well, and only what is wrong pays for words.
        if not (
            1 <= len(self.line_id) <= LONGEST_ID
            and 1 <= len(self.sku) <= LONGEST_ID
            and 1 <= self.units <= MAX_UNITS
            and 0 <= self.returned_before <= self.delivered <= self.units
            and 0 <= self.tax <= self.gross <= MAX_AMOUNT
            and 0 <= self.refunded_before <= self.gross
            and (self.delivered_at is None or is_instant(self.delivered_at))
        ):
            self._refuse()

    def _refuse(self) -> None:
        _text("line_id", self.line_id, LONGEST_ID)
        _text("sku", self.sku, LONGEST_ID)
        _between("units", self.units, 1, MAX_UNITS)
        _between("delivered", self.delivered, 0, self.units)
        _between("gross", self.gross, 0, MAX_AMOUNT)
        _between("tax", self.tax, 0, self.gross)
        _between("returned_before", self.returned_before, 0, self.delivered)
        _between("refunded_before", self.refunded_before, 0, self.gross)
        require_instant("delivered_at", self.delivered_at)

    @property
    def returnable_kind(self) -> bool:
        """Whether this sort of line can come back at all."""
        return self.kind is LineKind.GOODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """Shipping or a fee of the whole order, with the tax it carried."""

    charge_id: str
    kind: ChargeKind
    gross: Minor
    """Paid with tax, after shipping discounts."""
    tax: Minor = 0
    refunded: Minor = 0

    def __post_init__(self) -> None:
        _between("gross", self.gross, 0, MAX_AMOUNT)
        _between("tax", self.tax, 0, self.gross)
        _between("refunded", self.refunded, 0, self.gross)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tender:
    """One payment of the order, in capture order."""

    tender_id: str
    kind: TenderKind
    captured: Minor
    refunded: Minor = 0
    change: Minor = 0
    """Cash handed back at the till: never refundable."""
    label: str = ""
    """What the agent may read out, such as the last four digits."""

    def __post_init__(self) -> None:
        _between("captured", self.captured, 0, MAX_AMOUNT)
        _between("change", self.change, 0, self.captured)
        _between("refunded", self.refunded, 0, self.captured - self.change)

    @property
    def refundable(self) -> Minor:
        """What can still go back this way, before pending refunds."""
        return self.captured - self.change - self.refunded


@dataclass(frozen=True, slots=True)
class DiscountShare:
    """The part of an order discount that one line carried."""

    line_id: str
    amount: Minor


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDiscount:
    """An order-level discount, already inside the lines' gross, with each line's share."""

    discount_id: str
    amount: Minor
    minimum: Minor | None = None
    """Goods value (before order discounts) the order had to reach; None where there was no condition."""
    shares: tuple[DiscountShare, ...] = ()
    without_tax: bool = False
    """Whether amount, minimum and shares are net, as a source gives them that adds tax on top."""

    def __post_init__(self) -> None:
        _between("amount", self.amount, 0, MAX_AMOUNT)
        if sum(share.amount for share in self.shares) != self.amount:
            raise ValueError(f"the shares of discount {self.discount_id} do not add up to it")


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """The snapshot of one order."""

    order_id: str
    number: str
    """What the customer reads out."""
    customer_id: str
    currency: str
    placed_at: datetime
    lines: tuple[OrderLine, ...]
    charges: tuple[Charge, ...] = ()
    tenders: tuple[Tender, ...] = ()
    discounts: tuple[OrderDiscount, ...] = ()
    source: str = ""
    country: str = ""
    assumed: tuple[str, ...] = ()
    """What the import had to assume because the source is silent, such as `tax=0`."""

    def __post_init__(self) -> None:
        _text("order_id", self.order_id, LONGEST_ID)
        _text("number", self.number, LONGEST_ID)
        exponent(self.currency)
        require_instant("placed_at", self.placed_at)
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise ValueError(f"order {self.number} has the same line id twice")
        if len({tender.tender_id for tender in self.tenders}) != len(self.tenders):
            raise ValueError(f"order {self.number} has the same tender id twice")

    def line(self, line_id: str) -> OrderLine | None:
        """The line with this id, or None."""
        for line in self.lines:
            if line.line_id == line_id:
                return line
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Whom the agent talks to."""

    customer_id: str
    name: str
    email: str = ""
    phone: str = ""
    """International form with `+` where known, else digits as the source gave them."""
    postcode: str = ""
    city: str = ""
    country: str = ""
    tier: str = ""
    risk_flags: tuple[str, ...] = ()
    """Flags the shop set, such as `address reused`; shown, and asked about by policies."""
    erased: bool = False
    """Whether the person asked to be erased: nothing else is known of them, and nothing is made for them."""

    def __post_init__(self) -> None:
        _text("customer_id", self.customer_id, LONGEST_ID)


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What one unit costs today."""

    currency: str
    gross: Minor
    """With tax."""
    tax: Minor = 0
    """Contained in `gross`."""

    def __post_init__(self) -> None:
        exponent(self.currency)
        _between("gross", self.gross, 0, MAX_AMOUNT)
        _between("tax", self.tax, 0, self.gross)


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """What the shop sells, beyond what the order line says."""

    sku: str
    name: str
    category: str = ""
    price: Price | None = None
    """Today's, for what goes out in an exchange; never for what comes back."""


def _between(name: str, value: int, low: int, high: int) -> None:
    if not low <= value <= high:
        raise ValueError(f"{name} is {value}: expected {low} to {high}")


def _text(name: str, value: str, longest: int) -> None:
    if not 1 <= len(value) <= longest:
        raise ValueError(f"{name} has {len(value)} characters: expected 1 to {longest}")
