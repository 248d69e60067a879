"""Requests as raw bytes: what no HTTP library would send."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import httpx

from tests.central_api.conftest import Served


@dataclass(frozen=True)
class Answers:
    """Everything that came back on a connection."""

    raw: bytes
    closed: bool
    """Whether the server closed it."""

    @property
    def statuses(self) -> list[int]:
        """Of all answers, in their order."""
        parts = self.raw.split(b"HTTP/1.1 ")[1:]
        return [int(part[:3]) for part in parts]

    @property
    def problem(self) -> dict[str, Any]:
        """The first answer, which is a problem."""
        head, _, body = self.raw.partition(b"\r\n\r\n")
        assert b"application/problem+json" in head
        told: dict[str, Any] = json.JSONDecoder().raw_decode(body.decode())[0]
        assert told["status"] == self.statuses[0]
        return told


def connected(served: Served) -> socket.socket:
    """A connection on which nothing was said."""
    url = httpx.URL(served.url)
    return socket.create_connection((url.host, url.port or 80), timeout=20)


def answers(connection: socket.socket, seconds: float = 20, until: int = 0) -> Answers:
    """What comes until the server closes, `until` answers came, or nothing came for so long."""
    connection.settimeout(seconds)
    raw = b""
    try:
        while piece := connection.recv(65536):
            raw += piece
            if until and raw.count(b"HTTP/1.1 ") >= until and raw.endswith(b"}"):
                return Answers(raw, closed=False)
    except ConnectionResetError:
        return Answers(raw, closed=True)
    except TimeoutError:
        return Answers(raw, closed=False)
    return Answers(raw, closed=True)


def said(served: Served, raw: bytes, until: int = 0) -> Answers:
    """What comes back to these bytes."""
    with connected(served) as connection:
        connection.sendall(raw)
        return answers(connection, until=until)


def request(method: str, path: str, *headers: str, body: bytes = b"") -> bytes:
    """A request of these lines, nothing added but the host."""
    return head([f"{method} {path} HTTP/1.1", "Host: desk", *headers]) + body


def head(lines: Iterable[str]) -> bytes:
    """The head of a request."""
    return "".join(f"{line}\r\n" for line in lines).encode("latin-1") + b"\r\n"
