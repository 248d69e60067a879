"""A branch with one kettle, and a real server on loopback."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest
import uvicorn

from central_api.app import create_app
from central_api.connections import server_config
from tests.central_api.branch import Branch, Desk


@pytest.fixture
def branch(central_database: str) -> Iterator[Branch]:
    """A shop with one kettle that was sold."""
    opened = Branch.open(central_database)
    yield opened
    opened.engine.dispose()


@dataclass
class Served:
    """A branch behind a real server."""

    branch: Branch
    url: str

    def client(self, desk: Desk | None = None) -> httpx.Client:
        """A plain HTTP client, with the desk's token."""
        headers = {"Authorization": f"Bearer {desk.token}"} if desk else {}
        return httpx.Client(base_url=self.url, headers=headers, trust_env=False, timeout=30)


@pytest.fixture
def served(branch: Branch) -> Iterator[Served]:
    """The branch's database behind uvicorn on a free port of loopback."""
    with serving(branch) as running:
        yield running


@contextmanager
def serving(branch: Branch) -> Iterator[Served]:
    """The same, for as long as it is needed."""
    app = create_app(branch.url, clock=lambda: branch.now)
    # named as TCP, so that asyncio turns Nagle off: else each answer waits 40 ms
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    server = uvicorn.Server(server_config(app))
    running = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    running.start()
    try:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        yield Served(branch, url)
    finally:
        app.state.watch.close()
        server.should_exit = True
        running.join(10)
        listener.close()
