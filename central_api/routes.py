"""The addresses of the API. Each blocks only in a thread; the event loop never touches the database."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Engine, text

from central_api import bootstrap, feed, lookups
from central_api.bodies import SMALL, read_body
from central_api.database import reading, write
from central_api.documents import KINDS
from central_api.errors import EnrollmentRefused
from central_api.numbers import lease
from central_api.openapi import OF_A_BODY, SIGNED_IN, problems, text_of
from central_api.operations import NotAnEnvelope, decide_batch, read_batch
from central_api.people import Caller, caller_of, enroll
from central_api.problems import HttpProblem
from central_api.watch import FeedWatch
from rma.numbers import BadRmaNumber, parse
from rma.operations import KnownRecord
from sync.protocol.documents import read_document, write_document
from sync.protocol.envelopes import (
    MAX_BATCH,
    MAX_BATCH_BYTES,
    BootstrapPlan,
    ChangePage,
    EnrollRequest,
    EnrollResponse,
    LeaseRequest,
    LeaseResponse,
    PushResponse,
)

T = TypeVar("T")

JSON = "application/json"
NDJSON = "application/x-ndjson"
LONGEST_WAIT = 25
"""Seconds of a long poll; proxies cut at 30."""

router = APIRouter()


# What asks no database is async: FastAPI takes a thread for each of the others.


async def _engine(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


async def _now(request: Request) -> datetime:
    now: datetime = request.app.state.clock()
    return now


async def _watch(request: Request) -> FeedWatch:
    watch: FeedWatch = request.app.state.watch
    return watch


WithEngine = Annotated[Engine, Depends(_engine)]


def _caller(request: Request, engine: WithEngine) -> Caller:
    header = request.headers.get("authorization", "")
    with reading(engine) as connection:
        caller = caller_of(connection, header)
    if caller is None:
        raise HttpProblem("unauthorized", "Enroll this desk: run csr-tui enroll URL CODE.")
    return caller


Now = Annotated[datetime, Depends(_now)]
Watch = Annotated[FeedWatch, Depends(_watch)]
WithCaller = Annotated[Caller, Depends(_caller)]


def _takes(shape: Any, media: str = JSON) -> dict[str, Any]:
    """The request body in the OpenAPI document; it is read strictly by hand."""
    schema = TypeAdapter(shape).json_schema() if shape is not str else {"type": "string"}
    return {"requestBody": {"required": True, "content": {media: {"schema": schema}}}}


async def _document(request: Request, shape: type[T]) -> T:
    body = await read_body(request, SMALL)
    try:
        return read_document(shape, body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise HttpProblem("bad-request", f"{place}: {first['msg']}") from None


def _json(value: Any) -> Response:
    return Response(write_document(value), media_type=JSON)


async def _read(engine: Engine, query: Callable[[Connection], T]) -> T:
    """Run a query in a thread, in a transaction that only reads."""

    def run() -> T:
        with reading(engine) as connection:
            return query(connection)

    return await run_in_threadpool(run)


async def _write(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Run work in a thread, in a transaction that writes."""
    return await run_in_threadpool(write, engine, work)


@router.post(
    "/v1/enroll",
    status_code=201,
    response_model=EnrollResponse,
    responses=problems(*OF_A_BODY, "enrollment-refused", "unavailable"),
    openapi_extra=_takes(EnrollRequest),
)
async def enroll_device(request: Request, engine: WithEngine, now: Now) -> Response:
    """Trade a single-use code for a token."""
    asked = await _document(request, EnrollRequest)
    try:
        answer = await _write(engine, lambda connection: enroll(connection, asked, now))
    except EnrollmentRefused as error:
        raise HttpProblem("enrollment-refused", str(error)) from None
    return Response(write_document(answer), 201, media_type=JSON)


@router.post(
    "/v1/number-blocks",
    response_model=LeaseResponse,
    responses=problems(*SIGNED_IN, *OF_A_BODY, "forbidden"),
    openapi_extra=_takes(LeaseRequest),
)
async def lease_numbers(
    request: Request, engine: WithEngine, caller: WithCaller, now: Now
) -> Response:
    """Lease a block of RMA numbers; the same lease id gives the same block."""
    if not caller.makes_returns:
        raise HttpProblem("forbidden", f"The role {caller.role} makes no returns.")
    asked = await _document(request, LeaseRequest)
    if not 1 <= len(asked.lease_id) <= 80:
        raise HttpProblem("bad-request", "lease_id: expected 1 to 80 characters")
    return _json(
        await _write(
            engine, lambda connection: lease(connection, caller.device, asked.lease_id, now)
        )
    )


