"""Units in the books: taken of order lines, and expected of products."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, select, text, update

from central_api.database import is_sqlite
from central_api.errors import CentralError
from central_api.tables import EXPECTED_INBOUND

_TAKE_EACH = (
    "UPDATE order_line SET consumed = consumed + ? "
    "WHERE order_id = ? AND line_id = ? AND consumed + ? >= 0 AND consumed + ? <= delivered"
)
_TAKE_ALL = (
    "UPDATE order_line SET consumed = consumed + moved.units "
    "FROM unnest(%b::text[], %b::text[], %b::bigint[]) AS moved (order_id, line_id, units) "
    "WHERE order_line.order_id = moved.order_id AND order_line.line_id = moved.line_id "
    "AND consumed + moved.units BETWEEN 0 AND delivered"
)
"""Take units of order lines, as far as there are any left."""

_EXPECT = text(
    "INSERT INTO expected_inbound (sku, units) VALUES (:sku, :units) "
    "ON CONFLICT (sku) DO UPDATE SET units = expected_inbound.units + excluded.units"
)


class GuardFailed(CentralError):
    """The guard of an order line refused units that the ledger thought free: nothing is written."""


def take_units(connection: Connection, consumed: Mapping[tuple[str, str], int]) -> None:
    """Take units of order lines, by order and line; negative where they are given back.

    Raises:
        GuardFailed: if a line has not the units; the caller rolls back.
    """
    moves = [
        (order_id, line_id, moved)
        for (order_id, line_id), moved in sorted(consumed.items())
        if moved
    ]
    if not moves:
        return
    if is_sqlite(connection):
        done = connection.exec_driver_sql(_TAKE_EACH, [(m, o, i, m, m) for o, i, m in moves])
    else:  # their orders are locked: it does not matter in which order the lines are
        columns = tuple(list(column) for column in zip(*moves, strict=True))
        done = connection.exec_driver_sql(_TAKE_ALL, columns)
    if done.rowcount != len(moves):
        raise GuardFailed("An order line has not the units that this return takes.")


def expect_inbound(connection: Connection, inbound: Mapping[str, int]) -> None:
    """Add to what is expected of each product, in the order of their keys."""
    changes = sorted((sku, units) for sku, units in inbound.items() if units)
    if not changes:
        return
    if any(units < 0 for _, units in changes):  # two statements then: locked first, in one order
        skus = EXPECTED_INBOUND.c.sku.in_([sku for sku, _ in changes])
        locked = select(EXPECTED_INBOUND.c.sku).where(skus).order_by(EXPECTED_INBOUND.c.sku)
        connection.execute(locked.with_for_update()).all()
    more = [{"sku": sku, "units": units} for sku, units in changes if units > 0]
    fewer = [{"sku_": sku, "less": -units} for sku, units in changes if units < 0]
    if more:
        connection.execute(_EXPECT, more)
    if fewer:
        connection.execute(
            update(EXPECTED_INBOUND)
            .where(EXPECTED_INBOUND.c.sku == bindparam("sku_"))
            .values(units=EXPECTED_INBOUND.c.units - bindparam("less")),
            fewer,
        )
