"""The audit chain: who did what to which entity, each entry bound to the one before by its hash.

One chain per device, append-only. The chain holds salted hashes of personal values; the values stand in a table of
their own, so that a customer can be erased and the chain still verifies.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from rma.operations import Identity
from storage.columns import stored
from storage.documents import canonical, storable
from storage.engines import run, run_many
from storage.work_tables import AUDIT_ENTRY, AUDIT_PERSONAL

FIRST = "0" * 64
"""What the first entry of a chain names as its previous hash."""

PERSONAL = "personal"
"""Key of `after` under which the hashes of personal values stand."""

_INSERT = """
    INSERT INTO audit_entry (device, actor, at, device_clock, entity, command, "before", "after", previous, hash)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_INSERT_PERSONAL = (
    "INSERT INTO audit_personal (entry, field, customer_id, salt, value) VALUES (?, ?, ?, ?, ?)"
)
_HEAD = "SELECT hash FROM audit_entry WHERE device = ? ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One entry of the chain."""

    device: str
    actor: str
    at: datetime
    """UTC, corrected by the last known offset to the server."""
    device_clock: datetime
    """What the device's own clock said."""
    entity: str
    """Such as `rma/47120395870`."""
    command: str
    before: str | None
    """JSON, canonical."""
    after: str | None
    """JSON, canonical."""
    previous: str
    hash: str

    def computed_hash(self) -> str:
        """What `hash` has to be."""
        return _hash(
            {
                "device": self.device,
                "actor": self.actor,
                "at": self.at.isoformat(),
                "device_clock": self.device_clock.isoformat(),
                "entity": self.entity,
                "command": self.command,
                "before": self.before,
                "after": self.after,
                "previous": self.previous,
            }
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Something to enter into the chain."""

    entity: str
    command: str
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    customer_id: str = ""
    """Whose the personal values are."""
    personal: Mapping[str, str] | None = None
    """Personal values by field; empty ones are left out."""
    actor: str | None = None
    """Where it was not the person of this desk."""


class Chain:
    """The chain of one device, while a transaction appends to it."""

    def __init__(
        self, connection: Connection, identity: Identity, at: datetime, device_clock: datetime
    ) -> None:
        self._connection = connection
        self._identity = identity
        self._at = at
        self._device_clock = device_clock
        self._head: str | None = None

    def append(self, act: Act) -> None:
        """Add an entry."""
        values = {field: storable(text) for field, text in (act.personal or {}).items() if text}
        salts = {field: os.urandom(16) for field in values}
        after = dict(act.after or {})
        if values:
            after[PERSONAL] = {f: _salted(salts[f], text) for f, text in values.items()}
        entry = AuditEntry(
            device=self._identity.device,
            actor=act.actor or self._identity.person,
            at=self._at,
            device_clock=self._device_clock,
            entity=act.entity,
            command=act.command,
            before=None if act.before is None else canonical(act.before),
            after=canonical(after),
            previous=self._head or _head(self._connection, self._identity.device),
            hash="",
        )
        self._head = entry.computed_hash()
        seq = run(
            self._connection,
            _INSERT,
            (
                entry.device,
                entry.actor,
                stored(entry.at),
                stored(entry.device_clock),
                entry.entity,
                entry.command,
                entry.before,
                entry.after,
                entry.previous,
                self._head,
            ),
        ).lastrowid
        personal = [
            (seq, field, act.customer_id, salts[field], text) for field, text in values.items()
        ]
        run_many(self._connection, _INSERT_PERSONAL, personal)


_NEWEST = select(func.max(AUDIT_ENTRY.c.at)).where(AUDIT_ENTRY.c.seq > bindparam("entry"))
_COLUMNS = [AUDIT_ENTRY.c[field] for field in AuditEntry.__dataclass_fields__]


def entries(connection: Connection) -> Iterator[AuditEntry]:
    """Every entry, oldest first."""
    for row in connection.execute(select(*_COLUMNS).order_by(AUDIT_ENTRY.c.seq)):
        yield AuditEntry(*row)


def count(connection: Connection) -> int:
    """How many entries there are."""
    return connection.execute(select(func.count()).select_from(AUDIT_ENTRY)).scalar_one()


def newest_after(connection: Connection, entry: int) -> datetime | None:
    """The latest time of the entries behind this one; None where there are none."""
    return connection.execute(_NEWEST, {"entry": entry}).scalar()


def hash_at(connection: Connection, entry: int) -> str | None:
    """The hash of the entry with this number, from 1; None where the chain is shorter."""
    row = run(connection, "SELECT hash FROM audit_entry WHERE seq = ?", (entry,)).fetchone()
    return row[0] if row else None


def verify(connection: Connection) -> str | None:
    """What is broken about the chain or its personal values, in a sentence; None when all holds."""
    heads: dict[str, str] = {}
    for position, entry in enumerate(entries(connection), start=1):
        if entry.previous != heads.get(entry.device, FIRST):
            return f"Audit entry {position} ({entry.entity}) does not follow the one before it."
        if entry.hash != entry.computed_hash():
            return f"Audit entry {position} ({entry.entity}) was altered."
        heads[entry.device] = entry.hash
    personal = (
        select(
            AUDIT_ENTRY.c.entity,
            AUDIT_ENTRY.c.after,
            AUDIT_PERSONAL.c.field,
            AUDIT_PERSONAL.c.salt,
            AUDIT_PERSONAL.c.value,
        )
        .join(AUDIT_ENTRY, AUDIT_ENTRY.c.seq == AUDIT_PERSONAL.c.entry)
        .order_by(AUDIT_ENTRY.c.seq)
    )
    for entity, after, field, salt, value in connection.execute(personal):
        if json.loads(after).get(PERSONAL, {}).get(field) != _salted(salt, value):
            return f"A personal value ({field}) of {entity} was altered."
    return None


def _head(connection: Connection, device: str) -> str:
    row = run(connection, _HEAD, (device,)).fetchone()
    return row[0] if row else FIRST


def _hash(tree: dict[str, Any]) -> str:
    return hashlib.sha256(canonical(tree).encode()).hexdigest()


def _salted(salt: bytes, text: str) -> str:
    return hashlib.sha256(salt + text.encode(errors="surrogatepass")).hexdigest()
