"""The addresses of the API. Each blocks only in a thread; the event loop never touches the database."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from dataclasses import replace
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Engine, text

from central_api import bootstrap, feed, lookups
from central_api.bodies import SMALL, read_body
from central_api.callers import (
    Downloading,
    Guessing,
    Leasing,
    Now,
    Reads,
    Reporting,
    Searching,
    Watch,
    WithEngine,
    WithSender,
    sender_of,
    working,
)
from central_api.database import reading, write
from central_api.desk_reports import take_report
from central_api.documents import KINDS
from central_api.enrolling import enroll
from central_api.errors import EnrollmentRefused, TokenRefused
from central_api.numbers import NoBlocksLeft, give_back, lease
from central_api.openapi import OF_A_BODY, READING, SENDING, problems, text_of
from central_api.operations import NotAnEnvelope, decide_batch, read_batch
from central_api.people import Caller
from central_api.problems import HttpProblem
from central_api.reads import kinds_for
from central_api.recovery import published
from central_api.signatures import place_of
from central_api.tokens import check_assertion, grant_token
from rma.desk_report import DeskReport, DeskReportAnswer
from rma.numbers import FIRST_BLOCK, LAST_BLOCK, BadRmaNumber, parse
from rma.operations import KnownRecord
from sync.protocol.documents import first_fault, read_untrusted, write_document
from sync.protocol.envelopes import (
    MAX_BATCH,
    MAX_BATCH_BYTES,
    ROW_COUNT,
    BootstrapPlan,
    ChangePage,
    EnrollRequest,
    EnrollResponse,
    LeaseRequest,
    LeaseResponse,
    PushResponse,
    TokenRequest,
    TokenResponse,
)

T = TypeVar("T")

JSON = "application/json"
NDJSON = "application/x-ndjson"
LONGEST_WAIT = 25
"""Seconds of a long poll; proxies cut at 30."""

router = APIRouter()


def _takes(shape: Any, media: str = JSON) -> dict[str, Any]:
    """The request body in the OpenAPI document; it is read strictly by hand."""
    schema = TypeAdapter(shape).json_schema() if shape is not str else {"type": "string"}
    return {"requestBody": {"required": True, "content": {media: {"schema": schema}}}}


async def _document(request: Request, shape: type[T]) -> T:
    body = await read_body(request, SMALL)
    try:
        return read_untrusted(shape, body)
    except ValidationError as error:
        raise HttpProblem("bad-request", first_fault(error)) from None


def _check_readable(caller: Caller, kind: str) -> None:
    if kind not in kinds_for(caller.role):
        raise HttpProblem("forbidden", f"The role {caller.role} reads no {kind}s.")


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
    responses=problems(*OF_A_BODY, "enrollment-refused", "too-many", "unavailable"),
    openapi_extra=_takes(EnrollRequest),
)
async def enroll_device(
    request: Request, engine: WithEngine, now: Now, guess: Guessing
) -> Response:
    """Trade a single-use code for a place on a device, which shows its public key."""
    asked = await _document(request, EnrollRequest)
    try:
        answer = await _write(
            engine,
            lambda connection: replace(
                enroll(connection, asked, now), recovery_key=published(connection)
            ),
        )
    except EnrollmentRefused as error:
        raise HttpProblem("enrollment-refused", str(error)) from None
    guess.was_none()
    return Response(write_document(answer), 201, media_type=JSON)


@router.post(
    "/v1/token",
    response_model=TokenResponse,
    responses=problems(*OF_A_BODY, "token-refused", "unavailable"),
    openapi_extra=_takes(TokenRequest),
)
async def give_token(request: Request, engine: WithEngine, now: Now) -> Response:
    """Trade a signed assertion for a short token."""
    asked = await _document(request, TokenRequest)
    try:
        await _read(engine, lambda connection: check_assertion(connection, asked, now))
        return _json(await _write(engine, lambda connection: grant_token(connection, asked, now)))
    except TokenRefused as error:
        kind = "wrong-clock" if error.by_the_clock else "token-refused"
        raise HttpProblem(kind, str(error)) from None


@router.post(
    "/v1/number-blocks",
    response_model=LeaseResponse,
    responses=problems(*READING, *OF_A_BODY, "forbidden"),
    openapi_extra=_takes(LeaseRequest),
)
async def lease_numbers(
    request: Request, engine: WithEngine, caller: Leasing, now: Now
) -> Response:
    """Lease a block of RMA numbers; the same lease id gives the same block."""
    asked = await _document(request, LeaseRequest)
    if not 1 <= len(asked.lease_id) <= 80:
        raise HttpProblem("bad-request", "lease_id: expected 1 to 80 characters")
    if asked.block is not None and not FIRST_BLOCK <= asked.block <= LAST_BLOCK:
        raise HttpProblem("bad-request", f"block: expected {FIRST_BLOCK} to {LAST_BLOCK}")

    def leasing(connection: Connection) -> LeaseResponse | None:
        """The block; a desk whose numbers a restore has lost gets them back, whatever it may do by now."""
        if asked.block is not None and feed.restored_at(connection) is not None:
            kept = give_back(connection, caller.device, asked.lease_id, asked.block, now)
            if kept is not None:
                return kept
        if not working(caller).makes_returns:
            raise HttpProblem("forbidden", f"The role {caller.role} makes no returns.")
        return lease(connection, caller.device, asked.lease_id, now)

    try:
        leased = await _write(engine, leasing)
    except NoBlocksLeft as error:
        raise HttpProblem("unavailable", str(error)) from error
    return _json(leased)


@router.post(
    "/v1/desk-reports",
    response_model=DeskReportAnswer,
    responses=problems(*READING, *OF_A_BODY),
    openapi_extra=_takes(DeskReport),
)
async def report_desk(
    request: Request, engine: WithEngine, caller: Reporting, now: Now
) -> Response:
    """Take how far a desk's numbers were used, and countersign its audit chain."""
    told = await _document(request, DeskReport)
    answer = await _write(engine, lambda connection: take_report(connection, caller, told, now))
    return _json(answer)


