"""Erase a customer at their own request: no personal value of theirs is left in any table, and none comes back.

One transaction. Ids, numbers, money, quantities, states and days stay, and with them the ledger and both audit chains.
Every change goes to the desks by the feed, and so does the erasure itself. `shut_out` lets no erasure begin between
looking whether somebody is erased and writing something about them.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, Engine, Table, delete, insert, or_, select, text, update

from central_api import chain
from central_api.database import is_sqlite, write
from central_api.documents import KINDS, Kind, chunks, digest_of, log_changes
from central_api.errors import NobodySuch
from central_api.tables import (
    AUDIT_ENTRY,
    CUSTOMER,
    ERASURE,
    HELD_OPERATION,
    MAIL,
    OPERATION,
    ORDERS,
    REFUSAL,
    RMA,
)
from rma.erasing import Erasure, erase
from rma.operations import Command, RefuseReturn, Result, content_of
from rma.order import Customer, Order
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from sync.protocol.documents import read_document, write_document
from sync.protocol.envelopes import command_of, erased_body, open_envelope
from sync.protocol.signing import split_line

COMMAND = "customer.erase"
"""In the audit chain."""

_SHAPES: dict[str, type[Any]] = {
    "customer": Customer,
    "order": Order,
    "rma": RmaRecord,
    "refusal": RefusedReturn,
}
"""What may hold something of a person, of what desks hear about."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What became of one customer."""

    customer_id: str
    erased_at: datetime
    """The first time, where it was done before."""
    again: bool
    changed: dict[str, int]
    """How much was erased now, by table; nothing where all was erased before."""


@dataclass(frozen=True, slots=True)
class _Theirs:
    """What is about a customer, beside their own row."""

    order_ids: frozenset[str]
    numbers: frozenset[str]


def shut_out(connection: Connection) -> None:
    """Let no erasure begin until this transaction ends; on SQLite a transaction that writes is alone anyway."""
    if not is_sqlite(connection):
        connection.execute(text("LOCK TABLE erasure IN ROW SHARE MODE"))


def erased_among(connection: Connection, customer_ids: Iterable[str]) -> frozenset[str]:
    """Those of these customers who were erased."""
    found: set[str] = set()
    for chunk in chunks(set(customer_ids)):
        rows = connection.execute(
            select(ERASURE.c.customer_id).where(ERASURE.c.customer_id.in_(chunk))
        )
        found.update(rows.scalars())
    return frozenset(found)


def erase_for_ever(
    engine: Engine,
    customer_id: str,
    *,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool = False,
) -> Erased:
    """`erase_customer` in a transaction of its own; `dry_run` undoes it.

    Raises:
        NobodySuch: if nothing is known under this id.
        OperationalError: when the database is busy; nothing is erased then.
    """

    def work(connection: Connection) -> Erased:
        with connection.begin_nested() as savepoint:
            erased = erase_customer(connection, customer_id, by=by, reason=reason, now=now)
            if dry_run:
                savepoint.rollback()
        return erased

    erased = write(engine, work)
    if is_sqlite(engine):
        with engine.connect() as connection:  # what the log holds of before
            raw = connection.connection.driver_connection
            assert raw is not None
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return erased


def erase_customer(
    connection: Connection, customer_id: str, *, by: str, reason: str, now: datetime
) -> Erased:
    """Erase a customer, or what came of them since; `by` is the account of who does it.

    Raises:
        NobodySuch: if nothing is known under this id.
    """
    if not is_sqlite(connection):
        connection.execute(text("LOCK TABLE erasure IN EXCLUSIVE MODE"))
    known = connection.execute(
        select(ERASURE.c.erased_at).where(ERASURE.c.customer_id == customer_id)
    ).scalar()
    theirs = _theirs(connection, customer_id)
    if known is None:
        if not (theirs.order_ids or theirs.numbers or _is_known(connection, customer_id)):
            raise NobodySuch(f"There is no customer {customer_id[:80]}: give the id, not the name.")
        _enter(connection, customer_id, by, reason, now)
    changed = Counter[str]()
    for name in _SHAPES:
        changed[name] = _erase_documents(connection, name, customer_id, theirs, now)
    changed["operation"] = _erase_answers(connection, theirs.numbers)
    changed["held_operation"] = _erase_held(connection, customer_id, theirs)
    changed["mail"] = _drop_mail(connection, theirs.numbers)
    return Erased(customer_id, known or now, known is not None, dict(+changed))


