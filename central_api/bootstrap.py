"""The first download of a desk: a plan with the cursor to go on from, then pages in key order.

A page may hold newer rows than the cursor; the changes after it bring them again, which does no harm.
"""

from __future__ import annotations

from collections.abc import Container

from sqlalchemy import Connection, func, select

from central_api.documents import KINDS
from central_api.feed import change, head
from sync.protocol.envelopes import BootstrapPlan

PAGE = 5_000
"""Most rows in one page."""


def plan(connection: Connection, kinds: Container[str] = KINDS) -> BootstrapPlan:
    """Where to start with these kinds: the cursor is taken first, so that nothing falls between it and the pages."""
    cursor = head(connection)
    counts = {
        name: connection.execute(select(func.count()).select_from(kind.table)).scalar_one()
        for name, kind in KINDS.items()
        if name in kinds
    }
    return BootstrapPlan(cursor=cursor, counts=counts)


def page(connection: Connection, kind_name: str, after: str, limit: int) -> bytes:
    """Rows of one kind after a key, as NDJSON of `Change`; empty at the end."""
    kind = KINDS[kind_name]
    rows = connection.execute(
        select(kind.key, kind.table.c.row_version, kind.table.c.document)
        .where(kind.key > after)
        .order_by(kind.key)
        .limit(limit)
    )
    return b"".join(
        change(kind_name, key, version, document) + b"\n" for key, version, document in rows
    )
