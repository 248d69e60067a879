"""The change feed: what changed since a cursor, in commit order, skipping nothing.

A cursor is opaque to desks: the feed's epoch and a position. On SQLite writers take turns, so the id alone is commit
order. On PostgreSQL an id is drawn before its transaction commits; there the position is (transaction, id), and only
what no running transaction can still get in front of is handed out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Row, bindparam, delete, func, select, text, update

from central_api.database import is_sqlite, lock_table
from central_api.documents import KINDS, chunks
from central_api.errors import CentralError
from central_api.tables import CHANGE_LOG, FEED, UtcDateTime

PAGE = 1_000
"""Most changes in one page."""

PAGE_BYTES = 1 << 20
"""A page ends before it gets larger than this, unless a single change does."""

TRIMMED_AT_ONCE = 10_000
"""Changes that one transaction forgets."""

_RESTORED_AT = select(FEED.c.restored_at)

_AT_ONCE = 200
"""Documents that are read in one go: what does not fit into a page is not read for it."""

_CURSOR = re.compile(r"([0-9a-f]+)\.([0-9]{1,18})\.([0-9]{1,18})")
"""Epoch, transaction, id."""


class CursorTooOld(CentralError):
    """The cursor is of another database, or of a time whose changes are no longer kept."""

    def __init__(self) -> None:
        super().__init__("The changes since this cursor are not kept: start with a bootstrap.")


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the feed, ready to travel."""

    changes: list[bytes]
    """Each a `Change` as JSON."""
    cursor: str
    more: bool

    def body(self) -> bytes:
        """The `ChangePage` as JSON."""
        more = b"true" if self.more else b"false"
        return b'{"changes":[%s],"cursor":"%s","more":%s}' % (
            b",".join(self.changes),
            self.cursor.encode(),
            more,
        )


@dataclass(frozen=True, slots=True)
class Old:
    """A part of the feed that is too old to be kept: from its beginning up to a position."""

    epoch: str
    floor: int
    """On SQLite an id, on PostgreSQL a transaction."""


def epoch(connection: Connection) -> str:
    """The name of this database's history."""
    name: str = connection.execute(select(FEED.c.epoch)).scalar_one()
    return name


def restored_at(connection: Connection) -> datetime | None:
    """When this history began with a backup; what desks told since that was made comes by again after it."""
    moment: datetime | None = connection.execute(_RESTORED_AT).scalar_one()
    return moment


def renew(connection: Connection, now: datetime) -> None:
    """Begin another history, as after a restore: desks fetch everything anew, and offer what they told again."""
    lock_table(connection, FEED)
    connection.execute(delete(CHANGE_LOG))
    connection.execute(update(FEED).values(epoch=uuid4().hex, floor=0, restored_at=now))


def head(connection: Connection) -> str:
    """The cursor of this moment: everything before it is in the tables of this transaction."""
    name = epoch(connection)
    if is_sqlite(connection):
        return f"{name}.0.{_last_id(connection)}"
    horizon = connection.execute(
        text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
    ).scalar_one()
    return f"{name}.{horizon}.0"


def newest(connection: Connection) -> str:
    """The position of the newest change that a page would give; it moves with changes alone."""
    if is_sqlite(connection):
        return str(_last_id(connection))
    at = connection.execute(
        text(
            "SELECT xid::text, id FROM change_log WHERE xid < pg_snapshot_xmin(pg_current_snapshot()) "
            "ORDER BY xid DESC, id DESC LIMIT 1"
        )
    ).one_or_none()
    return "" if at is None else f"{at.xid}.{at.id}"


def page(
    connection: Connection, cursor: str, limit: int = PAGE, kinds: Container[str] = KINDS
) -> Page:
    """The changes of these kinds after `cursor`; of a thing that changed often, only its newest state.

    Raises:
        CursorTooOld: if the cursor is not of this feed, or its changes are gone.
    """
    name, transaction, last = _position(connection, cursor)
    rows = _rows_after(connection, transaction, last, limit)
    changes, taken = _changes(connection, rows, kinds)
    if rows:
        cursor = f"{name}.{rows[taken - 1].xid}.{rows[taken - 1].id}"
    return Page(changes, cursor, taken < len(rows) or len(rows) == limit)


def old(connection: Connection, before: datetime) -> Old | None:
    """How far the feed can be forgotten, where anything can; it is looked for without keeping anybody from writing.

    That is up to the newest change that was made before this instant. That one stays, or who has everything would have
    to fetch it anew: a cursor in PostgreSQL names a transaction, not how much of it was told.
    """
    if is_sqlite(connection):
        place, settled = "id", ""
    else:
        place, settled = "xid", "AND xid < pg_snapshot_xmin(pg_current_snapshot())"
    # Clocks differ, and may have been wrong: nothing but a look at all of them tells which is the newest of them.
    asked = text(
        f"SELECT CAST(CAST({place} AS text) AS bigint) AS floor FROM change_log WHERE {place} < "  # noqa: S608
        f"(SELECT {place} FROM change_log WHERE at < :before {settled} ORDER BY {place} DESC LIMIT 1) "
        f"ORDER BY {place} DESC LIMIT 1"
    ).bindparams(bindparam("before", type_=UtcDateTime))
    floor = connection.execute(asked, {"before": before}).scalar()
    return None if floor is None else Old(epoch(connection), floor)