def erasures(connection: Connection) -> list[dict[str, str]]:
    """Everybody who was erased, oldest first."""
    rows = connection.execute(
        select(
            ERASURE.c.customer_id, ERASURE.c.erased_at, ERASURE.c.erased_by, ERASURE.c.reason
        ).order_by(ERASURE.c.erased_at, ERASURE.c.customer_id)
    )
    return [
        {
            "customer_id": row.customer_id,
            "erased_at": row.erased_at.isoformat(),
            "by": row.erased_by,
            "reason": row.reason,
        }
        for row in rows
    ]


def faults(connection: Connection) -> Iterator[str]:
    """Erased customers of whom something is left, and erasures that the audit chain does not know."""
    entered = set(
        connection.execute(
            select(AUDIT_ENTRY.c.digest).where(AUDIT_ENTRY.c.command == COMMAND)
        ).scalars()
    )
    for customer_id, salt in connection.execute(
        select(ERASURE.c.customer_id, ERASURE.c.salt).order_by(ERASURE.c.customer_id)
    ).all():
        if _salted(salt, customer_id) not in entered:
            yield f"customer {customer_id}: the erasure is not in the audit"
        theirs = _theirs(connection, customer_id)
        left = sum(len(list(_unerased(connection, name, customer_id, theirs))) for name in _SHAPES)
        if left:
            yield f"customer {customer_id}: erased, but {left} documents are not: erase them again"


def kept_line(line: bytes) -> bytes:
    """An operation that is kept for a supervisor, without the person; what cannot be read keeps no payload.

    Its signature goes with its bytes: who releases it says who made it.
    """
    body, _ = split_line(line)
    return erased_body(body)


def customers_named(command: Command | None) -> frozenset[str]:
    """Whose an operation says that it is."""
    content = content_of(command)
    if content is not None:
        return frozenset((content.request.customer_id,))
    if isinstance(command, RefuseReturn):
        return frozenset((command.refused.customer_id,))
    return frozenset()


def _is_known(connection: Connection, customer_id: str) -> bool:
    for table in (CUSTOMER, REFUSAL):
        found = select(table.c.customer_id).where(table.c.customer_id == customer_id).limit(1)
        if connection.execute(found).first() is not None:
            return True
    return False


def _theirs(connection: Connection, customer_id: str) -> _Theirs:
    """Their orders, and the returns that are theirs or of their orders, whoever told them."""
    own = select(ORDERS.c.order_id).where(ORDERS.c.customer_id == customer_id)
    numbers = select(RMA.c.number).where(
        or_(RMA.c.customer_id == customer_id, RMA.c.order_id.in_(own))
    )
    return _Theirs(
        frozenset(connection.execute(own).scalars()),
        frozenset(connection.execute(numbers).scalars()),
    )


def _enter(connection: Connection, customer_id: str, by: str, reason: str, now: datetime) -> None:
    salt = secrets.token_hex(16)
    document = write_document(Erasure(customer_id=customer_id, erased_at=now)).decode()
    connection.execute(
        insert(ERASURE).values(
            customer_id=customer_id,
            row_version=1,
            digest=digest_of(document),
            document=document,
            erased_at=now,
            erased_by=by,
            reason=reason,
            salt=salt,
        )
    )
    log_changes(connection, "erasure", [(customer_id, 1)], now)
    entry = chain.Entry(
        at=now,
        device="",
        person=by,
        entity="customer",
        command=COMMAND,
        outcome="erased",
        digest=_salted(salt, customer_id),
    )
    chain.append(connection, [entry])


