"""The outbox: operations as frozen bytes, and what became of them.

States are `ready -> done | attention | held`; none says that something is under way. Rows are neither rewritten nor
deleted: triggers refuse it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, func, select, text, update

from rma.operations import (
    AttentionItem,
    CallBack,
    CancelReturn,
    Command,
    FinalizeReturn,
    OperationKind,
    Outcome,
    Result,
    SealedOperation,
    SupersedeReturn,
)
from rma.record import Problem
from storage.columns import stored
from storage.documents import read, storable, write
from storage.engines import run
from storage.errors import Unreadable
from storage.work_tables import OUTBOX

_AROUND = 2
"""Bytes that a line has beside the operation and its signature."""

READY, DONE, ATTENTION, HELD = "ready", "done", "attention", "held"

_READY = OUTBOX.c.state == READY
_IS_PUT_OFF = text("state = 'ready' AND outcome = 'not_yet'")  # as its index says it
# Left to itself, SQLite goes through all that is ready instead of an index that is nearly always empty.
_ANY_PUT_OFF = """
    SELECT 1 FROM outbox INDEXED BY ix_outbox_put_off WHERE state = 'ready' AND outcome = 'not_yet' LIMIT 1
"""
_PUT_OFF = (
    select(OUTBOX.c.stream, func.max(OUTBOX.c.decided_at).label("tried_at"))
    .where(_IS_PUT_OFF)
    .group_by(OUTBOX.c.stream)
    .subquery()
)
SEALED = [OUTBOX.c[name] for name in SealedOperation.__dataclass_fields__]
"""What travels of an operation."""

_ALL_READY = select(*SEALED).where(_READY).limit(bindparam("most"))
_WAITING = _ALL_READY.order_by(OUTBOX.c.seq)
# Streams that the server put off go last, so that they keep nobody else waiting; the longest untried of them first.
_WAITING_BEHIND = _ALL_READY.join(
    _PUT_OFF, _PUT_OFF.c.stream == OUTBOX.c.stream, isouter=True
).order_by(_PUT_OFF.c.tried_at.nulls_first(), OUTBOX.c.seq)
_INSERT = """
    INSERT INTO outbox (op_id, number, kind, stream, depends_on, made_at, body, sha256, signature, state)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
# An answer that was given before, and that a person took care of, needs nobody again.
_DECIDE = """
    UPDATE outbox SET settled_at = CASE WHEN outcome = :outcome AND problem IS :problem THEN settled_at END,
        state = :state, outcome = :outcome, problem = :problem, decided_at = :at, epoch = :epoch
    WHERE op_id = :op_id
"""
_SETTLE = update(OUTBOX).where(OUTBOX.c.op_id == bindparam("key"))
# By their keys alone: with the state among the conditions, SQLite goes through all that waits.
_KNOWN = select(
    OUTBOX.c.op_id, OUTBOX.c.number, OUTBOX.c.kind, OUTBOX.c.state, OUTBOX.c.epoch
).where(OUTBOX.c.op_id.in_(bindparam("keys", expanding=True)))
_LAST_PENDING = (
    select(OUTBOX.c.op_id)
    .where(OUTBOX.c.number == bindparam("key"), _READY)
    .order_by(OUTBOX.c.seq.desc())
    .limit(1)
)
_TELLING = (OperationKind.FINALIZE, OperationKind.SUPERSEDE)
_TOLD_BY = (
    select(OUTBOX.c.op_id)
    .where(OUTBOX.c.number == bindparam("key"), OUTBOX.c.kind.in_([k.value for k in _TELLING]))
    .order_by(OUTBOX.c.seq.desc())
    .limit(1)
)
_OLDER = OUTBOX.alias()
_OVERTAKEN = (
    select(OUTBOX.c.op_id)
    .join(_OLDER, _OLDER.c.number == OUTBOX.c.number)
    .where(
        _OLDER.c.op_id == bindparam("key"),
        OUTBOX.c.seq > _OLDER.c.seq,
        OUTBOX.c.kind.in_([OperationKind.SUPERSEDE.value, OperationKind.CANCEL.value]),
    )
    .limit(1)
)
_COUNT_READY = select(func.count()).select_from(OUTBOX).where(_READY)
_OLDEST_READY = select(OUTBOX.c.made_at).where(_READY).order_by(OUTBOX.c.seq).limit(1)
# Also what waits again for a restored server: until that answers, what the old one said stands.
_OPEN_ATTENTION = and_(
    text("settled_at IS NULL AND outcome NOT IN ('accepted', 'not_yet')"),  # as its index says it
    OUTBOX.c.state != DONE,
)

_COUNT_ATTENTION = select(func.count()).select_from(OUTBOX).where(_OPEN_ATTENTION)


@dataclass(frozen=True, slots=True)
class Entry:
    """What an answer needs to know of its operation."""

    number: str
    kind: OperationKind
    held: bool
    """Whether the server said before that it holds it."""

    def is_decided_by(self, outcome: Outcome) -> bool:
        """Whether an answer says more than what is known: of what is held, only that it is held no longer."""
        return not self.held or (outcome.final and outcome is not Outcome.HELD_FOR_REVIEW)


def put(connection: Connection, number: str, sealed: SealedOperation) -> None:
    """Queue an operation about the RMA `number`."""
    run(
        connection,
        _INSERT,
        (
            sealed.op_id,
            number,
            sealed.kind.value,
            sealed.stream,
            sealed.depends_on,
            stored(sealed.made_at),
            sealed.body,
            sealed.sha256,
            sealed.signature,
            READY,
        ),
    )


