"""The client gets its tokens itself: once for all who wait, and a 401 touches nothing."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from sync.client import CentralClient
from sync.credentials import Credentials
from sync.device_key import DeviceKey
from sync.errors import DeviceRevoked, Revoked, ServerFailing, Unauthorized, Unreachable
from sync.protocol.documents import read_document, write_document
from sync.protocol.envelopes import Assertion, TokenResponse
from tests.sync.memory import NOW, operation
from tests.sync.model import ModelServer
from tests.sync.wire import ModelApi, Reply, Request, WireServer, problem

LINE = operation(1).body


class Guarded:
    """A model API that gives tokens, and takes none but the last."""

    def __init__(self) -> None:
        self.api = ModelApi(ModelServer(), token="no token yet")
        self.asked: list[Assertion] = []
        self.refuses: Reply | None = None
        """What is answered to a wish for a token."""

    async def __call__(self, request: Request) -> Reply:
        if request.path != "/v1/token":
            await asyncio.sleep(0)
            return await self.api(request)
        self.asked.append(read_document(Assertion, json.loads(request.body)["assertion"]))
        if self.refuses is not None:
            return self.refuses
        self.api.token = f"token {len(self.asked)}"
        told = TokenResponse(token=self.api.token, expires_in=900, person="Ada", role="agent")
        return Reply(body=write_document(told))

    def end(self) -> None:
        """The token is over."""
        self.api.token = "over"


class Desk:
    """Who is signed in at a client."""

    def __init__(self, url: str) -> None:
        self.person = "Ada"
        who = Credentials("device-1", "server-1", DeviceKey(b"k" * 32), lambda: self.person)
        self.client = CentralClient(url, None, credentials=who, now=lambda: NOW)


async def test_a_token_is_got_before_the_first_request_and_used_for_the_next() -> None:
    guarded = Guarded()
    async with WireServer(guarded) as server:
        desk = Desk(server.url)
        for _ in range(3):
            await desk.client.push([LINE])
        await desk.client.aclose()

    paths = [request.path for request in server.requests]
    assert paths == ["/v1/token", "/v1/ops", "/v1/ops", "/v1/ops"]
    assert (guarded.asked[0].person, guarded.asked[0].audience) == ("Ada", "server-1")


async def test_a_401_renews_once_for_all_who_wait_and_each_sends_the_same_again() -> None:
    guarded = Guarded()
    async with WireServer(guarded) as server:
        desk = Desk(server.url)
        await desk.client.push([LINE])
        guarded.end()
        await asyncio.gather(*(desk.client.push([LINE]) for _ in range(4)))
        await desk.client.aclose()

    assert len(guarded.asked) == 2
    assert {request.body for request in server.requests if request.path == "/v1/ops"} == {
        LINE + b"\n"
    }
    assert guarded.api.server.booked == [("op-0001", "O-1")]


async def test_a_server_that_takes_no_token_is_asked_once_more_and_not_again() -> None:
    guarded = Guarded()
    async with WireServer(guarded) as server:
        desk = Desk(server.url)
        guarded.refuses = problem(401, "who are you")
        with pytest.raises(Unauthorized):
            await desk.client.push([LINE])
        await desk.client.aclose()

    assert [request.path for request in server.requests] == ["/v1/token", "/v1/token"]
    assert guarded.api.server.booked == []


async def test_the_second_wish_is_by_the_servers_clock() -> None:
    guarded = Guarded()
    async with WireServer(guarded) as server:
        server.date = NOW + timedelta(hours=5)
        desk = Desk(server.url)
        guarded.refuses = problem(401, "your clock is wrong")
        with pytest.raises(Unauthorized):
            await desk.client.push([LINE])
        await desk.client.aclose()

    first, second = guarded.asked
    assert first.issued_at == NOW
    assert abs(second.issued_at - server.date) < timedelta(seconds=5)
    assert first.jti != second.jti


async def test_whoever_signs_in_gets_a_token_of_their_own() -> None:
    guarded = Guarded()
    async with WireServer(guarded) as server:
        desk = Desk(server.url)
        await desk.client.push([LINE])
        desk.person = "Sue"
        await desk.client.push([LINE])
        await desk.client.aclose()

    assert [asked.person for asked in guarded.asked] == ["Ada", "Sue"]


@pytest.mark.parametrize(
    ("kind", "error"), [("device-revoked", DeviceRevoked), ("person-revoked", Revoked)]
)
async def test_a_revocation_is_told_by_its_type(kind: str, error: type[Revoked]) -> None:
    guarded = Guarded()
    body = {"type": f"/problems/{kind}", "title": "No", "status": 403, "detail": "x"}
    async with WireServer(guarded) as server:
        desk = Desk(server.url)
        guarded.refuses = Reply(403, json.dumps(body).encode())
        with pytest.raises(error) as caught:
            await desk.client.push([LINE])
        await desk.client.aclose()

    assert type(caught.value) is error


async def test_without_an_answer_to_the_wish_the_server_is_unreachable() -> None:
    guarded = Guarded()
    async with WireServer(guarded) as server:
        desk = Desk(server.url)
        guarded.refuses = problem(503, "later", Retry_After="9")
        with pytest.raises(ServerFailing) as failing:
            await desk.client.push([LINE])
        guarded.refuses = Reply(hang_up=True)
        with pytest.raises(Unreachable):
            await desk.client.push([LINE])
        await desk.client.aclose()

    assert failing.value.retry_after == 9.0
