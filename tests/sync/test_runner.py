"""The running engine, over a real socket: when it tries, when it waits, and what the status line says."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from rma.errors import RmaError
from rma.operations import SealedOperation
from sync.client import CentralClient
from sync.errors import Unauthorized, Unreachable
from sync.runner import SyncEngine
from tests.sync.memory import NOW, MemoryReference, MemoryWork, operation
from tests.sync.model import ModelServer
from tests.sync.wire import (
    ModelApi,
    Reply,
    WireServer,
    answering,
    cut_answer,
    failed_after_commit,
    lost_answer,
    lost_request,
    problem,
)


class Hasty(Random):
    """Draws no wait at all, and counts the draws."""

    draws = 0

    def uniform(self, a: float, b: float) -> float:
        self.draws += 1
        return 0.0


class Slow(Random):
    """Draws waits that no test lives to see the end of."""

    def uniform(self, a: float, b: float) -> float:
        return 600.0


@dataclass
class Desk:
    """One desk, one server, one engine between them."""

    work: MemoryWork
    reference: MemoryReference
    model: ModelServer
    api: ModelApi
    server: WireServer
    engine: SyncEngine
    wake: asyncio.Event

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something holds; fail after ten seconds."""
        async with asyncio.timeout(10):
            while not condition():  # noqa: ASYNC110 - many parties change it, none tells
                await asyncio.sleep(0.002)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """The engine runs meanwhile."""
        task = asyncio.create_task(self.engine.run_forever(self.wake))
        try:
            yield
            assert not task.done(), "the engine died"
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    @property
    def polling(self) -> bool:
        """Whether the server holds a long poll of this desk."""
        last = self.server.requests[-1:]
        return bool(last) and last[0].query.get("wait") == "25"

    def add_news(self, count: int = 1) -> None:
        self.model.add_customers(count)
        self.api.news.set()


@pytest.fixture
async def open_desk() -> AsyncIterator[Callable[..., Any]]:
    async with asyncio.timeout(30):
        clients = []
        servers = []

        async def desk(
            *,
            random: Random | None = None,
            work: MemoryWork | None = None,
            reference: MemoryReference | None = None,
            token: str = "secret",
        ) -> Desk:
            model = ModelServer()
            api = ModelApi(model)
            server = await WireServer(api).__aenter__()
            servers.append(server)
            client = CentralClient(server.url, token, now=lambda: NOW)
            clients.append(client)
            mine = work or MemoryWork()
            copy = reference or MemoryReference(at="0")
            engine = SyncEngine(client, mine, copy, clock=lambda: NOW, random=random or Hasty())
            return Desk(mine, copy, model, api, server, engine, asyncio.Event())

        yield desk
        for client in clients:
            await client.aclose()
        for server in servers:
            await server.__aexit__(None, None, None)


async def test_one_exchange_leases_pushes_and_pulls(open_desk: Any) -> None:
    desk = await open_desk(work=MemoryWork([operation(1)], numbers=0))
    desk.model.add_customers(4)
    report = await desk.engine.run_once()
    assert (report.leased, report.pushed, report.pulled, report.trouble) == (1, 1, 4, "")
    status = desk.engine.status
    assert (status.online, status.last_sync_at, status.trouble) == (True, NOW, "")


async def test_before_the_first_try_nothing_is_claimed(open_desk: Any) -> None:
    desk = await open_desk()
    assert desk.engine.status.online is None


async def test_an_unreachable_server_is_raised_and_shown_as_offline(open_desk: Any) -> None:
    desk = await open_desk(work=MemoryWork([operation(1)]))
    desk.server.faults.append(lost_request)
    with pytest.raises(Unreachable):
        await desk.engine.run_once()
    assert desk.engine.status.online is False
    assert "cannot be reached" in desk.engine.status.trouble
    assert desk.work.queued == 1


async def test_a_desk_that_is_not_known_is_online_and_in_trouble(open_desk: Any) -> None:
    desk = await open_desk(token="of yesterday", work=MemoryWork([operation(1)]))
    with pytest.raises(Unauthorized):
        await desk.engine.run_once()
    assert desk.engine.status.online is True
    assert "csr-tui enroll" in desk.engine.status.trouble
    assert desk.work.outcomes == {}


