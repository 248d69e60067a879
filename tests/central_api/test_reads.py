"""Reads: by role, by rate, and written down by person."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest
from sqlalchemy import select

from central_api.app import create_app
from central_api.database import reading, writing
from central_api.people import Caller, revoke
from central_api.rates import LOOKUPS, Rate, Rates, TooFast
from central_api.reads import ReadLog
from central_api.tables import READ_LOG
from rma.request import Role
from tests import shop
from tests.central_api.branch import Branch, Desk, number_of
from tests.central_api.conftest import Served
from tests.shop import NOW

ADA, BEN = Caller("d-1", "Ada", Role.AGENT), Caller("d-2", "Ben", Role.AGENT)


class Clock:
    """Seconds that tests move."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


class TestRates:
    """So many at once, so many over time, each person alone."""

    def test_who_reads_too_fast_is_stopped_and_nobody_else(self) -> None:
        rates, rate = Rates(Clock()), Rate(burst=3, per_second=1)
        for _ in range(3):
            rates.take(ADA.person, rate)
        with pytest.raises(TooFast):
            rates.take(ADA.person, rate)
        rates.take(BEN.person, rate)

    def test_waiting_gives_back_what_was_used_and_no_more(self) -> None:
        clock = Clock()
        rates, rate = Rates(clock), Rate(burst=2, per_second=0.5)
        for _ in range(2):
            rates.take(ADA.person, rate)
        clock.at = 2.0
        rates.take(ADA.person, rate)
        clock.at = 1000.0
        for _ in range(2):
            rates.take(ADA.person, rate)
        with pytest.raises(TooFast):
            rates.take(ADA.person, rate)


def test_what_could_not_be_written_is_written_later() -> None:
    log = ReadLog(lambda: NOW)
    log.shown(ADA, "orders", ["O-1"])
    log.sent(ADA, "download", 5)
    log.sent(ADA, "download", 7)
    rows = log.take()
    assert [(row["what"], row["rows"]) for row in rows] == [("orders", 1), ("download", 12)]
    assert log.take() == []
    log.give_back(rows)
    assert log.take() == rows


def logged(branch: Branch) -> list[tuple[str, str, str, int]]:
    """What stands in the log."""
    columns = (READ_LOG.c.person, READ_LOG.c.what, READ_LOG.c.subjects, READ_LOG.c.rows)
    with reading(branch.engine) as connection:
        return [tuple(row) for row in connection.execute(select(*columns))]


@asynccontextmanager
async def asking(branch: Branch, desk: Desk, **state: object) -> AsyncIterator[httpx.AsyncClient]:
    """The API in this process, from its start to its end; `state` replaces parts of it."""
    app = create_app(branch.url, clock=lambda: branch.now)
    for name, part in state.items():
        setattr(app.state, name, part)
    headers = {"Authorization": f"Bearer {desk.token}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url="http://api", headers=headers
        ) as client,
    ):
        yield client


async def test_reads_are_written_down_by_person_and_not_what_was_typed(branch: Branch) -> None:
    desk = branch.desk("Ada")
    made = desk.returning()
    desk.push(made)
    async with asking(branch, desk) as client:
        await client.get("/v1/customers", params={"q": "maria"})
        await client.get("/v1/orders/100001")
        await client.get("/v1/orders/999999")
        await client.get(f"/v1/rmas/{number_of(made)}")
        await client.get("/v1/bootstrap/order")

    found = logged(branch)
    assert found == [
        ("Ada", "customers", "C-1", 1),
        ("Ada", "orders", "O-1", 1),
        ("Ada", "orders", "", 0),
        ("Ada", "rma", number_of(made), 1),
        ("Ada", "download", "", 1),
    ]


async def test_who_searches_too_fast_is_told_to_wait(branch: Branch) -> None:
    desk = branch.desk()
    async with asking(branch, desk, rates=Rates(Clock())) as client:
        path = f"/v1/rmas/{shop.number()}"
        answers = [(await client.get(path)).status_code for _ in range(LOOKUPS.burst)]
        last = await client.get(path)
        download = await client.get("/v1/bootstrap")

    assert set(answers) == {404}
    assert (last.status_code, last.headers["retry-after"]) == (429, "2")
    assert download.status_code == 200


def test_the_warehouse_reads_no_customers(served: Served) -> None:
    desk = served.branch.desk("Wim", Role.WAREHOUSE)
    agent = served.branch.desk("Ada")
    with served.client(desk) as client:
        plan = client.get("/v1/bootstrap").json()
        refused = [
            client.get("/v1/customers", params={"q": "maria"}),
            client.get("/v1/bootstrap/customer"),
            client.get("/v1/bootstrap/refusal"),
        ]
        agent.push(agent.refusing(), agent.returning())
        changes = client.get("/v1/changes", params={"cursor": plan["cursor"]}).json()["changes"]

    assert not {"customer", "refusal"} & set(plan["counts"])
    assert [answer.status_code for answer in refused] == [403] * 3
    assert [change["kind"] for change in changes] == ["rma"]


@pytest.mark.parametrize("what", ["person", "device"])
def test_who_was_revoked_reads_nothing_and_may_still_hand_in(served: Served, what: str) -> None:
    desk = served.branch.desk("Ada")
    with writing(served.branch.engine) as connection:
        revoke(connection, "Ada" if what == "person" else desk.caller.device, served.branch.now)
    with served.client(desk) as client:
        answers = [
            client.get("/v1/changes?cursor=x"),
            client.get("/v1/bootstrap"),
            client.get("/v1/orders/100001"),
            client.post("/v1/number-blocks", content=b'{"lease_id":"x"}'),
        ]
        pushed = client.post("/v1/ops", content=desk.line(desk.returning()))

    for answer in answers:
        assert answer.status_code == 403
        assert json.loads(answer.content)["type"] == f"/problems/{what}-revoked"
    assert pushed.json()["results"][0]["outcome"] == "held_for_review"