@router.post(
    "/v1/ops",
    response_model=PushResponse,
    responses=problems(*SENDING, *OF_A_BODY, "epoch-changed"),
    openapi_extra=_takes(str, NDJSON),
)
async def push(
    request: Request, engine: WithEngine, sender: WithSender, now: Now, watch: Watch
) -> Response:
    """Decide a batch of operations: one frozen envelope a line, a TAB, and the signature of the device."""
    body = await read_body(request, MAX_BATCH_BYTES)
    lines = [line for line in body.split(b"\n") if line]
    if len(lines) > MAX_BATCH:
        raise HttpProblem("too-large", f"A batch has at most {MAX_BATCH} operations.")

    def decide() -> list[bytes]:
        with reading(engine) as connection:
            place = place_of(connection, sender)
        return decide_batch(engine, sender, read_batch(lines, place), now)

    try:
        async with request.app.state.deciding:
            answers = await run_in_threadpool(decide)
    except NotAnEnvelope as error:
        raise HttpProblem("bad-request", str(error)) from None
    watch.wake()
    return Response(b'{"results":[' + b",".join(answers) + b"]}", media_type=JSON)


@router.get(
    "/v1/changes",
    response_model=ChangePage,
    responses=problems(*READING, "bad-request", "cursor-too-old"),
)
async def changes(
    request: Request,
    engine: WithEngine,
    caller: Downloading,
    watch: Watch,
    reads: Reads,
    cursor: str,
    limit: Annotated[int, Query(ge=1, le=feed.PAGE)] = feed.PAGE,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0,
) -> Response:
    """The changes after a cursor; `wait` holds the answer back until there is one."""

    def look(connection: Connection) -> feed.Page:
        return feed.page(connection, cursor, limit, kinds_for(caller.role))

    def still_working(connection: Connection) -> Caller:
        header = request.headers.get("authorization", "")
        return working(sender_of(connection, header, request.app.state.clock()))

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
            reads.sent(caller, "changes", len(page.changes))
            return Response(page.body(), media_type=JSON)
        await watch.after(moment, left)
        await _read(engine, still_working)  # a revocation counts for who is waiting, too


