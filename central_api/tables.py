"""The tables of the central database.

What desks hear about (customers, orders, products, RMAs, policies, reasons) is stored as the document that travels,
with its row version and a digest; the columns beside it are what the server searches and guards by. Amounts are minor
units, instants aware UTC. Models of `table=True` do not validate: what enters was read by the strict shapes of `rma`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out; naive instants are refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive instants, convert the others to UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Attach UTC, which SQLite drops."""
        if value is None or value.tzinfo is not None:
            return None if value is None else value.astimezone(UTC)
        stored: datetime = value.replace(tzinfo=UTC)
        return stored


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Central(SQLModel, registry=registry(metadata=metadata)):
    """The base of the server's tables; its metadata is its own."""


class Document(Central):
    """What every table has that desks hear about."""

    row_version: int = 1
    """Counts the changes of this row; desks never go back to a lower one."""
    digest: str
    """Of the document: equal digests write nothing."""
    document: str = Field(sa_type=Text)
    """JSON, as it travels."""


class CustomerRow(Document, table=True):
    """Whom the shop sells to."""

    __tablename__: ClassVar[str] = "customer"
    customer_id: str = Field(primary_key=True)
    name: str
    """Lower case, for the lookup."""
    email: str = Field(index=True)
    """Lower case."""
    phone: str = Field(index=True)
    """Digits only."""


class ProductRow(Document, table=True):
    """What the shop sells."""

    __tablename__: ClassVar[str] = "product"
    sku: str = Field(primary_key=True)


class OrderRow(Document, table=True):
    """The snapshot of an order."""

    __tablename__: ClassVar[str] = "orders"
    order_id: str = Field(primary_key=True)
    number: str = Field(index=True)
    customer_id: str = Field(index=True)
    currency: str


class OrderLineRow(Central, table=True):
    """How many units of an order line can come back: the guard against over-return."""

    __tablename__: ClassVar[str] = "order_line"
    __table_args__ = (CheckConstraint("consumed BETWEEN 0 AND delivered", name="consumed"),)
    order_id: str = Field(sa_column=Column(ForeignKey("orders.order_id"), primary_key=True))
    line_id: str = Field(primary_key=True)
    delivered: int
    consumed: int
    """Units that cannot be returned (again)."""


class RmaRow(Document, table=True):
    """An RMA under its told number."""

    __tablename__: ClassVar[str] = "rma"
    number: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    customer_id: str = Field(index=True)
    state: str = Field(index=True)
    holding: bool
    """Whether its slots are taken now: its state holds, and it was not booked holding nothing."""
    author: str
    finalized_at: datetime = Field(sa_type=UtcDateTime)
    booked_at: datetime = Field(sa_type=UtcDateTime)
    """When the server heard of it."""
    expires_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    """When it ends by itself; empty where its state does not let it."""
    metrics: str = Field(sa_type=Text)
    """How the call went, JSON."""


class RmaLineRow(Central, table=True):
    """What an RMA holds of one order line."""

    __tablename__: ClassVar[str] = "rma_line"
    number: str = Field(sa_column=Column(ForeignKey("rma.number"), primary_key=True))
    position: int = Field(primary_key=True)
    order_id: str
    line_id: str
    sku: str = Field(index=True)
    quantity: int = Field(sa_type=BigInteger)
    slots: str = Field(sa_type=Text)
    """JSON list; empty while it holds nothing."""
    __table_args__ = (Index("ix_rma_line_order_line", "order_id", "line_id"),)


class OperationRow(Central, table=True):
    """An operation that was decided, with its answer: stored in the transaction of its effect."""

    __tablename__: ClassVar[str] = "operation"
    op_id: str = Field(primary_key=True)
    device: str = Field(index=True)
    sha256: str
    kind: str
    number: str | None = Field(default=None, index=True)
    """The RMA it is about."""
    outcome: str
    result: str = Field(sa_type=Text)
    """The whole answer, JSON: what a resend gets again."""
    received_at: datetime = Field(sa_type=UtcDateTime)


