"""Look up customers, orders and RMAs on the server: for a desk that has not downloaded them yet."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, select

from central_api.tables import CUSTOMER, ORDERS, RMA
from rma.operations import KnownRecord
from rma.order import Customer, Order
from rma.record import RmaRecord
from sync.protocol.documents import read_document

MOST = 50
"""Customers that one lookup gives."""


@dataclass(frozen=True, slots=True)
class FoundCustomers:
    """Customers that fit, by name."""

    customers: tuple[Customer, ...]


@dataclass(frozen=True, slots=True)
class FoundOrders:
    """Orders with this number (shops of several sources may share one), and the RMAs of them."""

    orders: tuple[Order, ...]
    rmas: tuple[KnownRecord, ...]


def customers(connection: Connection, query: str) -> FoundCustomers:
    """Customers by id, by the start of an e-mail address, by the end of a phone number, or by words of the name."""
    words = query.casefold().split()
    if not words or "\0" in query:  # databases end a text there
        return FoundCustomers(())
    digits = "".join(c for c in query if c.isascii() and c.isdigit())
    fits = CUSTOMER.c.customer_id == query.strip()
    if "@" in query:
        fits |= CUSTOMER.c.email.startswith(words[0], autoescape=True)
    elif len(digits) >= 4:
        fits |= CUSTOMER.c.phone.endswith(digits)
    else:
        by_name = CUSTOMER.c.name.contains(words[0], autoescape=True)
        for word in words[1:]:
            by_name &= CUSTOMER.c.name.contains(word, autoescape=True)
        fits |= by_name
    rows = connection.execute(
        select(CUSTOMER.c.document).where(fits).order_by(CUSTOMER.c.name).limit(MOST)
    ).scalars()
    return FoundCustomers(tuple(read_document(Customer, document) for document in rows))


def orders(connection: Connection, number: str) -> FoundOrders:
    """Orders by the number that the customer reads out."""
    rows = connection.execute(
        select(ORDERS.c.order_id, ORDERS.c.document).where(ORDERS.c.number == number).limit(MOST)
    ).all()
    records = connection.execute(
        select(RMA.c.document, RMA.c.row_version)
        .where(RMA.c.order_id.in_([row.order_id for row in rows]))
        .order_by(RMA.c.finalized_at, RMA.c.number)
    )
    return FoundOrders(
        tuple(read_document(Order, row.document) for row in rows),
        tuple(_known(document, version) for document, version in records),
    )


def record(connection: Connection, number: str) -> KnownRecord | None:
    """One RMA."""
    row = connection.execute(
        select(RMA.c.document, RMA.c.row_version).where(RMA.c.number == number)
    ).one_or_none()
    return None if row is None else _known(row.document, row.row_version)


def _known(document: str, row_version: int) -> KnownRecord:
    return KnownRecord(record=read_document(RmaRecord, document), row_version=row_version)
