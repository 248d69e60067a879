"""Bodies that are packed wrongly, packed twice, unpack to more than they say, or do not come."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import httpx
import pytest

from central_api.bodies import SMALL
from sync.protocol.envelopes import MAX_BATCH_BYTES
from tests.central_api.branch import Desk
from tests.central_api.conftest import Served
from tests.hostile.answers import sound
from tests.hostile.wire import answers, connected, request

OPS = "/v1/ops"
GZIP = {"Content-Encoding": "gzip"}


@pytest.fixture(params=["sqlite"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Nothing of this gets as far as the database."""
    kind: str = request.param
    return kind


@pytest.fixture
def desk(served: Served) -> Desk:
    """An enrolled desk."""
    return served.branch.desk()


def pushed(served: Served, desk: Desk, body: bytes, headers: dict[str, str]) -> httpx.Response:
    """The answer to a body; the server goes on."""
    with served.client(desk) as client:
        answer = sound(client.post(OPS, content=body, headers=headers))
        assert client.get("/readyz").status_code == 200
    return answer


BOMB = gzip.compress(b"\n" * (256 << 20), compresslevel=9)
DAMAGED = {
    "cut off": gzip.compress(b"{}" * 1000)[:-9],
    "its sum is wrong": gzip.compress(b"{}")[:-8] + b"\0" * 8,
    "a second member": gzip.compress(b"{}") + gzip.compress(b"{}"),
    "followed by zeros": gzip.compress(b"{}") + b"\0" * 100,
    "zlib instead": zlib.compress(b"{}"),
    "nothing": b"",
    "only its head": gzip.compress(b"{}")[:10],
}


def test_a_damaged_gzip_is_a_bad_request(served: Served, desk: Desk) -> None:
    for how, packed in DAMAGED.items():
        assert pushed(served, desk, packed, GZIP).status_code == 400, how


def test_a_bomb_is_too_large_and_one_within_another_is_not_unpacked_twice(
    served: Served, desk: Desk
) -> None:
    assert len(BOMB) < MAX_BATCH_BYTES

    assert pushed(served, desk, BOMB, GZIP).status_code == 413
    assert pushed(served, desk, gzip.compress(BOMB), GZIP).status_code == 400


CODINGS = ["br", "deflate", "gzip, gzip", "gzip;q=1", "zstd", "\xff", "x" * 5000]


def test_another_coding_is_named_as_the_problem(served: Served, desk: Desk) -> None:
    with served.client(desk) as client:
        for coding in CODINGS:
            raw = {"Content-Encoding": coding.encode("latin-1")}
            assert sound(client.post(OPS, content=b"{}", headers=raw)).status_code == 415, coding


def test_a_packed_body_that_says_it_is_plain_is_a_bad_request(served: Served, desk: Desk) -> None:
    packed = gzip.compress(desk.line(desk.returning()))

    assert pushed(served, desk, packed, {}).status_code == 400
    assert pushed(served, desk, packed, GZIP).json()["results"][0]["outcome"] == "accepted"


def test_a_length_beyond_the_limit_is_refused_before_anything_came(
    served: Served, desk: Desk
) -> None:
    for length in (MAX_BATCH_BYTES + 1, 10**12, 10**19):
        with connected(served) as connection:
            asked = [f"Authorization: Bearer {desk.token}", f"Content-Length: {length}"]
            connection.sendall(request("POST", OPS, *asked))
            told = answers(connection, until=1)

        assert told.statuses == [413], length
        assert told.problem["type"] == "/problems/too-large"


def test_nobody_has_more_read_than_a_small_document(served: Served) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(100):
            yield b"x" * SMALL

    with served.client() as client:
        for path in ("/v1/enroll", "/v1/token"):
            assert sound(client.post(path, content=endless())).status_code == 413


def test_a_body_without_a_token_is_not_read(served: Served) -> None:
    with connected(served) as connection:
        connection.sendall(request("POST", OPS, "Content-Length: 1000"))
        told = answers(connection, until=1)

    assert told.statuses == [401]
