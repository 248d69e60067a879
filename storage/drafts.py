"""Drafts in work.db."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, delete, select
from sqlalchemy.dialects.sqlite import insert

from rma.draft import Draft
from storage.documents import read, write
from storage.work_tables import DRAFT, RMA

_INSERT = insert(DRAFT)
_UPSERT = _INSERT.on_conflict_do_update(
    ["draft_id"],
    set_={"saved_at": _INSERT.excluded.saved_at, "document": _INSERT.excluded.document},
)

_FIND = select(DRAFT.c.document).where(DRAFT.c.draft_id == bindparam("key"))
_NEWEST_FIRST = select(DRAFT.c.draft_id, DRAFT.c.document).order_by(
    DRAFT.c.saved_at.desc(), DRAFT.c.draft_id.desc()
)
_DELETE = delete(DRAFT).where(DRAFT.c.draft_id == bindparam("key"))
_FINALIZED = select(RMA.c.number).where(RMA.c.draft_id == bindparam("key")).limit(1)


def save(connection: Connection, draft: Draft) -> None:
    """Insert or replace a draft. One that became a return stays gone: a late save must not make it twice."""
    if finalized_as(connection, draft.draft_id) is None:
        connection.execute(
            _UPSERT,
            {"draft_id": draft.draft_id, "saved_at": draft.saved_at, "document": write(draft)},
        )


def find(connection: Connection, draft_id: str) -> Draft | None:
    """One draft."""
    text = connection.execute(_FIND, {"key": draft_id}).scalar()
    return None if text is None else read(Draft, text, draft_id)


def newest_first(connection: Connection) -> list[Draft]:
    """All drafts."""
    rows = connection.execute(_NEWEST_FIRST)
    return [read(Draft, text, draft_id) for draft_id, text in rows]


def discard(connection: Connection, draft_id: str) -> None:
    """Delete a draft; nothing happens if it is gone."""
    connection.execute(_DELETE, {"key": draft_id})


def finalized_as(connection: Connection, draft_id: str) -> str | None:
    """The number of the return that a draft became, or None."""
    return connection.execute(_FINALIZED, {"key": draft_id}).scalar()
