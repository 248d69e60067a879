"""What a batch of operations is decided on, read from the database: one statement for each kind, however many keys.

Straight to the driver, keys as one value: the text of a statement is always the same, so that nothing is built for it
and PostgreSQL plans it once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection

from central_api.database import is_sqlite
from central_api.tables import RMA
from rma.operations import KnownRecord, Outcome
from rma.order import Customer
from rma.record import RmaRecord
from rma.states import HOLDING
from sync.protocol.documents import read_document

_KEYS, _KEYS_OF_SQLITE = "= ANY(%b::text[])", "IN (SELECT value FROM json_each(?))"
_LOCK = "FOR UPDATE"

_NUMBERS = (
    "SELECT number, order_id FROM rma WHERE number = ANY(%b::text[]) ORDER BY number FOR UPDATE"
)
_ORDERS = (
    "SELECT order_id, document FROM orders WHERE order_id = ANY(%b::text[]) "
    "ORDER BY order_id FOR UPDATE"
)
_RECORDS = "SELECT number, row_version, document FROM rma WHERE order_id = ANY(%b::text[])"
_ANSWERS = "SELECT op_id, sha256, outcome, result FROM operation WHERE op_id = ANY(%b::text[])"
_CUSTOMERS = "SELECT customer_id, document FROM customer WHERE customer_id = ANY(%b::text[])"
_CUSTOMERS_ALONE = f"{_CUSTOMERS} ORDER BY customer_id FOR UPDATE"
_PAST = (
    "SELECT customer_id, number, finalized_at, state FROM rma WHERE customer_id = ANY(%b::text[])"
)


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer an operation got."""

    sha256: str
    outcome: Outcome
    result: bytes
    """JSON."""


def lock_numbers(connection: Connection, numbers: Iterable[str]) -> dict[str, str]:
    """Those of the numbers that are booked, each locked, with their orders."""
    return dict(_rows(connection, _NUMBERS, numbers))


def lock_orders(connection: Connection, order_ids: Iterable[str]) -> dict[str, str]:
    """Documents of orders, each locked in id order: whoever locks several does so, and nobody waits in a circle."""
    return dict(_rows(connection, _ORDERS, order_ids))


def records_of(connection: Connection, order_ids: Iterable[str]) -> dict[str, KnownRecord]:
    """Every RMA of these orders, by number."""
    return {
        number: KnownRecord(record=read_document(RmaRecord, document), row_version=version)
        for number, version, document in _rows(connection, _RECORDS, order_ids)
    }


def answers_to(connection: Connection, op_ids: Iterable[str]) -> dict[str, StoredAnswer]:
    """The answers that these operations got before."""
    return {
        op_id: StoredAnswer(sha256, Outcome(outcome), result.encode())
        for op_id, sha256, outcome, result in _rows(connection, _ANSWERS, op_ids)
    }


def customers_of(
    connection: Connection, customer_ids: Iterable[str], *, alone: bool
) -> dict[str, Customer]:
    """`alone`: nobody else decides about them meanwhile; their returns are counted over all of their orders."""
    rows = _rows(connection, _CUSTOMERS_ALONE if alone else _CUSTOMERS, customer_ids)
    return {customer_id: read_document(Customer, document) for customer_id, document in rows}


def past_returns(
    connection: Connection, customer_ids: Iterable[str]
) -> dict[str, dict[str, datetime]]:
    """When each return of these customers was finalized that is not undone: by customer and number."""
    dialect = connection.dialect
    instant: Any = RMA.c.finalized_at.type.dialect_impl(dialect).result_processor(dialect, None)
    past: dict[str, dict[str, datetime]] = {}
    for customer_id, number, finalized_at, state in _rows(connection, _PAST, customer_ids):
        if state in HOLDING:
            past.setdefault(customer_id, {})[number] = instant(finalized_at)
    return past


def _rows(connection: Connection, statement: str, keys: Iterable[str]) -> Sequence[Any]:
    wanted = sorted(set(keys))
    if not wanted:
        return ()
    if is_sqlite(connection):
        return connection.exec_driver_sql(_for_sqlite(statement), (json.dumps(wanted),)).all()
    return connection.exec_driver_sql(statement, (wanted,)).all()


@lru_cache
def _for_sqlite(statement: str) -> str:
    """On SQLite a transaction that writes is alone from its start: nothing is locked."""
    return statement.replace(_KEYS, _KEYS_OF_SQLITE).replace(_LOCK, "")
