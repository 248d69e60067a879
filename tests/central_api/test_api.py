"""The API over HTTP, from a real server on loopback."""

from __future__ import annotations

import gzip
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import httpx
import pytest

from central_api import numbers
from central_api.database import writing
from central_api.people import create_code
from rma.operations import KnownRecord, Outcome
from rma.request import Role
from sync.credentials import Credentials, enrollment
from sync.device_key import DeviceKey, new_seed
from sync.protocol.documents import read_document, write_document
from sync.protocol.envelopes import (
    MAX_BATCH,
    MAX_BATCH_BYTES,
    BootstrapPlan,
    Change,
    ChangePage,
    EnrollResponse,
    LeaseRequest,
    LeaseResponse,
    ProblemDetails,
    PushResponse,
    TokenResponse,
)
from tests import shop
from tests.central_api.branch import Desk, number_of
from tests.central_api.conftest import Served


@pytest.fixture
def desk(served: Served) -> Desk:
    """An agent's desk."""
    return served.branch.desk()


def problem(response: httpx.Response, status: int, kind: str) -> ProblemDetails:
    """The problem that was answered."""
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    details = read_document(ProblemDetails, response.content)
    assert (details.type, details.status) == (f"/problems/{kind}", status)
    return details


def test_a_device_enrolls_leases_and_pushes(served: Served) -> None:
    with writing(served.branch.engine) as connection:
        code = create_code(connection, "Ada", Role.AGENT, served.branch.now)
    device, key = str(uuid4()), DeviceKey(new_seed())
    body = write_document(enrollment(code, device, "test", key))
    with served.client() as client:
        answer = client.post("/v1/enroll", content=body)
        assert answer.status_code == 201
        told = read_document(EnrollResponse, answer.content)
        who = Credentials(device, told.server_id, key, lambda: told.person)
        wanted = write_document(who.assertion(served.branch.now))
        token = read_document(TokenResponse, client.post("/v1/token", content=wanted).content)
        client.headers["Authorization"] = f"Bearer {token.token}"
        asked = write_document(LeaseRequest(lease_id="one"))
        leased = client.post("/v1/number-blocks", content=asked)
        again = client.post("/v1/number-blocks", content=asked)
        lost = client.post("/v1/enroll", content=body)
        other = enrollment(code, str(uuid4()), "test", DeviceKey(new_seed()))
        used = client.post("/v1/enroll", content=write_document(other))

    assert read_document(LeaseResponse, leased.content).lease_id == "one"
    assert again.content == leased.content
    assert read_document(EnrollResponse, lost.content) == told
    problem(used, 403, "enrollment-refused")


@pytest.mark.parametrize("packed", [False, True])
def test_a_push_is_answered_under_its_keys(served: Served, desk: Desk, packed: bool) -> None:
    operations = [desk.returning(), desk.returning()]
    body = b"".join(desk.line(operation) + b"\n" for operation in operations)
    headers = {"Content-Encoding": "gzip"} if packed else {}
    with served.client(desk) as client:
        sent = gzip.compress(body) if packed else body
        answer = client.post("/v1/ops", content=sent, headers=headers)

    results = read_document(PushResponse, answer.content).results
    assert [result.op_id for result in results] == [operation.op_id for operation in operations]
    assert [result.outcome for result in results] == [Outcome.ACCEPTED, Outcome.REJECTED]


def test_an_empty_push_is_answered_with_nothing(served: Served, desk: Desk) -> None:
    with served.client(desk) as client:
        assert client.post("/v1/ops", content=b"").json() == {"results": []}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/ops"),
        ("POST", "/v1/number-blocks"),
        ("GET", "/v1/changes?cursor=x"),
        ("GET", "/v1/bootstrap"),
        ("GET", "/v1/bootstrap/rma"),
        ("GET", "/v1/customers?q=maria"),
        ("GET", "/v1/orders/100001"),
        ("GET", "/v1/rmas/47120300013"),
    ],
)
@pytest.mark.parametrize("token", ["", "Bearer", "Bearer nobody", "Basic YTpi"])
def test_without_a_known_token_there_is_nothing(
    served: Served, method: str, path: str, token: str
) -> None:
    with served.client() as client:
        answer = client.request(method, path, headers={"Authorization": token} if token else {})

    problem(answer, 401, "unauthorized")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_the_warehouse_gets_no_numbers(served: Served) -> None:
    desk = served.branch.desk("Wim", Role.WAREHOUSE)
    with served.client(desk) as client:
        answer = client.post("/v1/number-blocks", content=b'{"lease_id":"one"}')

    problem(answer, 403, "forbidden")


