"""Snapshots from the shop leave out what is as usual, on the server, on the wire and on the desk: "as usual" must never change."""

from __future__ import annotations

from dataclasses import MISSING, fields, is_dataclass
from typing import Any, cast, get_args, get_type_hints

import pytest

from rma.order import Customer, LineKind, Order, Product
from sync.protocol.documents import read_document, write_document
from tests import shop

USUAL: dict[str, dict[str, Any]] = {
    "Charge": {"tax": 0, "refunded": 0},
    "Customer": {
        "email": "",
        "phone": "",
        "postcode": "",
        "city": "",
        "country": "",
        "tier": "",
        "risk_flags": (),
        "erased": False,
    },
    "DiscountShare": {},
    "LineOrigin": {"warranty_from": None},
    "Order": {
        "charges": (),
        "tenders": (),
        "discounts": (),
        "source": "",
        "country": "",
        "assumed": (),
    },
    "OrderDiscount": {"minimum": None, "shares": (), "without_tax": False},
    "OrderLine": {
        "delivered_at": None,
        "tax": 0,
        "category": "",
        "kind": LineKind.GOODS,
        "final_sale": False,
        "serials": (),
        "lot": "",
        "warranty": None,
        "bundle_parent": None,
        "returned_before": 0,
        "refunded_before": 0,
        "origin": None,
    },
    "Price": {"tax": 0},
    "Product": {"category": "", "price": None},
    "Tender": {"refunded": 0, "change": 0, "label": ""},
    "Warranty": {},
}
"""What a document means that says nothing of a field. A new field may come; a default of one that stands here must stay."""


def shapes_in(shape: Any) -> dict[str, Any]:
    """A dataclass and all that it is made of, by name."""
    if not is_dataclass(shape):
        return {name: part for each in get_args(shape) for name, part in shapes_in(each).items()}
    found: dict[str, Any] = {cast(type[Any], shape).__name__: shape}
    for hint in get_type_hints(shape).values():
        found |= shapes_in(hint)
    return found


ALL = shapes_in(Customer) | shapes_in(Order) | shapes_in(Product)


@pytest.mark.parametrize("name", ALL)
def test_what_is_left_out_means_the_same_in_every_release(name: str) -> None:
    now = {f.name: f.default for f in fields(ALL[name]) if f.default is not MISSING}
    assert now == USUAL[name]


def test_nothing_is_left_out_that_is_made_anew_each_time() -> None:
    assert all(f.default_factory is MISSING for shape in ALL.values() for f in fields(shape))


@pytest.mark.parametrize("value", [shop.customer(), shop.order(), shop.product()])
def test_a_document_without_defaults_is_read_as_the_same(value: Any) -> None:
    short = write_document(value, defaults=False)
    assert len(short) < len(write_document(value))
    assert read_document(type(value), short) == value
