"""The client over a real socket: what it sends, and what it makes of every way to be answered."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx
import pytest

from sync.client import GZIP_FROM, HTTPX_ERRORS, CentralClient
from sync.credentials import enrollment
from sync.device_key import DeviceKey
from sync.errors import (
    BadServerUrl,
    CursorTooOld,
    EnrollmentRefused,
    EpochChanged,
    InsecureUrl,
    ServerFailing,
    ServerRefused,
    SyncError,
    TooLarge,
    Unauthorized,
    Unreachable,
    UnreadableAnswer,
)
from sync.protocol.documents import to_tree, write_document
from sync.protocol.envelopes import BootstrapPlan, EnrollResponse
from tests.sync.memory import NOW, operation
from tests.sync.model import ModelServer
from tests.sync.wire import (
    Fault,
    Handler,
    ModelApi,
    Reply,
    Request,
    WireServer,
    answering,
    cut_answer,
    failed_after_commit,
    lost_answer,
    lost_request,
    problem,
)

ASKED = enrollment("1234", "desk-1", "linux", DeviceKey(b"k" * 32))
BODIES = [operation(1).body, operation(2).body]


@pytest.fixture
async def server() -> AsyncIterator[WireServer]:
    async with WireServer(ModelApi(ModelServer())) as server:
        yield server


@pytest.fixture
async def client(server: WireServer) -> AsyncIterator[CentralClient]:
    client = CentralClient(server.url, "secret", now=lambda: NOW)
    yield client
    await client.aclose()


async def test_operations_travel_one_a_line_unaltered_with_the_token(
    server: WireServer, client: CentralClient
) -> None:
    response = await client.push(BODIES)
    assert [result.op_id for result in response.results] == ["op-0001", "op-0002"]
    (request,) = server.requests
    assert request.body == b"".join(body + b"\n" for body in BODIES)
    assert request.headers["content-type"] == "application/x-ndjson"
    assert request.headers["authorization"] == "Bearer secret"
    assert "content-encoding" not in request.headers


async def test_large_pushes_are_packed_and_the_lines_inside_are_the_same(
    server: WireServer, client: CentralClient
) -> None:
    bodies = [operation(index).body for index in range(100)]
    await client.push(bodies)
    (request,) = server.requests
    assert request.headers["content-encoding"] == "gzip"
    assert len(request.body) < GZIP_FROM < len(gzip.decompress(request.body))
    assert request.lines == bodies


@pytest.mark.parametrize("fault", [lost_answer, lost_request, cut_answer])
async def test_a_broken_connection_is_unreachable(
    server: WireServer, client: CentralClient, fault: Fault
) -> None:
    server.faults.append(fault)
    with pytest.raises(Unreachable):
        await client.push(BODIES)


async def test_nobody_listening_is_unreachable_and_says_to_go_on_working() -> None:
    async with WireServer(ModelApi(ModelServer())) as server:
        url = server.url
    client = CentralClient(url, "secret")
    with pytest.raises(Unreachable, match="Go on working"):
        await client.changes("0")
    await client.aclose()


async def test_5xx_is_unreachable_with_its_status(
    server: WireServer, client: CentralClient
) -> None:
    server.faults.append(failed_after_commit)
    with pytest.raises(ServerFailing) as caught:
        await client.push(BODIES)
    assert caught.value.status == 500
    assert isinstance(caught.value, Unreachable)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
async def test_not_now_keeps_the_floor_that_the_server_asks_for(
    server: WireServer, client: CentralClient, status: int
) -> None:
    server.faults.append(answering(problem(status, "later", Retry_After="17")))
    with pytest.raises(ServerFailing) as caught:
        await client.changes("0")
    assert caught.value.retry_after == 17.0


async def test_a_floor_can_be_a_date_by_the_clock_of_the_server(
    server: WireServer, client: CentralClient
) -> None:
    date = "Fri, 20 Nov 2026 10:02:00 GMT"
    server.faults.append(answering(problem(503, "later", Retry_After=date)))
    with pytest.raises(ServerFailing) as caught:
        await client.changes("0")
    assert caught.value.retry_after == 120.0


@pytest.mark.parametrize("asked", ["", "soon", "²", "-5"])
async def test_a_floor_that_is_none_is_ignored(
    server: WireServer, client: CentralClient, asked: str
) -> None:
    reply = Reply(503, headers={"Retry-After": asked.encode().decode("latin-1")})
    server.faults.append(answering(reply))
    with pytest.raises(ServerFailing) as caught:
        await client.changes("0")
    assert caught.value.retry_after == 0.0


Call = Callable[[CentralClient], Awaitable[object]]
CALLS: dict[str, Call] = {
    "push": lambda client: client.push(BODIES),
    "lease": lambda client: client.lease("lease-1"),
    "changes": lambda client: client.changes("0"),
    "plan": lambda client: client.bootstrap_plan(),
    "page": lambda client: client.bootstrap_page("customer", None),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_401_means_that_this_desk_is_not_known(server: WireServer, call: Call) -> None:
    client = CentralClient(server.url, "of yesterday")
    with pytest.raises(Unauthorized, match="csr-tui enroll"):
        await call(client)
    await client.aclose()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_any_other_refusal_has_the_words_of_the_server(
    server: WireServer, client: CentralClient, call: Call
) -> None:
    server.faults.append(answering(problem(403, "Not for\x1b[2J this role.")))
    with pytest.raises(ServerRefused, match=r"Not for \[2J this role\.") as caught:
        await call(client)
    assert caught.value.status == 403


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
async def test_a_redirect_is_not_followed_with_the_token(
    server: WireServer, client: CentralClient, call: Call
) -> None:
    server.faults.append(answering(Reply(307, headers={"Location": server.url + "/elsewhere"})))
    with pytest.raises(ServerRefused):
        await call(client)
    assert len(server.requests) == 1


@pytest.mark.parametrize("body", [b"", b"<html>", b"{}", b'{"results": 1}', b"\xff"])
@pytest.mark.parametrize("name", ["push", "lease", "changes", "plan", "page"])
async def test_an_answer_that_is_none_of_ours_is_unreadable(
    server: WireServer, client: CentralClient, name: str, body: bytes
) -> None:
    server.faults.append(answering(Reply(200, body)))
    with pytest.raises(UnreadableAnswer):
        await CALLS[name](client)


async def test_a_page_that_lost_rows_on_the_way_is_unreadable(
    server: WireServer, client: CentralClient
) -> None:
    server.faults.append(answering(Reply(200, b"{}\n", {"Row-Count": "2"})))
    with pytest.raises(UnreadableAnswer):
        await client.bootstrap_page("customer", None)


async def test_413_and_410_have_their_own_errors(server: WireServer, client: CentralClient) -> None:
    server.faults.extend([answering(problem(413, "")), answering(problem(410, ""))])
    with pytest.raises(TooLarge):
        await client.push(BODIES)
    with pytest.raises(CursorTooOld):
        await client.changes("0")


async def test_a_packed_answer_is_unpacked(server: WireServer, client: CentralClient) -> None:
    plan = BootstrapPlan(cursor="7", counts={"order": 1, "customer": 2})
    reply = Reply(200, gzip.compress(write_document(plan)), {"Content-Encoding": "gzip"})
    server.faults.append(answering(reply))
    told = await client.bootstrap_plan()
    assert told == plan
    assert list(told.counts) == ["order", "customer"]


async def test_a_broken_packing_is_unreachable(server: WireServer, client: CentralClient) -> None:
    server.faults.append(answering(Reply(200, b"no gzip", {"Content-Encoding": "gzip"})))
    with pytest.raises(Unreachable):
        await client.bootstrap_plan()


async def test_a_long_poll_and_a_page_ask_for_what_they_need(
    server: WireServer, client: CentralClient
) -> None:
    server.faults.append(answering(Reply(200, b'{"changes":[],"cursor":"8","more":false}')))
    await client.changes("a b&c", wait=25)
    await client.bootstrap_page("policy", "general/1")
    changes, page = server.requests
    assert changes.query == {"cursor": "a b&c", "limit": "1000", "wait": "25"}
    assert page.path == "/v1/bootstrap/policy"
    assert page.query == {"limit": "4000", "after": "general/1"}


async def test_enrolling_sends_the_code_without_a_token(server: WireServer) -> None:
    told = EnrollResponse(person="Agent One", role="agent", server_id="s", server_time=NOW)
    server.faults.append(answering(Reply(201, write_document(told))))
    client = CentralClient(server.url, None)
    assert await client.enroll(ASKED) == told
    (request,) = server.requests
    assert "authorization" not in request.headers
    assert json.loads(request.body) == to_tree(ASKED)
    await client.aclose()


@pytest.mark.parametrize("status", [400, 401, 404, 409, 410])
async def test_a_code_that_is_not_taken_says_why(server: WireServer, status: int) -> None:
    server.faults.append(answering(problem(status, "This code was used.")))
    client = CentralClient(server.url, None)
    with pytest.raises(EnrollmentRefused, match=r"This code was used\. Ask for a new one"):
        await client.enroll(ASKED)
    await client.aclose()


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8000", "http://localhost:8000/", "http://[::1]:1", "https://x.example/api"],
)
async def test_https_anywhere_and_http_to_this_machine_are_addresses(url: str) -> None:
    await CentralClient(url, None).aclose()


@pytest.mark.parametrize(
    "url", ["http://returns.example.com", "http://10.0.0.7:8000", "http://localhost.example.com"]
)
def test_plain_http_to_another_machine_is_refused_before_anything_is_sent(url: str) -> None:
    with pytest.raises(InsecureUrl, match="use https"):
        CentralClient(url, "secret")


@pytest.mark.parametrize(
    "url", ["", "returns", "ftp://x", "https://", "https://u:p@x", "https://x?y=1", "https://x:a"]
)
def test_what_is_no_address_is_refused(url: str) -> None:
    with pytest.raises(BadServerUrl):
        CentralClient(url, None)


async def test_what_is_meant_for_this_machine_goes_through_no_proxy(
    server: WireServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy.invalid:3128")
    client = CentralClient(server.url, "secret")
    assert (await client.lease("lease-1")).block == 100_000
    await client.aclose()


async def test_the_date_of_an_answer_measures_the_clock(
    server: WireServer, client: CentralClient
) -> None:
    server.date = NOW + timedelta(minutes=5)
    await client.lease("lease-1")
    reading = client.take_clock_reading()
    assert reading is not None
    assert abs(reading.offset - timedelta(minutes=5)) <= reading.uncertainty
    assert reading.corrects(timedelta())
    assert not reading.corrects(timedelta(minutes=5))
    assert client.take_clock_reading() is None


async def test_no_date_measures_nothing(server: WireServer, client: CentralClient) -> None:
    server.faults.append(answering(Reply(200, b'{"lease_id":"x","block":1}', {"Date": "today"})))
    await client.lease("x")
    assert client.take_clock_reading() is None


async def test_a_probe_that_nobody_answers_is_given_up_soon(
    server: WireServer, client: CentralClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def never(handle: Handler, request: Request) -> Reply:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")

    monkeypatch.setattr("sync.client.PROBE_SECONDS", 0.05)
    server.faults.append(never)
    with pytest.raises(Unreachable, match="in time"):
        await client.probe()
    await client.probe()


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html>Welcome</html>"),
        Reply(200, b'{"status":"starting"}'),
        Reply(200, b"[]"),
        Reply(404),
        Reply(503),
    ],
)
async def test_only_our_server_says_that_it_is_ready(
    server: WireServer, client: CentralClient, reply: Reply
) -> None:
    server.faults.append(answering(reply))
    with pytest.raises(SyncError):
        await client.probe()


async def test_a_push_says_which_epoch_it_counts_on(
    server: WireServer, client: CentralClient
) -> None:
    await client.push([])
    assert client.server_epoch == "first"
    with pytest.raises(EpochChanged):
        await client.push([operation(1).body], epoch="another")
    await client.push([operation(1).body], epoch="first")


@pytest.mark.parametrize("told", ["", "two words", "é", "x" * 65])
async def test_what_is_no_epoch_is_not_taken_for_one(
    server: WireServer, client: CentralClient, told: str
) -> None:
    reply = Reply(200, b'{"results":[]}', {"Server-Epoch": told})
    server.faults.append(answering(reply))
    await client.push([])
    assert client.server_epoch is None


async def test_an_exchange_that_is_cancelled_leaves_a_client_that_works(
    server: WireServer, client: CentralClient
) -> None:
    polling = asyncio.create_task(client.changes("0", wait=25))
    while not server.requests:  # noqa: ASYNC110 - the server tells nobody
        await asyncio.sleep(0)
    polling.cancel()
    with pytest.raises(asyncio.CancelledError):
        await polling
    assert (await client.lease("lease-1")).block == 100_000


@pytest.mark.parametrize(
    "error",
    [
        kind
        for name in httpx.__all__
        if isinstance(kind := getattr(httpx, name), type) and issubclass(kind, Exception)
    ],
)
def test_every_error_of_the_layer_below_is_mapped(error: type[Exception]) -> None:
    assert issubclass(error, HTTPX_ERRORS)


def test_every_error_of_the_wire_says_what_to_do() -> None:
    assert issubclass(SyncError, Exception)
    for error in (Unreachable(), ServerFailing(503), UnreadableAnswer("x"), Unauthorized()):
        assert len(str(error).split(". ")) > 1
