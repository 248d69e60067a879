"""A draft: a return as it is being typed, half-typed values and all.

Values are texts as they stand in the fields; `read_draft` makes a request of them and names what cannot be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from rma.money import BadAmount, Minor, parse_amount
from rma.request import (
    Channel,
    Condition,
    Contact,
    Evidence,
    Fact,
    LineRequest,
    Proof,
    Resolution,
    ReturnRequest,
    ReturnType,
)
from rma.typed_draft import DraftOrder, read_order
from rma.verdict import Missing
from rma.wording import _, words

E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One line of a draft, as typed."""

    line_id: str
    quantity: str = ""
    reason: str = ""
    condition: str = ""
    resolution: str = ""
    note: str = ""
    serials: str = ""
    """Separated by spaces or commas."""
    evidence: tuple[str, ...] = ()
    override_reason: str = ""
    waive_fee_reason: str = ""
    amount: str = ""
    amount_reason: str = ""
    outbound_sku: str = ""
    outbound_units: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Editing:
    """The RMA whose content a draft replaces, under the number that was told."""

    number: str
    edition: int
    """How often it had been edited when this began: somebody else's edit is never overwritten."""
    operation: str | None
    """The operation that told what is replaced, where this desk knows it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where the cursor stood when a draft was left."""

    field: str
    line_id: str
    copy: int
    """0 for the first row of that line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A return as it is being typed. Holds no quantity."""

    draft_id: str
    customer_id: str
    order_id: str
    started_at: datetime
    saved_at: datetime
    return_type: str = ""
    channel: str = ""
    email: str = ""
    phone: str = ""
    lines: tuple[DraftLine, ...] = ()
    proof: str = "order_record"
    verified: tuple[str, ...] = ()
    verification_skipped: str = ""
    photo_seen_before: bool = False
    waive_shipping_fee_reason: str = ""
    goodwill: str = ""
    goodwill_reason: str = ""
    destination_override: str = ""
    destination_reason: str = ""
    reference: str = ""
    first_key_at: datetime | None = None
    keys: int = 0
    refused_tries: int = 0
    call_id: str = ""
    """The call in which it was begun, or gone on with last."""
    called_at: datetime | None = None
    """When that call began."""
    cursor: Cursor | None = None
    editing: Editing | None = None
    """None for a new return."""
    by_hand: DraftOrder | None = None
    """The order as typed by hand; None for one that the desk knows."""
    needs_number: datetime | None = None
    """Since when it is finished, and lacks nothing but a number, because none was left."""

    @property
    def edited(self) -> str:
        """The number that it edits; empty for a new return."""
        return self.editing.number if self.editing is not None else ""


def read_draft(draft: Draft, currency: str) -> tuple[ReturnRequest, tuple[Missing, ...]]:
    """The request a draft stands for, and every field whose text cannot be read.

    What cannot be read counts as not entered; a quantity that cannot be read counts as 0.
    """
    wrong: list[Missing] = []

    def choice(kind: type[E], text: str, field: str, line_id: str | None = None) -> E | None:
        if not text.strip():
            return None
        try:
            return kind("_".join(text.lower().replace("-", " ").split()))
        except ValueError:
            choices = ", ".join(words(member) for member in kind)
            said = _("“{text}” is none of: {choices}.")
            said = said.format(text=text.strip()[:20], choices=choices)
            wrong.append(Missing(field, line_id, said))
            return None

    def money(text: str, field: str, line_id: str | None = None) -> Minor | None:
        if not text.strip():
            return None
        try:
            return parse_amount(text, currency)
        except BadAmount as error:
            wrong.append(Missing(field, line_id, f"{error}."))
            return None

    def quantity(text: str, line_id: str, field: str = "quantity") -> int:
        text = text.strip()
        if text and not (text.isascii() and text.isdigit() and len(text) <= 7):
            said = _("“{text}” is no quantity: enter a whole number from 1.")
            wrong.append(Missing(field, line_id, said.format(text=text[:20])))
            return 0
        return int(text or 0)

    lines = tuple(
        LineRequest(
            line_id=line.line_id,
            quantity=quantity(line.quantity, line.line_id),
            reason=line.reason.strip(),
            condition=choice(Condition, line.condition, "condition", line.line_id),
            resolution=choice(Resolution, line.resolution, "resolution", line.line_id),
            note=line.note.strip(),
            serials=tuple(line.serials.replace(",", " ").split()),
            evidence=tuple(
                e
                for text in line.evidence
                if (e := choice(Evidence, text, "evidence", line.line_id)) is not None
            ),
            override_reason=line.override_reason.strip(),
            waive_fee_reason=line.waive_fee_reason.strip(),
            amount=money(line.amount, "amount", line.line_id),
            amount_reason=line.amount_reason.strip(),
            outbound_sku=line.outbound_sku.strip(),
            outbound_units=quantity(line.outbound_units, line.line_id, "outbound_units"),
        )
        for line in draft.lines
    )
    typed = None
    if draft.by_hand is not None:
        typed, unreadable = read_order(draft.by_hand)
        wrong.extend(unreadable)
    request = ReturnRequest(
        order_id=draft.order_id,
        customer_id=draft.customer_id,
        return_type=choice(ReturnType, draft.return_type, "return_type"),
        channel=choice(Channel, draft.channel, "channel"),
        contact=Contact(email=draft.email.strip(), phone=draft.phone.strip()),
        lines=lines,
        proof=choice(Proof, draft.proof, "proof"),
        verified=tuple(
            f for text in draft.verified if (f := choice(Fact, text, "verified")) is not None
        ),
        verification_skipped=draft.verification_skipped.strip(),
        photo_seen_before=draft.photo_seen_before,
        waive_shipping_fee_reason=draft.waive_shipping_fee_reason.strip(),
        goodwill=money(draft.goodwill, "goodwill") or 0,
        goodwill_reason=draft.goodwill_reason.strip(),
        destination_override=choice(Resolution, draft.destination_override, "destination_override"),
        destination_reason=draft.destination_reason.strip(),
        reference=draft.reference.strip(),
        typed=typed,
    )
    return request, tuple(wrong)
