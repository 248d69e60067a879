"""The fields of an order that is typed by hand."""

from __future__ import annotations

from rma.typed_order import LONGEST_ITEM, LONGEST_NUMBER
from rma.wording import mark
from screens.forms.spec import FieldSpec, Section

ITEMS = 8
"""Items that can be typed: only those that come back are needed."""


def item_field(position: int) -> str:
    """The name of the field of an item, counted from 1."""
    return f"item{position}"


def bought_field(position: int) -> str:
    """The name of the field beside it: how many were bought."""
    return f"bought{position}"


def position_of(name: str) -> int | None:
    """Which item a field belongs to; None for those of the order."""
    digits = name.removeprefix("item").removeprefix("bought")
    return int(digits) if digits.isdigit() else None


ORDER = Section(
    name="order",
    fields=(
        FieldSpec(
            name="number",
            label=mark("1 Order no"),
            width=24,
            max_length=LONGEST_NUMBER,
            takes=mark("The number as the caller reads it out; it is compared with what is known."),
            mandatory=mark("Ask for the order number."),
        ),
        FieldSpec(
            name="caller",
            label=mark("  Caller"),
            max_length=LONGEST_ITEM,
            takes=mark("Who calls, where the customer is not known here."),
            mandatory=mark("Ask for the caller's name."),
        ),
        FieldSpec(
            name="placed",
            label=mark("  Ordered on"),
            width=12,
            max_length=20,
            takes=mark("The day, like 2026-11-03 or 3.11.2026; nothing where it is not known."),
        ),
        FieldSpec(
            name="delivered",
            label=mark("  Arrived on"),
            width=12,
            max_length=20,
            takes=mark("The day, like 2026-11-03 or 3.11.2026; nothing where it is not known."),
        ),
    ),
)
GOODS = Section(
    name="goods",
    fields=tuple(
        spec
        for position in range(1, ITEMS + 1)
        for spec in (
            FieldSpec(
                name=item_field(position),
                label=mark("2 Item") if position == 1 else mark("  Item"),
                width=30,
                max_length=LONGEST_ITEM,
                takes=mark("A SKU (F4 finds it), or what the caller calls it; one item a row."),
            ),
            FieldSpec(
                name=bought_field(position),
                label=mark("bought"),
                label_width=8,
                beside=True,
                max_length=7,
                takes=mark("How many of it were bought: a whole number from 1."),
            ),
        )
    ),
)

SECTIONS = (ORDER, GOODS)

FIELDS = tuple(spec for section in SECTIONS for spec in section.fields)

BY_NAME = {spec.name: spec for spec in FIELDS}
