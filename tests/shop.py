"""Builders of a small shop for tests: every one has sensible defaults, and takes any field by keyword.

Unless said otherwise everything happens on 20 November 2026, ten days after the delivery, in Berlin, in EUR.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from rma.assessment import Assessment, Case, assess
from rma.draft import Draft, DraftLine
from rma.ledger import Ledger
from rma.numbers import compose
from rma.order import (
    Charge,
    ChargeKind,
    Customer,
    DiscountShare,
    Order,
    OrderDiscount,
    OrderLine,
    Price,
    Product,
    Tender,
    TenderKind,
)
from rma.policy import (
    Amounts,
    CurrencyAmount,
    OriginalShipping,
    Policy,
    RefundTiming,
    RoleLimit,
    Window,
)
from rma.reasons import Reason, ReasonTree
from rma.record import RmaRecord, finalize
from rma.refused import RefusedReturn, record_refusal
from rma.request import (
    Actor,
    Channel,
    Condition,
    Contact,
    LineRequest,
    Resolution,
    ReturnRequest,
    ReturnType,
    Role,
)

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
PLACED = NOW - timedelta(days=13)
DELIVERED = NOW - timedelta(days=10)
DEVICE = "0190a1b2-0000-7000-8000-000000000001"

AGENT = Actor("Agent One", Role.AGENT)
SUPERVISOR = Actor("Supervisor One", Role.SUPERVISOR)
OTHER_SUPERVISOR = Actor("Supervisor Two", Role.SUPERVISOR)


def number(index: int = 0, block: int = 471203) -> str:
    """An RMA number with fitting check digits."""
    return compose(block, index)


def customer(**fields: Any) -> Customer:
    """Maria Müller of Berlin."""
    defaults: dict[str, Any] = {
        "customer_id": "C-1",
        "name": "Maria Müller",
        "email": "maria@example.com",
        "phone": "+493012345678",
        "postcode": "10115",
        "city": "Berlin",
        "country": "DE",
        "tier": "standard",
    }
    return Customer(**defaults | fields)


def line(line_id: str = "1", **fields: Any) -> OrderLine:
    """One delivered kettle for 119.00 with 19.00 of tax; `units` without `delivered` are all delivered."""
    defaults: dict[str, Any] = {
        "line_id": line_id,
        "position": int(line_id) if line_id.isdigit() else 1,
        "sku": f"SKU-{line_id}",
        "name": "Kettle",
        "units": 1,
        "delivered": fields.get("units", 1),
        "delivered_at": DELIVERED,
        "gross": 11900,
        "tax": 1900 if "gross" not in fields else 0,
        "category": "kitchen",
    }
    return OrderLine(**defaults | fields)


def order(*lines: OrderLine, **fields: Any) -> Order:
    """An order of these lines (else of one kettle), paid by one card as a whole, without shipping."""
    lines = lines or (line(),)
    paid = sum(each.gross for each in lines) + sum(c.gross for c in fields.get("charges", ()))
    defaults: dict[str, Any] = {
        "order_id": "O-1",
        "number": "100001",
        "customer_id": "C-1",
        "currency": "EUR",
        "placed_at": PLACED,
        "lines": lines,
        "tenders": (card(paid),),
        "source": "web",
        "country": "DE",
    }
    return Order(**defaults | fields)


def tender(kind: TenderKind, captured: int, tender_id: str = "", **fields: Any) -> Tender:
    """One payment; its id is its kind."""
    return Tender(tender_id=tender_id or kind.value, kind=kind, captured=captured, **fields)


def card(captured: int, **fields: Any) -> Tender:
    """A payment by card."""
    return tender(TenderKind.CARD, captured, label="•••• 4242", **fields)


def shipping(gross: int = 590, **fields: Any) -> Charge:
    """The shipping that the customer paid."""
    return Charge(charge_id="shipping", kind=ChargeKind.SHIPPING, gross=gross, **fields)


def discount(shares: Mapping[str, int], minimum: int | None = None, **fields: Any) -> OrderDiscount:
    """An order discount by the share of each line id."""
    defaults: dict[str, Any] = {
        "discount_id": "D-1",
        "amount": sum(shares.values()),
        "minimum": minimum,
        "shares": tuple(DiscountShare(line_id, amount) for line_id, amount in shares.items()),
    }
    return OrderDiscount(**defaults | fields)


def product(sku: str = "SKU-1", **fields: Any) -> Product:
    """The kettle as the shop sells it."""
    return Product(**{"sku": sku, "name": "Kettle", "category": "kitchen"} | fields)


def kettle(gross: int, tax: int = 0, sku: str = "NEW", currency: str = "EUR") -> Product:
    """Another kettle with its price of today."""
    return product(sku, name="New kettle", price=Price(currency=currency, gross=gross, tax=tax))


def amounts(**by_currency: int) -> Amounts:
    """`amounts(EUR=500)`."""
    return Amounts(tuple(CurrencyAmount(code, amount) for code, amount in by_currency.items()))


def policy(code: str = "general", version: int = 1, **fields: Any) -> Policy:
    """30 days from the delivery, sealed, opened or used, no fees, refund or store credit."""
    defaults: dict[str, Any] = {
        "code": code,
        "version": version,
        "name": code.capitalize(),
        "active": True,
        "valid_from": datetime(2020, 1, 1, tzinfo=UTC),
        "time_zone": "Europe/Berlin",
        "window": Window(days=30),
        "conditions": (Condition.SEALED, Condition.OPENED, Condition.USED),
        "resolutions": (Resolution.REFUND, Resolution.STORE_CREDIT),
        "original_shipping": OriginalShipping.NEVER,
        "limits": (
            RoleLimit(
                role=Role.AGENT,
                manual=amounts(EUR=20000, JPY=20000, BHD=200000),
                goodwill=amounts(EUR=1000, JPY=1000, BHD=10000),
            ),
        ),
    }
    return Policy(**defaults | fields)


def reasons(*more: Reason, version: int = 1) -> ReasonTree:
    """Two groups (quality, preference) with leaves of every sort, and `more`."""
    return ReasonTree(
        version,
        (
            Reason(code="quality", label="Quality", merchant_fault=True),
            Reason(code="broken", label="Broken", parent="quality", merchant_fault=True),
            Reason(code="wrong_item", label="Wrong item", parent="quality", merchant_fault=True),
            Reason(code="preference", label="Preference"),
            Reason(code="no_longer_wanted", label="No longer wanted", parent="preference"),
            Reason(code="wrong_size", label="Wrong size", parent="preference"),
            Reason(code="other", label="Other", parent="preference", note_required=True),
            *more,
        ),
    )


def wanted(line_id: str = "1", quantity: int = 1, **fields: Any) -> LineRequest:
    """One opened unit that is no longer wanted."""
    defaults: dict[str, Any] = {
        "line_id": line_id,
        "quantity": quantity,
        "reason": "no_longer_wanted",
        "condition": Condition.OPENED,
    }
    return LineRequest(**defaults | fields)


def swapped(line_id: str = "1", quantity: int = 1, **fields: Any) -> LineRequest:
    """One opened unit to be exchanged for a new kettle."""
    defaults: dict[str, Any] = {"resolution": Resolution.EXCHANGE, "outbound_sku": "NEW"}
    return wanted(line_id, quantity, **defaults | fields)


def replaced(line_id: str = "1", quantity: int = 1, **fields: Any) -> LineRequest:
    """One broken unit to be replaced."""
    defaults: dict[str, Any] = {"resolution": Resolution.REPLACEMENT, "reason": "broken"}
    return wanted(line_id, quantity, **defaults | fields)


def sending(**fields: Any) -> Policy:
    """A policy that offers everything, and sends at once."""
    defaults: dict[str, Any] = {
        "resolutions": tuple(Resolution),
        "refund_timing": RefundTiming.ADVANCE,
    }
    return policy(**defaults | fields)


def request(*lines: LineRequest, **fields: Any) -> ReturnRequest:
    """A return by phone of these lines (else of one unit of line 1) with a known contact."""
    defaults: dict[str, Any] = {
        "order_id": "O-1",
        "customer_id": "C-1",
        "return_type": ReturnType.RETURN,
        "channel": Channel.PHONE,
        "contact": Contact("maria@example.com", "+493012345678"),
        "lines": lines or (wanted(),),
    }
    return ReturnRequest(**defaults | fields)


def case(**fields: Any) -> Case:
    """What judges a return. `policy=` stands for `policies=(one,)`; the ledger follows the order."""
    if "policy" in fields:
        fields["policies"] = (fields.pop("policy"),)
    the_order = fields.get("order", order())
    defaults: dict[str, Any] = {
        "request": request(),
        "order": the_order,
        "customer": customer(),
        "ledger": Ledger(the_order) if the_order is not None else None,
        "policies": (policy(),),
        "reasons": reasons(),
        "at": NOW,
        "actor": AGENT,
    }
    return Case(**defaults | fields)


def judged(
    *lines: LineRequest, asking: Mapping[str, Any] | None = None, **fields: Any
) -> Assessment:
    """The assessment of a request of these lines; `asking` are fields of the request, `fields` of the case."""
    return assess(case(**{"request": request(*lines, **asking or {})} | fields))


def finalized(
    *lines: LineRequest,
    rma_number: str = "",
    asking: Mapping[str, Any] | None = None,
    **fields: Any,
) -> RmaRecord:
    """A finalized RMA for these lines."""
    the_case = case(**{"request": request(*lines, **asking or {})} | fields)
    return finalize(the_case, assess(the_case), number=rma_number or number(), device=DEVICE)


def ledger(the_order: Order, records: Sequence[RmaRecord] = ()) -> Ledger:
    """The ledger of an order after these RMAs."""
    holds = [record.hold for record in records]
    return Ledger(the_order, tuple(hold for hold in holds if hold is not None))


def draft(*lines: DraftLine, **fields: Any) -> Draft:
    """A complete draft of one unit of line 1."""
    defaults: dict[str, Any] = {
        "draft_id": "D-1",
        "customer_id": "C-1",
        "order_id": "O-1",
        "started_at": NOW,
        "saved_at": NOW,
        "return_type": "return",
        "channel": "phone",
        "email": "maria@example.com",
        "phone": "+493012345678",
        "lines": lines or (draft_line(),),
    }
    return Draft(**defaults | fields)


def draft_line(line_id: str = "1", quantity: str = "1", **fields: Any) -> DraftLine:
    """One opened unit, as typed."""
    defaults: dict[str, Any] = {
        "line_id": line_id,
        "quantity": quantity,
        "reason": "no_longer_wanted",
        "condition": "opened",
    }
    return DraftLine(**defaults | fields)


def refused(
    *lines: LineRequest,
    refusal_id: str = "D-1",
    told: str = "Too late, told them so.",
    device: str = DEVICE,
    **fields: Any,
) -> RefusedReturn:
    """A refused return of these lines, of an order that came a year ago."""
    old = order(line(delivered_at=NOW - timedelta(days=365)))
    the_case = case(**{"request": request(*lines), "order": old} | fields)
    return record_refusal(
        the_case, assess(the_case), refusal_id=refusal_id, device=device, told=told
    )
