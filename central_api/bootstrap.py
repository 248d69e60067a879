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

PAGE_BYTES = 2 << 20
"""A page ends with the row that makes it so large: orders may be long, and desk and server have it in memory."""

_AT_ONCE = 500
"""Rows that are read in one go."""


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
    """Rows of one kind after a key, as NDJSON of `Change`, so many at most; empty at the end, and only there."""
    kind = KINDS[kind_name]
    lines: list[bytes] = []
    size = 0
    while size < PAGE_BYTES and len(lines) < limit:
        at_once = min(_AT_ONCE, limit - len(lines))
        rows = connection.execute(
            select(kind.key, kind.table.c.row_version, kind.table.c.document)
            .where(kind.key > after)
            .order_by(kind.key)
            .limit(at_once)
        ).all()
        for key, version, document in rows:
            line = change(kind_name, key, version, document) + b"\n"
            lines.append(line)
            size += len(line)
            after = key
            if size >= PAGE_BYTES:
                break
        if len(rows) < at_once:
            break
    return b"".join(lines)
