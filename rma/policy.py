"""The return policy: a versioned, immutable set of rules (domain section 6).

Amounts are minor units by currency, times are days or aware UTC instants, percents are basis points (15 % = 1500).
The TOML that people write is read by `sync.protocol.policies`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from rma.money import Minor
from rma.request import Channel, Condition, Evidence, Fact, Proof, Resolution, Role
from rma.spelling import Spelled


class Rule(Spelled):
    """Every rule that can say something about a return."""

    POLICY = "policy"
    AGENT_RETURN = "agent_return"
    ITEM_KIND = "item_kind"
    BUNDLE = "bundle"
    DELIVERY = "delivery"
    QUANTITY = "quantity"
    SERIAL = "serial"
    WINDOW = "window"
    FINAL_SALE = "final_sale"
    CONDITION = "condition"
    PROOF = "proof"
    EVIDENCE = "evidence"
    REASON = "reason"
    RESOLUTION = "resolution"
    OUTBOUND = "outbound"
    AMOUNT = "amount"
    MANUAL_AMOUNT = "manual_amount"
    GOODWILL = "goodwill"
    FEE_WAIVED = "fee_waived"
    RISK = "risk"
    VERIFICATION = "verification"
    AUTHORIZATION = "authorization"
    DESTINATION = "destination"
    CLOCK = "clock"
    ORDER_NOT_FOUND = "order_not_found"


OVERRIDABLE = (
    Rule.FINAL_SALE,
    Rule.CONDITION,
    Rule.PROOF,
    Rule.EVIDENCE,
    Rule.RESOLUTION,
)
"""Rules a policy may let an agent override; the window has its own switch, the rest are facts or guards."""


class WindowStart(Spelled):
    """What starts the return window."""

    DELIVERED = "delivered"
    """The delivery date; the placed date where no delivery is known."""
    PLACED = "placed"


class FinalSale(Spelled):
    """What a final-sale flag means."""

    REFUSE = "refuse"
    APPROVAL = "approval"
    ALLOW = "allow"


class FeePayer(Spelled):
    """Who pays return shipping."""

    MERCHANT = "merchant"
    CUSTOMER = "customer"


class OriginalShipping(Spelled):
    """When the shipping the customer paid goes back (domain rule 5.7)."""

    NEVER = "never"
    FULL_RETURN = "full_return"
    MERCHANT_FAULT = "merchant_fault"
    ALWAYS = "always"


class CouponRule(Spelled):
    """What happens to an order discount whose minimum is no longer met (domain rule 5.5)."""

    KEEP = "keep"
    REPRICE = "reprice"


class AuthorizationMode(Spelled):
    """Who decides about an eligible return."""

    AUTOMATIC = "automatic"
    """Eligible is authorized, whatever the thresholds say."""
    INTELLIGENT = "intelligent"
    """Eligible is authorized unless a threshold or a risk asks for a person."""
    MANUAL = "manual"
    """A person approves every return."""


class RefundTiming(Spelled):
    """When money is due (domain rule 5.8)."""

    AFTER_INSPECTION = "after_inspection"
    ON_RECEIPT = "on_receipt"
    ADVANCE = "advance"
    KEEP_ITEM = "keep_item"


class ContactDuty(Spelled):
    """Which contact an agent must record."""

    NONE = "none"
    ANY = "any"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class CurrencyAmount:
    """One currency's entry of an amount by currency."""

    currency: str
    amount: Minor


@dataclass(frozen=True, slots=True)
class Amounts:
    """An amount for each currency a policy knows."""

    entries: tuple[CurrencyAmount, ...] = ()

    def get(self, currency: str) -> Minor | None:
        """Minor units in `currency`, or None where the policy does not say."""
        for entry in self.entries:
            if entry.currency == currency:
                return entry.amount
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a policy holds; an empty field holds everywhere."""

    channels: tuple[Channel, ...] = ()
    tiers: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    countries: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """How long goods may come back. Day N counts to its end in the policy's time zone."""

    days: int | None
    """None: no limit."""
    starts: WindowStart = WindowStart.DELIVERED


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonEvidence:
    """Evidence that a reason asks for; the reason may be an inner node, then it holds for all below."""

    reason: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonPayer:
    """Who pays return shipping for a reason (and everything below it)."""

    reason: str
    payer: FeePayer


