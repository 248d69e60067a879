"""What no HTTP library sends: two ways to end a body, drops, endless heads, and connections that only cost."""

from __future__ import annotations

import pytest

from central_api import connections
from tests.central_api.conftest import Served
from tests.hostile.wire import answers, connected, request, said

SMUGGLED = request("GET", "/healthz")


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Nothing of this gets as far as the database."""
    kind: str = request.param
    return kind


def lives(served: Served) -> None:
    """The server answers others."""
    with served.client() as client:
        assert client.get("/readyz").status_code == 200


def test_a_length_and_chunks_at_once_are_refused_with_all_that_follows(served: Served) -> None:
    body = b"2\r\n{}\r\n0\r\n\r\n"
    both = ["Content-Length: 12", "Transfer-Encoding: chunked"]

    for headers in (both, both[::-1]):
        told = said(served, request("POST", "/v1/token", *headers, body=body + SMUGGLED))

        assert told.statuses == [400]
        assert told.problem["type"] == "/problems/bad-request"
        assert told.closed


HEADS = {
    "two lengths": ["Content-Length: 2", "Content-Length: 3"],
    "two lengths in one": ["Content-Length: 2, 3"],
    "a negative length": ["Content-Length: -1"],
    "another base": ["Content-Length: 0x10"],
    "an endless length": ["Content-Length: " + "9" * 30],
    "an unknown coding": ["Transfer-Encoding: xchunked"],
    "two codings": ["Transfer-Encoding: chunked, identity"],
    "twice": ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
    "a space before the colon": ["Transfer-Encoding : chunked"],
    "NUL": ["X: a\0b"],
    "a bare carriage return": ["X: a\rContent-Length: 5"],
    "two hosts": ["Host: other"],
    "a head that does not end": ["X: " + "x" * 200_000],
    "too many headers": ["X: y"] * 100_000,
}


def test_a_head_that_can_be_read_in_two_ways_or_does_not_end_is_refused(served: Served) -> None:
    for what, headers in HEADS.items():
        told = said(served, request("POST", "/v1/token", *headers, body=b"{}" + SMUGGLED))

        assert told.closed, what
        # none, where the rest of an endless head was never read
        assert told.statuses in ([], [400], [413]), what
        assert not told.statuses or told.problem
        lives(served)


LINES = [
    "GET /%zz HTTP/1.1",
    "GET /%c0%ae%c0%ae/etc/passwd HTTP/1.1",
    "GET /../../etc/passwd HTTP/1.1",
    "GET //evil.example/healthz HTTP/1.1",
    "GET /v1/orders/..%2f..%2fhealthz HTTP/1.1",
    "GET http://evil.example/healthz HTTP/1.1",
    "CONNECT evil.example:80 HTTP/1.1",
    "OPTIONS * HTTP/1.1",
    "GET  /healthz HTTP/1.1",
    "GET /healthz",
    "GET /caf\xe9 HTTP/1.1",
    "\x16\x03\x01\x02 TLS",
    "PRI * HTTP/2.0",
]


def test_a_request_line_that_leads_nowhere_is_refused_as_a_problem(served: Served) -> None:
    for line in LINES:
        raw = f"{line}\r\nHost: desk\r\nConnection: close\r\n\r\n"
        told = said(served, raw.encode("latin-1"))

        assert told.closed, line
        assert told.statuses[0] in (400, 401, 404, 405), line
        assert told.problem


def test_another_method_is_told_which_would_do(served: Served) -> None:
    for method in ("HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "FOO"):
        told = said(served, request(method, "/healthz", "Connection: close"))

        assert told.statuses == [405], method
        assert b"\r\nallow: GET\r\n" in told.raw


def test_nobody_is_sent_on_to_an_address_of_another_host(served: Served) -> None:
    with served.client() as client:
        answer = client.get("/healthz/", headers={"Host": "evil.example"})

    assert answer.status_code == 404
    assert "location" not in answer.headers


DRIPS = {
    "nothing at all": b"",
    "half a head": b"GET /healthz HTT",
    "half the head of a second request": request("GET", "/healthz") + b"GET",
    "half a body that nobody waits for": request("POST", "/v1/ops", "Content-Length: 9", body=b"{"),
}


def test_a_connection_that_only_waits_is_closed(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    for what, drip in DRIPS.items():
        with connected(served) as connection:
            connection.sendall(drip)
            told = answers(connection)

        assert told.closed, what
        assert told.statuses[-1] == (401 if "body" in what else 408), what


def test_drops_do_not_buy_time(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.5)
    with connected(served) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: desk\r\nX: ")
        for _ in range(200):
            told = answers(connection, seconds=0.05)
            if told.closed or told.raw:
                break
            connection.sendall(b"x")

    assert told.statuses == [408]


def test_who_takes_long_for_an_answer_is_not_cut_off(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "HEAD_SECONDS", 0.3)
    desk = served.branch.desk()
    with served.client(desk) as client:
        cursor = client.get("/v1/bootstrap").json()["cursor"]
        waited = client.get("/v1/changes", params={"cursor": cursor, "wait": 1})

    assert waited.status_code == 200


@pytest.mark.slow
def test_who_never_fetches_an_answer_is_cut_off(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "FETCH_SECONDS", 0.3)
    with connected(served) as connection:
        connection.setblocking(False)
        asked = request("GET", "/openapi.json") * 100
        try:
            for _ in range(10_000):  # until neither side has room any more
                connection.send(asked)
        except (BlockingIOError, ConnectionError):
            pass
        told = answers(connection, seconds=20)

    assert told.closed
    assert len(told.raw) < 64 << 20
    lives(served)


def test_above_the_most_connections_one_is_refused_and_the_others_go_on(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 2)
    with connected(served) as first, connected(served) as second:
        for connection in (first, second):  # both are known before the third comes
            connection.sendall(request("GET", "/healthz"))
            assert answers(connection, until=1).statuses == [200]
        told = said(served, b"")
        first.sendall(request("GET", "/readyz"))
        going_on = answers(first, until=1)

    assert (told.statuses, told.closed) == ([503], True)
    assert told.problem["type"] == "/problems/unavailable"
    assert b"\r\nretry-after: 2\r\n" in told.raw
    assert going_on.statuses == [200]


def test_a_broken_chunk_after_the_answer_ends_the_connection_alone(served: Served) -> None:
    with connected(served) as connection:
        connection.sendall(request("POST", "/v1/ops", "Transfer-Encoding: chunked"))
        refused = answers(connection, until=1)
        connection.sendall(b"zz\r\n")
        rest = answers(connection)

    assert refused.statuses == [401]
    assert rest.closed
    lives(served)
