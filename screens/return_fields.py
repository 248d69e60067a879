"""The fields of the return panel in their sections, in the order of the screen."""

from __future__ import annotations

from dataclasses import dataclass

from rma.wording import mark
from screens.forms.spec import Advance, FieldSpec, Kind, Section

QUANTITY = "quantity"
OUTBOUND = "outbound_sku"
"""What goes out in an exchange."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnField(FieldSpec):
    """A field of a return."""

    of_line: bool = False
    """Whether every line has its own."""
    rare: bool = False
    """Whether it stands in section 7, which is opened when it is needed."""


def _code(name: str, label: str, width: int, **more: object) -> ReturnField:
    """A field with a list: its number goes on by itself, and the value comes back with Ctrl+R."""
    return ReturnField(
        name=name,
        label=label,
        kind=Kind.CODE,
        advance=Advance.FULL,
        width=width,
        max_length=80,
        repeats=True,
        **more,  # type: ignore[arg-type]
    )


def _money(name: str, label: str, *, of_line: bool = False) -> ReturnField:
    return ReturnField(
        name=name,
        label=label,
        kind=Kind.MONEY,
        width=12,
        max_length=20,
        rare=True,
        of_line=of_line,
    )


def _because(name: str, *, of_line: bool = False) -> ReturnField:
    return ReturnField(
        name=name,
        label=mark("because"),
        label_width=9,
        beside=True,
        takes=mark("A few words for the record."),
        rare=True,
        of_line=of_line,
    )


LINES = Section(
    name="lines",
    fields=(
        ReturnField(
            name=QUANTITY,
            label=mark("Quantity"),
            kind=Kind.OWN,
            of_line=True,
            takes=mark(
                "How many units come back: a whole number from 1. Up and down choose the line."
            ),
        ),
        ReturnField(
            name="serials",
            label=mark("  Serial"),
            width=24,
            max_length=80,
            takes=mark("The serial number on the unit; it is compared with those of the order."),
            of_line=True,
        ),
    ),
)
WHY = Section(
    name="why",
    fields=(
        _code(
            "reason",
            mark("2 Reason"),
            20,
            of_line=True,
            mandatory=mark("Choose why it comes back."),
        ),
        ReturnField(
            name="note",
            label=mark("  Note"),
            of_line=True,
            max_length=2000,
            takes=mark("What the caller says about it."),
        ),
    ),
)
WHAT = Section(
    name="what",
    fields=(
        _code(
            "condition",
            mark("3 Condition"),
            12,
            of_line=True,
            mandatory=mark("Ask what condition it is in."),
        ),
        _code("resolution", mark("4 Remedy"), 13, of_line=True, beside=True),
        ReturnField(
            name=OUTBOUND,
            label=mark("  Instead"),
            of_line=True,
            width=24,
            max_length=80,
            takes=mark("The SKU of what the caller gets; F4 finds it by the start of SKU or name."),
        ),
    ),
)
CALLER = Section(
    name="caller",
    fields=(
        _code("return_type", mark("5 Type"), 12),
        _code("channel", mark("Channel"), 13, beside=True),
        ReturnField(
            name="email",
            label=mark("  E-mail"),
            width=34,
            max_length=254,
            takes=mark("An e-mail address."),
        ),
        ReturnField(
            name="phone",
            label=mark("  Phone"),
            width=20,
            max_length=40,
            takes=mark("A phone number."),
        ),
        ReturnField(
            name="verified",
            label=mark("  Caller"),
            kind=Kind.TICKS,
            takes=mark("The digit of each fact that the caller told right."),
        ),
        ReturnField(
            name="verification_skipped",
            label=mark("  or why not"),
            takes=mark("Why the caller was not asked for facts."),
        ),
    ),
)
EXCEPTIONS = Section(
    name="exceptions",
    shown=False,
    fields=(
        ReturnField(
            name="evidence",
            of_line=True,
            rare=True,
            label=mark("  Evidence"),
            kind=Kind.TICKS,
            takes=mark("The digit of each thing that the caller has sent or told."),
        ),
        ReturnField(
            name="override_reason",
            of_line=True,
            rare=True,
            label=mark("  Override"),
            takes=mark("Why an exception is asked; a supervisor reads it."),
        ),
        ReturnField(
            name="waive_fee_reason",
            of_line=True,
            rare=True,
            label=mark("  Waive fee"),
            takes=mark("Why the restocking fee is not charged."),
            repeats=True,
        ),
        ReturnField(
            name="outbound_units",
            of_line=True,
            rare=True,
            label=mark("  How many"),
            width=8,
            max_length=7,
            takes=mark("How many go out in an exchange; nothing: as many as come back."),
        ),
        _money("amount", mark("  Amount"), of_line=True),
        _because("amount_reason", of_line=True),
        _code("proof", mark("  Proof"), 14, rare=True),
        ReturnField(
            name="waive_shipping_fee_reason",
            rare=True,
            label=mark("  No postage"),
            takes=mark("Why the caller does not pay for sending it back."),
            repeats=True,
        ),
        _money("goodwill", mark("  Goodwill")),
        _because("goodwill_reason"),
        _code("destination_override", mark("  Money to"), 13, rare=True),
        _because("destination_reason"),
        ReturnField(
            name="reference",
            rare=True,
            label=mark("  CRM case"),
            width=24,
            max_length=80,
            takes=mark(
                "The number of the case in the CRM, of a ticket or a letter; it is suggested for the whole call."
            ),
        ),
        ReturnField(
            name="photo_seen_before",
            rare=True,
            label=mark("  Photo"),
            kind=Kind.TICKS,
            takes=mark("1 if the photo came with an older return, too."),
        ),
    ),
)

SECTIONS = (LINES, WHY, WHAT, CALLER, EXCEPTIONS)
"""The sections of a return; another kind of return shows others."""

FIELDS: tuple[ReturnField, ...] = tuple(
    spec for section in SECTIONS for spec in section.fields if isinstance(spec, ReturnField)
)

BY_NAME = {spec.name: spec for spec in FIELDS}

ORDER = {spec.name: position for position, spec in enumerate(FIELDS)}
"""Position of each field on the screen."""

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
