"""What is kept for a supervisor: operations that nobody proved, or that somebody made who may no longer work.

A return of a revoked person is booked under its told number and holds nothing: a supervisor approves or declines it on a
desk, as any other. Everything else is kept as it came, without effect, until `csr-central release`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, delete, func, select, update

from central_api.database import insert_into
from central_api.errors import ReleaseRefused
from central_api.tables import HELD_OPERATION, OPERATION, PERSON
from rma.operations import Outcome
from rma.request import Role
from sync.protocol.signing import split_line

MOST_OF_A_DEVICE = 10_000
"""Operations that are kept of one device: who has its token fills no disk. What is above waits on the desk."""

MOST_BYTES_OF_A_DEVICE = 64 << 20
"""Bytes of them: one may have a megabyte."""


@dataclass(frozen=True, slots=True)
class Held:
    """One operation that waits for a supervisor."""

    op_id: str
    sha256: str
    device: str
    person: str
    actor: str
    kind: str
    number: str | None
    reason: str
    line: bytes
    received_at: datetime


# The same bytes may have come again with a proof, and been decided: then nothing is left to release.
_DECIDED = select(OPERATION.c.op_id).where(
    OPERATION.c.op_id == HELD_OPERATION.c.op_id,
    OPERATION.c.sha256 == HELD_OPERATION.c.sha256,
    OPERATION.c.outcome != Outcome.HELD_FOR_REVIEW.value,
)
_WAITS = and_(HELD_OPERATION.c.released_at.is_(None), ~_DECIDED.exists())
_KEPT = select(func.count(), func.sum(func.length(HELD_OPERATION.c.line))).where(
    HELD_OPERATION.c.device == bindparam("device"), _WAITS
)
_COLUMNS = [HELD_OPERATION.c[name] for name in Held.__dataclass_fields__]


def room_left(connection: Connection, device: str) -> int:
    """How many more are kept of a device."""
    kept, size = connection.execute(_KEPT, {"device": device}).one()
    return MOST_OF_A_DEVICE - int(kept) if (size or 0) < MOST_BYTES_OF_A_DEVICE else 0


def keep_held(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Keep operations; what is kept already, or was released, stays as it is."""
    if rows:
        insert = insert_into(connection, HELD_OPERATION)
        connection.execute(insert.on_conflict_do_nothing(), list(rows))


def waiting(connection: Connection) -> list[Held]:
    """Everything that waits, oldest first."""
    rows = connection.execute(
        select(*_COLUMNS)
        .where(_WAITS)
        .order_by(HELD_OPERATION.c.received_at, HELD_OPERATION.c.op_id)
    )
    return [Held(*row) for row in rows]


def take_out(connection: Connection, op_id: str, by: str, now: datetime) -> Held:
    """An operation that is to be decided now; the answer that it was held is forgotten.

    Raises:
        ReleaseRefused: if it is not held, or this person is no supervisor, or made it.
    """
    found = connection.execute(
        select(*_COLUMNS).where(HELD_OPERATION.c.op_id == op_id, _WAITS)
    ).all()
    if not found:
        raise ReleaseRefused(f"Nothing is held as {op_id}: csr-central release lists what is.")
    if len(found) > 1:
        raise ReleaseRefused(f"{op_id} came with different contents: somebody forged one of them.")
    held = Held(*found[0])
    _check_releaser(connection, held, by)
    connection.execute(
        update(HELD_OPERATION)
        .where(HELD_OPERATION.c.op_id == op_id)
        .values(released_at=now, released_by=by)
    )
    connection.execute(
        delete(OPERATION).where(OPERATION.c.op_id == op_id, OPERATION.c.sha256 == held.sha256)
    )
    return held


def _check_releaser(connection: Connection, held: Held, by: str) -> None:
    person = connection.execute(
        select(PERSON.c.role, PERSON.c.revoked_at).where(PERSON.c.name == by)
    ).one_or_none()
    if person is None or person.revoked_at is not None or not Role(person.role).approves:
        raise ReleaseRefused(f"{by} is no supervisor: name one with --by.")
    if by in (held.actor, held.person):
        raise ReleaseRefused(f"{by} made it: another supervisor has to release it.")


def held_row(
    *,
    op_id: str,
    sha256: str,
    device: str,
    person: str,
    actor: str,
    kind: str,
    number: str | None,
    reason: str,
    line: bytes,
    now: datetime,
) -> dict[str, Any]:
    """An operation as it is kept."""
    return {
        "op_id": op_id,
        "sha256": sha256,
        "device": device,
        "person": person,
        "actor": actor,
        "kind": kind,
        "number": number,
        "reason": reason,
        "line": line,
        "received_at": now,
    }


def body_of(held: Held) -> tuple[bytes, str]:
    """The bytes that were made, and their signature."""
    return split_line(held.line)
