"""Drives the core with the real client and the real stores, once or for as long as the desk is open.

Store calls and the reading of large answers run in threads; the event loop only waits.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from rma.errors import RmaError
from rma.wording import _
from sync import stores
from sync.apply import rows_of, rows_of_page
from sync.backoff import Backoff, floor_of
from sync.client import CentralClient
from sync.effects import (
    AddRows,
    ApplyChanges,
    ApplyResults,
    AskForBlock,
    BeginLoad,
    Effect,
    FetchChanges,
    FetchPlan,
    FetchRows,
    FinishLoad,
    ForgetReference,
    LeaseWanted,
    Push,
    ReadCursor,
    Steps,
    StoreLease,
    Waiting,
)
from sync.engine import exchange
from sync.errors import SyncError, Unreachable
from sync.protocol.envelopes import ChangePage
from sync.report import SyncReport, SyncState
from sync.threads import in_thread

LONG_POLL = 25
"""Seconds that the server may hold back the answer when nothing has changed."""

SHORTEST_POLL = 1.0
"""Seconds: a server that has no news and does not hold the answer back is not asked more often than this."""

_log = logging.getLogger(__name__)


class SyncEngine:
    """One desk's exchange with its central API.

    All methods belong to one event loop.
    """

    def __init__(
        self,
        client: CentralClient,
        work: stores.Work,
        reference: stores.Reference,
        *,
        clock: Callable[[], datetime],
        random: Random,
    ) -> None:
        self._client = client
        self._work = work
        self._reference = reference
        self._clock = clock
        self._backoff = Backoff(random)
        self._state = SyncState()
        self._one_at_a_time = asyncio.Lock()
        self._wake = asyncio.Event()
        self._long_poll: asyncio.Task[ChangePage] | None = None
        self._persons = 0
        """People who wait for an exchange of their own: no long poll begins before theirs."""
        self._nudge = asyncio.Event()
        """Set when a person's own try went through: the engine need not wait any longer."""
        self._load: stores.Load | None = None

    @property
    def status(self) -> SyncState:
        """What the status line says."""
        return self._state

    async def run_once(self) -> SyncReport:
        """Exchange everything now; a long poll under way is broken off for it.

        Raises:
            SyncError: if the server gives no usable answer; what was not confirmed goes again next time.
            RmaError: if a store refuses.
        """
        self._persons += 1
        if self._long_poll is not None:
            self._long_poll.cancel()
        try:
            report = SyncReport()
            await self._exchange(report, wait=0)
        finally:
            self._persons -= 1
        self._nudge.set()
        return report

    async def run_forever(self, wake: asyncio.Event) -> None:
        """Exchange whenever `wake` is set (there is work to push) and whenever the server has news, until cancelled.

        After a failure it waits (full jitter, the server's `Retry-After` as a floor) and tries again. Nothing but
        being cancelled ends it: what goes wrong shows in `status` and in the log.
        """
        self._wake = wake
        wait, push_at = 0, 0.0
        while True:
            woken = wake.is_set()
            wake.clear()
            self._nudge.clear()
            held_back = not woken and time.monotonic() < push_at
            report = (
                SyncReport(stalled=True, trouble=self._state.trouble) if held_back else SyncReport()
            )
            polling = bool(wait) and not woken
            started = time.monotonic()
            try:
                await self._exchange(report, wait=wait if polling else 0)
            except Exception as error:
                wait, push_at = 0, 0.0
                await self._rest(getattr(error, "retry_after", 0.0))
                continue
            wait = LONG_POLL
            if polling and not report.pulled and time.monotonic() - started < SHORTEST_POLL:
                await _set_within(SHORTEST_POLL, self._nudge, wake)
            if report.stalled and not held_back:
                push_at = time.monotonic() + self._backoff.next_wait()
            elif not report.stalled:
                self._backoff.reset()

    async def _rest(self, retry_after: float) -> None:
        """Wait for the next try; work that comes in shortens the jitter, but not what the server asked for."""
        floor = floor_of(retry_after)
        if await _set_within(floor, self._nudge):
            return
        await _set_within(self._backoff.next_wait(), self._nudge, self._wake)

    async def _exchange(self, report: SyncReport, *, wait: int) -> None:
        async with self._one_at_a_time:
            try:
                try:
                    await self._drive(exchange(report, wait=wait))
                finally:
                    self._load = None
                    self._state = replace(self._state, bootstrap=None)
                    await self._correct_clock()
            except Exception as error:
                self._state = _after_failure(self._state, error)
                raise
            self._state = SyncState(online=True, last_sync_at=self._clock(), trouble=report.trouble)

    async def _correct_clock(self) -> None:
        reading = self._client.take_clock_reading()
        if reading and reading.corrects(await in_thread(self._work.clock_offset)):
            await in_thread(self._work.set_clock_offset, reading.offset)

    async def _drive(self, steps: Steps[None]) -> None:
        """Perform what the core asks for until it ends; its errors of the wire go back into it."""
        with closing(steps):
            try:
                effect = next(steps)
                while True:
                    try:
                        answer = await self._perform(effect)
                    except SyncError as error:
                        effect = steps.throw(error)
                    else:
                        effect = steps.send(answer)
            except StopIteration:
                return

    async def _perform(self, effect: Effect[Any]) -> Any:
        match effect:
            case LeaseWanted():
                return await in_thread(self._work.lease_wanted)
            case AskForBlock(lease_id):
                return (await self._client.lease(lease_id)).block
            case StoreLease(lease_id, block):
                return await in_thread(self._work.store_lease, lease_id, block)
            case Waiting(limit, max_bytes):
                return await in_thread(self._work.waiting, limit, max_bytes)
            case Push(bodies):
                return (await self._client.push(bodies)).results
            case ApplyResults(results):
                return await in_thread(self._work.apply_results, results)
            case ReadCursor():
                return await in_thread(self._reference.cursor)
            case FetchChanges(cursor, wait):
                return await self._fetch_changes(cursor, wait)
            case ApplyChanges(page):
                return await in_thread(self._apply, page)
            case ForgetReference():
                return await in_thread(self._reference.forget)
            case _:
                return await self._perform_load(effect)

    async def _perform_load(self, effect: Effect[Any]) -> Any:
        match effect:
            case FetchPlan():
                self._state = replace(self._state, bootstrap=0.0)
                return await self._client.bootstrap_plan()
            case BeginLoad(cursor):
                self._load = await in_thread(self._reference.begin_load, cursor)
                return None
            case FetchRows(kind, after):
                page = await self._client.bootstrap_page(kind, after)
                return await in_thread(rows_of_page, kind, page)
            case AddRows(rows, done) if self._load is not None:
                await in_thread(self._load.add, rows)
                self._state = replace(self._state, online=True, bootstrap=done)
                return None
            case FinishLoad() if self._load is not None:
                await in_thread(self._load.finish)
                self._state = replace(self._state, bootstrap=None)
                return None
            case _:
                raise TypeError(f"nobody performs {effect}")

    async def _fetch_changes(self, cursor: str, wait: int) -> ChangePage | None:
        """A page of changes; None when work came in, or a person asked, while the server had nothing to tell."""
        if not wait or self._persons:
            return await self._client.changes(cursor)
        poll = self._long_poll = asyncio.ensure_future(self._client.changes(cursor, wait))
        waker = asyncio.ensure_future(self._wake.wait())
        try:
            await asyncio.wait((poll, waker), return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._long_poll = None
            waker.cancel()
            if not poll.done():
                poll.cancel()
                await asyncio.wait((poll,))
        return None if poll.cancelled() else poll.result()

    def _apply(self, page: ChangePage) -> None:
        self._reference.apply(rows_of(page.changes), page.cursor)


def _after_failure(state: SyncState, error: Exception) -> SyncState:
    """The state after a try that failed; what nobody expected goes to the log with its traceback."""
    if not isinstance(error, RmaError):
        _log.error("sync failed unexpectedly", exc_info=error)
        said = _("Sync stumbled ({error}). It tries again; the log has more.")
        return replace(state, trouble=said.format(error=type(error).__name__))
    _log.warning("sync failed: %s", error)
    online = not isinstance(error, Unreachable) if isinstance(error, SyncError) else state.online
    return replace(state, online=online, trouble=str(error))


async def _set_within(seconds: float, *events: asyncio.Event) -> bool:
    """Whether one of the events is set within the time."""
    if any(event.is_set() for event in events):
        return True
    if seconds <= 0:
        return False
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)
    finally:
        for task in waiting:
            task.cancel()
