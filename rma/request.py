"""What the caller wants: the request that a policy judges and a quote prices."""

from __future__ import annotations

from dataclasses import dataclass

from rma.money import Minor, require_bounded
from rma.spelling import Spelled
from rma.typed_order import TypedOrder, typed_order_id


class ReturnType(Spelled):
    """What the agent picks first."""

    RETURN = "return"
    EXCHANGE = "exchange"
    """Another item instead: every line without a wish of its own is exchanged."""
    DEFECT = "defect"
    """Faulty goods: the merchant's fault, whatever the reason."""
    GOODWILL = "goodwill"
    """Outside the rules, by courtesy: broken rules ask for approval instead of refusing."""


class Channel(Spelled):
    """How the customer reached us."""

    PHONE = "phone"
    EMAIL = "email"
    CHAT = "chat"
    IN_PERSON = "in_person"
    PORTAL = "portal"


class Condition(Spelled):
    """What the caller says the goods look like."""

    SEALED = "sealed"
    OPENED = "opened"
    USED = "used"
    INCOMPLETE = "incomplete"
    DAMAGED = "damaged"


class Resolution(Spelled):
    """How the customer is made whole."""

    REFUND = "refund"
    STORE_CREDIT = "store_credit"
    EXCHANGE = "exchange"
    """Another item; the price difference is owed or refunded."""
    REPLACEMENT = "replacement"
    """The same item for a fault, no money."""

    @property
    def sends_out(self) -> bool:
        """Whether the customer gets goods instead of money."""
        return self in (Resolution.EXCHANGE, Resolution.REPLACEMENT)


class Proof(Spelled):
    """What shows that it was bought here."""

    ORDER_RECORD = "order_record"
    """The order stands in our own books."""
    RECEIPT = "receipt"
    SERIAL = "serial"


class Evidence(Spelled):
    """What documents a reason."""

    PHOTO = "photo"
    SERIAL = "serial"
    DESCRIPTION = "description"
    """At least twenty characters of note."""


class Fact(Spelled):
    """Something the caller said that matches our books: caller verification."""

    NAME = "name"
    EMAIL = "email"
    PHONE = "phone"
    POSTCODE = "postcode"
    ORDER_NUMBER = "order_number"


class Role(Spelled):
    """What a person may do; checked on the server for every operation."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"
    WAREHOUSE = "warehouse"
    ADMIN = "admin"

    @property
    def approves(self) -> bool:
        """Whether this role may approve and decline."""
        return self in (Role.SUPERVISOR, Role.ADMIN)

    @property
    def makes_returns(self) -> bool:
        """Whether this role may make and cancel returns."""
        return self is not Role.WAREHOUSE


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: the person's name and role."""

    name: str
    role: Role


@dataclass(frozen=True, slots=True)
class Contact:
    """Where the customer can be reached about this return."""

    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineRequest:
    """One order line that shall come back."""

    line_id: str
    quantity: int
    reason: str
    condition: Condition | None = None
    resolution: Resolution | None = None
    """The customer's wish; None: the reason's default where it is offered, else what is offered first."""
    note: str = ""
    serials: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    override_reason: str = ""
    """Why the agent sets a refusing rule aside; works only on rules the policy marks overridable."""
    waive_fee_reason: str = ""
    """Why the restocking fee is not charged."""
    amount: Minor | None = None
    """Amount set by hand for the whole line; 0 is a decision, None is `not set`."""
    amount_reason: str = ""
    outbound_sku: str = ""
    """What goes out in an exchange."""
    outbound_units: int = 0
    """How many of it; 0: as many as come back."""

    def __post_init__(self) -> None:
        require_bounded("quantity", self.quantity)
        require_bounded("outbound units", self.outbound_units)
        require_bounded("amount", self.amount or 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRequest:
    """All that the agent entered for one return of one order."""

    order_id: str
    customer_id: str
    return_type: ReturnType | None = None
    channel: Channel | None = None
    contact: Contact = Contact()
    lines: tuple[LineRequest, ...] = ()
    proof: Proof | None = Proof.ORDER_RECORD
    verified: tuple[Fact, ...] = ()
    verification_skipped: str = ""
    """Why the caller was not verified; empty where the facts were asked."""
    photo_seen_before: bool = False
    """A photo of this return was used for an older one: a risk flag."""
    waive_shipping_fee_reason: str = ""
    """Why the return shipping fee is not charged."""
    goodwill: Minor = 0
    """Money beyond the entitlement, for the whole return."""
    goodwill_reason: str = ""
    destination_override: Resolution | None = None
    """A supervisor's decision where the money goes."""
    destination_reason: str = ""
    reference: str = ""
    """The case number of another system."""
    typed: TypedOrder | None = None
    """The order as it was typed by hand; stays when the real order is found."""

    def __post_init__(self) -> None:
        require_bounded("goodwill", self.goodwill)

    @property
    def waits_for_order(self) -> bool:
        """Whether its order was typed by hand and has not been found yet."""
        return self.typed is not None and self.order_id == typed_order_id(self.typed.number)
