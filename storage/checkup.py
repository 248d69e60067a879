"""Look at a desk's databases from beside: nothing is changed, and the desk may be open meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher
from sqlalchemy import Connection, Engine, select

from rma.numbers import BLOCK_SIZE
from rma.operations import Identity, QueueState
from storage import audit, drafts, number_blocks, outbox, settings
from storage.engines import connect, is_out_of_reach, open_database, reading, run
from storage.errors import CannotLook
from storage.work_schema import REVISIONS, revision
from storage.work_tables import NUMBER_BLOCK

MOST_FAULTS = 20
"""Faults of a file that are told: a damaged one has thousands."""


@dataclass(frozen=True, slots=True)
class Block:
    """A leased block, and how many numbers of it are left."""

    block: int
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkHealth:
    """What a look at work.db found."""

    revision: str
    identity: Identity | None
    clock_offset: timedelta
    queue: QueueState
    blocks: tuple[Block, ...]
    audit_entries: int
    audit_fault: str | None
    """What is broken about the audit chain, in a sentence."""


def file_faults(path: Path, key: bytes) -> list[str]:
    """What is wrong with the pages of a database, in SQLite's words; empty where it is whole.

    Raises:
        CannotLook: if it cannot be looked at, which says nothing about the file.
    """
    try:
        with closing(connect(path, key)) as database:
            found = [text for (text,) in database.execute("PRAGMA cipher_integrity_check")]
            checked = database.execute(f"PRAGMA quick_check({MOST_FAULTS})").fetchall()
            found += [text for (text,) in checked if text != "ok"]
            broken = database.execute("PRAGMA foreign_key_check").fetchall()
    except sqlcipher.Error as error:
        if is_out_of_reach(error):
            raise CannotLook(path, error) from error
        return [str(error)]
    if broken:
        found.append(f"{len(broken)} rows point nowhere, the first in {broken[0][0]}")
    return found[:MOST_FAULTS]


def look_at_work(path: Path, key: bytes) -> WorkHealth | None:
    """What work.db says about itself; None where it has another schema than this program's.

    Raises:
        Damaged: if it is.
        StoreTrouble: if it cannot be read for another reason.
    """
    with beside(path, key) as engine:
        found = revision(engine)
        if found != REVISIONS[-1]:
            return None
        with reading(engine) as connection:
            return _health(connection, found)


def has_fetched(path: Path, key: bytes) -> bool:
    """Whether a ref.db knows where the server's changes go on, which it does once everything was fetched.

    Raises:
        StoreTrouble: if it cannot be read.
    """
    with beside(path, key) as engine, reading(engine) as connection:
        table = "SELECT 1 FROM sqlite_master WHERE name = 'meta'"
        cursor = "SELECT 1 FROM meta WHERE name = 'cursor'"
        return all(run(connection, sql).fetchone() for sql in (table, cursor))


@contextmanager
def beside(path: Path, key: bytes) -> Iterator[Engine]:
    """The database while another process may have it open."""
    engine = open_database(path, key, durable=True)
    try:
        yield engine
    finally:
        engine.dispose()


def _health(connection: Connection, found: str) -> WorkHealth:
    waiting, oldest_at, attention = outbox.counts(connection)
    parked, unnumbered = drafts.count(connection)
    blocks = connection.execute(
        select(NUMBER_BLOCK.c.block, NUMBER_BLOCK.c.next_index).order_by(NUMBER_BLOCK.c.seq)
    )
    return WorkHealth(
        revision=found,
        identity=settings.identity(connection),
        clock_offset=settings.clock_offset(connection),
        queue=QueueState(
            waiting=waiting,
            oldest_at=oldest_at,
            attention=attention,
            numbers_left=number_blocks.left(connection),
            parked=parked,
            unnumbered=unnumbered,
        ),
        blocks=tuple(Block(block, BLOCK_SIZE - upto) for block, upto in blocks),
        audit_entries=audit.count(connection),
        audit_fault=audit.verify(connection),
    )
