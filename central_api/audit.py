"""Check that the books agree: units given away, units expected, and the RMAs that say so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from central_api.catalog import held_slots
from central_api.outbound import with_everything_sent
from central_api.tables import EXPECTED_INBOUND, ORDER_LINE, ORDERS, RMA, RMA_LINE
from rma.order import Order
from rma.states import RmaState
from sync.protocol.documents import read_document

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Audit:
    """What was looked at, and every disagreement in a sentence."""

    order_lines: int
    rmas: int
    faults: tuple[str, ...]


def audit(connection: Connection) -> Audit:
    """Compare every order line and every inbound counter with the RMAs that hold them."""
    faults: list[str] = []
    looked = 0
    after = ""
    while True:
        rows = connection.execute(
            select(ORDERS.c.order_id, ORDERS.c.document)
            .where(ORDERS.c.order_id > after)
            .order_by(ORDERS.c.order_id)
            .limit(CHUNK)
        ).all()
        if not rows:
            break
        after = rows[-1].order_id
        orders = [read_document(Order, row.document) for row in rows]
        orders = with_everything_sent(connection, orders)
        looked += sum(len(order.lines) for order in orders)
        faults.extend(_line_faults(connection, orders))
    faults.extend(_inbound_faults(connection))
    rmas = connection.execute(select(func.count()).select_from(RMA)).scalar_one()
    return Audit(looked, rmas, tuple(faults))


def _line_faults(connection: Connection, orders: list[Order]) -> list[str]:
    ids = [order.order_id for order in orders]
    held = held_slots(connection, ids)
    columns = (
        ORDER_LINE.c.order_id,
        ORDER_LINE.c.line_id,
        ORDER_LINE.c.delivered,
        ORDER_LINE.c.consumed,
    )
    stored = {
        (order_id, line_id): (delivered, consumed)
        for order_id, line_id, delivered, consumed in connection.execute(
            select(*columns).where(ORDER_LINE.c.order_id.in_(ids))
        )
    }
    faults = []
    for order in orders:
        for line in order.lines:
            slots = held.get(order.order_id, {}).get(line.line_id, [])
            taken = line.returned_before + len(slots)
            where = f"order {order.number}, line {line.line_id}"
            if len(set(slots)) != len(slots):
                faults.append(f"{where}: two returns hold the same unit")
            if stored.get((order.order_id, line.line_id)) != (line.delivered, taken):
                faults.append(f"{where}: {taken} units are taken, but the books say otherwise")
    return faults


def _inbound_faults(connection: Connection) -> list[str]:
    expected: Counter[str] = Counter()
    rows = connection.execute(
        select(RMA_LINE.c.sku, func.sum(RMA_LINE.c.quantity))
        .join(RMA, RMA.c.number == RMA_LINE.c.number)
        .where(RMA.c.state == RmaState.AUTHORIZED.value)
        .group_by(RMA_LINE.c.sku)
    )
    expected.update({sku: int(units) for sku, units in rows})
    stored = connection.execute(select(EXPECTED_INBOUND.c.sku, EXPECTED_INBOUND.c.units)).all()
    booked = Counter({row.sku: row.units for row in stored})
    return [
        f"product {sku}: {expected[sku]} units are expected, the books say {booked[sku]}"
        for sku in sorted({*expected, *booked})
        if expected[sku] != booked[sku]
    ]