@router.get("/v1/bootstrap", response_model=BootstrapPlan, responses=problems(*READING))
async def bootstrap_plan(engine: WithEngine, caller: Downloading) -> Response:
    """Where a first download starts, and how much there is of each kind, in the order to fetch."""
    kinds = kinds_for(caller.role)
    return _json(await _read(engine, lambda connection: bootstrap.plan(connection, kinds)))


@router.get(
    "/v1/bootstrap/{kind}",
    response_class=Response,
    responses=text_of(NDJSON) | problems(*READING, "bad-request", "not-found"),
)
async def bootstrap_page(
    request: Request,
    engine: WithEngine,
    caller: Downloading,
    reads: Reads,
    kind: str,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=bootstrap.PAGE)] = 1000,
) -> Response:
    """Rows of one kind after a key, as NDJSON; an empty page is the end."""
    if kind not in KINDS:
        raise HttpProblem("not-found", f"There are no documents of kind {kind[:20]}.")
    _check_readable(caller, kind)
    packs = "gzip" in request.headers.get("accept-encoding", "")

    def rows(connection: Connection) -> tuple[bytes, int]:
        body = bootstrap.page(connection, kind, after, limit)
        packed = gzip.compress(body, compresslevel=3, mtime=0) if packs else body
        return packed, body.count(b"\n")

    page, count = await _read(engine, rows)
    reads.sent(caller, "download", count)
    # A page that was cut on the way must not look like the end.
    headers = {"Vary": "Accept-Encoding", ROW_COUNT: str(count)}
    headers |= {"Content-Encoding": "gzip"} if packs else {}
    return Response(page, headers=headers, media_type=NDJSON)


@router.get(
    "/v1/customers",
    response_model=lookups.FoundCustomers,
    responses=problems(*READING, "bad-request"),
)
async def find_customers(
    engine: WithEngine,
    caller: Searching,
    reads: Reads,
    q: Annotated[str, Query(min_length=2, max_length=200)],
) -> Response:
    """Customers by id, e-mail, phone or name."""
    _check_readable(caller, "customer")
    found = await _read(engine, lambda connection: lookups.customers(connection, q))
    reads.shown(caller, "customers", (customer.customer_id for customer in found.customers))
    return _json(found)


@router.get(
    "/v1/orders/{number:path}",
    response_model=lookups.FoundOrders,
    responses=problems(*READING, "bad-request", "not-found"),
)
async def find_orders(engine: WithEngine, caller: Searching, reads: Reads, number: str) -> Response:
    """Orders by their number, with their RMAs."""
    found = await _read(engine, lambda connection: lookups.orders(connection, number))
    reads.shown(caller, "orders", (order.order_id for order in found.orders))
    if not found.orders:
        raise HttpProblem("not-found", "There is no order with this number.")
    return _json(found)


@router.get(
    "/v1/rmas/{number}",
    response_model=KnownRecord,
    responses=problems(*READING, "bad-request", "not-found"),
)
async def find_rma(engine: WithEngine, caller: Searching, reads: Reads, number: str) -> Response:
    """One RMA by its number."""
    try:
        digits = parse(number)
    except BadRmaNumber as error:
        raise HttpProblem("bad-request", str(error)) from None
    found = await _read(engine, lambda connection: lookups.record(connection, digits))
    if found is None:
        raise HttpProblem("not-found", "No return has this number.")
    reads.shown(caller, "rma", [digits])
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