def _salted(salt: str, customer_id: str) -> str:
    return hashlib.sha256(f"{salt}:{customer_id}".encode()).hexdigest()


def _unerased(
    connection: Connection, name: str, customer_id: str, theirs: _Theirs
) -> Iterator[tuple[str, int, Any]]:
    """Documents of one kind that hold something still: key, row version, and what they have to be."""
    kind = KINDS[name]
    columns = (kind.key, kind.table.c.row_version, kind.table.c.document)
    for where in _about(kind, customer_id, theirs):
        for key, version, document in connection.execute(select(*columns).where(where)).all():
            value = read_document(_SHAPES[name], document)
            wanted = erase(value)
            if wanted != value:
                yield key, version, wanted


def _about(kind: Kind, customer_id: str, theirs: _Theirs) -> Iterator[Any]:
    table: Table = kind.table
    if table is RMA:
        yield from (RMA.c.number.in_(chunk) for chunk in chunks(sorted(theirs.numbers)))
        return
    yield table.c.customer_id == customer_id
    if table is REFUSAL:
        for chunk in chunks(sorted(theirs.order_ids)):
            yield REFUSAL.c.order_id.in_(chunk) & (REFUSAL.c.customer_id != customer_id)


def _erase_documents(
    connection: Connection, name: str, customer_id: str, theirs: _Theirs, now: datetime
) -> int:
    kind, versions = KINDS[name], []
    for key, version, value in list(_unerased(connection, name, customer_id, theirs)):
        document = kind.document(value)
        values: dict[str, Any] = {
            "row_version": version + 1,
            "digest": digest_of(document),
            "document": document,
        }
        if kind.table is CUSTOMER:
            values |= {"name": "", "email": "", "phone": ""}
        connection.execute(update(kind.table).where(kind.key == key).values(values))
        versions.append((key, version + 1))
    log_changes(connection, name, versions, now)
    return len(versions)


def _erase_answers(connection: Connection, numbers: Iterable[str]) -> int:
    """Key, digest and outcome stay: who sends an operation again gets the same answer, without the person."""
    changed = 0
    for chunk in chunks(sorted(numbers)):
        rows = connection.execute(
            select(OPERATION.c.op_id, OPERATION.c.result).where(OPERATION.c.number.in_(chunk))
        ).all()
        for op_id, told in rows:
            result = read_document(Result, told)
            wanted = erase(result)
            if wanted != result:
                values = {"result": write_document(wanted).decode()}
                connection.execute(
                    update(OPERATION).where(OPERATION.c.op_id == op_id).values(values)
                )
                changed += 1
    return changed


def _erase_held(connection: Connection, customer_id: str, theirs: _Theirs) -> int:
    """What waits for a supervisor waits on, and is booked when it is released; what was released is not needed."""
    changed = 0
    columns = (HELD_OPERATION.c.op_id, HELD_OPERATION.c.sha256, HELD_OPERATION.c.number)
    rows = connection.execute(select(*columns, HELD_OPERATION.c.line)).all()
    for op_id, sha256, number, line in rows:
        if number not in theirs.numbers and not _names(line, customer_id):
            continue
        kept = kept_line(line)
        if kept != line:
            row = (HELD_OPERATION.c.op_id == op_id) & (HELD_OPERATION.c.sha256 == sha256)
            connection.execute(update(HELD_OPERATION).where(row).values(line=kept))
            changed += 1
    return changed


def _names(line: bytes, customer_id: str) -> bool:
    """Whether an operation is about this customer; one that cannot be read, whether it has the id anywhere."""
    body, _ = split_line(line)
    try:
        return customer_id in customers_named(command_of(open_envelope(body)))
    except (ValidationError, ValueError):
        return json.dumps(customer_id, ensure_ascii=False).encode() in body


def _drop_mail(connection: Connection, numbers: Iterable[str]) -> int:
    """What waits is not sent any more."""
    return sum(
        connection.execute(delete(MAIL).where(MAIL.c.number.in_(chunk))).rowcount
        for chunk in chunks(sorted(numbers))
    )
