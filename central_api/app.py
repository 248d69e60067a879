"""Put the API together: database, routes, problems, and what happens at start and at the end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from sqlalchemy import Engine
from sqlalchemy.exc import DataError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from starlette.exceptions import HTTPException

from central_api import feed
from central_api.database import CONNECTIONS, open_database, reading, write, writing
from central_api.epoch import EpochHeader
from central_api.expiry import expire_over
from central_api.framing import OneLength
from central_api.openapi import document_of
from central_api.problems import TITLES, HttpProblem, problem_response
from central_api.rates import Rates
from central_api.reads import FLUSH_SECONDS, ReadLog, write_reads
from central_api.routes import router
from central_api.schema import migrate
from central_api.watch import FeedWatch

CHANGES_KEPT = timedelta(days=30)
"""A desk that was away for longer starts with a bootstrap."""

TRIM_SECONDS = 24 * 3600
"""How often the changes before that are forgotten, after the start."""

TRIM_PAUSE = 0.1
"""Seconds between two parts of them: the others get to write."""

EXPIRY_SECONDS = 60
"""How often RMAs are looked for whose last day has passed."""

BATCHES_AT_ONCE = CONNECTIONS
"""That are decided: a batch that is made for it takes 300 MiB to be read, and more would only wait for the database."""

_log = structlog.get_logger(__name__)


def utc_now() -> datetime:
    """The server's clock."""
    return datetime.now(UTC)


def create_app(database_url: str, *, clock: Callable[[], datetime] = utc_now) -> FastAPI:
    """The API on a database (URL, or path of an SQLite file), which is migrated first.

    Raises:
        DatabaseUnusable: if a newer program made the database.
    """
    engine = open_database(database_url)
    migrate(engine)
    app = FastAPI(
        title="csr-central",
        summary="The central API of a returns desk",
        docs_url=None,  # the pages of these load scripts from a CDN
        redoc_url=None,
        redirect_slashes=False,  # to an address of whatever host the request names
        lifespan=_lifespan,
    )
    app.state.engine = engine
    app.state.clock = clock
    app.state.deciding = asyncio.Semaphore(BATCHES_AT_ONCE)
    app.state.rates = Rates()
    app.state.reads = ReadLog(clock)
    app.state.epoch = _epoch(engine)
    app.add_middleware(EpochHeader, epoch=lambda: app.state.epoch)
    app.add_middleware(OneLength)
    app.state.watch = FeedWatch(lambda: run_in_threadpool(_newest, engine))
    app.include_router(router)
    app.openapi = document_of(app)  # type: ignore[method-assign]
    app.add_exception_handler(HttpProblem, _http_problem)
    app.add_exception_handler(RequestValidationError, _bad_parameter)
    app.add_exception_handler(HTTPException, _no_route)
    for unavailable in (OperationalError, InterfaceError, NoConnection):
        app.add_exception_handler(unavailable, _unavailable)
    app.add_exception_handler(DataError, _bad_text)
    app.add_exception_handler(Exception, _internal)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine: Engine = app.state.engine
    await run_in_threadpool(_renew_if_foreign, engine, app.state.clock())
    app.state.epoch = await run_in_threadpool(_epoch, engine)
    stopped = asyncio.Event()
    trimming = asyncio.create_task(_trim_daily(app, stopped))
    expiring = asyncio.create_task(_expire(app, stopped))
    logging = asyncio.create_task(_log_reads(app, stopped))
    yield
    app.state.watch.close()
    stopped.set()
    await trimming
    await expiring
    await logging
    await run_in_threadpool(engine.dispose)


async def _trim_daily(app: FastAPI, stopped: asyncio.Event) -> None:
    """Forget the oldest changes, now and once a day; any number of servers may do this at once."""
    while not stopped.is_set():
        try:
            before = app.state.clock() - CHANGES_KEPT
            old = await run_in_threadpool(_old, app.state.engine, before)
            while old is not None and await run_in_threadpool(_trim, app.state.engine, old):
                if await _stops_within(TRIM_PAUSE, stopped):
                    return
        except Exception:
            _log.exception("feed_not_trimmed")  # the next day tries again
        await _stops_within(TRIM_SECONDS, stopped)


async def _expire(app: FastAPI, stopped: asyncio.Event) -> None:
    """End the RMAs whose last day has passed, now and every minute; a restore from beside is noticed so as well."""
    while not stopped.is_set():
        try:
            if await run_in_threadpool(expire_over, app.state.engine, app.state.clock()):
                app.state.watch.wake()
            app.state.epoch = await run_in_threadpool(_epoch, app.state.engine)
        except Exception:
            _log.exception("expiry_failed")  # the next minute tries again
        await _stops_within(EXPIRY_SECONDS, stopped)


async def _log_reads(app: FastAPI, stopped: asyncio.Event) -> None:
    """Write down who read what, every few seconds and at the end."""
    while True:
        await _stops_within(FLUSH_SECONDS, stopped)
        rows = app.state.reads.take()
        try:
            if rows:
                await run_in_threadpool(
                    write,
                    app.state.engine,
                    lambda connection, rows=rows: write_reads(connection, rows),
                )
        except Exception:
            _log.exception("reads_not_logged", rows=len(rows))
            app.state.reads.give_back(rows)
        if stopped.is_set():
            return


async def _stops_within(seconds: float, stopped: asyncio.Event) -> bool:
    with suppress(TimeoutError):
        await asyncio.wait_for(stopped.wait(), seconds)
    return stopped.is_set()


def _renew_if_foreign(engine: Engine, now: datetime) -> None:
    with writing(engine) as connection:
        feed.renew_if_foreign(connection, now)


def _old(engine: Engine, before: datetime) -> feed.Old | None:
    with reading(engine) as connection:
        return feed.old(connection, before)


def _trim(engine: Engine, old: feed.Old) -> bool:
    return write(engine, lambda connection: feed.trim(connection, old))


def _epoch(engine: Engine) -> str:
    with reading(engine) as connection:
        return feed.epoch(connection)


def _newest(engine: Engine) -> str:
    with reading(engine) as connection:
        return feed.newest(connection)


def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HttpProblem)
    return problem_response(error.kind, error.detail)


def _bad_parameter(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    return problem_response("bad-request", f"{place}: {first['msg']}")


def _no_route(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    by_status = {status: kind for kind, (status, _) in reversed(TITLES.items())}
    kind = by_status.get(error.status_code, "bad-request")
    return problem_response(kind, error.detail, dict(error.headers or {}))


def _unavailable(request: Request, error: Exception) -> Response:
    _log.error("database_unavailable", path=request.url.path, error=str(error))
    return problem_response("unavailable", "The database is busy: try again shortly.")


def _bad_text(request: Request, error: Exception) -> Response:
    return problem_response("bad-request", "A text holds characters that cannot be stored.")


def _internal(request: Request, error: Exception) -> Response:
    _log.error("request_failed", path=request.url.path, exc_info=error)
    return problem_response("internal", "The server failed; its log says why.")
