"""What is searched of a document, taken out of its JSON without building the rest: a first download has millions.

The document itself is kept as it came, and read strictly when it is opened.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeAlias

from msgspec import Meta, Struct

from rma.states import RmaState

Instant: TypeAlias = Annotated[datetime, Meta(tz=True)]
"""With its zone."""


class SearchedCustomer(Struct, frozen=True, gc=False):
    """Of a `Customer`."""

    customer_id: str
    name: str
    email: str = ""
    phone: str = ""
    postcode: str = ""
    erased: bool = False


class SearchedOrder(Struct, frozen=True, gc=False):
    """Of an `Order`."""

    order_id: str
    number: str
    customer_id: str
    placed_at: Instant


class SearchedProduct(Struct, frozen=True, gc=False):
    """Of a `Product`."""

    sku: str
    name: str
    price: dict[str, str | int] | None = None


class SearchedRequest(Struct, frozen=True, gc=False):
    """Of a `ReturnRequest`."""

    customer_id: str
    reference: str = ""


class SearchedRma(Struct, frozen=True, gc=False):
    """Of an `RmaRecord`."""

    number: str
    order_id: str
    customer_id: str
    state: RmaState
    finalized_at: Instant
    request: SearchedRequest


Searched: TypeAlias = SearchedCustomer | SearchedOrder | SearchedProduct | SearchedRma
