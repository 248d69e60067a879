"""What both sides have in their books, read directly: not through what is to be proved."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text

from rma.operations import KnownRecord, Outcome
from rma.record import RmaRecord
from storage.engines import connect
from storage.secrets import DATABASE_KEY
from sync.protocol.documents import read_document
from sync.protocol.signing import split_line
from tests.simulation.process import running
from tests.simulation.workplace import Workplace

KINDS = {
    "customer": ("customer", "customer_id", "customer", "customer_id"),
    "order": ("orders", "order_id", "sales_order", "order_id"),
    "product": ("product", "sku", "product", "sku"),
    "rma": ("rma", "number", "rma", "number"),
    "refusal": ("refusal", "refusal_id", "refusal", "refusal_id"),
    "policy": ("policy_version", "key", "policy", "key"),
    "reasons": ("reasons_version", "key", "reasons", "key"),
    "erasure": ("erasure", "customer_id", "erasure", "customer_id"),
}
"""Table and key of each kind, on the server and at a desk."""


@dataclass(frozen=True, slots=True)
class Queued:
    """A row of an outbox."""

    desk: str
    op_id: str
    number: str
    kind: str
    state: str
    outcome: str | None
    sha256: str
    seq: int
    depends_on: str | None
    epoch: str | None
    """Of the server that answered; empty where the desk holds it by itself."""

    @property
    def is_held_by_the_server(self) -> bool:
        """Whether a supervisor has to release it; else the desk holds it by itself, as no server reads it."""
        return self.state == "held" and self.epoch != ""


@dataclass(frozen=True, slots=True)
class Booked:
    """A row of the server's operations."""

    op_id: str
    device: str
    number: str | None
    kind: str
    outcome: str
    sha256: str
    received_at: str
    result: str


@dataclass(frozen=True, slots=True)
class Kept:
    """An operation that the server holds, or held."""

    op_id: str
    device: str
    kind: str
    number: str | None
    reason: str
    body: bytes
    released: bool


@dataclass(frozen=True, slots=True)
class Revoked:
    """What the server says of a desk that may no longer work."""

    since: str
    """As the database has it."""
    whole: bool
    """Whether it is the desk; else its person."""


def outbox(desk: Workplace) -> list[Queued]:
    """Everything that a desk ever wanted to send, oldest first."""
    columns = "op_id, number, kind, state, outcome, sha256, seq, depends_on, epoch"
    with _looking(desk, "work.db") as connection:
        rows = connection.execute(f"SELECT {columns} FROM outbox ORDER BY seq").fetchall()
    return [Queued(desk.name, *row) for row in rows]


def waiting_for_held(rows: list[Queued]) -> set[tuple[str, str]]:
    """Desk and key of what waits for something that is held before somebody's eyes, and goes on when that is released."""
    held = {(row.desk, row.op_id) for row in rows if row.state == "held"}
    waiting: set[tuple[str, str]] = set()
    for row in rows:  # oldest first
        put_off = row.state == "ready" and row.outcome == Outcome.NOT_YET
        if put_off and (row.desk, row.depends_on) in held | waiting:
            waiting.add((row.desk, row.op_id))
    return waiting


def audited(desk: Workplace) -> Counter[tuple[str, str]]:
    """How often each command stands in a desk's audit chain, by entity."""
    return Counter(
        (entry.entity, entry.command)
        for entry in desk.opened.work.audit_entries()
        if not entry.command.startswith("outcome.")
    )


def operations(connection: Connection) -> dict[str, Booked]:
    """What the server decided, by key."""
    columns = "op_id, device, number, kind, outcome, sha256, received_at, result"
    rows = connection.execute(text(f"SELECT {columns} FROM operation"))
    return {row.op_id: Booked(*row) for row in rows}


def records(connection: Connection) -> dict[str, KnownRecord]:
    """The server's RMAs, by number."""
    rows = connection.execute(text("SELECT number, row_version, document FROM rma"))
    return {
        row.number: KnownRecord(
            record=read_document(RmaRecord, row.document), row_version=row.row_version
        )
        for row in rows
    }


def of_server(connection: Connection) -> dict[tuple[str, str], int]:
    """Row versions of everything that desks hear about, by kind and key."""
    versions = {}
    for kind, (table, key, _table, _key) in KINDS.items():
        for row in connection.execute(text(f"SELECT {key} AS k, row_version AS v FROM {table}")):
            versions[(kind, row.k)] = row.v
    return versions


def of_desk(desk: Workplace) -> dict[tuple[str, str], int]:
    """The same in a desk's copy."""
    versions = {}
    with _looking(desk, "ref.db") as connection:
        for kind, (_table, _key, table, key) in KINDS.items():
            sql = f"SELECT {key}, row_version FROM {table}"
            for found, version in connection.execute(sql):
                versions[(kind, found)] = version
    return versions


def documents_of_server(connection: Connection) -> dict[tuple[str, str], str]:
    """The texts of everything that desks hear about, by kind and key."""
    texts = {}
    for kind, (table, key, _table, _key) in KINDS.items():
        for row in connection.execute(text(f"SELECT {key} AS k, document AS d FROM {table}")):
            texts[(kind, row.k)] = row.d
    return texts


def documents_of_desk(desk: Workplace) -> dict[tuple[str, str], str]:
    """The same in a desk's copy, as that keeps them."""
    texts = {}
    with _looking(desk, "ref.db") as connection:
        for kind, (_table, _key, table, key) in KINDS.items():
            for found, document in connection.execute(f"SELECT {key}, document FROM {table}"):
                texts[(kind, found)] = document
    return texts


def slots(connection: Connection) -> Counter[tuple[str, str]]:
    """Units that RMAs hold, by order line, counted from their lines."""
    held: Counter[tuple[str, str]] = Counter()
    rows = connection.execute(text("SELECT order_id, line_id, slots FROM rma_line"))
    for row in rows:
        held[(row.order_id, row.line_id)] += len(json.loads(row.slots))
    return held


def kept_for_a_supervisor(connection: Connection) -> list[Kept]:
    """Everything that was held, also what was released since."""
    columns = "op_id, device, kind, number, reason, line, released_at"
    rows = connection.execute(text(f"SELECT {columns} FROM held_operation ORDER BY op_id"))
    return [
        Kept(
            row.op_id,
            row.device,
            row.kind,
            row.number,
            row.reason,
            split_line(row.line)[0],
            released=row.released_at is not None,
        )
        for row in rows
    ]


def revoked(connection: Connection) -> dict[str, Revoked]:
    """Desks that may no longer work, or whose people may not, by device."""
    rows = connection.execute(
        text(
            "SELECT d.device, d.revoked_at AS device_at, p.revoked_at AS person_at FROM device d "
            "JOIN device_person w ON w.device = d.device JOIN person p ON p.name = w.person"
        )
    )
    return {
        row.device: Revoked(str(row.device_at or row.person_at), whole=row.device_at is not None)
        for row in rows
        if row.device_at or row.person_at
    }


@contextmanager
def _looking(desk: Workplace, file: str) -> Iterator[sqlite3.Connection]:
    """A connection of ours to a desk's file: SQLite lets it see what was committed, and nothing else."""
    key = desk.opened.secrets.get(DATABASE_KEY)
    assert key is not None
    with running(None):
        connection = connect(desk.folder / file, key)
    try:
        yield connection
    finally:
        connection.close()