@dataclass(frozen=True, slots=True, kw_only=True)
class Fees:
    """What is taken off a refund; nothing of it where the merchant is at fault."""

    restocking: int = 0
    """Basis points of the tax-inclusive value."""
    restocking_conditions: tuple[Condition, ...] = ()
    """Conditions that are charged; empty: all."""
    return_shipping: Amounts = Amounts()
    """Flat, once per RMA, where the customer pays return shipping."""
    outbound_shipping: Amounts = Amounts()
    """Flat, once per RMA, for sending the items of an exchange; nothing where a line is the merchant's fault."""
    taxed: bool = True
    """Whether fees hold tax in the line's proportion."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ManyReturns:
    """How many returns within how many days are a risk flag."""

    count: int
    days: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """What asks for a supervisor."""

    amount: Amounts | None = None
    """Refund totals above this need approval; None: no threshold."""
    risk: bool = True
    """Whether a risk flag asks for approval; otherwise it is only shown."""
    outside_window: bool = True
    """Whether an agent may take goods back outside the window with a reason; otherwise it is refused."""
    many_returns: ManyReturns | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLimit:
    """What one role may decide alone; above it asks for approval."""

    role: Role
    manual: Amounts
    """Largest amount set by hand for a line."""
    goodwill: Amounts
    """Largest goodwill of one return."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WarrantyRow:
    """Months of warranty for a category where the order line has none of its own."""

    category: str
    months: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A paragraph that can be cited to the caller."""

    clause_id: str
    text: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PolicyRef:
    """The policy version that judged."""

    code: str
    version: int

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """One immutable version of a return policy."""

    code: str
    version: int
    name: str
    active: bool
    valid_from: datetime
    valid_to: datetime | None = None
    time_zone: str
    """IANA name of the shop's time zone: ends of days and months are counted there."""
    scope: Scope = Scope()
    agent_return: bool = True
    """Whether an agent may make the return."""
    authorized_link: bool = False
    """Whether the customer may be sent a link to finish it alone."""
    window: Window
    conditions: tuple[Condition, ...]
    """Accepted conditions; where the merchant is at fault every condition is accepted."""
    proof: tuple[Proof, ...] = ()
    """Accepted proofs of purchase; empty: none is asked."""
    evidence: tuple[ReasonEvidence, ...] = ()
    final_sale: FinalSale = FinalSale.REFUSE
    fees: Fees = Fees()
    shipping_payer: tuple[ReasonPayer, ...] = ()
    """Who pays return shipping by reason; a reason that is not listed: the customer, or the merchant at fault."""
    original_shipping: OriginalShipping = OriginalShipping.NEVER
    coupon: CouponRule = CouponRule.KEEP
    resolutions: tuple[Resolution, ...]
    """Resolutions offered, in this order."""
    approval: Approval = Approval()
    overridable: tuple[Rule, ...] = ()
    limits: tuple[RoleLimit, ...] = ()
    """Roles that are not listed may set no amount alone."""
    store_credit_after_days: int | None = None
    """Refunds of orders older than this become store credit; None: never."""
    warranty: tuple[WarrantyRow, ...] = ()
    verification: int = 0
    """How many facts a caller has to give."""
    verification_facts: tuple[Fact, ...] = tuple(Fact)
    contact: ContactDuty = ContactDuty.NONE
    authorization: AuthorizationMode = AuthorizationMode.INTELLIGENT
    refund_timing: RefundTiming = RefundTiming.AFTER_INSPECTION
    expires_after_days: int | None = None
    """Days until an unused RMA expires; None: never."""
    offline_hours: int | None = None
    """How old a claimed finalize time may be when it reaches the server; None: no limit."""
    carriers: tuple[str, ...] = ()
    packaging: tuple[str, ...] = ()
    """Packaging instructions, one sentence each."""
    survey: tuple[str, ...] = ()
    """Questions the agent may ask at the end."""
    clauses: tuple[Clause, ...] = ()
    shop: str = ""
    """Name of the shop on what the customer gets in writing."""
    return_address: tuple[str, ...] = ()
    """Where goods are sent back to, line by line."""

    @property
    def ref(self) -> PolicyRef:
        """Code and version."""
        return _ref_of(self.code, self.version)


_ref_of = lru_cache(maxsize=1024)(PolicyRef)
"""Asked for a dozen times in every return."""
