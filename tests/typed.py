"""Orders typed by hand, for tests: one kettle of order 100001 that the desk does not know."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rma.assessment import Case
from rma.record import RmaRecord
from rma.request import LineRequest, ReturnRequest
from rma.typed_case import assess_typed, give_number
from rma.typed_order import TypedLine, TypedOrder, typed_order_id
from tests import shop

NUMBER = "100001"


def item(line_id: str = "1", **fields: Any) -> TypedLine:
    """One kettle, by its SKU."""
    defaults: dict[str, Any] = {"item": "Kettle", "bought": 1, "sku": "SKU-1"}
    return TypedLine(line_id=line_id, **defaults | fields)


def order(*lines: TypedLine, **fields: Any) -> TypedOrder:
    """The order as it was told."""
    return TypedOrder(**{"number": NUMBER, "lines": lines or (item(),)} | fields)


def request(*lines: LineRequest, typed: TypedOrder | None = None, **fields: Any) -> ReturnRequest:
    """A return of it by a customer who is known (`customer_id=""`: by one who is not)."""
    typed = typed or order()
    order_id = typed_order_id(typed.number)
    if fields.get("customer_id") == "":
        fields["customer_id"] = order_id
    return shop.request(*lines, **{"order_id": order_id, "typed": typed} | fields)


def case(*lines: LineRequest, asking: Mapping[str, Any] | None = None, **fields: Any) -> Case:
    """What judges it."""
    asked = request(*lines, **asking or {})
    known = None if asked.customer_id == asked.order_id else shop.customer()
    return shop.case(**{"request": asked, "order": None, "customer": known} | fields)


def finalized(*lines: LineRequest, number: str = "", **fields: Any) -> RmaRecord:
    """The RMA of it."""
    judged = case(*lines, **fields)
    return give_number(
        judged, assess_typed(judged), number=number or shop.number(), device=shop.DEVICE
    )
