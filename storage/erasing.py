"""Erase a customer from work.db, as the central API says; the audit chain and every number stay.

What the server has not answered yet stays as it was frozen, so that nothing that was told is lost: it is erased once it
was acknowledged. Bytes that were acknowledged become others without the person, which name the digest of those that
they stand for: a server that was restored from a backup is offered these.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, TypeAlias, TypeVar

from sqlalchemy import Connection

from rma.erasing import ERASED, erase
from rma.operations import Outcome, Result
from rma.record import Problem, RmaRecord
from rma.refused import RefusedReturn
from storage import audit_acts
from storage.columns import stored
from storage.documents import read, write
from storage.engines import fetch, run
from storage.work_file import WorkFile

Rewrite: TypeAlias = Callable[[bytes], tuple[bytes, str]]
"""Frozen bytes as they are without the person, and the signature of that."""

REWRITTEN = (
    "OLD.state <> 'ready' AND NEW.seq IS OLD.seq AND NEW.op_id IS OLD.op_id "
    "AND NEW.number IS OLD.number AND NEW.kind IS OLD.kind AND NEW.stream IS OLD.stream "
    "AND NEW.depends_on IS OLD.depends_on AND NEW.made_at IS OLD.made_at "
    "AND json_extract(CAST(NEW.body AS TEXT), '$.erases') IS OLD.sha256"
)
"""How a trigger knows that frozen bytes were only erased."""

_IDS = "(SELECT value FROM json_each(?))"
_ALL_ERASED = "(SELECT customer_id FROM erasure)"
_ANY = f"SELECT 1 FROM {_ALL_ERASED} LIMIT 1"  # noqa: S608 - constants, here and below
_KNOWN = "SELECT customer_id FROM erasure"
_LEARN = "INSERT INTO erasure (customer_id, learnt_at) VALUES (?, ?)"
_MOVE = "UPDATE rma SET customer_id = ? WHERE number = ? AND customer_id <> ?"
_RECORDS = f"SELECT number, document FROM rma WHERE customer_id IN {_IDS}"  # noqa: S608
_REFUSALS = f"SELECT refusal_id, document FROM refusal WHERE customer_id IN {_IDS}"  # noqa: S608
_DRAFTS = f"""
    DELETE FROM draft WHERE json_extract(document, '$.customer_id') IN {_IDS}
        OR json_extract(document, '$.editing.number') IN {_IDS}
"""  # noqa: S608
_CALLS = f"DELETE FROM call WHERE customer_id IN {_IDS} OR number IN {_IDS}"  # noqa: S608
_VALUES = f"DELETE FROM audit_personal WHERE customer_id IN {_IDS}"  # noqa: S608
_VALUES_OF_RECORDS = f"""
    DELETE FROM audit_personal
        WHERE entry IN (SELECT seq FROM audit_entry WHERE entity IN {_IDS})
"""  # noqa: S608
# What is held here because no server could read it has an empty epoch: nobody has it but this desk.
_ACKNOWLEDGED = f"""
    SELECT op_id, number, body, problem, settle_note FROM outbox
    WHERE NOT erased AND state <> 'ready' AND (epoch IS NOT '' OR settled_at IS NOT NULL)
        AND (number IN (SELECT number FROM rma WHERE customer_id IN {_ALL_ERASED})
        OR number = '' AND json_extract(CAST(body AS TEXT), '$.payload.refused.customer_id')
            IN {_ALL_ERASED})
"""  # noqa: S608
_REWRITE = """
    UPDATE outbox SET erased = 1, body = ?, sha256 = ?, signature = ?, problem = ?, settle_note = ?
    WHERE op_id = ?