async def test_a_refused_push_is_trouble_although_the_rest_went_through(open_desk: Any) -> None:
    desk = await open_desk(work=MemoryWork([operation(1)]))
    desk.server.faults.append(answering(problem(403, "Not from here.")))
    report = await desk.engine.run_once()
    assert "Not from here." in report.trouble
    assert desk.engine.status.trouble == report.trouble
    assert desk.engine.status.online is True


async def test_the_clock_of_the_server_is_kept_when_ours_is_certainly_off(open_desk: Any) -> None:
    desk = await open_desk()
    desk.server.date = NOW + timedelta(seconds=40)
    await desk.engine.run_once()
    assert abs(desk.work.offset - timedelta(seconds=40)) < timedelta(seconds=3)


async def test_one_answer_does_not_move_the_clock_by_a_lot(open_desk: Any) -> None:
    desk = await open_desk()
    desk.server.date = NOW + timedelta(minutes=7)
    await desk.engine.run_once()
    assert desk.work.offset == timedelta()


async def test_a_clock_that_may_be_right_is_left_alone(open_desk: Any) -> None:
    desk = await open_desk(work=MemoryWork(offset=timedelta(milliseconds=300)))
    await desk.engine.run_once()
    assert desk.work.offset == timedelta(milliseconds=300)


async def test_the_first_download_shows_its_progress(open_desk: Any) -> None:
    desk = await open_desk(reference=MemoryReference())
    desk.model.add_customers(9)
    seen = []
    load = desk.reference.begin_load

    def watched(cursor: str) -> Any:
        made = load(cursor)
        add = made.add

        def add_and_look(rows: Any) -> None:
            seen.append(desk.engine.status.bootstrap)
            add(rows)

        made.add = add_and_look
        return made

    desk.reference.begin_load = watched
    report = await desk.engine.run_once()
    assert report.downloaded == 9
    assert seen == [0.0, 3 / 9, 6 / 9]
    assert desk.engine.status.bootstrap is None


async def test_work_is_pushed_as_soon_as_it_is_there_even_during_a_long_poll(
    open_desk: Any,
) -> None:
    desk = await open_desk()
    async with desk.running():
        await desk.until(lambda: desk.polling)
        desk.work.operations.append(operation(1))
        desk.wake.set()
        await desk.until(lambda: desk.work.queued == 0)
    assert desk.model.booked == [("op-0001", "O-1")]


async def test_news_of_others_arrive_by_the_long_poll(open_desk: Any) -> None:
    desk = await open_desk()
    async with desk.running():
        await desk.until(lambda: desk.polling)
        desk.add_news()
        await desk.until(lambda: len(desk.reference.rows) == 1)
        await desk.until(lambda: desk.polling)
        desk.add_news()
        await desk.until(lambda: len(desk.reference.rows) == 2)


async def test_a_persons_own_try_breaks_the_long_poll_off(open_desk: Any) -> None:
    desk = await open_desk()
    async with desk.running():
        await desk.until(lambda: desk.polling)
        desk.work.operations.append(operation(1))
        report = await desk.engine.run_once()
        assert report.pushed == 1
        await desk.until(lambda: desk.polling)


@pytest.mark.parametrize("fault", [lost_answer, lost_request, cut_answer, failed_after_commit])
async def test_a_network_that_breaks_at_every_step_books_each_operation_once(
    open_desk: Any, fault: Any
) -> None:
    random = Hasty()
    desk = await open_desk(random=random, reference=MemoryReference())
    desk.model.add_customers(5)
    for index in range(5):
        desk.work.operations.append(operation(index, f"O-{index % 2}"))
    desk.server.faults.extend([fault] * 6)
    async with desk.running():
        await desk.until(lambda: desk.work.queued == 0 and len(desk.reference.rows) == 5)
        await desk.until(lambda: desk.engine.status.online is True)
    assert sorted(op for op, _ in desk.model.booked) == [f"op-{i:04d}" for i in range(5)]
    assert random.draws >= 3


async def test_after_an_outage_the_status_is_online_again_without_a_wake(open_desk: Any) -> None:
    desk = await open_desk()
    desk.server.faults.extend([lost_request] * 3)
    async with desk.running():
        await desk.until(lambda: desk.engine.status.online is False)
        await desk.until(lambda: desk.engine.status.online is True)
        assert desk.engine.status.trouble == ""


