"""Planted faults of the desk: its queue, and how it reads answers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest.mock import patch
from uuid import uuid4

from rma.operations import Outcome, Result, SealedOperation
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
def nobody_asks_what_was_released() -> Iterator[None]:
    """What the server held once is taken for held for ever."""

    def never(report: SyncReport) -> Steps[None]:
        report.asked_about_held = True
        return
        yield

    with patch.object(engine, "ask_about_held", never):
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
def a_cut_page_is_the_end() -> Iterator[None]:
    """A page of the first download that cannot be read is taken for the last one."""
    page = CentralClient.bootstrap_page

    async def read(client: CentralClient, kind: str, after: str | None, *, limit: int) -> bytes:
        try:
            return await page(client, kind, after, limit=limit)
        except UnreadableAnswer:
            return b""

    with patch.object(CentralClient, "bootstrap_page", read):
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