"""

T = TypeVar("T")


class WorkErasing(WorkFile):
    """Customers who were erased, and what is left of them here."""

    def erased_customers(self) -> frozenset[str]:
        """Everybody of whom this desk knows that they were erased."""
        return frozenset(customer_id for (customer_id,) in fetch(self._engine, _KNOWN))

    def erase_personal(
        self, customer_ids: Collection[str], numbers: Mapping[str, str], rewrite: Rewrite
    ) -> int:
        """Erase these customers, and what was acknowledged of earlier ones meanwhile; gives back how many values.

        `numbers` are RMAs of erased customers as the server has them, each with whose it is: here they may stand under
        somebody else, because their order was typed by hand. What was erased before is left alone.
        """
        if not customer_ids and not numbers and not fetch(self._engine, _ANY):
            return 0
        identity = self._enrolled()
        with self._writing() as connection:
            fresh = self._learn(connection, customer_ids)
            moved = {c for n, c in numbers.items() if run(connection, _MOVE, (c, n, c)).rowcount}
            values = _erase_rows(connection, fresh | moved) if fresh or moved else 0
            late = _erase_acknowledged(connection, rewrite)
            if late:
                values += len(late) + _erase_records(connection, late)
            if fresh or values:
                act = audit_acts.erased(len(fresh), values)
                self._chain(connection, identity).append(act)
        if values:
            fetch(self._engine, "PRAGMA wal_checkpoint(TRUNCATE)")  # what the log holds of before
        return values

    def _learn(self, connection: Connection, customer_ids: Collection[str]) -> set[str]:
        known = {customer_id for (customer_id,) in run(connection, _KNOWN)}
        fresh = set(customer_ids) - known
        at = stored(self._now())
        for customer_id in sorted(fresh):
            run(connection, _LEARN, (customer_id, at))
        return fresh


def is_erased(connection: Connection, customer_id: str) -> bool:
    """Whether nothing may be kept about this customer any more."""
    found = run(connection, f"{_KNOWN} WHERE customer_id = ?", (customer_id,))
    return found.fetchone() is not None


def _erase_rows(connection: Connection, customer_ids: Collection[str]) -> int:
    """Everything but operations."""
    ids = json.dumps(sorted(customer_ids))
    numbers = [number for number, _ in run(connection, _RECORDS, (ids,)).fetchall()]
    values = _erase_records(connection, numbers)
    for key, document in _changed(RefusedReturn, run(connection, _REFUSALS, (ids,)).fetchall()):
        values += run(
            connection, "UPDATE refusal SET document = ? WHERE refusal_id = ?", (document, key)
        ).rowcount
    listed = json.dumps(numbers)
    values += run(connection, _DRAFTS, (ids, listed)).rowcount
    values += run(connection, _CALLS, (ids, listed)).rowcount
    return values + run(connection, _VALUES, (ids,)).rowcount


def _erase_records(connection: Connection, numbers: Collection[str]) -> int:
    """RMAs, and their values beside the audit chain, whoever they stand under there."""
    rows = run(
        connection,
        f"SELECT number, document FROM rma WHERE number IN {_IDS}",  # noqa: S608
        (json.dumps(sorted(numbers)),),
    ).fetchall()
    values = 0
    for number, document in _changed(RmaRecord, rows):
        update = "UPDATE rma SET document = ? WHERE number = ?"
        values += run(connection, update, (document, number)).rowcount
    entities = json.dumps([f"rma/{number}" for number, _ in rows])
    return values + (run(connection, _VALUES_OF_RECORDS, (entities,)).rowcount if rows else 0)


def _changed(shape: type[T], rows: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Documents that hold something still, as they have to be."""
    for key, text in rows:
        value = read(shape, text, key)
        wanted = erase(value)
        if wanted != value:
            yield key, write(wanted)


def _erase_acknowledged(connection: Connection, rewrite: Rewrite) -> set[str]:
    """Operations of erased customers that the server has answered; gives back the RMAs they are about."""
    numbers: set[str] = set()
    for op_id, number, body, problem, note in run(connection, _ACKNOWLEDGED).fetchall():
        rewritten, signature = rewrite(body)
        values: tuple[Any, ...] = (
            rewritten,
            hashlib.sha256(rewritten).hexdigest(),
            signature,
            _problem(connection, number, problem),
            note and ERASED,
        )
        run(connection, _REWRITE, (*values, op_id))
        numbers.add(number)
    return numbers


def _problem(connection: Connection, number: str, problem: str | None) -> str | None:
    """What the server said, without what it says about a person."""
    row = run(connection, "SELECT document FROM rma WHERE number = ?", (number,)).fetchone()
    if problem is None or row is None:
        return problem
    told = Result(
        op_id="",
        outcome=Outcome.REJECTED,
        problem=read(Problem, problem, number),
        record=read(RmaRecord, row[0], number),
    )
    kept = erase(told).problem
    return None if kept is None else write(kept)
