"""What an operation in the outbox is about, as the audit chain names it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from storage.local_records import LocalRecords
from storage.work_tables import OUTBOX, REFUSAL

_BODY = select(OUTBOX.c.body).where(OUTBOX.c.op_id == bindparam("key"))
_CUSTOMER = select(REFUSAL.c.customer_id).where(REFUSAL.c.refusal_id == bindparam("key"))


@dataclass(frozen=True, slots=True)
class Subject:
    """An entity of the chain, and whose personal values stand with it."""

    entity: str
    customer_id: str


def subject_of(connection: Connection, records: LocalRecords, op_id: str, number: str) -> Subject:
    """The RMA `number`; without one, the refused return; the operation itself where its bytes do not say which."""
    if number:
        local = records.find_within(connection, number)
        return Subject(f"rma/{number}", local.record.customer_id if local else "")
    refusal_id = _refusal_id(connection.execute(_BODY, {"key": op_id}).scalar())
    if refusal_id is None:
        return Subject(f"operation/{op_id}", "")
    customer_id = connection.execute(_CUSTOMER, {"key": refusal_id}).scalar()
    return Subject(f"refusal/{refusal_id}", customer_id or "")


def _refusal_id(body: bytes | None) -> str | None:
    try:
        return str(json.loads(body or b"")["payload"]["refused"]["refusal_id"])
    except (ValueError, KeyError, TypeError):
        return None