async def test_what_the_server_asks_to_wait_holds_also_when_work_comes_in(open_desk: Any) -> None:
    desk = await open_desk()
    desk.server.faults.append(answering(problem(503, "later", Retry_After="600")))
    async with desk.running():
        await desk.until(lambda: desk.engine.status.online is False)
        desk.work.operations.append(operation(1))
        desk.wake.set()
        for _ in range(200):
            await asyncio.sleep(0)
        assert len(desk.server.requests) == 1
        await desk.engine.run_once()
        assert desk.work.queued == 0
        await desk.until(lambda: desk.polling)


async def test_after_three_failures_nothing_but_a_probe_goes_out_until_it_is_answered(
    open_desk: Any,
) -> None:
    desk = await open_desk(work=MemoryWork([operation(1)]))
    desk.server.faults.extend([lost_request] * 3)
    desk.server.faults.extend([answering(problem(503, "starting"))] * 4)
    async with desk.running():
        await desk.until(lambda: desk.polling)
    paths = [request.path for request in desk.server.requests]
    assert paths[:8] == ["/v1/ops"] * 3 + ["/readyz"] * 5
    assert paths[8:10] == ["/v1/ops", "/v1/changes"]
    assert all("authorization" in r.headers for r in desk.server.requests if r.path == "/v1/ops")


async def test_the_login_page_of_a_network_does_not_close_the_breaker(open_desk: Any) -> None:
    desk = await open_desk(work=MemoryWork([operation(1)]))
    desk.server.faults.extend([lost_request] * 3)
    desk.server.faults.append(answering(Reply(200, b"<html>Welcome to our hotel</html>")))
    async with desk.running():
        await desk.until(lambda: desk.work.queued == 0)
    assert [request.path for request in desk.server.requests].count("/readyz") == 2


async def test_a_person_may_try_although_the_breaker_is_open(open_desk: Any) -> None:
    desk = await open_desk(random=Slow(), work=MemoryWork([operation(1)]))
    desk.server.faults.extend([lost_request] * 3)
    async with desk.running():
        for tries in (1, 2, 3):
            await desk.until(lambda tries=tries: len(desk.server.requests) == tries)
            desk.wake.set()
        await desk.engine.run_once()
        assert desk.work.queued == 0
        await desk.until(lambda: desk.polling)


async def test_a_server_that_never_holds_an_answer_back_is_not_asked_in_a_loop(
    open_desk: Any,
) -> None:
    desk = await open_desk()
    empty = Reply(200, b'{"changes":[],"cursor":"0","more":false}')
    desk.server.faults.extend([answering(empty)] * 100)
    async with desk.running():
        await desk.until(lambda: desk.polling)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await desk.until(lambda: len(desk.server.requests) > 2)
        desk.work.operations.append(operation(1))
        desk.server.faults.clear()
        desk.wake.set()
        await desk.until(lambda: desk.work.queued == 0)


async def test_a_person_never_waits_for_a_long_poll_that_is_about_to_begin(
    open_desk: Any,
) -> None:
    desk = await open_desk()
    async with desk.running():
        for _ in range(20):
            async with asyncio.timeout(5):
                await desk.engine.run_once()


async def test_work_that_comes_in_shortens_a_wait_that_nobody_asked_for(open_desk: Any) -> None:
    desk = await open_desk(random=Slow())
    desk.server.faults.append(lost_request)
    async with desk.running():
        await desk.until(lambda: desk.engine.status.online is False)
        desk.work.operations.append(operation(1))
        desk.wake.set()
        await desk.until(lambda: desk.work.queued == 0)


async def test_an_operation_that_is_put_off_is_not_sent_again_at_every_news(
    open_desk: Any,
) -> None:
    desk = await open_desk(random=Slow(), work=MemoryWork([operation(2, depends_on="op-0001")]))
    async with desk.running():
        await desk.until(lambda: desk.polling)
        desk.add_news()
        await desk.until(lambda: len(desk.reference.rows) == 1)
        await desk.until(lambda: desk.polling)
        assert len([r for r in desk.server.requests if r.path == "/v1/ops"]) == 1
        desk.work.operations.insert(0, operation(1))
        desk.wake.set()
        await desk.until(lambda: desk.work.queued == 0)


