"""Calls with a wrap-up note in work.db."""

from __future__ import annotations

from dataclasses import asdict

from sqlalchemy import Connection, bindparam, func, select
from sqlalchemy.dialects.sqlite import insert

from rma.call import Call
from storage.documents import storable
from storage.erasing import is_erased
from storage.work_tables import CALL, RMA

_INSERT = insert(CALL)
_UPSERT = _INSERT.on_conflict_do_update(
    ["call_id"],
    set_={c.name: _INSERT.excluded[c.name] for c in CALL.c if not c.primary_key},
)
_NUMBER_OF_DRAFT = (
    select(RMA.c.number)
    .where(CALL.c.draft_id != "", RMA.c.draft_id == CALL.c.draft_id)
    .limit(1)
    .scalar_subquery()
)
_NEWEST_FIRST = (
    select(
        *(column for column in CALL.c if column.name != "number"),
        func.coalesce(_NUMBER_OF_DRAFT, CALL.c.number).label("number"),
    )
    .where(CALL.c.customer_id == bindparam("customer"), CALL.c.note != "")
    .order_by(CALL.c.started_at.desc(), CALL.c.call_id.desc())
    .limit(bindparam("most"))
)


def keep(connection: Connection, call: Call) -> None:
    """Insert or replace a call; nothing happens if its customer was erased."""
    if is_erased(connection, call.customer_id):
        return
    values = asdict(call) | {"author": storable(call.author), "note": storable(call.note)}
    connection.execute(_UPSERT, values)


def of_customer(connection: Connection, customer_id: str, limit: int) -> list[Call]:
    """Calls with a note, newest first; where the call's draft got a number, they have it."""
    rows = connection.execute(_NEWEST_FIRST, {"customer": customer_id, "most": limit})
    return [Call(**row) for row in rows.mappings()]
