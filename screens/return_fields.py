"""The fields of the return panel, in the order of the screen."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a field is filled in."""

    TEXT = "text"
    CODE = "code"
    """First letters or a number of the F4 list; the meaning stands beside it."""
    TICKS = "ticks"
    """Any of a few facts, each with its digit."""
    QUANTITIES = "quantities"
    """The list of lines, with a quantity each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldSpec:
    """One field."""

    name: str
    """Name of the attribute of `DraftLine` or `Draft` that it fills."""
    label: str
    of_line: bool = False
    """Whether every line has its own."""
    kind: Kind = Kind.TEXT
    rare: bool = False
    """Whether it stands in section 7."""
    max_length: int = 500


def _line(name: str, label: str, **more: object) -> FieldSpec:
    return FieldSpec(name=name, label=label, of_line=True, **more)  # type: ignore[arg-type]


def _whole(name: str, label: str, **more: object) -> FieldSpec:
    return FieldSpec(name=name, label=label, **more)  # type: ignore[arg-type]


FIELDS: tuple[FieldSpec, ...] = (
    _line("quantity", "Quantity", kind=Kind.QUANTITIES, max_length=20),
    _line("serials", "  Serial", max_length=80),
    _line("reason", "2 Reason", kind=Kind.CODE, max_length=80),
    _line("note", "  Note", max_length=2000),
    _line("condition", "3 Condition", kind=Kind.CODE, max_length=40),
    _line("resolution", "4 Remedy", kind=Kind.CODE, max_length=40),
    _whole("return_type", "5 Type", kind=Kind.CODE, max_length=40),
    _whole("channel", "Channel", kind=Kind.CODE, max_length=40),
    _whole("email", "  E-mail", max_length=254),
    _whole("phone", "  Phone", max_length=40),
    _whole("verified", "  Caller", kind=Kind.TICKS),
    _whole("verification_skipped", "  or why not"),
    _line("evidence", "  Evidence", kind=Kind.TICKS, rare=True),
    _line("override_reason", "  Override", rare=True),
    _line("waive_fee_reason", "  Waive fee", rare=True),
    _line("amount", "  Amount", rare=True, max_length=20),
    _line("amount_reason", "because", rare=True),
    _whole("proof", "  Proof", kind=Kind.CODE, rare=True, max_length=40),
    _whole("waive_shipping_fee_reason", "  No postage", rare=True),
    _whole("goodwill", "  Goodwill", rare=True, max_length=20),
    _whole("goodwill_reason", "because", rare=True),
    _whole("destination_override", "  Money to", kind=Kind.CODE, rare=True, max_length=40),
    _whole("destination_reason", "because", rare=True),
    _whole("reference", "  Reference", rare=True, max_length=80),
    _whole("photo_seen_before", "  Photo", kind=Kind.TICKS, rare=True),
)

BY_NAME = {spec.name: spec for spec in FIELDS}

ORDER = {spec.name: position for position, spec in enumerate(FIELDS)}
"""Position of each field on the screen."""

QUANTITY = "quantity"

_FIELD_OF_MISSING = {
    "contact.email": "email",
    "contact.phone": "phone",
    "lines": QUANTITY,
    "line": QUANTITY,
    "order": QUANTITY,
    "customer": QUANTITY,
}


def field_of(missing: str) -> str:
    """The field that a `Missing.field` is about."""
    return _FIELD_OF_MISSING.get(missing, missing if missing in BY_NAME else QUANTITY)