class TestTooLarge:
    """What is too large is refused while it arrives."""

    def test_too_many_operations(self, served: Served, desk: Desk) -> None:
        with served.client(desk) as client:
            answer = client.post("/v1/ops", content=b"{}\n" * (MAX_BATCH + 1))

        problem(answer, 413, "too-large")

    def test_too_many_bytes(self, served: Served, desk: Desk) -> None:
        with served.client(desk) as client:
            answer = client.post("/v1/ops", content=b"x" * (MAX_BATCH_BYTES + 1))

        problem(answer, 413, "too-large")

    def test_a_gzip_bomb(self, served: Served, desk: Desk) -> None:
        bomb = gzip.compress(b"\n" * 200_000_000, compresslevel=9)
        assert len(bomb) < MAX_BATCH_BYTES
        with served.client(desk) as client:
            answer = client.post("/v1/ops", content=bomb, headers={"Content-Encoding": "gzip"})

        problem(answer, 413, "too-large")

    def test_a_large_enrollment(self, served: Served) -> None:
        with served.client() as client:
            answer = client.post("/v1/enroll", content=b"x" * 100_000)

        problem(answer, 413, "too-large")


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/v1/ops", b"nonsense", {}),
        ("/v1/ops", b"nonsense", {"Content-Encoding": "gzip"}),
        ("/v1/ops", gzip.compress(b"{}", mtime=0)[:-4], {"Content-Encoding": "gzip"}),
        ("/v1/ops", gzip.compress(b"", mtime=0) + b"more", {"Content-Encoding": "gzip"}),
        ("/v1/number-blocks", b"", {}),
        ("/v1/number-blocks", b'{"lease_id":7}', {}),
        ("/v1/number-blocks", b'{"lease_id":""}', {}),
        ("/v1/number-blocks", b'{"lease_id":"a","more":1}', {}),
    ],
)
def test_what_cannot_be_read_is_a_bad_request(
    served: Served, desk: Desk, path: str, body: bytes, headers: dict[str, str]
) -> None:
    with served.client(desk) as client:
        problem(client.post(path, content=body, headers=headers), 400, "bad-request")


def test_an_unknown_encoding_is_named(served: Served, desk: Desk) -> None:
    with served.client(desk) as client:
        answer = client.post("/v1/ops", content=b"", headers={"Content-Encoding": "br"})

    problem(answer, 415, "unsupported-encoding")


@pytest.mark.parametrize("query", ["", "cursor=x&limit=0", "cursor=x&limit=a", "cursor=x&wait=99"])
def test_wrong_parameters_are_named(served: Served, desk: Desk, query: str) -> None:
    with served.client(desk) as client:
        problem(client.get(f"/v1/changes?{query}"), 400, "bad-request")


def test_an_old_cursor_is_gone(served: Served, desk: Desk) -> None:
    with served.client(desk) as client:
        problem(client.get("/v1/changes?cursor=other.0.1"), 410, "cursor-too-old")


def test_unknown_things_are_not_found(served: Served, desk: Desk) -> None:
    with served.client(desk) as client:
        for path in (
            "/nowhere",
            "/v1/bootstrap/secrets",
            "/v1/orders/1",
            f"/v1/rmas/{shop.number()}",
        ):
            problem(client.get(path), 404, "not-found")
        problem(client.delete("/v1/ops"), 405, "method-not-allowed")
        problem(client.get("/v1/rmas/47120300012"), 400, "bad-request")


def test_a_desk_downloads_everything_and_goes_on_from_there(served: Served, desk: Desk) -> None:
    with served.client(desk) as client:
        plan = read_document(BootstrapPlan, client.get("/v1/bootstrap").content)
        pages = {kind: client.get(f"/v1/bootstrap/{kind}") for kind in plan.counts}
        desk.push(desk.returning())
        after = client.get("/v1/changes", params={"cursor": plan.cursor})

    for kind, answer in pages.items():
        assert answer.headers["content-type"] == "application/x-ndjson"
        assert answer.headers["content-encoding"] == "gzip"
        rows = [read_document(Change, line) for line in answer.content.splitlines()]
        assert len(rows) == plan.counts[kind]
    assert [change.kind for change in read_document(ChangePage, after.content).changes] == ["rma"]


def test_a_page_goes_unpacked_to_a_client_that_cannot_unpack(served: Served, desk: Desk) -> None:
    with served.client(desk) as client:
        answer = client.get("/v1/bootstrap/order", headers={"Accept-Encoding": "identity"})

    assert "content-encoding" not in answer.headers
    assert json.loads(answer.content)["key"] == "O-1"