def waiting(connection: Connection, limit: int, max_bytes: int) -> list[SealedOperation]:
    """What to send next, order kept inside each stream; the first one even if it alone is larger."""
    put_off = run(connection, _ANY_PUT_OFF).fetchone() is not None
    query = _WAITING_BEHIND if put_off else _WAITING
    return batch_of(connection.execute(query, {"most": limit}), max_bytes)


def batch_of(rows: Iterable[Any], max_bytes: int) -> list[SealedOperation]:
    """As many of these as fit together; the first one even if it alone is larger."""
    batch: list[SealedOperation] = []
    size = 0
    for op_id, kind, stream, depends_on, made_at, *sealed in rows:
        body, sha256, signature = sealed
        size += len(body) + len(signature) + _AROUND
        if batch and size > max_bytes:
            break
        known = OperationKind(kind)
        batch.append(
            SealedOperation(op_id, known, stream, depends_on, made_at, body, sha256, signature)
        )
    return batch


def awaiting(connection: Connection, op_ids: Iterable[str]) -> dict[str, Entry]:
    """Those of the operations that are still in the queue, or that the server holds."""
    rows = connection.execute(_KNOWN, {"keys": list(op_ids)})
    return {
        row.op_id: Entry(row.number, OperationKind(row.kind), held=row.state == HELD)
        for row in rows
        if row.state == READY or (row.state == HELD and row.epoch != "")
    }


def decide(connection: Connection, result: Result, at: datetime, epoch: str | None) -> None:
    """Write down the outcome of an operation that awaits one, and the epoch of the server that gave it.

    `not_yet` leaves it there.
    """
    problem = None if result.problem is None else write(result.problem)
    state = _state_after(result.outcome)
    decided = {
        "op_id": result.op_id,
        "state": state,
        "outcome": result.outcome.value,
        "problem": problem,
        "at": stored(at),
        "epoch": epoch,
    }
    run(connection, _DECIDE, decided)


def last_pending(connection: Connection, number: str) -> str | None:
    """The newest operation of an RMA that is still in the queue."""
    return connection.execute(_LAST_PENDING, {"key": number}).scalar()


def told_by(connection: Connection, number: str) -> str | None:
    """The newest operation that told what an RMA is."""
    return connection.execute(_TOLD_BY, {"key": number}).scalar()


def settled_by(connection: Connection, command: Command) -> list[str]:
    """What a new operation takes care of: all about an RMA that it edits or cancels, or what it calls back about."""
    if isinstance(command, CallBack):
        return [command.about]
    if not isinstance(command, SupersedeReturn | CancelReturn):
        return []
    open_items = select(OUTBOX.c.op_id).where(OUTBOX.c.number == command.number, _OPEN_ATTENTION)
    return list(connection.execute(open_items).scalars())


def is_overtaken(connection: Connection, op_id: str) -> bool:
    """Whether its RMA was edited or cancelled here before the server answered."""
    return connection.execute(_OVERTAKEN, {"key": op_id}).first() is not None


def attention(connection: Connection) -> list[AttentionItem]:
    """What a person has to look at, oldest first."""
    rows = connection.execute(
        select(
            OUTBOX.c.body,
            OUTBOX.c.op_id,
            OUTBOX.c.kind,
            OUTBOX.c.number,
            OUTBOX.c.outcome,
            OUTBOX.c.problem,
            OUTBOX.c.decided_at,
        )
        .where(_OPEN_ATTENTION)
        .order_by(OUTBOX.c.decided_at, OUTBOX.c.seq)
    )
    return [
        AttentionItem(
            op_id=row.op_id,
            kind=OperationKind(row.kind),
            number=row.number,
            outcome=Outcome(row.outcome),
            problem=None if row.problem is None else read(Problem, row.problem, row.op_id),
            decided_at=row.decided_at,
            content=_content(OperationKind(row.kind), row.body, row.op_id),
        )
        for row in rows
    ]


def settle(connection: Connection, op_id: str, note: str, at: datetime) -> str | None:
    """Note that a person took care of it; gives back its RMA, or None if there was nothing to settle."""
    number = connection.execute(
        select(OUTBOX.c.number).where(OUTBOX.c.op_id == op_id, _OPEN_ATTENTION)
    ).scalar()
    if number is not None:
        connection.execute(_SETTLE, {"key": op_id, "settled_at": at, "settle_note": storable(note)})
    return number


def counts(connection: Connection) -> tuple[int, datetime | None, int]:
    """How many wait, since when, and how many want attention."""
    return (
        connection.execute(_COUNT_READY).scalar_one(),
        connection.execute(_OLDEST_READY).scalar(),
        connection.execute(_COUNT_ATTENTION).scalar_one(),
    )


def _content(kind: OperationKind, body: bytes, op_id: str) -> FinalizeReturn | None:
    """What was asked for and told, out of the bytes that travel; what nobody can read is listed all the same."""
    if kind not in _TELLING:
        return None
    try:
        payload = json.loads(body)["payload"]
        told = payload["content"] if kind is OperationKind.SUPERSEDE else payload
        return read(FinalizeReturn, json.dumps(told), op_id)
    except (ValueError, KeyError, TypeError, Unreadable):
        return None


def _state_after(outcome: Outcome) -> str:
    if not outcome.final:
        return READY
    if outcome is Outcome.HELD_FOR_REVIEW:
        return HELD
    return ATTENTION if outcome.wants_attention else DONE
