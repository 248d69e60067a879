"""The tables of work.db. Documents are JSON of the dataclasses in `rma`; enums are stored by their value.

`table=True` models do not validate: what goes in was made by the rules. Hot paths use the tables through SQLAlchemy
Core (`DRAFT`, `RMA`, …).
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint, Index, LargeBinary, MetaData, Table, Text, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from storage.columns import UtcDateTime

NAMING = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
"""Constraints have names, so that batch migrations can find them."""


class WorkTable(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Root of the tables of work.db, apart from every other database's."""


class SettingRow(WorkTable, table=True):
    """One thing this desk remembers about itself, as JSON."""

    __tablename__ = "setting"

    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


class DraftRow(WorkTable, table=True):
    """A return that is being typed."""

    __tablename__ = "draft"

    draft_id: str = Field(primary_key=True)
    saved_at: datetime = Field(sa_type=UtcDateTime)
    document: str = Field(sa_type=Text)


class RmaRow(WorkTable, table=True):
    """An RMA made or changed on this desk, and how the call went that made it."""

    __tablename__ = "rma"

    number: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    customer_id: str = Field(index=True)
    state: str
    finalized_at: datetime = Field(sa_type=UtcDateTime, index=True)
    row_version: int | None = None
    """The server's version after our last acknowledged operation."""
    document: str = Field(sa_type=Text)
    made_here: bool
    draft_id: str | None = Field(default=None, index=True)
    """The draft it was: a draft becomes a return once."""
    channel: str | None = None
    started_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    first_key_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    keys: int | None = None
    refused_tries: int | None = None


class OutboxRow(WorkTable, table=True):
    """An operation as the bytes that travel, and what became of it. The bytes are never rewritten."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("state IN ('ready', 'done', 'attention', 'held')", name="state"),
        Index("ix_outbox_state_seq", "state", "seq"),
        Index("ix_outbox_number_state", "number", "state"),
        Index(
            "ix_outbox_put_off",
            "stream",
            "decided_at",
            sqlite_where=text("state = 'ready' AND outcome = 'not_yet'"),
        ),
        Index(
            "ix_outbox_attention",
            "decided_at",
            "seq",
            sqlite_where=text("settled_at IS NULL AND outcome NOT IN ('accepted', 'not_yet')"),
        ),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    op_id: str = Field(unique=True)
    number: str
    kind: str
    stream: str
    depends_on: str | None = None
    made_at: datetime = Field(sa_type=UtcDateTime)
    body: bytes = Field(sa_type=LargeBinary)
    sha256: str
    signature: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    """By the key of this device, over the bytes."""
    state: str
    outcome: str | None = None
    problem: str | None = Field(default=None, sa_type=Text)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settled_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    settle_note: str | None = Field(default=None, sa_type=Text)
    epoch: str | None = None
    """Of the server that acknowledged it; empty where it is held here, and no server did."""
    erased: bool = Field(default=False, sa_column_kwargs={"server_default": text("0")})
    """Whether the person in the bytes was erased since."""


class NumberBlockRow(WorkTable, table=True):
    """A leased block of RMA numbers; what lies below `next_index` is used for ever."""

    __tablename__ = "number_block"
    __table_args__ = (
        CheckConstraint("block BETWEEN 100000 AND 999999", name="block"),
        CheckConstraint("next_index BETWEEN 0 AND 1000", name="next_index"),
        {"sqlite_autoincrement": True},
    )

    seq: int | None = Field(default=None, primary_key=True)
    block: int = Field(unique=True)
    lease_id: str = Field(unique=True)
    next_index: int


class CallRow(WorkTable, table=True):
    """A call with a wrap-up note."""

    __tablename__ = "call"

    call_id: str = Field(primary_key=True)
    started_at: datetime = Field(sa_type=UtcDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    customer_id: str = Field(index=True)
    draft_id: str
    number: str
    author: str
    note: str = Field(sa_type=Text)


class RefusalRow(WorkTable, table=True):
    """A return that was refused on this desk."""

    __tablename__ = "refusal"

    refusal_id: str = Field(primary_key=True)
    """The draft that it was: a draft is refused once."""
    customer_id: str = Field(index=True)
    refused_at: datetime = Field(sa_type=UtcDateTime)
    document: str = Field(sa_type=Text)


class ErasureRow(WorkTable, table=True):
    """A customer who was erased: nothing is kept about them any more."""

    __tablename__ = "erasure"

    customer_id: str = Field(primary_key=True)
    learnt_at: datetime = Field(sa_type=UtcDateTime)


class PinRow(WorkTable, table=True):
    """How somebody proves who they are on a shared desk."""

    __tablename__ = "pin"

    person: str = Field(primary_key=True)
    verifier: str
    tries: int
    tried_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AuditEntryRow(WorkTable, table=True):
    """A link of the audit chain; never edited."""

    __tablename__ = "audit_entry"
    __table_args__ = {"sqlite_autoincrement": True}

    seq: int | None = Field(default=None, primary_key=True)
    device: str
    actor: str
    at: datetime = Field(sa_type=UtcDateTime)
    device_clock: datetime = Field(sa_type=UtcDateTime)
    entity: str
    command: str
    before: str | None = Field(default=None, sa_type=Text)
    after: str | None = Field(default=None, sa_type=Text)
    previous: str
    hash: str


class AuditPersonalRow(WorkTable, table=True):
    """A personal value whose salted hash stands in the chain; may be erased."""

    __tablename__ = "audit_personal"
    __table_args__ = {"sqlite_with_rowid": False}

    entry: int = Field(primary_key=True, foreign_key="audit_entry.seq")
    field: str = Field(primary_key=True)
    customer_id: str
    salt: bytes = Field(sa_type=LargeBinary)
    value: str = Field(sa_type=Text)


def _table(model: type[WorkTable]) -> Table:
    return cast(Table, model.__table__)  # type: ignore[attr-defined]


SETTING = _table(SettingRow)
DRAFT = _table(DraftRow)
RMA = _table(RmaRow)
OUTBOX = _table(OutboxRow)
NUMBER_BLOCK = _table(NumberBlockRow)
CALL = _table(CallRow)
REFUSAL = _table(RefusalRow)
PIN = _table(PinRow)
AUDIT_ENTRY = _table(AuditEntryRow)
AUDIT_PERSONAL = _table(AuditPersonalRow)
METADATA: MetaData = WorkTable.metadata
