"""What RMAs send out, in the books: the order lines it becomes, their guard, and the events that tell the workers.

The lines stand in no order document: they follow from the RMAs (`rma.sent`), so that an import never takes them away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from central_api.database import insert_into
from central_api.documents import chunks
from central_api.tables import ORDER_LINE, PRODUCT, RMA
from rma.order import Order, Product
from rma.outbound import sent_line_id
from rma.record import RmaRecord
from rma.sent import with_sent
from sync.protocol.documents import read_document


def products_named(connection: Connection, skus: Iterable[str]) -> tuple[Product, ...]:
    """The products with these SKUs, whatever the case they were typed in."""
    typed = {sku.strip() for sku in skus} - {""}
    found: dict[str, Product] = {}
    for chunk in chunks(sorted({spelling for sku in typed for spelling in (sku, sku.upper())})):
        rows = connection.execute(
            select(PRODUCT.c.sku, PRODUCT.c.document).where(PRODUCT.c.sku.in_(chunk))
        )
        found |= {sku: read_document(Product, document) for sku, document in rows}
    return tuple(found[sku] for sku in sorted(found))


def skus_of(records: Iterable[RmaRecord]) -> set[str]:
    """What these RMAs asked for in exchange."""
    return {line.outbound_sku for record in records for line in record.request.lines}


def with_everything_sent(connection: Connection, orders: Iterable[Order]) -> list[Order]:
    """The orders with the lines that their RMAs send out."""
    orders = list(orders)
    sending = _sending(connection, [order.order_id for order in orders])
    return [with_sent(order, sending.get(order.order_id, ())) for order in orders]


def sent_lines(record: RmaRecord) -> dict[tuple[str, str], int]:
    """Delivered units of each line that an RMA sends out, by order and line; 0 until they are delivered."""
    outbound = record.quote.outbound if record.quote else None
    if outbound is None or record.outbound is None:
        return {}
    there = record.hold is not None and record.outbound.delivered_at is not None
    return {
        (record.order_id, sent_line_id(record.number, index)): line.units if there else 0
        for index, line in enumerate(outbound.lines)
    }


def guard_sent_lines(connection: Connection, delivered: Mapping[tuple[str, str], int]) -> None:
    """Let these lines be returned as far as they were delivered."""
    rows = [
        {"order_id": order_id, "line_id": line_id, "delivered": units, "consumed": 0}
        for (order_id, line_id), units in sorted(delivered.items())
    ]
    if not rows:
        return
    inserted = insert_into(connection, ORDER_LINE)
    connection.execute(
        inserted.on_conflict_do_update(
            index_elements=["order_id", "line_id"],
            set_={"delivered": inserted.excluded.delivered},
        ),
        rows,
    )


def outbound_events(before: RmaRecord | None, after: RmaRecord) -> Iterator[str]:
    """Kinds of the events of what happened to the goods: `outbound.release` for logistics, `outbound.pay` for finance."""
    told = len(before.outbound.history) if before is not None and before.outbound else 0
    if after.outbound is not None:
        for entry in after.outbound.history[told:]:
            yield f"outbound.{entry.command}"


def _sending(connection: Connection, order_ids: list[str]) -> dict[str, list[RmaRecord]]:
    """RMAs of these orders that hold units, oldest first."""
    found: dict[str, list[RmaRecord]] = {}
    for chunk in chunks(order_ids):
        rows: Any = connection.execute(
            select(RMA.c.order_id, RMA.c.document)
            .where(RMA.c.order_id.in_(chunk), RMA.c.holding)
            .order_by(RMA.c.finalized_at, RMA.c.number)
        )
        for order_id, document in rows:
            found.setdefault(order_id, []).append(read_document(RmaRecord, document))
    return found
