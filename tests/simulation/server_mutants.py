"""Planted faults of the server: its transactions, its guards and its feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError

from central_api import books, documents, feed, operations, routes, signatures, tokens
from central_api.database import write
from central_api.loading import StoredAnswer
from central_api.tables import OPERATION
from rma.ledger import Ledger
from rma.operations import Outcome


@contextmanager
def outcome_in_another_transaction() -> Iterator[None]:
    """The answer to an operation is stored after its effect."""
    rows: list[dict[str, Any]] = []
    decide = operations.decide_batch

    def answered(self: books.Books, row: dict[str, Any], actor: str) -> None:
        rows.append(row)
        self._answers[row["op_id"]] = StoredAnswer(
            row["sha256"], Outcome(row["outcome"]), row["result"].encode()
        )

    def decided(engine: Any, *arguments: Any, **named: Any) -> list[bytes]:
        rows.clear()
        answers = decide(engine, *arguments, **named)
        stored = list(rows)
        write(engine, lambda connection: documents.insert_rows(connection, OPERATION, stored))
        return answers

    with (
        patch.object(books.Books, "answered", answered),
        patch.object(routes, "decide_batch", decided),
    ):
        yield


@contextmanager
def answered_before_the_commit() -> Iterator[None]:
    """The server says what it decided, whether it could keep it or not."""
    decide, all_of_them = operations.decide_batch, operations._decide_all
    told: list[bytes] = []

    def remembered(*arguments: Any, **named: Any) -> list[bytes]:
        told[:] = all_of_them(*arguments, **named)
        return list(told)

    def decided(*arguments: Any, **named: Any) -> list[bytes]:
        told.clear()
        try:
            return decide(*arguments, **named)
        except OperationalError:
            if not told:
                raise
            return list(told)

    with (
        patch.object(operations, "_decide_all", remembered),
        patch.object(routes, "decide_batch", decided),
    ):
        yield


@contextmanager
def over_return() -> Iterator[None]:
    """The server forgets what other returns hold, and its guards with it."""

    def unguarded(connection: Connection, consumed: Any) -> None:
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
        for (order_id, line_id), units in consumed.items():
            sql = "UPDATE order_line SET consumed = consumed + :n WHERE order_id = :o AND line_id = :l"
            connection.execute(text(sql), {"n": units, "o": order_id, "l": line_id})

    with (
        patch.object(books.Books, "ledger", lambda _books, order: Ledger(order, ())),
        patch.object(books, "take_units", unguarded),
    ):
        yield


@contextmanager
def no_fingerprint() -> Iterator[None]:
    """A known key gets the known answer, whatever was sent under it."""
    answer = books.Books.answer

    def known(self: books.Books, op_id: str) -> StoredAnswer | None:
        found = answer(self, op_id)
        return None if found is None else replace(found, sha256=_AnyDigest(found.sha256))

    with patch.object(books.Books, "answer", known):
        yield


@contextmanager
def cursor_by_id() -> Iterator[None]:
    """The feed goes on after the highest id that it gave, though a lower one was not committed yet (as in PostgreSQL)."""
    rows_after = feed._rows_after
    chance = Random(1)

    def hurried(*arguments: Any) -> Sequence[Any]:
        rows = rows_after(*arguments)
        return rows[1:] if len(rows) > 1 and chance.random() < 0.2 else rows

    with patch.object(feed, "_rows_after", hurried):
        yield


@contextmanager
def announced_in_another_transaction() -> Iterator[None]:
    """The change feed hears of a return after it was booked."""
    decide, log_changes = operations.decide_batch, documents.log_changes
    late: list[tuple[Any, ...]] = []

    def logged(_connection: Connection, kind: str, versions: Any, now: Any) -> None:
        late.append((kind, list(versions), now))

    def decided(engine: Any, *arguments: Any, **named: Any) -> list[bytes]:
        late.clear()
        answers = decide(engine, *arguments, **named)
        changes = list(late)

        def log(connection: Connection) -> None:
            for change in changes:
                log_changes(connection, *change)

        write(engine, log)
        return answers

    with (
        patch.object(books, "log_changes", logged),
        patch.object(routes, "decide_batch", decided),
    ):
        yield


@contextmanager
def revocation_is_forgotten() -> Iterator[None]:
    """What somebody made who may no longer work is decided as before."""
    place_of = signatures.place_of

    def known(*arguments: Any) -> Any:
        place = place_of(*arguments)
        people = {name: replace(each, revoked="") for name, each in place.people.items()}
        return replace(place, people=people)

    with patch.object(routes, "place_of", known):
        yield


@contextmanager
def late_work_of_the_revoked_is_not_taken() -> Iterator[None]:
    """A desk that comes back long after it was revoked is nobody: it can hand in nothing."""
    caller = tokens._caller

    def known(row: Any) -> Any:
        since = getattr(row, "device_revoked", None)
        if since is not None and datetime.now(UTC) > since + timedelta(days=30):
            return None
        return caller(row)

    with patch.object(tokens, "_caller", known):
        yield


@contextmanager
def the_old_protocol_is_forged() -> Iterator[None]:
    """What a desk made before it had a key is held as if somebody had forged it."""
    with patch.object(signatures, "_from_before_the_key", lambda _place, _envelope: False):
        yield


@contextmanager
def a_restore_refuses() -> Iterator[None]:
    """A decision that comes by before its return is refused, where the server was restored."""
    with patch.object(operations, "is_awaited", lambda _books, _command, _now: False):
        yield


class _AnyDigest(str):
    """Equal to every digest."""

    __slots__ = ()

    def __eq__(self, _other: object) -> bool:
        return True

    __hash__ = str.__hash__