def trim(connection: Connection, what: Old) -> bool:
    """Forget what was found to be old; cursors before it get `CursorTooOld` from then on.

    A part of it at a time, so that nobody who writes waits for long; gives whether there is more.
    """
    # Of servers that trim at once, each looks at what the one before it left.
    lock_table(connection, FEED)
    name, known = connection.execute(select(FEED.c.epoch, FEED.c.floor)).one()
    if name != what.epoch or known >= what.floor:
        return False
    if is_sqlite(connection):
        place, order, up_to = "id", "id", "id <= :floor"
    else:
        place, order = "xid::text::bigint", "xid, id"
        up_to = "xid <= CAST(CAST(:floor AS text) AS xid8)"
    last = text(
        f"SELECT {place} AS part FROM change_log WHERE {up_to} ORDER BY {order} LIMIT 1 OFFSET :others"  # noqa: S608
    )
    asked: dict[str, Any] = {"floor": str(what.floor), "others": TRIMMED_AT_ONCE - 1}
    part = connection.execute(last, asked).scalar()
    floor = what.floor if part is None else int(part)
    connection.execute(text(f"DELETE FROM change_log WHERE {up_to}"), {"floor": str(floor)})  # noqa: S608
    connection.execute(update(FEED).values(floor=floor))
    return floor < what.floor


def renew_if_foreign(connection: Connection, now: datetime) -> None:
    """Start a new feed where PostgreSQL never had the transactions of this one: it came here in a dump of another.

    Its changes would be handed out in a wrong order, or never. Desks start with a bootstrap.
    """
    if is_sqlite(connection):
        return
    lock_table(connection, FEED)
    foreign = connection.execute(
        text(
            "SELECT EXISTS (SELECT FROM change_log "
            "WHERE xid >= pg_snapshot_xmax(pg_current_snapshot()))"
        )
    ).scalar_one()
    if foreign:
        renew(connection, now)


def change(kind: str, key: str, row_version: int, document: str | None) -> bytes:
    """One `Change` as JSON; the stored document goes in as it is, None makes a tombstone."""
    head_part = b'{"kind":"%s","key":%s,"row_version":%d' % (
        kind.encode(),
        json.dumps(key, ensure_ascii=False).encode(),
        row_version,
    )
    if document is None:
        return head_part + b',"deleted":true,"document":null}'
    return head_part + b',"deleted":false,"document":' + document.encode() + b"}"


def _position(connection: Connection, cursor: str) -> tuple[str, int, int]:
    """Epoch, transaction and id of a cursor, checked against what is kept."""
    name, floor = connection.execute(select(FEED.c.epoch, FEED.c.floor)).one()
    told = _CURSOR.fullmatch(cursor)
    if told is None or told[1] != name:
        raise CursorTooOld
    transaction, last = int(told[2]), int(told[3])
    if is_sqlite(connection):
        if not floor <= last <= _last_id(connection):
            raise CursorTooOld
    elif (floor and transaction <= floor) or transaction > _next_transaction(connection):
        raise CursorTooOld
    return name, transaction, last


def _next_transaction(connection: Connection) -> int:
    asked = text("SELECT pg_snapshot_xmax(pg_current_snapshot())::text")
    return int(connection.execute(asked).scalar_one())


def _last_id(connection: Connection) -> int:
    newest: int | None = connection.execute(select(func.max(CHANGE_LOG.c.id))).scalar()
    floor: int = connection.execute(select(FEED.c.floor)).scalar_one()
    return floor if newest is None else newest


def _rows_after(
    connection: Connection, transaction: int, last: int, limit: int
) -> Sequence[Row[Any]]:
    columns = "id, kind, key, row_version"
    if is_sqlite(connection):
        statement = (
            f"SELECT {columns}, 0 AS xid FROM change_log WHERE id > :id ORDER BY id LIMIT :limit"  # noqa: S608
        )
    else:
        statement = (
            f"SELECT {columns}, xid::text AS xid FROM change_log "  # noqa: S608
            "WHERE (xid, id) > (CAST(CAST(:xid AS text) AS xid8), :id) "
            "AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT :limit"
        )
    values: dict[str, Any] = {"id": last, "limit": limit}
    if not is_sqlite(connection):
        values["xid"] = str(transaction)
    return connection.execute(text(statement), values).all()


def _changes(
    connection: Connection, rows: Sequence[Row[Any]], kinds: Container[str]
) -> tuple[list[bytes], int]:
    """The things of these kinds that the rows name, each once, until the page is full; and how many of the rows that were."""
    changes: list[bytes] = []
    seen: set[tuple[str, str]] = set()
    size = 0
    newest = {(row.kind, row.key): row.row_version for row in rows}
    for start in range(0, len(rows), _AT_ONCE):
        group = rows[start : start + _AT_ONCE]
        wanted = {(row.kind, row.key) for row in group if row.kind in kinds} - seen
        documents = _newest_documents(connection, wanted)
        for index, row in enumerate(group, start):
            thing = (row.kind, row.key)
            if thing in seen or row.kind not in kinds:
                continue
            told = change(row.kind, row.key, *documents.get(thing, (newest[thing], None)))
            size += len(told)
            if changes and size > PAGE_BYTES:
                return changes, index
            seen.add(thing)
            changes.append(told)
    return changes, len(rows)


def _newest_documents(
    connection: Connection, things: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], tuple[int, str]]:
    documents: dict[tuple[str, str], tuple[int, str]] = {}
    by_kind: dict[str, list[str]] = {}
    for kind, key in things:
        by_kind.setdefault(kind, []).append(key)
    for kind, keys in by_kind.items():
        documents.update(_documents(connection, kind, keys))
    return documents


def _documents(
    connection: Connection, kind: str, keys: Iterable[str]
) -> dict[tuple[str, str], tuple[int, str]]:
    of_kind = KINDS[kind]
    found: dict[tuple[str, str], tuple[int, str]] = {}
    columns = (of_kind.key, of_kind.table.c.row_version, of_kind.table.c.document)
    for chunk in chunks(keys):
        for key, version, document in connection.execute(
            select(*columns).where(of_kind.key.in_(chunk))
        ):
            found[(kind, key)] = (version, document)
    return found
