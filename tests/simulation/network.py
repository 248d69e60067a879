"""The network between desks and server, virtual: what is sent may be lost, late, doubled, cut, or answered by others.

It stands in for httpx's own transport, so that the real client runs on it.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from random import Random
from typing import Any
from unittest.mock import patch

import httpx

from tests.simulation.mix import Mix
from tests.simulation.process import RUNNING, Process
from tests.simulation.server import Server, ServerGone
from tests.simulation.trace import Trace
from tests.simulation.virtual import VirtualClock

LONGEST_FLOOR = 40
"""Seconds: the longest `Retry-After` that is sent."""


class Network:
    """Carries requests from desks to the server."""

    def __init__(
        self, clock: VirtualClock, server: Server, mix: Mix, draw: Random, trace: Trace
    ) -> None:
        self._clock = clock
        self._server = server
        self._mix = mix
        self._draw = draw
        self._trace = trace
        self.fair = True
        """Nothing goes wrong while the weather is fair."""
        self.cut_off: set[str] = set()
        """Desks without a network."""
        self.poison: set[bytes] = set()
        """Something on the way refuses every push that holds one of these."""
        self.requests = 0
        self._not_let_in_until: dict[str, float] = {}
        self._sent: set[asyncio.Task[httpx.Response]] = set()

    @contextmanager
    def in_place(self) -> Iterator[None]:
        """Every client of httpx uses this network."""

        async def handle(_transport: Any, request: httpx.Request) -> httpx.Response:
            desk = RUNNING.get()
            assert desk is not None
            return await self._exchange(desk, request)

        with patch.object(httpx.AsyncHTTPTransport, "handle_async_request", handle):
            yield

    async def _exchange(self, desk: Process, request: httpx.Request) -> httpx.Response:
        patience = request.extensions["timeout"]["read"]
        await request.aread()
        request = httpx.Request(
            request.method, request.url, headers=request.headers, content=request.content
        )
        self.requests += 1
        fate = self._fate(desk, request)
        self._trace(self._clock.monotonic(), fate, desk.name, request.method, request.url.path)
        if desk.name in self.cut_off or getattr(desk, "old_release", False):
            await self._passes(0.01)
            raise httpx.ConnectError("no network")
        carried = asyncio.ensure_future(self._carry(fate, request))
        self._sent.add(carried)
        carried.add_done_callback(self._sent.discard)
        try:
            async with asyncio.timeout(patience):
                answer = await asyncio.shield(carried)
        except TimeoutError:
            carried.add_done_callback(_seen)
            raise httpx.ReadTimeout("no answer in time") from None
        except asyncio.CancelledError:
            carried.add_done_callback(_seen)
            raise
        except ServerGone:
            raise httpx.ReadError("the connection broke") from None
        self._trace(self._clock.monotonic(), "answered", desk.name, answer.status_code)
        return answer

    def _fate(self, desk: Process, request: httpx.Request) -> str:
        if self._clock.monotonic() < self._not_let_in_until.get(desk.name, 0) and not self.fair:
            return "not let in"
        fate = self._drawn(request)
        if fate == "not let in" and self._draw.random() < 0.6:
            until = self._clock.monotonic() + self._draw.uniform(1, 20)
            self._not_let_in_until[desk.name] = until
        return fate

    def _drawn(self, request: httpx.Request) -> str:
        if self.poison and request.url.path == "/v1/ops":
            body = _unpacked(request)
            if any(mark in body for mark in self.poison):
                return "bad request"
        if self.fair or self._draw.random() > self._mix.trouble:
            return "carried"
        return self._draw.choices(list(self._mix.wire), list(self._mix.wire.values()))[0]

    async def _carry(self, fate: str, request: httpx.Request) -> httpx.Response:
        await self._passes(0.05)
        before = getattr(self, f"_{fate.replace(' ', '_')}", None)
        if before is None:
            return await self._delivered(request)
        answer: httpx.Response = await before(request)
        return answer

    async def _delivered(self, request: httpx.Request) -> httpx.Response:
        answer = await self._server.answer(request)
        answer.headers["Date"] = format_datetime(self._clock.wall(), usegmt=True)
        await self._passes(0.05)
        return answer

    async def _passes(self, most: float) -> None:
        await asyncio.sleep(self._draw.uniform(0.001, most))

    # ---- what happens to a request --------------------------------------------------------------------------------

    async def _lost_request(self, request: httpx.Request) -> httpx.Response:
        if self._draw.random() < 0.5:
            raise ServerGone
        return await _never()

    async def _lost_response(self, request: httpx.Request) -> httpx.Response:
        await self._delivered(request)
        if self._draw.random() < 0.5:
            raise ServerGone
        return await _never()

    async def _duplicated(self, request: httpx.Request) -> httpx.Response:
        again = asyncio.ensure_future(self._later(request, self._draw.uniform(0, 30)))
        self._sent.add(again)
        again.add_done_callback(self._sent.discard)
        again.add_done_callback(_seen)
        return await self._delivered(request)

    async def _delayed(self, request: httpx.Request) -> httpx.Response:
        return await self._later(request, self._draw.choice((0.5, 3.0, 20.0, 45.0)))

    async def _later(self, request: httpx.Request, seconds: float) -> httpx.Response:
        await asyncio.sleep(seconds)
        return await self._delivered(request)

    async def _cut_response(self, request: httpx.Request) -> httpx.Response:
        answer = await self._delivered(request)
        raw = b"".join([part async for part in answer.aiter_raw()])
        cut = raw[: self._draw.randrange(len(raw))] if raw else b"{"
        headers = {k: v for k, v in answer.headers.items() if k.lower() != "content-length"}
        return httpx.Response(answer.status_code, headers=headers, stream=httpx.ByteStream(cut))

    async def _partial_list(self, request: httpx.Request) -> httpx.Response:
        answer = await self._delivered(request)
        if request.url.path != "/v1/ops" or answer.status_code != 200:
            return answer
        told = json.loads(await answer.aread())
        results = [each for each in told["results"] if self._draw.random() < 0.6]
        if results and self._draw.random() < 0.5:
            results.append({**self._draw.choice(results)})
        if self._draw.random() < 0.5:
            stranger = {"op_id": "0190a1b2-0000-7000-8000-00000000ffff", "outcome": "accepted"}
            results.append({**stranger, "problem": None, "record": None, "row_version": 1})
        self._draw.shuffle(results)
        return _like(answer, json.dumps(told | {"results": results}).encode())

    async def _failed_before(self, request: httpx.Request) -> httpx.Response:
        return self._refused(request, self._draw.choice((500, 502, 503, 504)))

    async def _failed_after(self, request: httpx.Request) -> httpx.Response:
        await self._delivered(request)
        return self._refused(request, self._draw.choice((500, 502, 503, 504)))

    async def _captive_portal(self, request: httpx.Request) -> httpx.Response:
        page = (
            b""
            if self._draw.random() < 0.3
            else b"<html><body>Please accept our terms.</body></html>"
        )
        return httpx.Response(200, headers={"Content-Type": "text/html"}, content=page)

    async def _not_let_in(self, request: httpx.Request) -> httpx.Response:
        return self._refused(request, 401)

    async def _bad_request(self, request: httpx.Request) -> httpx.Response:
        return self._refused(request, 400)

    async def _too_large(self, request: httpx.Request) -> httpx.Response:
        if request.url.path != "/v1/ops" or _unpacked(request).count(b"\n") < 2:
            return await self._delivered(request)
        return self._refused(request, 413)

    async def _slow_down(self, request: httpx.Request) -> httpx.Response:
        return self._refused(request, 429)

    def _refused(self, request: httpx.Request, status: int) -> httpx.Response:
        problem = {"type": "/problems/x", "title": "No", "status": status, "detail": "Not now."}
        headers = {"Content-Type": "application/problem+json"}
        if status == 429 or (status == 503 and self._draw.random() < 0.5):
            headers["Retry-After"] = str(self._draw.choice((1, 5, LONGEST_FLOOR)))
        return httpx.Response(
            status, headers=headers, content=json.dumps(problem).encode(), request=request
        )


def _like(answer: httpx.Response, body: bytes) -> httpx.Response:
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name.lower() not in ("content-length", "content-encoding")
    }
    return httpx.Response(answer.status_code, headers=headers, content=body)


def _unpacked(request: httpx.Request) -> bytes:
    import gzip

    packed = request.headers.get("content-encoding") == "gzip"
    return gzip.decompress(request.content) if packed else request.content


def _seen(task: asyncio.Task[httpx.Response]) -> None:
    """Nobody waits for it any more."""
    if not task.cancelled():
        task.exception()


async def _never() -> httpx.Response:
    await asyncio.Event().wait()
    raise AssertionError("unreachable")
