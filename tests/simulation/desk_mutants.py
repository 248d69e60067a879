"""Planted faults of the desk: its queue, its numbers, its copies and how it reads answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from sqlalchemy import Connection

from central_api import books
from rma.desk_report import DeskReportAnswer
from rma.numbers import compose
from rma.operations import Outcome, Result, SealedOperation
from storage import desk_report, number_blocks, outbox, work_schema
from storage.audit import Chain
from storage.reference import ReferenceStore
from storage.secrets import DEVICE_KEY
from storage.work import WorkStore
from sync import engine, push
from sync.client import CentralClient
from sync.device_key import DeviceKey
from sync.effects import EraseReference, FetchChanges, ReadCursor, Steps, ask
from sync.errors import (
    CursorTooOld,
    DeviceRevoked,
    ServerFailing,
    SyncError,
    Unauthorized,
    UnreadableAnswer,
)
from sync.poison import Choking
from sync.protocol.envelopes import PushResponse
from sync.protocol.signing import as_text
from sync.report import SyncReport
from tests.simulation.process import RUNNING
from tests.simulation.workplace import Workplace

BLOCK = 471203
"""Where desks without leased blocks would begin to count."""


@contextmanager
def new_key_on_retry() -> Iterator[None]:
    """An operation that is sent again gets a new key."""
    sent: set[str] = set()
    known_as: dict[str, str] = {}
    waiting, apply_results = WorkStore.waiting, WorkStore.apply_results

    def renamed(operation: SealedOperation) -> SealedOperation:
        if operation.op_id not in sent:
            sent.add(operation.op_id)
            return operation
        key = str(uuid4())
        known_as[key] = operation.op_id
        body = operation.body.replace(operation.op_id.encode(), key.encode())
        return replace(operation, op_id=key, body=body, signature=_signature(body))

    def offered(store: WorkStore, limit: int, max_bytes: int) -> list[SealedOperation]:
        return [renamed(each) for each in waiting(store, limit, max_bytes)]

    def applied(store: WorkStore, results: Sequence[Result]) -> None:
        ours = [replace(each, op_id=known_as.get(each.op_id, each.op_id)) for each in results]
        apply_results(store, ours)

    with (
        patch.object(WorkStore, "waiting", offered),
        patch.object(WorkStore, "apply_results", applied),
    ):
        yield


@contextmanager
def delete_before_acknowledgement() -> Iterator[None]:
    """An operation leaves the queue when it is sent, not when it is answered."""
    waiting = WorkStore.waiting

    def offered(store: WorkStore, limit: int, max_bytes: int) -> list[SealedOperation]:
        batch = waiting(store, limit, max_bytes)
        store.apply_results([_accepted(each.op_id) for each in batch])
        return batch

    with patch.object(WorkStore, "waiting", offered):
        yield


@contextmanager
def drop_on_5xx() -> Iterator[None]:
    """What the server failed at is taken for done."""

    def failing(keys: list[str], error: Exception) -> PushResponse:
        return PushResponse(tuple(map(_accepted, keys)))

    with _push_that_answers(failing, ServerFailing):
        yield


@contextmanager
def unauthorized_as_permanent() -> Iterator[None]:
    """A 401 is taken for the refusal of what was sent."""

    def refused(keys: list[str], error: Exception) -> PushResponse:
        return PushResponse(tuple(Result(op_id=key, outcome=Outcome.REJECTED) for key in keys))

    with _push_that_answers(refused, Unauthorized):
        yield


@contextmanager
def match_by_position() -> Iterator[None]:
    """Answers are matched to operations by their place in the list."""

    def matched(keys: list[str], told: PushResponse) -> PushResponse:
        pairs = zip(keys, told.results, strict=False)
        return PushResponse(tuple(replace(result, op_id=key) for key, result in pairs))

    with _push_that_reads(matched):
        yield


@contextmanager
def acknowledge_all_on_200() -> Iterator[None]:
    """Whatever stood in a batch that got a 200 is taken for done."""

    def all_of_them(keys: list[str], told: PushResponse) -> PushResponse:
        answered = {result.op_id for result in told.results}
        rest = (_accepted(key) for key in keys if key not in answered)
        return PushResponse((*told.results, *rest))

    with _push_that_reads(all_of_them):
        yield


@contextmanager
def give_up_after_three_tries() -> Iterator[None]:
    """What was sent three times without an answer is dropped."""
    tries: dict[str, int] = {}
    waiting = WorkStore.waiting

    def offered(store: WorkStore, limit: int, max_bytes: int) -> list[SealedOperation]:
        for each in waiting(store, limit, max_bytes):
            tries[each.op_id] = tries.get(each.op_id, 0) + 1
            if tries[each.op_id] > 3:
                store.apply_results([_accepted(each.op_id)])
        return waiting(store, limit, max_bytes)

    with patch.object(WorkStore, "waiting", offered):
        yield


@contextmanager
def in_memory_number_counter() -> Iterator[None]:
    """Which numbers are used is kept in memory, and written down nowhere."""
    used: dict[object, int] = {}
    take = number_blocks.take

    def taken(connection: Connection, count: int) -> list[str]:
        desk = RUNNING.get()
        opened = getattr(desk, "opened", desk)
        first, *_rest = take(connection, count)
        connection.exec_driver_sql("UPDATE number_block SET next_index = next_index - ?", (count,))
        start = used.setdefault(opened, int(first[6:9]))
        used[opened] = start + count
        return [compose(int(first[:6]), start + index) for index in range(count)]

    with patch.object(number_blocks, "take", taken):
        yield


@contextmanager
def no_unique_number() -> Iterator[None]:
    """Every desk counts for itself, without blocks that are leased to it alone."""
    take = number_blocks.take

    def taken(connection: Connection, count: int) -> list[str]:
        return [compose(BLOCK, int(number[6:9])) for number in take(connection, count)]

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
def strict_first_in_first_out() -> Iterator[None]:
    """Nothing is sent before what was made before it is done, however long that takes."""
    waiting = WorkStore.waiting

    def one(store: WorkStore, limit: int, max_bytes: int) -> list[SealedOperation]:
        return waiting(store, 1, max_bytes)

    def never(choking: Choking, _batch: Sequence[SealedOperation], error: SyncError) -> Steps[int]:
        choking._report.stalled, choking._report.trouble = True, str(error)
        return 1
        yield

    with (
        patch.object(WorkStore, "waiting", one),
        patch.object(Choking, "batch_after", never),
    ):
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
def a_cut_page_is_the_end() -> Iterator[None]:
    """A page of the first download that cannot be read is taken for the last one."""
    page = CentralClient.bootstrap_page

    async def read(client: CentralClient, kind: str, after: str | None) -> bytes:
        try:
            return await page(client, kind, after)
        except UnreadableAnswer:
            return b""

    with patch.object(CentralClient, "bootstrap_page", read):
        yield


@contextmanager
def audit_outside_the_transaction() -> Iterator[None]:
    """The audit entry of a return is written after the return."""
    finalize = WorkStore.finalize

    def finalized(store: WorkStore, builds: Any, draft_ids: Any) -> Any:
        acts: list[Any] = []
        with patch.object(Chain, "append", lambda _chain, act: acts.append(act)):
            records = finalize(store, builds, draft_ids)
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

    def finalized(store: WorkStore, builds: Any, draft_ids: Any) -> Any:
        rows: list[tuple[Any, ...]] = []
        with patch.object(outbox, "put", lambda _connection, *row: rows.append(row)):
            records = finalize(store, builds, draft_ids)
        with store._writing() as connection:
            for row in rows:
                put(connection, *row)
        return records

    with patch.object(WorkStore, "finalize", finalized):
        yield


@contextmanager
def data_deleted_before_the_work_is_handed_in() -> Iterator[None]:
    """A revoked desk deletes its copy of the data first, and ends the exchange with that."""
    report_desk = push.report_desk

    def reported(report: SyncReport) -> Steps[None]:
        yield from report_desk(report)
        cursor = yield from ask(ReadCursor())
        try:
            yield from ask(FetchChanges(cursor or "none", 0))
        except CursorTooOld:
            return
        except DeviceRevoked:
            yield from ask(EraseReference())
            raise

    with patch.object(engine, "report_desk", reported):
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


def _signature(body: bytes) -> str:
    """By the key of the desk that runs now."""
    desk = RUNNING.get()
    assert isinstance(desk, Workplace)
    seed = desk.opened.secrets.get(DEVICE_KEY)
    return "" if seed is None else as_text(DeviceKey(seed).sign(body))


def _accepted(op_id: str) -> Result:
    return Result(op_id=op_id, outcome=Outcome.ACCEPTED, row_version=1)


@contextmanager
def _push_that_answers(
    answer: Callable[[list[str], Exception], PushResponse], on: type[Exception]
) -> Iterator[None]:
    """A push that turns an error into an answer."""
    real = CentralClient.push

    async def pushed(client: CentralClient, sent: Sequence[Any], **named: Any) -> PushResponse:
        try:
            return await real(client, sent, **named)
        except on as error:
            return answer(_keys(sent), error)

    with patch.object(CentralClient, "push", pushed):
        yield


@contextmanager
def _push_that_reads(
    read: Callable[[list[str], PushResponse], PushResponse],
) -> Iterator[None]:
    """A push that reads its answer in another way."""
    real = CentralClient.push

    async def pushed(client: CentralClient, sent: Sequence[Any], **named: Any) -> PushResponse:
        return read(_keys(sent), await real(client, sent, **named))

    with patch.object(CentralClient, "push", pushed):
        yield


def _keys(sent: Sequence[Any]) -> list[str]:
    """The keys of what is sent: envelopes, behind which their signature may stand."""
    bodies = (getattr(each, "body", each) for each in sent)
    return [json.loads(body.partition(b"\t")[0])["op_id"] for body in bodies]