class TestLongPoll:
    """`wait` holds the answer back until there is a change."""

    def test_it_answers_as_soon_as_another_desk_pushes(self, served: Served, desk: Desk) -> None:
        other = served.branch.desk("Ben")
        with served.client(desk) as waiting, served.client(other) as client:
            cursor = waiting.get("/v1/bootstrap").json()["cursor"]
            with ThreadPoolExecutor(1) as pool:
                params = {"cursor": cursor, "wait": "20"}
                pending = pool.submit(waiting.get, "/v1/changes", params=params)
                client.post("/v1/ops", content=other.line(other.returning()))
                started = time.monotonic()
                page = read_document(ChangePage, pending.result(20).content)

        assert len(page.changes) == 1
        assert time.monotonic() - started < 5

    def test_it_sees_what_another_process_wrote(self, served: Served, desk: Desk) -> None:
        with served.client(desk) as client:
            cursor = client.get("/v1/bootstrap").json()["cursor"]
            writer = threading.Timer(0.3, lambda: desk.push(desk.returning()))
            writer.start()
            answer = client.get("/v1/changes", params={"cursor": cursor, "wait": "20"})
            writer.join()

        assert len(read_document(ChangePage, answer.content).changes) == 1

    def test_it_ends_when_nothing_happens(self, served: Served, desk: Desk) -> None:
        with served.client(desk) as client:
            cursor = client.get("/v1/bootstrap").json()["cursor"]
            answer = client.get("/v1/changes", params={"cursor": cursor, "wait": "0.3"})

        assert answer.json() == {"changes": [], "cursor": cursor, "more": False}


class TestLookups:
    """Customers, orders and RMAs, for a desk that has not downloaded them yet."""

    @pytest.mark.parametrize("query", ["maria", "MÜLLER mar", "maria@example", "345678", "C-1"])
    def test_a_customer_is_found(self, served: Served, desk: Desk, query: str) -> None:
        with served.client(desk) as client:
            found = client.get("/v1/customers", params={"q": query}).json()["customers"]

        assert [customer["customer_id"] for customer in found] == ["C-1"]

    @pytest.mark.parametrize("query", ["%%", "__", "ma_ia", "mariam", "999999", "\0\0"])
    def test_nobody_is_found(self, served: Served, desk: Desk, query: str) -> None:
        with served.client(desk) as client:
            assert client.get("/v1/customers", params={"q": query}).json() == {"customers": []}

    def test_an_order_comes_with_its_returns(self, served: Served, desk: Desk) -> None:
        operation = desk.returning()
        desk.push(operation)
        with served.client(desk) as client:
            found = client.get("/v1/orders/100001").json()

        assert [order["order_id"] for order in found["orders"]] == ["O-1"]
        assert [rma["record"]["number"] for rma in found["rmas"]] == [number_of(operation)]

    def test_an_rma_is_read_by_its_spoken_number(self, served: Served, desk: Desk) -> None:
        operation = desk.returning()
        desk.push(operation)
        number = number_of(operation)
        with served.client(desk) as client:
            answer = client.get(f"/v1/rmas/{number[:3]} {number[3:7]} {number[7:]}")

        known = read_document(KnownRecord, answer.content)
        assert (known.record.number, known.row_version) == (number, 1)


def test_health_and_the_openapi_document_need_no_token(served: Served) -> None:
    with served.client() as client:
        assert client.get("/healthz").json() == {"status": "ok"}
        assert client.get("/readyz").json() == {"status": "ready"}
        document = client.get("/openapi.json").json()
        problem(client.get("/docs"), 404, "not-found")

    assert "/v1/ops" in document["paths"]
    body = document["paths"]["/v1/enroll"]["post"]["requestBody"]["content"]
    told = {"code", "device", "platform", "public_key", "signature"}
    assert set(body["application/json"]["schema"]["properties"]) == told


def test_when_all_numbers_are_leased_the_desk_is_told_to_come_again(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = served.branch.desk("Ada", Role.AGENT)
    monkeypatch.setattr(numbers, "LAST_BLOCK", numbers.FIRST_BLOCK)
    with served.client(desk) as client:
        first = client.post("/v1/number-blocks", content=b'{"lease_id":"one"}')
        second = client.post("/v1/number-blocks", content=b'{"lease_id":"two"}')
    assert first.status_code == 200
    problem(second, 503, "unavailable")
