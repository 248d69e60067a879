"""The server's own audit chain: what it decided, each entry bound to the one before by its hash. Append-only.

Each database connection writes a chain of its own: it does one transaction at a time, so that nobody waits for anybody
and a rollback leaves no gap. A new chain begins on the newest entry of the newest one before it, so that none can be
taken away as a whole unnoticed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from uuid import uuid4

from sqlalchemy import Connection, bindparam, func, select

from central_api.documents import insert_rows
from central_api.tables import AUDIT_ENTRY

FIRST = "0" * 64
"""What the first chain of a database begins on."""

SERVER = "central API"
"""Who acts where no person did."""

_CHAIN = "audit_chain"
_COLUMNS = (AUDIT_ENTRY.c.position, AUDIT_ENTRY.c.hash)
_END = (
    select(*_COLUMNS)
    .where(AUDIT_ENTRY.c.chain == bindparam("chain"))
    .order_by(AUDIT_ENTRY.c.position.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something that was decided."""

    at: datetime
    device: str
    person: str
    entity: str
    """Such as `rma/47120395870`."""
    command: str
    outcome: str
    op_id: str = ""
    digest: str = ""
    """SHA-256 of what asked for it, or of what it is about."""

    def hash_after(self, previous: str) -> str:
        """What binds it to the entry before."""
        words = (
            *(previous, _written(self.at), self.device, self.person, self.entity),
            *(self.command, self.outcome, self.op_id, self.digest),
        )
        text = "".join([f"{len(word)}:{word}" for word in words])
        return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


@lru_cache(maxsize=16)
def _written(at: datetime) -> str:
    """An instant as text: all of a batch have the same."""
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def append(connection: Connection, entries: Sequence[Entry]) -> None:
    """Enter what this transaction decided."""
    if not entries:
        return
    chain, position, head = _end_of(connection)
    begun_on = head if position == 0 else None
    rows = []
    for entry in entries:
        position += 1
        head = entry.hash_after(head)
        rows.append(
            {
                "chain": chain,
                "position": position,
                "at": entry.at,
                "device": entry.device,
                "person": entry.person,
                "entity": entry.entity,
                "command": entry.command,
                "outcome": entry.outcome,
                "op_id": entry.op_id,
                "digest": entry.digest,
                "begun_on": begun_on,
                "hash": head,
            }
        )
        begun_on = None
    insert_rows(connection, AUDIT_ENTRY, rows)


def count(connection: Connection) -> int:
    """How many entries there are."""
    return connection.execute(select(func.count()).select_from(AUDIT_ENTRY)).scalar_one()


def faults(connection: Connection) -> Iterator[str]:
    """Every chain that does not hold, in a sentence."""
    known: set[str] = {FIRST}
    begun: dict[str, str] = {}
    chain, position, head = "", 0, ""
    broken = False
    rows = connection.execution_options(yield_per=1_000).execute(
        select(AUDIT_ENTRY).order_by(AUDIT_ENTRY.c.chain, AUDIT_ENTRY.c.position)
    )
    for row in rows:
        if row.chain != chain:
            chain, position, broken = row.chain, 0, False
            head = begun[chain] = row.begun_on or ""
        position += 1
        entry = Entry(
            at=row.at,
            device=row.device,
            person=row.person,
            entity=row.entity,
            command=row.command,
            outcome=row.outcome,
            op_id=row.op_id,
            digest=row.digest,
        )
        if not broken and row.position != position:
            yield f"audit chain {chain}: entry {position} is missing"
            broken = True
        elif not broken and row.hash != entry.hash_after(head):
            yield f"audit chain {chain}: entry {position} ({row.entity}) was altered"
            broken = True
        head = row.hash
        known.add(head)
    for name, previous in begun.items():
        if previous not in known:
            yield f"audit chain {name}: the chain that it began on is gone"


def _end_of(connection: Connection) -> tuple[str, int, str]:
    """Name, length and last hash of this connection's chain; a new name where it has none."""
    chain = connection.info.get(_CHAIN)
    if chain is not None:
        end = connection.execute(_END, {"chain": chain}).first()
        if end is not None:
            return chain, end.position, end.hash
    newest = connection.execute(
        select(*_COLUMNS)
        .order_by(AUDIT_ENTRY.c.chain.desc(), AUDIT_ENTRY.c.position.desc())
        .limit(1)
    ).first()
    started = datetime.now(UTC)
    chain = connection.info[_CHAIN] = f"{started:%Y%m%dT%H%M%S.%f}-{uuid4().hex[:12]}"
    return chain, 0, FIRST if newest is None else newest.hash
