"""A real central API in a thread and real desks beside it, for tests from end to end."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any

import uvicorn
from fastapi import FastAPI

from central_api.app import create_app
from central_api.catalog import upsert_customers, upsert_orders, upsert_products
from central_api.database import open_database, writing
from central_api.people import create_code
from central_api.policies import publish_policy, publish_reasons
from csr_tui.sealing import Sealing
from desk.desk import Desk, build_desk
from desk.ids import new_id
from rma.operations import Identity
from rma.record import RmaRecord
from rma.request import ReturnRequest, Role
from storage.pin_verifiers import PinVerifiers
from storage.reference import ReferenceStore
from storage.secrets.open_file import OpenFile
from storage.work import WorkStore
from sync.client import CentralClient
from sync.credentials import Credentials, enrollment
from sync.protocol.policies import default_policy, default_reasons
from sync.runner import SyncEngine
from tests import shop
from tests.keys import KEY

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]


def now() -> datetime:
    """The time of the test: this moment, so that no side finds the clock of the other wrong."""
    return datetime.now(UTC)


OPENED = now()

ORDER = shop.order(
    shop.line(delivered_at=OPENED - timedelta(days=10)), placed_at=OPENED - timedelta(days=13)
)
"""What the town sells: one kettle."""


def request() -> ReturnRequest:
    """The kettle comes back."""
    return shop.request(shop.wanted(reason="changed_mind"))


@dataclass
class Forgetful:
    """Between network and API: lets the API do its work, and loses so many answers to pushes."""

    app: FastAPI
    losing: int = 0
    pushes: int = 0
    polls: int = 0
    """Long polls that began."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and b"wait=25" in scope["query_string"]:
            self.polls += 1
        if scope["type"] != "http" or scope["path"] != "/v1/ops":
            await self.app(scope, receive, send)
            return
        self.pushes += 1
        if self.losing <= 0:
            await self.app(scope, receive, send)
            return
        self.losing -= 1

        async def swallowed(message: Scope) -> None:
            """The answer goes nowhere."""

        await self.app(scope, receive, swallowed)
        cut = {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]}
        await send(cut)
        raise ConnectionAbortedError("lost on the way back")


@dataclass
class Town:
    """The central API on loopback; it can go down and come back on the same address."""

    database: str
    port: int = 0
    between: Forgetful | None = None
    _server: uvicorn.Server | None = None
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def fill(self) -> None:
        """One customer with one order of a single kettle, policies and reasons."""
        engine = open_database(self.database)
        with writing(engine) as connection:
            publish_policy(connection, default_policy("no_limits"), now())
            publish_reasons(connection, default_reasons(), now())
            upsert_products(connection, [shop.product()])
            upsert_customers(connection, [shop.customer()])
            upsert_orders(connection, [ORDER])
        engine.dispose()

    def code(self, name: str, role: Role) -> str:
        """A code to enroll with."""
        engine = open_database(self.database)
        with writing(engine) as connection:
            code = create_code(connection, name, role, now())
        engine.dispose()
        return code

    def rename_customer(self, name: str) -> None:
        """The shop learns a better name, from outside of the running API."""
        engine = open_database(self.database)
        with writing(engine) as connection:
            upsert_customers(connection, [shop.customer(name=name)])
        engine.dispose()

    def start(self) -> None:
        """Go up, on the same port as before."""
        # named as TCP, so that asyncio turns Nagle off: else each answer waits 40 ms
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        listener.listen()  # whoever comes before the server runs waits for it
        self.port = listener.getsockname()[1]
        self.between = Forgetful(create_app(self.database))
        config = uvicorn.Config(
            self.between, log_config=None, lifespan="on", timeout_graceful_shutdown=1
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Go down at once, whatever is under way."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._server.force_exit = True
            self._thread.join(10)
            assert not self._thread.is_alive()


@dataclass
class Seat:
    """One desk: its stores, its engine and its use cases."""

    folder: Path
    work: WorkStore
    reference: ReferenceStore
    sealing: Sealing
    client: CentralClient | None = None
    engine: SyncEngine | None = None
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _running: asyncio.Task[None] | None = None

    @classmethod
    def open(cls, folder: Path) -> Seat:
        sealing = Sealing(OpenFile(folder))
        return cls(
            folder,
            WorkStore.open(folder, KEY, seal=sealing, clock=now),
            ReferenceStore.open(folder, KEY),
            sealing,
        )

    async def enroll(self, town: Town, name: str, role: Role = Role.AGENT) -> None:
        """Trade a code for a place on this desk, and sync as this person from now on."""
        known = self.work.identity()
        device = known.device if known else new_id()
        asked = enrollment(town.code(name, role), device, "test", self.sealing.key_or_new())
        stranger = CentralClient(town.url, None)
        told = await stranger.enroll(asked)
        await stranger.aclose()
        self.work.set_identity(
            Identity(
                device=device,
                person=told.person,
                role=Role(told.role),
                server=town.url,
                server_id=told.server_id,
            )
        )
        self.connect(town)

    def connect(self, town: Town) -> None:
        """Sync with the key that is there."""
        known = self.work.identity()
        assert known
        who = Credentials(known.device, known.server_id, self.sealing.key(), self._person)
        self.client = CentralClient(town.url, None, credentials=who)
        self.engine = SyncEngine(
            self.client, self.work, self.reference, clock=now, random=Random(1)
        )

    def _person(self) -> str:
        known = self.work.identity()
        return known.person if known else ""

    @property
    def sync(self) -> SyncEngine:
        assert self.engine
        return self.engine

    @property
    def desk(self) -> Desk:
        return build_desk(self.reference, self.work, _DeskClock(), PinVerifiers())

    def finalize(self, request: ReturnRequest) -> RmaRecord:
        """Make a return; it has to go through."""
        made = self.desk.returns.finalize_request(request)
        assert isinstance(made, RmaRecord), made
        return made

    def run(self) -> None:
        """Sync in the background from now on."""
        self._running = asyncio.create_task(self.sync.run_forever(self.wake))

    async def close(self) -> None:
        if self._running:
            self._running.cancel()
            await asyncio.wait((self._running,))
        if self.client:
            await self.client.aclose()
        self.work.close()
        self.reference.close()


class _DeskClock:
    def now(self) -> datetime:
        return now()


@dataclass
class Street:
    """A town and its desks, closed together."""

    folder: Path
    database: str
    """An empty `central_database`."""
    seats: list[Seat] = field(default_factory=list)
    town: Town = field(init=False)

    async def __aenter__(self) -> Street:
        self.town = Town(self.database)
        self.town.fill()
        self.town.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        for seat in self.seats:
            await seat.close()
        await asyncio.to_thread(self.town.stop)

    async def seat(self, name: str, role: Role = Role.AGENT) -> Seat:
        """A new desk, enrolled and synced."""
        seat = Seat.open(self.folder / f"desk {len(self.seats)}")
        self.seats.append(seat)
        await seat.enroll(self.town, name, role)
        await seat.sync.run_once()
        return seat