class ChangeRow(Central, table=True):
    """One change, in commit order; the feed joins the newest document to it."""

    __tablename__: ClassVar[str] = "change_log"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
        ),
    )
    kind: str
    key: str
    row_version: int
    at: datetime = Field(sa_type=UtcDateTime)


class EventRow(Central, table=True):
    """What workers behind the desk have to hear of; written in the transaction of its cause."""

    __tablename__: ClassVar[str] = "event"
    __table_args__ = ({"sqlite_autoincrement": True},)
    id: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
        ),
    )
    kind: str
    """Such as `rma.expired`."""
    key: str
    """Of the document it is about."""
    row_version: int
    """Of that document after it."""
    at: datetime = Field(sa_type=UtcDateTime)


class FeedRow(Central, table=True):
    """Where the change feed starts: one row."""

    __tablename__: ClassVar[str] = "feed"
    epoch: str = Field(primary_key=True)
    """Name of this database's feed; cursors of another one are too old."""
    floor: int = Field(sa_type=BigInteger)
    """Changes up to here are no longer kept."""
    restored_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """When this database came from a backup."""


class RecoveryKeyRow(Central, table=True):
    """The public half of a recovery key; desks are told the newest."""

    __tablename__: ClassVar[str] = "recovery_key"
    public_key: str = Field(primary_key=True)
    """As `sync.protocol.signing` writes keys."""
    published_at: datetime = Field(sa_type=UtcDateTime)


class PolicyRow(Document, table=True):
    """A published policy version, immutable; the document holds the TOML."""

    __tablename__: ClassVar[str] = "policy_version"
    __table_args__ = (UniqueConstraint("code", "version"),)
    key: str = Field(primary_key=True)
    """`code/version`."""
    code: str
    version: int


class ReasonsRow(Document, table=True):
    """A published version of the reason tree, immutable; the document holds the TOML."""

    __tablename__: ClassVar[str] = "reasons_version"
    key: str = Field(primary_key=True)
    """The version, as text."""
    version: int = Field(unique=True)


class PersonRow(Central, table=True):
    """Somebody who may act."""

    __tablename__: ClassVar[str] = "person"
    name: str = Field(primary_key=True)
    role: str
    created_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since then what they make is held for review, and nothing is shown to them."""


class ServerRow(Central, table=True):
    """Whom devices mean when they ask for a token: one row, made with the database and never renewed."""

    __tablename__: ClassVar[str] = "server"
    server_id: str = Field(primary_key=True)


class DeviceRow(Central, table=True):
    """A desk."""

    __tablename__: ClassVar[str] = "device"
    device: str = Field(primary_key=True)
    platform: str
    enrolled_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    """Since then what it makes is held for review, and nothing is shown to it."""


class DeviceKeyRow(Central, table=True):
    """A public key of a desk. What an older one signed stays proven; only the current one gets tokens."""

    __tablename__: ClassVar[str] = "device_key"
    public_key: str = Field(primary_key=True)
    """As it travels."""
    device: str = Field(sa_column=Column(ForeignKey("device.device"), nullable=False, index=True))
    registered_at: datetime = Field(sa_type=UtcDateTime)
    current: bool


class DevicePersonRow(Central, table=True):
    """Somebody who may work on a desk."""

    __tablename__: ClassVar[str] = "device_person"
    device: str = Field(sa_column=Column(ForeignKey("device.device"), primary_key=True))
    person: str = Field(sa_column=Column(ForeignKey("person.name"), primary_key=True, index=True))
    enrolled_at: datetime = Field(sa_type=UtcDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class AccessTokenRow(Central, table=True):
    """A token for a quarter of an hour, known by its hash only."""

    __tablename__: ClassVar[str] = "access_token"
    token_sha256: str = Field(primary_key=True)
    device: str = Field(sa_column=Column(ForeignKey("device.device"), nullable=False))
    person: str = Field(sa_column=Column(ForeignKey("person.name"), nullable=False))
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class UsedAssertionRow(Central, table=True):
    """An assertion that got its token, until it would have expired anyway."""

    __tablename__: ClassVar[str] = "used_assertion"
    jti: str = Field(primary_key=True)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class HeldOperationRow(Central, table=True):
    """An operation that is kept as it came and has no effect, until a supervisor releases it."""

    __tablename__: ClassVar[str] = "held_operation"
    op_id: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    """Of its bytes: who only claims a key keeps nobody else's operation out."""
    device: str = Field(index=True)
    person: str
    """Who was signed in when it was sent."""
    actor: str
    """Whom it names."""
    kind: str
    number: str | None = None
    reason: str
    """Such as `unproven` or `revoked`."""
    line: bytes = Field(sa_type=LargeBinary)
    """As it came, with its signature."""
    received_at: datetime = Field(sa_type=UtcDateTime)
    released_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    released_by: str | None = None


