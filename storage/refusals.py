"""Returns in work.db that were refused on this desk, each under the draft that it was."""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, insert, select

from rma.refused import RefusedReturn
from storage.documents import read, storable, write
from storage.work_tables import REFUSAL

_OF_CUSTOMER = (
    select(REFUSAL.c.refusal_id, REFUSAL.c.document)
    .where(REFUSAL.c.customer_id == bindparam("customer"))
    .order_by(REFUSAL.c.refused_at.desc(), REFUSAL.c.refusal_id.desc())
    .limit(bindparam("most"))
)
_KNOWN = select(REFUSAL.c.refusal_id).where(REFUSAL.c.refusal_id == bindparam("key"))


def add(connection: Connection, refused: RefusedReturn) -> None:
    """Store a refused return."""
    values = {
        "refusal_id": refused.refusal_id,
        "customer_id": storable(refused.customer_id),
        "refused_at": refused.refused_at,
        "document": write(refused),
    }
    connection.execute(insert(REFUSAL), values)


def is_refused(connection: Connection, draft_id: str) -> bool:
    """Whether a draft was refused."""
    return connection.execute(_KNOWN, {"key": draft_id}).first() is not None


def of_customer(connection: Connection, customer_id: str, limit: int) -> list[RefusedReturn]:
    """Refused returns of a customer, newest first."""
    rows = connection.execute(_OF_CUSTOMER, {"customer": customer_id, "most": limit})
    return [read(RefusedReturn, text, key) for key, text in rows]