@router.post(
    "/v1/ops",
    response_model=PushResponse,
    responses=problems(*SIGNED_IN, *OF_A_BODY),
    openapi_extra=_takes(str, NDJSON),
)
async def push(
    request: Request, engine: WithEngine, caller: WithCaller, now: Now, watch: Watch
) -> Response:
    """Decide a batch of operations: one frozen envelope a line."""
    body = await read_body(request, MAX_BATCH_BYTES)
    lines = [line for line in body.split(b"\n") if line]
    if len(lines) > MAX_BATCH:
        raise HttpProblem("too-large", f"A batch has at most {MAX_BATCH} operations.")

    def decide() -> list[bytes]:
        return decide_batch(engine, caller, read_batch(lines), now)

    try:
        answers = await run_in_threadpool(decide)
    except NotAnEnvelope as error:
        raise HttpProblem("bad-request", str(error)) from None
    watch.wake()
    return Response(b'{"results":[' + b",".join(answers) + b"]}", media_type=JSON)


@router.get(
    "/v1/changes",
    response_model=ChangePage,
    responses=problems(*SIGNED_IN, "bad-request", "cursor-too-old"),
)
async def changes(
    engine: WithEngine,
    caller: WithCaller,
    watch: Watch,
    cursor: str,
    limit: Annotated[int, Query(ge=1, le=feed.PAGE)] = feed.PAGE,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> Response:
    """The changes after a cursor; `wait` holds the answer back until there is one."""

    def look(connection: Connection) -> feed.Page:
        return feed.page(connection, cursor, limit)

    time = asyncio.get_running_loop().time
    until = time() + wait
    while True:
        moment = watch.moment()
        try:
            page = await _read(engine, look)
        except feed.CursorTooOld as error:
            raise HttpProblem("cursor-too-old", str(error)) from None
        left = until - time()
        if page.changes or left <= 0 or watch.closed:
            return Response(page.body(), media_type=JSON)
        await watch.after(moment, left)


@router.get("/v1/bootstrap", response_model=BootstrapPlan, responses=problems(*SIGNED_IN))
async def bootstrap_plan(engine: WithEngine, caller: WithCaller) -> Response:
    """Where a first download starts, and how much there is of each kind, in the order to fetch."""
    return _json(await _read(engine, bootstrap.plan))


@router.get(
    "/v1/bootstrap/{kind}",
    response_class=Response,
    responses=text_of(NDJSON) | problems(*SIGNED_IN, "bad-request", "not-found"),
)
async def bootstrap_page(
    request: Request,
    engine: WithEngine,
    caller: WithCaller,
    kind: str,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=bootstrap.PAGE)] = 1000,
) -> Response:
    """Rows of one kind after a key, as NDJSON; an empty page is the end."""
    if kind not in KINDS:
        raise HttpProblem("not-found", f"There are no documents of kind {kind[:20]}.")
    packs = "gzip" in request.headers.get("accept-encoding", "")

    def rows(connection: Connection) -> bytes:
        body = bootstrap.page(connection, kind, after, limit)
        return gzip.compress(body, compresslevel=3, mtime=0) if packs else body

    headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": "gzip"} if packs else {})
    return Response(await _read(engine, rows), headers=headers, media_type=NDJSON)


@router.get(
    "/v1/customers",
    response_model=lookups.FoundCustomers,
    responses=problems(*SIGNED_IN, "bad-request"),
)
async def find_customers(
    engine: WithEngine, caller: WithCaller, q: Annotated[str, Query(min_length=2, max_length=200)]
) -> Response:
    """Customers by id, e-mail, phone or name."""
    return _json(await _read(engine, lambda connection: lookups.customers(connection, q)))


@router.get(
    "/v1/orders/{number:path}",
    response_model=lookups.FoundOrders,
    responses=problems(*SIGNED_IN, "bad-request", "not-found"),
)
async def find_orders(engine: WithEngine, caller: WithCaller, number: str) -> Response:
    """Orders by their number, with their RMAs."""
    found = await _read(engine, lambda connection: lookups.orders(connection, number))
    if not found.orders:
        raise HttpProblem("not-found", "There is no order with this number.")
    return _json(found)


@router.get(
    "/v1/rmas/{number}",
    response_model=KnownRecord,
    responses=problems(*SIGNED_IN, "bad-request", "not-found"),
)
async def find_rma(engine: WithEngine, caller: WithCaller, number: str) -> Response:
    """One RMA by its number."""
    try:
        digits = parse(number)
    except BadRmaNumber as error:
        raise HttpProblem("bad-request", str(error)) from None
    found = await _read(engine, lambda connection: lookups.record(connection, digits))
    if found is None:
        raise HttpProblem("not-found", "No return has this number.")
    return _json(found)


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """Whether the process lives."""
    return {"status": "ok"}


@router.get("/readyz", responses=problems("unavailable"))
async def readyz(engine: WithEngine) -> dict[str, str]:
    """Whether it can answer: the database is reachable."""
    await _read(engine, lambda connection: connection.execute(text("SELECT epoch FROM feed")).one())
    return {"status": "ready"}
