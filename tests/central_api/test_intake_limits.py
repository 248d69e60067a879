"""What one request may bring: each limit is answered with a problem of its own, and the server goes on."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator

import httpx
import pytest
from fastapi import Request

from central_api.bodies import SMALL, read_body
from central_api.problems import HttpProblem
from sync.protocol.envelopes import MAX_BATCH, MAX_BATCH_BYTES
from tests import shop
from tests.central_api.branch import Desk
from tests.central_api.conftest import Served

OPS, BLOCKS = "/v1/ops", "/v1/number-blocks"


@pytest.fixture
def desk(served: Served) -> Desk:
    """An enrolled desk."""
    return served.branch.desk()


def refused(
    served: Served, desk: Desk, path: str, content: object, **headers: str
) -> tuple[int, str]:
    """Status and problem type of the answer to a body; the server answers the next request as ever."""
    with served.client(desk) as client:
        response = client.post(path, content=content, headers=headers)  # type: ignore[arg-type]
        assert response.headers["content-type"] == "application/problem+json"
        assert client.get("/readyz").status_code == 200
    problem = response.json()
    assert problem["status"] == response.status_code
    return response.status_code, problem["type"]


@pytest.mark.parametrize(("path", "most"), [(OPS, MAX_BATCH_BYTES), (BLOCKS, SMALL)])
def test_a_body_beyond_the_limit_is_too_large(
    served: Served, desk: Desk, path: str, most: int
) -> None:
    assert refused(served, desk, path, b"x" * (most + 1)) == (413, "/problems/too-large")


def test_a_body_that_does_not_say_its_length_is_counted_as_it_comes(
    served: Served, desk: Desk
) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(64):
            yield b"x" * (1 << 16)

    assert refused(served, desk, OPS, endless()) == (413, "/problems/too-large")


def test_a_gzip_bomb_is_not_unpacked(served: Served, desk: Desk) -> None:
    bomb = gzip.compress(b"\n" * (64 << 20))
    assert len(bomb) < MAX_BATCH_BYTES

    assert refused(served, desk, OPS, bomb, **{"Content-Encoding": "gzip"}) == (
        413,
        "/problems/too-large",
    )


@pytest.mark.parametrize(
    "packed",
    [
        pytest.param(gzip.compress(b"{}")[:-4], id="cut off"),
        pytest.param(gzip.compress(b"{}") + b"more", id="followed by more"),
        pytest.param(b"{}", id="not packed at all"),
    ],
)
def test_a_damaged_gzip_body_is_a_bad_request(served: Served, desk: Desk, packed: bytes) -> None:
    assert refused(served, desk, OPS, packed, **{"Content-Encoding": "gzip"}) == (
        400,
        "/problems/bad-request",
    )


def test_a_batch_of_too_many_operations_is_too_large(served: Served, desk: Desk) -> None:
    body = b"{}\n" * (MAX_BATCH + 1)

    assert refused(served, desk, OPS, body) == (413, "/problems/too-large")


@pytest.mark.parametrize("path", [OPS, BLOCKS])
@pytest.mark.parametrize("opened", [b"[", b'{"a":'])
def test_json_that_is_nested_too_deep_is_a_bad_request(
    served: Served, desk: Desk, path: str, opened: bytes
) -> None:
    assert refused(served, desk, path, opened * 10_000) == (400, "/problems/bad-request")


def test_an_operation_of_thousands_of_lines_is_answered_like_any_other(
    served: Served, desk: Desk
) -> None:
    made = desk.returning(shop.wanted())
    lines = (shop.wanted(),) * 4000
    wide = desk.asking_anyway(made, shop.request(*lines))
    with served.client(desk) as client:
        response = client.post(OPS, content=desk.line(wide))

    assert response.status_code == 200
    assert response.json()["results"][0]["outcome"] == "rejected_needs_attention"
    assert served.branch.faults() == ()


def half_sent(served: Served, desk: Desk) -> socket.socket:
    """A request whose body stays away after its first byte."""
    url = httpx.URL(served.url)
    connection = socket.create_connection((url.host, url.port or 80), timeout=20)
    connection.sendall(
        f"POST {OPS} HTTP/1.1\r\nHost: desk\r\nAuthorization: Bearer {desk.token}\r\n"
        "Content-Length: 1000\r\n\r\n{".encode()
    )
    return connection


def test_a_body_that_comes_too_slowly_is_given_up(
    served: Served, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central_api.bodies.BODY_SECONDS", 0.2)
    with half_sent(served, desk) as connection, connection.makefile("rb") as stream:
        answer = stream.read()  # to its end: the server closes the connection

    assert answer.startswith(b"HTTP/1.1 408 ")
    assert b"/problems/too-slow" in answer
    assert b"did not arrive within 0.2 seconds" in answer


async def test_a_body_that_breaks_off_is_a_bad_request() -> None:
    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    with pytest.raises(HttpProblem, match="broke off") as refused:
        await read_body(Request({"type": "http", "headers": []}, gone), SMALL)

    assert refused.value.kind == "bad-request"
