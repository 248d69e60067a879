"""A real HTTP server on loopback, small enough to misbehave byte by byte."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from email.utils import format_datetime
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, urlsplit

from sync.errors import CursorTooOld, EpochChanged, TooLarge
from sync.protocol.documents import write_document
from sync.protocol.envelopes import LeaseResponse, PushResponse
from tests.sync.memory import NOW
from tests.sync.model import ModelServer


@dataclass(frozen=True)
class Request:
    """What arrived."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def lines(self) -> list[bytes]:
        """The lines of the body, unpacked."""
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).splitlines()


@dataclass(frozen=True)
class Reply:
    """What goes back; `cut` sends only so many bytes of the body and closes."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    hang_up: bool = False
    """Close without a word."""


Handler = Callable[[Request], Awaitable[Reply]]
Fault = Callable[[Handler, Request], Awaitable[Reply]]


def problem(status: int, detail: str, **headers: str) -> Reply:
    """An RFC 9457 problem."""
    document = {"type": "/problems/x", "title": "No", "status": status, "detail": detail}
    shown = {name.replace("_", "-"): value for name, value in headers.items()}
    return Reply(status, json.dumps(document).encode(), shown)


async def lost_answer(handle: Handler, request: Request) -> Reply:
    """The work is done, and the connection breaks."""
    await handle(request)
    return Reply(hang_up=True)


async def lost_request(handle: Handler, request: Request) -> Reply:
    """The connection breaks before anything is done."""
    return Reply(hang_up=True)


async def cut_answer(handle: Handler, request: Request) -> Reply:
    """The work is done, and only a part of the answer comes back."""
    reply = await handle(request)
    return Reply(reply.status, reply.body, cut=len(reply.body) // 2)


async def failed_after_commit(handle: Handler, request: Request) -> Reply:
    """The work is done, and the server stumbles after it."""
    await handle(request)
    return problem(500, "stumbled")


async def as_it_should(handle: Handler, request: Request) -> Reply:
    """No fault."""
    return await handle(request)


def answering(reply: Reply) -> Fault:
    """Always this, whatever is asked."""

    async def fault(handle: Handler, request: Request) -> Reply:
        return reply

    return fault


class WireServer:
    """Serves a handler; the next requests can be made to go wrong."""

    def __init__(self, handle: Handler, *, port: int = 0) -> None:
        self._handle = handle
        self._port = port
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self.faults: deque[Fault] = deque()
        self.requests: list[Request] = []
        self.date = NOW

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def __aenter__(self) -> WireServer:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        if self._server:
            self._server.close()
        for writer in list(self._open):
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        try:
            while (request := await _read(reader)) is not None:
                self.requests.append(request)
                if not await self._answer(writer, request):
                    return
        except (ConnectionError, asyncio.CancelledError):
            return
        finally:
            self._open.discard(writer)
            writer.close()

    async def _answer(self, writer: asyncio.StreamWriter, request: Request) -> bool:
        fault = self.faults.popleft() if self.faults else as_it_should
        reply = await fault(self._handle, request)
        if reply.hang_up:
            return False
        headers = {
            "Content-Length": str(len(reply.body)),
            "Date": format_datetime(self.date, usegmt=True),
        } | reply.headers
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {reply.status} X\r\n{head}\r\n".encode())
        writer.write(reply.body[: reply.cut])
        await writer.drain()
        return reply.cut is None


async def _read(reader: asyncio.StreamReader) -> Request | None:
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    first, *rest = head.splitlines()
    method, target, _ = first.split(" ")
    headers = {}
    for line in rest:
        if line:
            name, value = line.split(": ", 1)
            headers[name.lower()] = value
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    parts = urlsplit(target)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    return Request(method, parts.path, query, headers, body)


class ModelApi:
    """The routes of a central API over a `ModelServer`."""

    def __init__(self, server: ModelServer, token: str = "secret") -> None:
        self.server = server
        self.token = token
        self.news = asyncio.Event()
        """Set it after adding changes, to answer long polls."""

    async def __call__(self, request: Request) -> Reply:
        reply = await self._answer(request)
        return replace(reply, headers={"Server-Epoch": self.server.epoch} | reply.headers)

    async def _answer(self, request: Request) -> Reply:
        if request.path == "/readyz":
            return Reply(body=b'{"status":"ready"}')
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return problem(401, "unknown")
        match request.path.strip("/").split("/")[1:]:
            case ["ops"]:
                return self._push(request)
            case ["number-blocks"]:
                asked = json.loads(request.body)
                block = self.server.lease(asked["lease_id"], asked["block"])
                return _document(LeaseResponse(lease_id=asked["lease_id"], block=block))
            case ["changes"]:
                return await self._changes(request)
            case ["bootstrap"]:
                return _document(self.server.plan())
            case ["bootstrap", kind]:
                rows = self.server.rows_after(kind, request.query.get("after"))
                body = b"".join(write_document(row) + b"\n" for row in rows)
                return Reply(body=body, headers={"Row-Count": str(len(rows))})
        return problem(404, request.path)

    def _push(self, request: Request) -> Reply:
        try:
            known = request.headers.get("server-epoch")
            return _document(PushResponse(self.server.push(request.lines, known)))
        except EpochChanged:
            return problem(412, "restored")
        except TooLarge:
            return problem(413, "too large")

    async def _changes(self, request: Request) -> Reply:
        cursor, wait = request.query["cursor"], float(request.query["wait"])
        try:
            page = self.server.changes_after(cursor)
            if wait and not page.changes:
                self.news.clear()
                await asyncio.wait_for(self.news.wait(), wait)
                page = self.server.changes_after(cursor)
        except CursorTooOld:
            return problem(410, "too old")
        return _document(page)


def _document(value: Any) -> Reply:
    return Reply(body=write_document(value))
