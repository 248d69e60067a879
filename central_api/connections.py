"""The connections of the server, so that nobody holds them, or what they cost, for longer than work takes.

uvicorn waits for ever for a request that does not come, or comes drop by drop, and for whoever does not fetch an answer.
Here each has a time to do so, and there are only so many at once. A request that is no HTTP is answered as a problem.
How long a body may take is in `bodies.py`.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from central_api.problems import problem_response

HEAD_SECONDS = 15.0
"""How long a connection may be open without a whole head of a request, or the rest of one that was answered already."""

FETCH_SECONDS = 120.0
"""How long an answer may lie without any of it being fetched."""

HEAD_BYTES = 32 * 1024
"""A head that is longer is refused."""

MOST_CONNECTIONS = 2_000
"""At once; desks hold one each while they wait for changes."""

FILES_BESIDE = 200
"""Open files that the database and the log may need beside the connections."""


class DeskConnection(H11Protocol):
    """One connection."""

    _due: asyncio.TimerHandle | None = None
    _fetch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Somebody connected."""
        super().connection_made(transport)
        if len(self.connections) > room_for_connections():
            self._answer("unavailable", "There are too many connections: try again shortly.")
            return
        self._expect()

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        for timer in (self._due, self._fetch):
            if timer is not None:
                timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """A piece of a request came."""
        super().data_received(data)
        self._expect()

    def on_response_complete(self) -> None:
        """A request was answered; the next one has its own time."""
        self._expect(anew=True)
        super().on_response_complete()
        self._expect()
        if self.transport.is_closing():
            self._wait_for_fetching()

    def timeout_keep_alive_handler(self) -> None:
        """Nobody asked for anything more."""
        super().timeout_keep_alive_handler()
        self._wait_for_fetching()

    def pause_writing(self) -> None:
        """An answer is not fetched as fast as it is made."""
        super().pause_writing()
        self._wait_for_fetching()

    def resume_writing(self) -> None:
        """Most of it was fetched."""
        super().resume_writing()
        if self._fetch is not None:
            self._fetch.cancel()
        if self.transport.is_closing():
            self._wait_for_fetching()

    def send_400_response(self, msg: str) -> None:
        """What came is no HTTP."""
        self._answer("bad-request", msg)

    def _expect(self, *, anew: bool = False) -> None:
        """Whoever owes us the head of a request, or the rest of one that was answered, has a limited time for it."""
        owes = self.cycle is None or self.cycle.response_complete
        if self._due is not None and (anew or not owes):
            self._due.cancel()
            self._due = None
        if owes and self._due is None and not self.transport.is_closing():
            self._due = self.loop.call_later(HEAD_SECONDS, self._give_up)

    def _wait_for_fetching(self) -> None:
        """A connection that is to be closed stays open until its last answer is fetched: not for ever."""
        if self._fetch is not None:
            self._fetch.cancel()
        self._fetch = self.loop.call_later(FETCH_SECONDS, self.transport.abort)

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self._answer("too-slow", f"No request arrived within {HEAD_SECONDS:g} seconds.")

    def _answer(self, kind: str, detail: str) -> None:
        """Refuse whatever comes, and close: the problem can be told only where nothing was answered yet."""
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            problem = problem_response(kind, detail, {"Connection": "close"})
            events: list[Any] = [
                h11.Response(status_code=problem.status_code, headers=problem.raw_headers),
                h11.Data(data=bytes(problem.body)),
                h11.EndOfMessage(),
            ]
            for event in events:
                self.transport.write(self.conn.send(event) or b"")
        self.transport.close()
        self._wait_for_fetching()


def room_for_connections() -> int:
    """How many connections there may be: fewer where the system gives the process fewer files."""
    if sys.platform == "win32":
        return MOST_CONNECTIONS
    import resource

    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if files < 0 else max(1, min(MOST_CONNECTIONS, files - FILES_BESIDE))


def ask_for_files() -> None:
    """Let the process have as many files open as connections need, as far as the system lets it."""
    if sys.platform == "win32":
        return
    import resource

    files, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + FILES_BESIDE
    if 0 <= files < wanted:
        given = wanted if most < 0 else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (given, most))


def server_config(app: FastAPI, **more: Any) -> uvicorn.Config:
    """How uvicorn serves the API; `more` are further settings of uvicorn."""
    return uvicorn.Config(
        app,
        http=DeskConnection,
        h11_max_incomplete_event_size=HEAD_BYTES,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        **more,
    )
