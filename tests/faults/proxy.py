"""What is between desks and servers: passes each request on, unless a fault is to happen to it. Seeded; a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import Any, TypeVar
from urllib.parse import urlsplit

T = TypeVar("T")

BROKEN = (ConnectionError, asyncio.IncompleteReadError, TimeoutError, OSError)


class CutOff(ConnectionError):
    """Nothing more comes of this exchange: the desk's connection is closed."""


@dataclass
class Passing:
    """One request on its way."""

    proxy: Proxy
    request: bytes
    writer: asyncio.StreamWriter
    left: asyncio.Task[bytes]
    """Done once the desk has closed its side."""
    draw: Random
    answered: bool = False
    """Whether anything of an answer came from the server."""

    @property
    def path(self) -> str:
        """What is asked for."""
        return self.request.split(b" ", 2)[1].decode()

    @property
    def is_push(self) -> bool:
        """Whether operations are sent."""
        return self.request.startswith(b"POST /v1/ops ")

    async def ask(self) -> bytes:
        """Send the request to the server; gives its answer.

        Raises:
            CutOff: if the desk does not wait for it any more.
        """
        asking = self.proxy.beside(self._ask())
        await asyncio.wait((asking, self.left), return_when=asyncio.FIRST_COMPLETED)
        if asking.done():
            return asking.result()
        if self.draw.random() < 0.5:  # the way may know that the desk has gone, or not
            asking.cancel()
            await asyncio.wait((asking,))
        else:
            await asyncio.wait((asking,))
            if not asking.exception():
                self.proxy.counts["answers too late"] += 1
        raise CutOff

    async def _ask(self) -> bytes:
        reader, writer = await asyncio.open_connection(*self.proxy.target(self.draw))
        try:
            writer.write(self.request)
            await writer.drain()
            if self.is_push:
                self.proxy.push_arrived(self)
            head = await reader.readuntil(b"\r\n\r\n")
            self.answered = True
            answer = head + await _body(reader, head)
            if self.is_push:
                taken = head.startswith(b"HTTP/1.1 200 ")
                self.proxy.counts["pushes taken" if taken else "pushes not taken"] += 1
            return answer
        finally:
            writer.close()

    def again_after(self, seconds: float) -> None:
        """Send the request once more, whatever the desk does meanwhile; nobody hears of the answer."""

        async def again() -> None:
            await asyncio.sleep(seconds)
            with suppress(*BROKEN):
                await self._ask()

        self.proxy.beside(again())

    async def give(self, answer: bytes) -> None:
        """Send it to the desk."""
        self.writer.write(answer)
        await self.writer.drain()

    async def until_left(self) -> None:
        """Say nothing until the desk has enough of it.

        Raises:
            CutOff: then.
        """
        await asyncio.wait((self.left,))
        raise CutOff


Fault = Callable[[Passing], Awaitable[None]]


async def passes(passing: Passing) -> None:
    """No fault."""
    await passing.give(await passing.ask())


def _nobody(_passing: Passing) -> None:
    """Nobody looks."""


@dataclass
class Proxy:
    """Use it in a `with` block. `fault_of` decides for each request."""

    seed: str
    servers: list[str] = field(default_factory=list)
    """URLs; each request goes to any of them."""
    fault_of: Callable[[Passing], Fault] = lambda _passing: passes
    push_arrived: Callable[[Passing], None] = _nobody
    """Called once a push is with the server as a whole."""
    counts: Counter[str] = field(default_factory=Counter)
    port: int = 0
    _loop: asyncio.AbstractEventLoop | None = None
    _thread: threading.Thread | None = None
    _held: set[asyncio.Task[Any]] = field(default_factory=set)

    @property
    def url(self) -> str:
        """Where desks find it."""
        return f"http://127.0.0.1:{self.port}"

    def target(self, draw: Random) -> tuple[str, int]:
        """Host and port of a server."""
        if not self.servers:
            raise ConnectionRefusedError
        parts = urlsplit(draw.choice(self.servers))
        return str(parts.hostname), int(parts.port or 0)

    def __enter__(self) -> Proxy:
        ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve(ready)), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._loop and self._thread
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._ended.set)
        self._thread.join(10)

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Do something soon; called in the proxy's thread."""
        asyncio.get_running_loop().call_later(seconds, act)

    def beside(self, work: Coroutine[None, None, T]) -> asyncio.Task[T]:
        """Do something beside the requests; called in the proxy's thread."""
        task = asyncio.ensure_future(work)
        self._hold(task)
        return task

    def _hold(self, task: asyncio.Task[Any] | None) -> None:
        """The loop itself forgets what nobody holds."""
        assert task
        self._held.add(task)
        task.add_done_callback(self._let_go)

    def _let_go(self, task: asyncio.Task[Any]) -> None:
        self._held.discard(task)
        if not task.cancelled():
            task.exception()  # whoever waited for it has it; where nobody did, it is nobody's

    async def _serve(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._ended = asyncio.Event()
        self._draw = Random(f"{self.seed}/proxy")
        server = await asyncio.start_server(self._desk_came, "127.0.0.1", 0, limit=1 << 24)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await self._ended.wait()
        server.close()

    async def _desk_came(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        left: asyncio.Task[bytes] | None = None
        self._hold(asyncio.current_task())
        try:
            while True:
                first = await left if left else await reader.read(1)
                if not first:
                    return
                head = first + await reader.readuntil(b"\r\n\r\n")
                request = head + await _body(reader, head)
                left = self.beside(_next(reader))
                passing = Passing(self, request, writer, left, Random(self._draw.random()))
                self.counts["requests"] += 1
                await self.fault_of(passing)(passing)
        except (*BROKEN, asyncio.CancelledError):
            return
        finally:
            if left:
                left.cancel()
            writer.close()


async def _next(reader: asyncio.StreamReader) -> bytes:
    """The first byte of the next request; nothing where the desk has gone."""
    try:
        return await reader.read(1)
    except ConnectionError:
        return b""


async def _body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    fields = {
        name.strip().lower(): value.strip()
        for name, _, value in (line.partition(b":") for line in head.split(b"\r\n")[1:])
    }
    if fields.get(b"transfer-encoding") == b"chunked":
        body = b""
        while True:
            size = await reader.readline()
            body += size + await reader.readexactly(int(size, 16) + 2)
            if not int(size, 16):
                return body
    return await reader.readexactly(int(fields.get(b"content-length", b"0")))
