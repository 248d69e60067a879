"""What hostile input costs the real program: memory, time, connections; each has a bound."""

from __future__ import annotations

import asyncio
import gzip
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from sync.protocol.envelopes import MAX_BATCH_BYTES
from tests.central_api.branch import Desk
from tests.hostile.answers import sound
from tests.hostile.process import Program, program
from tests.hostile.wire import connected, request

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Linux tells what a process costs"),
]
MOST_MEMORY = 400
"""MiB that the worst body may cost; the largest has 1 MiB."""
MOST_SECONDS = 10
"""On a slow machine with others at work."""
CROWD = 200
"""Connections that ask at once."""
SECONDS = 3
PACE = 1_000
"""Requests a second that they ask together."""


@pytest.fixture
def running(central_database: str, tmp_path: Path) -> Iterator[Program]:
    """The real program."""
    with program(central_database, tmp_path) as served:
        yield served


def stuffed(desk: Desk, path: tuple[str, ...], raw: bytes) -> bytes:
    """An operation with as much of `raw` at a place as a body may have."""
    tree = json.loads(desk.body(desk.returning()))
    parent = tree
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = "@@"
    head, tail = json.dumps(tree).encode().split(b'"@@"')
    room = MAX_BATCH_BYTES - len(head) - len(tail) - 300
    return head + b"[" + b",".join([raw] * (room // (len(raw) + 1))) + b"]" + tail


LINES = ("payload", "request", "lines")
STUFFED: dict[str, Callable[[Desk], bytes]] = {
    "empty lines": lambda desk: stuffed(desk, LINES, b"{}"),
    "numbers as lines": lambda desk: stuffed(desk, LINES, b"0"),
    "lines of unknown keys": lambda desk: stuffed(desk, LINES, b'{"a":1}'),
    "a payload of lists": lambda desk: stuffed(desk, ("payload",), b"[]"),
    "another payload": lambda desk: stuffed(desk, ("payload", "x"), b"{}"),
    "unknown keys": lambda desk: unknown_keys(),
    "lines that are none": lambda desk: b"{}\n" * 100,
    "nothing but line feeds": lambda desk: b"\n" * MAX_BATCH_BYTES,
    "a long text": lambda desk: stuffed(desk, ("payload", "x"), b'"' + b"x" * 900_000 + b'"'),
    "a deep tree": lambda desk: b"[" * MAX_BATCH_BYTES,
    "a long number": lambda desk: b"9" * MAX_BATCH_BYTES,
    "escapes": lambda desk: b'{"x":"' + b"\\u0041" * 170_000 + b'"}',
}


def unknown_keys() -> bytes:
    """An envelope of nothing but keys that no envelope has."""
    return b"{" + b",".join(b'"%d":0' % key for key in range(100_000)) + b"}"


def test_no_body_costs_much(running: Program) -> None:
    desk = running.branch.desk()
    with running.client(desk) as client:
        sound(client.post("/v1/ops", content=desk.line(desk.returning())))
        before = running.most_memory()
        for what, made in STUFFED.items():
            for signed in (True, False):
                body = made(desk)
                assert len(body) <= MAX_BATCH_BYTES, what
                began = time.monotonic()
                headers = {"Content-Encoding": "gzip"}
                content = gzip.compress(desk.signed(body) if signed else body)
                sound(client.post("/v1/ops", content=content, headers=headers))
                assert time.monotonic() - began < MOST_SECONDS, what
                assert running.most_memory() - before < MOST_MEMORY, what
        small = b"{" + b",".join(b'"%d":0' % key for key in range(6_000)) + b"}"
        for path in ("/v1/enroll", "/v1/token", "/v1/number-blocks", "/v1/desk-reports"):
            assert sound(client.post(path, content=small)).status_code == 400
    assert running.branch.faults() == ()


def test_a_crowd_is_answered_or_told_to_come_back(running: Program) -> None:
    desk = running.branch.desk()
    shown = [f"Authorization: Bearer {desk.token}"]
    asked = [
        request("GET", "/healthz"),
        request("GET", "/v1/bootstrap", *shown),
        request("GET", "/v1/customers?q=maria", *shown),
        request("GET", "/v1/bootstrap", "Authorization: Bearer x"),
    ]
    before = running.most_memory()

    answered = asyncio.run(crowd(running.url, asked))

    assert set(answered) <= {200, 401, 429, 503}
    assert sum(answered.values()) >= CROWD
    assert running.most_memory() - before < MOST_MEMORY
    began = time.monotonic()
    with running.client(desk) as client:
        assert client.post("/v1/ops", content=desk.line(desk.returning())).status_code == 200
    assert time.monotonic() - began < MOST_SECONDS
    print(dict(answered), running.most_memory() - before, "MiB more")


async def crowd(url: str, asked: list[bytes]) -> Counter[int]:
    """How often each status was answered to `CROWD` connections in `SECONDS`."""
    host, port = httpx.URL(url).host, httpx.URL(url).port
    answered: Counter[int] = Counter()
    until = time.monotonic() + SECONDS

    async def one(index: int) -> None:
        reader, writer = await asyncio.open_connection(host, port)
        while (began := time.monotonic()) < until:
            index += 1
            writer.write(asked[index % len(asked)])
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            status = int(head[9:12])
            if status in (429, 503):
                assert b"\r\nretry-after: " in head
            await reader.readexactly(int(head.split(b"content-length: ")[1].split(b"\r\n")[0]))
            answered[status] += 1
            await asyncio.sleep(began + CROWD / PACE - time.monotonic())
        writer.close()

    await asyncio.gather(*(one(index) for index in range(CROWD)))
    return answered


def test_hundreds_of_connections_that_say_nothing_hold_up_nobody(running: Program) -> None:
    desk = running.branch.desk()
    with ExitStack() as stack:
        for _ in range(700):
            stack.enter_context(connected(running))
        began = time.monotonic()
        with running.client(desk) as client:
            assert client.post("/v1/ops", content=desk.line(desk.returning())).status_code == 200
        assert time.monotonic() - began < MOST_SECONDS
        assert running.files() >= 700
        until = time.monotonic() + 60
        while running.files() >= 100 and time.monotonic() < until:
            time.sleep(0.2)
        assert running.files() < 100
