"""Drafts in work.db."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select

from rma.draft import Draft
from storage.columns import stored
from storage.documents import read, write
from storage.engines import run
from storage.work_tables import DRAFT

# One that became a return, or was refused, stays gone: a late save must not make it twice.
_SAVE = """
    INSERT INTO draft (draft_id, saved_at, document)
    SELECT :id, :at, :document WHERE NOT EXISTS (SELECT 1 FROM rma WHERE draft_id = :id)
        AND NOT EXISTS (SELECT 1 FROM refusal WHERE refusal_id = :id)
        AND NOT EXISTS (SELECT 1 FROM erasure WHERE customer_id = :customer)
    ON CONFLICT (draft_id) DO UPDATE SET saved_at = excluded.saved_at, document = excluded.document
"""
_DISCARD = "DELETE FROM draft WHERE draft_id = ?"
_COUNT = "SELECT count(*), count(json_extract(document, '$.needs_number')) FROM draft"
_FINALIZED = "SELECT number FROM rma WHERE draft_id = ? LIMIT 1"
_FIND = select(DRAFT.c.document).where(DRAFT.c.draft_id == bindparam("key"))
_NEWEST_FIRST = select(DRAFT.c.draft_id, DRAFT.c.document).order_by(
    DRAFT.c.saved_at.desc(), DRAFT.c.draft_id.desc()
)


def save(connection: Connection, draft: Draft) -> None:
    """Insert or replace a draft; nothing happens if it became a return, was refused, or its customer was erased."""
    values = {
        "id": draft.draft_id,
        "at": stored(draft.saved_at),
        "document": write(draft),
        "customer": draft.customer_id,
    }
    run(connection, _SAVE, values)


def find(connection: Connection, draft_id: str) -> Draft | None:
    """One draft."""
    text = connection.execute(_FIND, {"key": draft_id}).scalar()
    return None if text is None else read(Draft, text, draft_id)


def newest_first(connection: Connection) -> list[Draft]:
    """All drafts."""
    rows = connection.execute(_NEWEST_FIRST)
    return [read(Draft, text, draft_id) for draft_id, text in rows]


def count(connection: Connection) -> tuple[int, int]:
    """How many drafts there are, and how many of them need nothing but a number."""
    drafts, unnumbered = run(connection, _COUNT).fetchone()
    return drafts, unnumbered


def discard(connection: Connection, draft_id: str) -> None:
    """Delete a draft; nothing happens if it is gone."""
    run(connection, _DISCARD, (draft_id,))


def finalized_as(connection: Connection, draft_id: str) -> str | None:
    """The number of the return that a draft became, or None."""
    row = run(connection, _FINALIZED, (draft_id,)).fetchone()
    return row[0] if row else None
