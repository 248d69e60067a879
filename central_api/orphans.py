"""Check that what belongs together is there: operations and their returns, and both and the audit chain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, Select, func, literal_column, select

from central_api.documents import digest_of
from central_api.tables import AUDIT_ENTRY, OPERATION, RMA
from rma.operations import OperationKind, Outcome

MOST_NAMED = 5
"""Of each fault."""

_BOOKS_NOTHING = (Outcome.NUMBER_CONFLICT.value, Outcome.KEY_REUSED.value, Outcome.NOT_YET.value)
_CHUNK = 1_000


def orphans(connection: Connection) -> Iterator[str]:
    """What is missing or stands alone, in sentences."""
    told = (
        select(OPERATION.c.number)
        .outerjoin(RMA, RMA.c.number == OPERATION.c.number)
        .where(
            OPERATION.c.kind == OperationKind.FINALIZE.value,
            OPERATION.c.outcome.not_in(_BOOKS_NOTHING),
            OPERATION.c.number.is_not(None),
            RMA.c.number.is_(None),
        )
    )
    yield from _named(connection, told, "returns were told and are not booked")
    untold = (
        select(RMA.c.number)
        .outerjoin(
            OPERATION,
            (OPERATION.c.number == RMA.c.number)
            & (OPERATION.c.kind == OperationKind.FINALIZE.value),
        )
        .where(OPERATION.c.op_id.is_(None))
    )
    yield from _named(connection, untold, "returns are booked that no desk told")
    # Outer joins throughout: both databases make one pass of them, also where there is no index.
    began = select(func.min(AUDIT_ENTRY.c.at)).scalar_subquery()
    unentered = (  # what was decided before there was a chain has no entry
        select(OPERATION.c.op_id)
        .outerjoin(AUDIT_ENTRY, AUDIT_ENTRY.c.op_id == OPERATION.c.op_id)
        .where(OPERATION.c.received_at > began, AUDIT_ENTRY.c.op_id.is_(None))
    )
    yield from _named(connection, unentered, "operations were decided and are not in the audit")
    gone = (
        select(AUDIT_ENTRY.c.op_id)
        .outerjoin(OPERATION, OPERATION.c.op_id == AUDIT_ENTRY.c.op_id)
        .where(
            AUDIT_ENTRY.c.digest != "",
            AUDIT_ENTRY.c.command.like("return.%"),
            OPERATION.c.op_id.is_(None),
        )
    )
    yield from _named(connection, gone, "operations are in the audit and nowhere else")
    yield from _altered(connection)


def _named(connection: Connection, query: Select[Any], said: str) -> Iterator[str]:
    count = connection.execute(
        select(func.count(literal_column("1"))).select_from(query.subquery())
    ).scalar_one()
    if count:
        names = connection.execute(query.limit(MOST_NAMED)).scalars()
        yield f"{count} {said}: {', '.join(names)}{' …' if count > MOST_NAMED else ''}"


def _altered(connection: Connection) -> Iterator[str]:
    """Returns whose document is not the one that was written with its digest."""
    after = ""
    while True:
        rows = connection.execute(
            select(RMA.c.number, RMA.c.digest, RMA.c.document)
            .where(RMA.c.number > after)
            .order_by(RMA.c.number)
            .limit(_CHUNK)
        ).all()
        if not rows:
            return
        after = rows[-1].number
        for number, digest, document in rows:
            if digest_of(document) != digest:
                yield f"return {number}: its document was altered"
