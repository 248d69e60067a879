"""Planted faults of the desk's stores: its numbers, its transactions, and its copy of the server's data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection

from central_api import books
from rma.desk_report import DeskReportAnswer
from rma.numbers import compose
from storage import (
    copies,
    desk_report,
    fencing,
    number_blocks,
    outbox,
    reference_rows,
    work_schema,
)
from storage.audit import Chain
from storage.number_blocks import Heard
from storage.reference import ReferenceStore
from storage.reference_rows import Shape
from storage.work import WorkStore
from tests.simulation.process import RUNNING

BLOCK = 471203
"""Where desks without leased blocks would begin to count."""


@contextmanager
def in_memory_number_counter() -> Iterator[None]:
    """Which numbers are used is kept in memory, and written down nowhere."""
    used: dict[object, int] = {}
    take = number_blocks.take

    def taken(connection: Connection, count: int, heard: Heard) -> list[str]:
        desk = RUNNING.get()
        opened = getattr(desk, "opened", desk)
        first, *_rest = take(connection, count, heard)
        connection.exec_driver_sql("UPDATE number_block SET next_index = next_index - ?", (count,))
        start = used.setdefault(opened, int(first[6:9]))
        used[opened] = start + count
        return [compose(int(first[:6]), start + index) for index in range(count)]

    with patch.object(number_blocks, "take", taken):
        yield


@contextmanager
def what_was_heard_of_is_free() -> Iterator[None]:
    """A number is free until the server says that it was told, though the return with it has come."""
    with patch.object(ReferenceStore, "highest_number", lambda *_args: None):
        yield


@contextmanager
def no_unique_number() -> Iterator[None]:
    """Every desk counts for itself, without blocks that are leased to it alone."""
    take = number_blocks.take

    def taken(connection: Connection, count: int, heard: Heard) -> list[str]:
        return [compose(BLOCK, int(number[6:9])) for number in take(connection, count, heard)]

    with (
        patch.object(number_blocks, "take", taken),
        patch.object(books.Books, "leased", lambda _books, _number: True),
    ):
        yield


@contextmanager
def a_restored_desk_counts_on() -> Iterator[None]:
    """Which numbers are used is known from work.db alone, also where that is an old copy."""
    with patch.object(number_blocks, "fence", lambda _connection, _marks: {}):
        yield


@contextmanager
def lost_marks_are_not_missed() -> Iterator[None]:
    """Where nobody knows how far numbers were used, those that work.db takes for free are told."""
    real = fencing.fence

    def fence(connection: Connection, marks: Mapping[int, int]) -> fencing.Fenced:
        return real(connection, {**number_blocks.used(connection), **marks})

    with patch.object(fencing, "fence", fence), patch.object(copies, "fence", fence):
        yield


@contextmanager
def cursor_saved_before_the_page() -> Iterator[None]:
    """The cursor of a page is kept before its rows are."""
    apply = ReferenceStore.apply

    def applied(store: ReferenceStore, rows: Sequence[Any], cursor: str) -> None:
        apply(store, [], cursor)
        apply(store, rows, cursor)

    with patch.object(ReferenceStore, "apply", applied):
        yield


@contextmanager
def audit_outside_the_transaction() -> Iterator[None]:
    """The audit entry of a return is written after the return."""
    finalize = WorkStore.finalize

    def finalized(store: WorkStore, *asked: Any) -> Any:
        acts: list[Any] = []
        with patch.object(Chain, "append", lambda _chain, act: acts.append(act)):
            records = finalize(store, *asked)
        with store._writing() as connection:
            chain = store._chain(connection, store._enrolled())
            for act in acts:
                chain.append(act)
        return records

    with patch.object(WorkStore, "finalize", finalized):
        yield


@contextmanager
def outbox_outside_the_transaction() -> Iterator[None]:
    """A return is queued after it was stored."""
    finalize, put = WorkStore.finalize, outbox.put

    def finalized(store: WorkStore, *asked: Any) -> Any:
        rows: list[tuple[Any, ...]] = []
        with patch.object(outbox, "put", lambda _connection, *row: rows.append(row)):
            records = finalize(store, *asked)
        with store._writing() as connection:
            for row in rows:
                put(connection, *row)
        return records

    with patch.object(WorkStore, "finalize", finalized):
        yield


@contextmanager
def a_changed_order_keeps_its_document() -> Iterator[None]:
    """The new version of an order is kept with the document of the old one."""
    real = Shape.upsert

    def upsert(shape: Shape) -> str:
        statement: str = real.__get__(shape)
        if shape.key != "order_id":
            return statement
        return statement.replace(", document = excluded.document", "")

    with patch.object(Shape, "upsert", property(upsert)):
        yield


@contextmanager
def an_erased_customer_is_still_found() -> Iterator[None]:
    """The index of names goes on finding who was erased by what they were called."""
    forget_names = reference_rows._forget_names

    def forgotten(connection: Connection, rows: Sequence[Any]) -> frozenset[str]:
        return forget_names(connection, [row for row in rows if not row.value.erased])

    with patch.object(reference_rows, "_forget_names", forgotten):
        yield


@contextmanager
def a_revoked_desk_keeps_its_data() -> Iterator[None]:
    """Customers and orders stay where nobody may work any more."""
    with patch.object(ReferenceStore, "erase", lambda _store: None):
        yield


@contextmanager
def copies_go_on_with_the_same_numbers() -> Iterator[None]:
    """A desk does not hear that a copy of it works on."""
    take = desk_report.take

    def taken(connection: Connection, answer: DeskReportAnswer) -> Any:
        return take(connection, replace(answer, retire=False, used={}))

    with patch.object(desk_report, "take", taken):
        yield


@contextmanager
def migration_drops_the_waiting_rows() -> Iterator[None]:
    """An update makes the table of the queue anew, without what waits in it."""
    migrate = work_schema._migrate

    def migrated(connection: Connection, scripts: str) -> None:
        migrate(connection, scripts)
        connection.exec_driver_sql("DROP TRIGGER IF EXISTS frozen_outbox_delete")
        connection.exec_driver_sql("DELETE FROM outbox WHERE state = 'ready'")

    with patch.object(work_schema, "_migrate", migrated):
        yield
