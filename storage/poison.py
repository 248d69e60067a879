"""Operations that the server cannot read: out of the queue with all that builds on them, and back into it.

They are `held` without an answer of the server; what builds on one could never be booked before it, so it is held too.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from rma.operations import Outcome
from rma.record import Problem
from storage.columns import stored
from storage.documents import write
from storage.engines import run

_WITH_ALL_THAT_BUILDS_ON_IT = """
    WITH RECURSIVE found (seq, op_id, number) AS (
        SELECT seq, op_id, number FROM outbox WHERE op_id = :op_id AND state = :state AND settled_at IS NULL
        UNION
        SELECT later.seq, later.op_id, later.number FROM outbox AS later JOIN found
            ON later.depends_on = found.op_id
            OR (later.number = found.number AND later.number <> '' AND later.seq > found.seq)
        WHERE later.state = :state AND later.settled_at IS NULL
    )
    SELECT op_id, number FROM found ORDER BY seq
"""
_HOLD = """
    UPDATE outbox SET state = 'held', outcome = ?, problem = ?, decided_at = ?, epoch = ''
    WHERE op_id = ?
"""
_OFFER = """
    UPDATE outbox SET state = 'ready', outcome = NULL, problem = NULL, decided_at = NULL
    WHERE op_id = ?
"""


def hold(
    connection: Connection, op_id: str, problem: Problem, at: datetime
) -> list[tuple[str, str]]:
    """Hold a waiting operation and all that builds on it; gives back each with its RMA, oldest first."""
    found = _found(connection, op_id, "ready")
    for each, _number in found:
        outcome = Outcome.HELD_FOR_REVIEW.value
        run(connection, _HOLD, (outcome, write(problem), stored(at), each))
    return found


def offer_again(connection: Connection, op_id: str) -> list[tuple[str, str]]:
    """Put back what is held, and what was held because of it; not what a person took care of."""
    found = _found(connection, op_id, "held")
    for each, _number in found:
        run(connection, _OFFER, (each,))
    return found


def _found(connection: Connection, op_id: str, state: str) -> list[tuple[str, str]]:
    rows: list[tuple[str, str]] = run(
        connection, _WITH_ALL_THAT_BUILDS_ON_IT, {"op_id": op_id, "state": state}
    ).fetchall()
    return rows
