"""Drives the core with the real client and the real stores, once or for as long as the desk is open.

Store calls and the reading of large answers run in threads; the event loop only waits.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime
from random import Random
from typing import Any

from rma.errors import RmaError
from rma.operations import Result
from rma.wording import _
from storage.reference_rows import ReferenceRow
from sync import stores
from sync.apply import rows_of, rows_of_page
from sync.client import LOAD_PAGE, PAGE, SMALL_LOAD_PAGE, SMALL_PAGE, CentralClient
from sync.clock import ClockWatch
from sync.effects import (
    AddRows,
    ApplyChanges,
    ApplyResults,
    AskForBlock,
    BeginLoad,
    Effect,
    EnterEpoch,
    EraseReference,
    FetchChanges,
    FetchPlan,
    FetchRows,
    FinishLoad,
    ForgetReference,
    HeldAfter,
    HeldLeases,
    Isolate,
    LeaseWanted,
    NoticeEpoch,
    Push,
    ReadCursor,
    ReportDesk,
    ResumeLoad,
    Steps,
    StoreLease,
    Waiting,
)
from sync.engine import exchange
from sync.erasing import take_erasures
from sync.errors import DeviceRevoked, Revoked, SyncError, Unreachable
from sync.held import Asking
from sync.pacing import Exchange, Pacing, Probe, Rest
from sync.protocol.envelopes import ChangePage, erased_body
from sync.report import SyncReport, SyncState
from sync.threads import in_thread
from sync.waiting import set_within

_log = logging.getLogger(__name__)

_BULK = (FetchChanges, ApplyChanges, FetchRows, AddRows)
"""What takes the interpreter for long, page after page."""


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
        self._pacing = Pacing(random)
        self._asking = Asking()
        self._clock_watch = ClockWatch()
        self._state = SyncState()
        self._one_at_a_time = asyncio.Lock()
        self._wake = asyncio.Event()
        self._give_way: Callable[[], Awaitable[bool]] | None = None
        self._typing = False
        """Whether somebody typed lately, as `give_way` said."""
        self._long_poll: asyncio.Task[ChangePage] | None = None
        self._persons = 0
        """People who wait for an exchange of their own: no long poll begins before theirs."""
        self._nudge = asyncio.Event()
        """Set when a person's own try went through: the engine need not wait any longer."""
        self._load: stores.Load | None = None
        self._turned_away = True
        """Whether who works here was turned away, perhaps before this start."""
        self._epoch: str | None = None
        """The server's, as this desk knows it; None before it was asked."""

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
        self._asking.soon()
        try:
            report = SyncReport()
            await self._exchange(report, wait=0)
        finally:
            self._persons -= 1
        self._pacing.answered_a_person()
        self._nudge.set()
        return report

    async def run_forever(
        self, wake: asyncio.Event, give_way: Callable[[], Awaitable[bool]] | None = None
    ) -> None:
        """Exchange whenever `wake` is set (there is work to push) and whenever the server has news, until cancelled.

        Before each page that is read or applied, `give_way` may wait a moment for somebody who types; pages are small
        while it says that somebody does.
        When to try, to probe and to rest is decided by `Pacing`. Nothing but being cancelled ends it: what goes wrong
        shows in `status` and in the log.
        """
        self._wake, self._give_way = wake, give_way
        await self._prune()
        while True:
            match self._pacing.next_step(time.monotonic(), work=wake.is_set()):
                case Rest(seconds, ends_with_work):
                    events = (self._nudge, wake) if ends_with_work else (self._nudge,)
                    await set_within(seconds, *events)
                    self._nudge.clear()
                case Probe():
                    await self._probe()
                case Exchange() as step:
                    wake.clear()
                    await self._take(step)

    async def _prune(self) -> None:
        """At start the outbox lets go of what nobody needs any more; where that fails, it can wait."""
        try:
            await in_thread(self._tidy)
        except Exception as error:
            self._state = _after_failure(self._state, error)

    async def _take(self, step: Exchange) -> None:
        """One exchange of the engine's own; what comes of it is told to the pacing."""
        began = time.monotonic()
        trouble = "" if step.push else self._state.trouble
        report = SyncReport(stalled=not step.push, trouble=trouble)
        try:
            await self._exchange(report, wait=step.wait)
        except Exception as error:
            retry_after = getattr(error, "retry_after", 0.0)
            self._pacing.failed(time.monotonic(), retry_after=retry_after)
        else:
            self._pacing.exchanged(step, report, began=began, now=time.monotonic())

    async def _probe(self) -> None:
        """Ask whether the server is ready: a hundred desks that wait for it do not bury it with their work."""
        try:
            await self._client.probe()
        except Exception as error:
            self._state = _after_failure(self._state, error)
            retry_after = getattr(error, "retry_after", 0.0)
            self._pacing.failed(time.monotonic(), retry_after=retry_after)
        else:
            self._pacing.probed()

    async def _exchange(self, report: SyncReport, *, wait: int) -> None:
        async with self._one_at_a_time:
            try:
                try:
                    with self._asking.during(report, time.monotonic()) as asks:
                        await self._drive(exchange(report, wait=wait, asks_about_held=asks))
                finally:
                    await self._let_go()
                    self._state = replace(self._state, bootstrap=None)
                await self._correct_clock()
            except Exception as error:
                self._state = _after_failure(self._state, error)
                # Not where it was cancelled: a full disk would take the place of that, and it went on for ever.
                with suppress(RmaError):
                    await self._correct_clock()
                if isinstance(error, Revoked) and not isinstance(error, DeviceRevoked):
                    await self._note_revoked(revoked=True)
                raise
            await in_thread(self._work.note_contact)
            if self._turned_away:
                await self._note_revoked(revoked=False)
            self._state = SyncState(online=True, last_sync_at=self._clock(), trouble=report.trouble)

    async def _note_revoked(self, *, revoked: bool) -> None:
        """Whoever the server turned away cannot sign in here, also where it is out of reach, until it takes them again."""
        name = self._client.asked_for
        self._state = replace(self._state, revoked=name if revoked else "")
        await in_thread(self._work.note_revoked, name, revoked)
        self._turned_away = revoked

    async def _correct_clock(self) -> None:
        reading = self._client.take_clock_reading()
        if reading is None:
            return
        known = await in_thread(self._work.clock_offset)
        offset = self._clock_watch.correction(reading, known, time.monotonic())
        if offset is not None:
            await in_thread(self._work.set_clock_offset, offset)

    async def _drive(self, steps: Steps[None]) -> None:
        """Perform what the core asks for until it ends; its errors of the wire go back into it."""
        with closing(steps):
            try:
                effect = next(steps)
                while True:
                    if self._give_way is not None and isinstance(effect, _BULK):
                        self._typing = await self._give_way()
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
            case ReportDesk():
                return await self._report_desk()
            case LeaseWanted():
                return await in_thread(self._work.lease_wanted)
            case AskForBlock(lease_id, block):
                return (await self._client.lease(lease_id, block)).block
            case StoreLease(lease_id, block):
                return await in_thread(self._work.store_lease, lease_id, block)
            case Waiting(limit, max_bytes):
                return await in_thread(self._work.waiting, limit, max_bytes)
            case Push(bodies):
                epoch = await self._known_epoch()
                return (await self._client.push(bodies, epoch=epoch)).results
            case HeldAfter(op_id, limit, max_bytes):
                return await in_thread(self._work.held_after, op_id, limit, max_bytes)
            case ApplyResults(results):
                return await in_thread(self._take_results, results)
            case NoticeEpoch():
                told = self._client.server_epoch
                return None if told == await self._known_epoch() else told
            case HeldLeases():
                return await in_thread(self._work.held_leases)
            case EnterEpoch(epoch):
                waiting = await in_thread(self._work.enter_epoch, epoch)
                self._epoch = epoch
                return waiting
            case Isolate(op_id, problem):
                return await in_thread(self._work.isolate, op_id, problem)
            case ReadCursor():
                return await in_thread(self._reference.cursor)
            case FetchChanges(cursor, wait):
                return await self._fetch_changes(cursor, wait)
            case ApplyChanges(page):
                if await in_thread(self._apply, page):
                    self._asking.soon()
                return None
            case EraseReference():
                return await in_thread(self._reference.erase)
            case ForgetReference():
                return await in_thread(self._reference.forget)
            case _:
                return await self._perform_load(effect)

    async def _perform_load(self, effect: Effect[Any]) -> Any:
        match effect:
            case FetchPlan():
                self._state = replace(self._state, bootstrap=0.0)
                return await self._client.bootstrap_plan()
            case ResumeLoad():
                self._load = await in_thread(self._reference.resume_load)
                return None if self._load is None else self._load.position
            case BeginLoad(cursor):
                await self._let_go()
                self._load = await in_thread(self._reference.begin_load, cursor)
                return None
            case FetchRows(kind, after):
                limit = SMALL_LOAD_PAGE if self._typing else LOAD_PAGE
                page = await self._client.bootstrap_page(kind, after, limit=limit)
                return await in_thread(rows_of_page, kind, page)
            case AddRows(rows, done) if self._load is not None:
                await in_thread(self._add_rows, self._load, rows)
                self._state = replace(self._state, online=True, bootstrap=done)
                return None
            case FinishLoad() if self._load is not None:
                await in_thread(self._load.finish)
                self._load = None
                self._state = replace(self._state, bootstrap=None)
                return None
            case _:
                raise TypeError(f"nobody performs {effect}")

    async def _known_epoch(self) -> str | None:
        if self._epoch is None:
            self._epoch = await in_thread(self._work.server_epoch)
        return self._epoch

    async def _report_desk(self) -> None:
        told = await in_thread(self._work.desk_report)
        if told is not None:
            answer = await self._client.report_desk(told)
            await in_thread(self._work.take_report_answer, told, answer)

    async def _fetch_changes(self, cursor: str, wait: int) -> ChangePage | None:
        """A page of changes; None when work came in, or a person asked, while the server had nothing to tell."""
        if not wait or self._persons:
            limit = SMALL_PAGE if self._typing else PAGE
            return await self._client.changes(cursor, limit=limit)
        # Who types when it is answered is not known yet.
        poll = self._long_poll = asyncio.ensure_future(
            self._client.changes(cursor, wait, limit=SMALL_PAGE)
        )
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

    async def _let_go(self) -> None:
        """Close the file of a download; where that fails, it is closed with the process."""
        load, self._load = self._load, None
        if load is not None:
            with suppress(RmaError):
                await in_thread(load.close)

    def _apply(self, page: ChangePage) -> bool:
        """Store a page; whether it tells of a return about which the server holds something."""
        rows = take_erasures(self._work, rows_of(page.changes), self._without_person)
        self._reference.apply(rows, page.cursor)
        returns = {row.key for row in rows if row.kind in ("rma", "refusal")}
        return bool(returns) and self._work.is_held_about(returns)

    def _add_rows(self, load: stores.Load, rows: Sequence[ReferenceRow]) -> None:
        load.add(take_erasures(self._work, rows, self._without_person))

    def _take_results(self, results: Sequence[Result]) -> None:
        self._work.apply_results(results)
        self._work.erase_personal((), {}, self._without_person)  # what waited to be acknowledged

    def _tidy(self) -> None:
        """What nobody needs any more, and what an older copy that was put back has not heard yet."""
        self._work.prune()
        erased = self._reference.erased_customers()
        self._work.erase_personal(erased, {}, self._without_person)

    def _without_person(self, body: bytes) -> tuple[bytes, str]:
        """Frozen bytes without the person, and this desk's signature of that."""
        erased = erased_body(body)
        return erased, self._client.signature(erased)


def _after_failure(state: SyncState, error: Exception) -> SyncState:
    """The state after a try that failed; what nobody expected goes to the log with its traceback."""
    if not isinstance(error, RmaError):
        _log.error("sync failed unexpectedly", exc_info=error)
        said = _("Sync stumbled ({error}). It tries again; the log has more.")
        return replace(state, trouble=said.format(error=type(error).__name__))
    _log.warning("sync failed: %s", error)
    online = not isinstance(error, Unreachable) if isinstance(error, SyncError) else state.online
    return replace(state, online=online, trouble=str(error))