async def test_an_unexpected_error_is_shown_and_logged_and_does_not_end_the_engine(
    open_desk: Any, caplog: pytest.LogCaptureFixture
) -> None:
    class Stumbling(MemoryWork):
        broken = True

        def waiting(self, limit: int, max_bytes: int) -> list[SealedOperation]:
            if self.broken:
                raise ZeroDivisionError("a bug")
            return super().waiting(limit, max_bytes)

    desk = await open_desk(work=Stumbling([operation(1)]))
    with caplog.at_level(logging.ERROR, logger="sync"):
        async with desk.running():
            await desk.until(lambda: "ZeroDivisionError" in desk.engine.status.trouble)
            Stumbling.broken = False
            await desk.until(lambda: desk.work.queued == 0)
            await desk.until(lambda: desk.engine.status.trouble == "")
    assert any(record.exc_info for record in caplog.records)


async def test_a_store_that_refuses_is_shown_in_its_own_words(open_desk: Any) -> None:
    class Full(MemoryWork):
        def waiting(self, limit: int, max_bytes: int) -> list[SealedOperation]:
            raise RmaError("The disk is full: make room.")

    desk = await open_desk(work=Full())
    with pytest.raises(RmaError):
        await desk.engine.run_once()
    assert desk.engine.status.trouble == "The disk is full: make room."


async def test_a_document_that_nobody_can_read_does_not_move_the_cursor(open_desk: Any) -> None:
    desk = await open_desk()
    body = (
        b'{"changes":[{"kind":"order","key":"O","row_version":1,"document":{"no":"order"}}],'
        b'"cursor":"9","more":false}'
    )
    desk.server.faults.append(answering(Reply(200, body)))
    with pytest.raises(Unreachable, match="order O"):
        await desk.engine.run_once()
    assert desk.reference.at == "0"


async def test_cancelling_waits_for_a_store_call_that_is_under_way(open_desk: Any) -> None:
    from threading import Event

    started, go_on = Event(), Event()
    finished = []

    class Blocking(MemoryWork):
        def waiting(self, limit: int, max_bytes: int) -> list[SealedOperation]:
            started.set()
            go_on.wait(10)
            finished.append(True)
            return []

    desk = await open_desk(work=Blocking())
    task = asyncio.create_task(desk.engine.run_forever(desk.wake))
    await desk.until(started.is_set)
    task.cancel()
    await asyncio.sleep(0)
    assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert finished == [True]


async def test_no_page_is_read_or_applied_before_the_engine_may_go_on(open_desk: Any) -> None:
    desk = await open_desk()
    desk.add_news(3)
    asked, may_go_on = [], asyncio.Event()

    async def give_way() -> bool:
        asked.append((len(desk.server.requests), len(desk.reference.rows)))
        await may_go_on.wait()
        return True

    task = asyncio.create_task(desk.engine.run_forever(desk.wake, give_way))
    await desk.until(lambda: bool(asked))
    assert all("cursor" not in request.query for request in desk.server.requests)
    may_go_on.set()
    await desk.until(lambda: len(desk.reference.rows) == 3)
    assert asked[1][1] == 0, "a page was applied at once"
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("typing", "most"), [(True, 50), (False, 1000)])
async def test_pages_are_small_while_somebody_types(
    open_desk: Any, typing: bool, most: int
) -> None:
    async def give_way() -> bool:
        return typing

    desk = await open_desk()
    task = asyncio.create_task(desk.engine.run_forever(desk.wake, give_way))
    await desk.until(lambda: desk.polling)
    limits = [
        (request.query["wait"], int(request.query["limit"]))
        for request in desk.server.requests
        if "limit" in request.query
    ]
    assert limits[-1] == ("25", 50)  # who types when it is answered is not known yet
    assert {limit for wait, limit in limits if wait == "0"} == {most}
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@pytest.mark.parametrize(("typing", "most"), [(True, 500), (False, 4000)])
async def test_pages_of_a_first_download_are_small_while_somebody_types(
    open_desk: Any, typing: bool, most: int
) -> None:
    async def give_way() -> bool:
        return typing

    desk = await open_desk(reference=MemoryReference())
    task = asyncio.create_task(desk.engine.run_forever(desk.wake, give_way))
    await desk.until(lambda: desk.polling)
    pages = [
        request for request in desk.server.requests if request.path.startswith("/v1/bootstrap/")
    ]
    assert pages
    assert {request.query["limit"] for request in pages} == {str(most)}
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