class ReadRow(Central, table=True):
    """Who read what: customers, orders and returns, by person and device."""

    __tablename__: ClassVar[str] = "read_log"
    __table_args__ = (
        Index("ix_read_log_person_at", "person", "at"),
        {"sqlite_autoincrement": True},
    )
    id: int | None = Field(
        default=None,
        sa_column=Column(
            BigInteger().with_variant(Integer(), "sqlite"), primary_key=True, autoincrement=True
        ),
    )
    at: datetime = Field(sa_type=UtcDateTime)
    person: str
    device: str
    what: str
    """Such as `customers`, `order`, `rma` or `download`."""
    subjects: str = Field(sa_type=Text)
    """Keys of what was shown, separated by spaces; empty for a download."""
    rows: int


class EnrollmentCodeRow(Central, table=True):
    """A single-use code, known by its hash only."""

    __tablename__: ClassVar[str] = "enrollment_code"
    code_sha256: str = Field(primary_key=True)
    person: str = Field(sa_column=Column(ForeignKey("person.name"), nullable=False))
    expires_at: datetime = Field(sa_type=UtcDateTime)
    used_by: str | None = None
    """The device that used it."""


class NumberBlockRow(Central, table=True):
    """A leased block of RMA numbers: never expires, is never reclaimed."""

    __tablename__: ClassVar[str] = "number_block"
    __table_args__ = (UniqueConstraint("device", "lease_id"),)
    block: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    device: str = Field(index=True)
    lease_id: str
    leased_at: datetime = Field(sa_type=UtcDateTime)
    used: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """The first index that certainly was told to nobody, as far as the server heard."""
    incarnation: str = Field(default="", sa_column_kwargs={"server_default": ""})
    """The life of the desk that tells its numbers; empty until one said so."""


class DeskLifeRow(Central, table=True):
    """One life of a desk's database: a copy that was put back begins another one."""

    __tablename__: ClassVar[str] = "desk_life"
    device: str = Field(primary_key=True)
    incarnation: str = Field(primary_key=True)
    run: str
    """The process that works there; one that was before it and speaks again is a clone's."""
    earlier_runs: str = Field(sa_type=Text)
    """JSON list, oldest first."""
    seen_at: datetime = Field(sa_type=UtcDateTime)
    entries: int = Field(sa_type=BigInteger)
    """Up to which entry its audit chain was countersigned."""
    head: str
    """The hash of that entry."""
    fault: str
    """What is wrong with its audit chain, in a sentence; empty where nothing is."""


