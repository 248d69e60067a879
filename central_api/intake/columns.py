"""The columns that each file may have, and the other names they go by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """What a file of one sort has to look like."""

    name: str
    """As the command line calls it."""
    rank: int
    """Where its rows stand among the staged ones, and its rejects in the reject file."""
    key: str
    """The column whose value groups or identifies its rows."""
    fields: tuple[str, ...]
    required: tuple[tuple[str, ...], ...]
    """Each entry: at least one of these columns has to be there."""
    aliases: dict[str, str] = field(default_factory=dict)

    def field_of(self, heading: str) -> str:
        """The field that a heading means, or an empty text where it means none."""
        name = heading.strip().casefold().replace(" ", "_").replace("-", "_")
        name = self.aliases.get(name, name)
        return name if name in self.fields else ""

    def missing(self, present: Iterable[str]) -> list[str]:
        """Required columns that are not `present`, in words."""
        there = set(present)
        return [
            " or ".join(f"`{name}`" for name in names)
            for names in self.required
            if not there.intersection(names)
        ]


PRODUCTS = Shape(
    "products",
    0,
    "sku",
    ("sku", "name", "category", "price", "tax", "currency"),
    (("sku",), ("name",)),
    {"description": "name", "product_name": "name", "product_id": "sku"},
)

CUSTOMERS = Shape(
    "customers",
    1,
    "customer_id",
    (
        "customer_id",
        "name",
        "email",
        "phone",
        "postcode",
        "city",
        "country",
        "tier",
        "risk_flags",
    ),
    (("customer_id",),),
    {
        "customer": "customer_id",
        "customer_name": "name",
        "e_mail": "email",
        "phone_number": "phone",
        "postal_code": "postcode",
        "zip": "postcode",
        "zip_code": "postcode",
    },
)

ORDERS = Shape(
    "orders",
    2,
    "order_id",
    (
        "order_id",
        "number",
        "customer_id",
        "placed_at",
        "currency",
        "source",
        "country",
        "shipping",
        "shipping_tax",
        "shipping_refunded",
        "fee",
        "fee_tax",
        "fee_refunded",
        "tax",
        "prices_without_tax",
        "discount",
        "discount_minimum",
        "tenders",
    ),
    (("order_id",), ("customer_id",), ("placed_at",)),
    {
        "order_number": "number",
        "ordered_at": "placed_at",
        "order_date": "placed_at",
        "customer": "customer_id",
        "payments": "tenders",
    },
)

LINES = Shape(
    "lines",
    3,
    "order_id",
    (
        "order_id",
        "line_no",
        "sku",
        "name",
        "qty",
        "delivered",
        "delivered_at",
        "gross",
        "net",
        "unit_price",
        "tax",
        "currency",
        "category",
        "kind",
        "final_sale",
        "serials",
        "lot",
        "warranty",
        "bundle_parent",
        "returned_before",
        "refunded_before",
        "discount_share",
    ),
    (("order_id",), ("line_no",), ("sku",), ("qty",), ("gross", "net", "unit_price")),
    {
        "line": "line_no",
        "line_id": "line_no",
        "description": "name",
        "product_name": "name",
        "quantity": "qty",
        "price": "unit_price",
    },
)
