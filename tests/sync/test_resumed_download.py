"""A first download over a network that breaks, and a desk that is closed in between, fetches each page once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random

import pytest

from storage.reference import ReferenceStore
from sync.client import CentralClient
from sync.errors import Unreachable
from sync.runner import SyncEngine
from tests.keys import KEY
from tests.sync.memory import NOW, MemoryWork
from tests.sync.model import ModelServer
from tests.sync.wire import ModelApi, WireServer, as_it_should, cut_answer, lost_answer

CUSTOMERS = 20


@pytest.fixture
def model() -> ModelServer:
    model = ModelServer()
    model.add_customers(CUSTOMERS)
    return model


@pytest.fixture
async def server(model: ModelServer) -> AsyncIterator[WireServer]:
    async with asyncio.timeout(30), WireServer(ModelApi(model)) as server:
        yield server


async def download(server: WireServer, folder: Path) -> int:
    """Start a desk, try once, and close it; how many customers it fetched."""
    reference = ReferenceStore.open(folder, KEY)
    client = CentralClient(server.url, "secret", now=lambda: NOW)
    engine = SyncEngine(client, MemoryWork(), reference, clock=lambda: NOW, random=Random(1))
    try:
        return (await engine.run_once()).downloaded
    finally:
        await client.aclose()
        reference.close()


def fetched(server: WireServer) -> list[str | None]:
    """The keys after which pages of customers were asked for."""
    path = "/v1/bootstrap/customer"
    return [request.query.get("after") for request in server.requests if request.path == path]


@pytest.mark.parametrize("fault", [lost_answer, cut_answer])
async def test_a_desk_that_was_closed_in_the_middle_goes_on_with_the_page_that_was_cut(
    server: WireServer, tmp_path: Path, fault: object
) -> None:
    server.faults.extend([as_it_should] * 5)
    server.faults.append(fault)  # type: ignore[arg-type]
    with pytest.raises(Unreachable):
        await download(server, tmp_path)
    before = fetched(server)
    assert before == [None, "C-0002", "C-0005", "C-0008"]

    assert await download(server, tmp_path) == CUSTOMERS - 9

    assert fetched(server)[len(before)] == "C-0008"
    assert len(fetched(server)) == len(before) + 5
    reference = ReferenceStore.open(tmp_path, KEY)
    assert len(reference.customers_by_name(["customer"], 100)) == CUSTOMERS
    assert reference.cursor() == str(CUSTOMERS)
    reference.close()


async def test_what_changed_while_the_desk_was_closed_is_told_after_the_download(
    server: WireServer, model: ModelServer, tmp_path: Path
) -> None:
    server.faults.extend([as_it_should] * 5)
    server.faults.append(lost_answer)
    with pytest.raises(Unreachable):
        await download(server, tmp_path)
    model.add_customers(3)
    await download(server, tmp_path)
    reference = ReferenceStore.open(tmp_path, KEY)
    assert len(reference.customers_by_name(["customer"], 100)) == CUSTOMERS + 3
    assert reference.cursor() == str(CUSTOMERS + 3)
    reference.close()