class AuditEntryRow(Central, table=True):
    """A link of the server's own audit chain; never edited."""

    __tablename__: ClassVar[str] = "audit_entry"
    chain: str = Field(primary_key=True)
    """One for each database connection; names sort by their start."""
    position: int = Field(primary_key=True, sa_type=BigInteger)
    """From 1, without gaps."""
    at: datetime = Field(sa_type=UtcDateTime)
    device: str
    person: str
    entity: str
    """Such as `rma/47120395870`."""
    command: str
    outcome: str
    op_id: str
    """The operation; empty where there was none."""
    digest: str
    """SHA-256 of what asked for it."""
    begun_on: str | None = None
    """In the first entry: the newest hash of the chain before."""
    hash: str


class ExpectedInboundRow(Central, table=True):
    """Units of a product that authorized RMAs will bring."""

    __tablename__: ClassVar[str] = "expected_inbound"
    __table_args__ = (CheckConstraint("units >= 0", name="units"),)
    sku: str = Field(primary_key=True)
    units: int = Field(sa_type=BigInteger)


class MailRow(Central, table=True):
    """A return slip that waits to be mailed to a customer; written in the transaction of its operation."""

    __tablename__: ClassVar[str] = "mail"
    __table_args__ = (
        CheckConstraint("state IN ('queued', 'sent', 'failed')", name="state"),
        Index("ix_mail_state_queued_at", "state", "queued_at"),
    )
    op_id: str = Field(primary_key=True)
    number: str = Field(sa_column=Column(ForeignKey("rma.number"), nullable=False, index=True))
    recipient: str
    subject: str
    slip: str = Field(sa_type=Text)
    """JSON, in the words of the desk: text and PDF are made of it."""
    state: str
    person: str
    """Who asked for it."""
    device: str
    queued_at: datetime = Field(sa_type=UtcDateTime)


class RefusalRow(Document, table=True):
    """A return that was refused: kept for the record, under the draft that it was."""

    __tablename__: ClassVar[str] = "refusal"
    refusal_id: str = Field(primary_key=True)
    order_id: str = Field(index=True)
    customer_id: str = Field(index=True)
    author: str
    refused_at: datetime = Field(sa_type=UtcDateTime)


class ErasureRow(Document, table=True):
    """A customer who was erased, for ever: whatever comes of them later is erased on arrival."""

    __tablename__: ClassVar[str] = "erasure"
    customer_id: str = Field(primary_key=True)
    erased_at: datetime = Field(sa_type=UtcDateTime)
    erased_by: str
    """Account of the operator."""
    reason: str
    salt: str
    """With the customer id it gives the digest in the audit chain."""


def _table(model: type[Central]) -> Table:
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


CUSTOMER = _table(CustomerRow)
PRODUCT = _table(ProductRow)
ORDERS = _table(OrderRow)
ORDER_LINE = _table(OrderLineRow)
RMA = _table(RmaRow)
RMA_LINE = _table(RmaLineRow)
OPERATION = _table(OperationRow)
CHANGE_LOG = _table(ChangeRow)
EVENT = _table(EventRow)
FEED = _table(FeedRow)
RECOVERY_KEY = _table(RecoveryKeyRow)
POLICY = _table(PolicyRow)
REASONS = _table(ReasonsRow)
PERSON = _table(PersonRow)
SERVER = _table(ServerRow)
DEVICE = _table(DeviceRow)
DEVICE_KEY = _table(DeviceKeyRow)
DEVICE_PERSON = _table(DevicePersonRow)
ACCESS_TOKEN = _table(AccessTokenRow)
USED_ASSERTION = _table(UsedAssertionRow)
HELD_OPERATION = _table(HeldOperationRow)
READ_LOG = _table(ReadRow)
ENROLLMENT_CODE = _table(EnrollmentCodeRow)
NUMBER_BLOCK = _table(NumberBlockRow)
DESK_LIFE = _table(DeskLifeRow)
AUDIT_ENTRY = _table(AuditEntryRow)
EXPECTED_INBOUND = _table(ExpectedInboundRow)
MAIL = _table(MailRow)
REFUSAL = _table(RefusalRow)
ERASURE = _table(ErasureRow)
"""Core tables: bulk work goes through these."""
