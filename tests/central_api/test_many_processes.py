"""Twenty API processes on one PostgreSQL, and fifty desks that return the last units of the same lines at once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from random import Random
from threading import Event

import httpx
import pytest
from sqlalchemy import select, text

from central_api.database import reading
from central_api.tables import OPERATION, RMA
from rma.operations import Operation, Outcome, Result
from rma.record import ProblemType
from sync.protocol.documents import read_tree
from tests import shop
from tests.central_api.branch import Branch, Desk, number_of, policy_text
from tests.central_databases import POSTGRESQL

PROCESSES = 20
DESKS = 50
LINES = 20
UNITS = 3
"""Left of each line, which every desk wants one of."""
BATCH = 10

ANY_YEAR = policy_text(offline_hours="87600", expires_after_days="3650")
"""The returns are of the shop's day, the servers of today."""

HELD = {Outcome.ACCEPTED, Outcome.ACCEPTED_WITH_CHANGE}


@pytest.fixture
def database_kind() -> str:
    """PostgreSQL: SQLite serves one process."""
    return POSTGRESQL


@contextmanager
def processes(database: str) -> Iterator[list[str]]:
    """`csr-central serve`, many times, started at once on an empty database; gives their URLs."""
    command = [sys.executable, "-m", "central_api", "serve", "--database", database, "--json"]
    with ExitStack() as stack:
        started = [
            stack.enter_context(
                subprocess.Popen(
                    [*command, "--port", "0", "--stop-with-stdin"],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                )
            )
            for _ in range(PROCESSES)
        ]
        for process in started:
            stack.callback(process.kill)
        lines = [process.stdout.readline() for process in started if process.stdout]
        yield [json.loads(line)["listening"] for line in lines]
        for process in started:
            process.communicate(timeout=60)  # closes its standard input


def hot_order(index: int) -> str:
    """The id of an order with a line that everybody wants."""
    return f"H-{index:02}"


class Caller:
    """A desk that sends each request to another process, and every third one to two at once."""

    def __init__(self, desk: Desk, urls: list[str], seed: int) -> None:
        self.desk = desk
        self.draw = Random(seed)
        self.clients = [
            httpx.Client(
                base_url=url,
                headers={"Authorization": f"Bearer {desk.token}"},
                trust_env=False,
                timeout=100,
            )
            for url in self.draw.sample(urls, 3)
        ]

    def push(self, operations: list[Operation]) -> dict[str, Result]:
        """Send all, in batches of any order; the answers by operation."""
        self.draw.shuffle(operations)
        answers: dict[str, Result] = {}
        for start in range(0, len(operations), BATCH):
            body = b"\n".join(self.desk.line(o) for o in operations[start : start + BATCH])
            for result in self._send(body, twice=start % 3 == 0):
                answers[result.op_id] = result
        return answers

    def _send(self, body: bytes, *, twice: bool) -> list[Result]:
        first, second = self.draw.sample(self.clients, 2)
        if not twice:
            return _results(first.post("/v1/ops", content=body))
        with ThreadPoolExecutor(1) as beside:
            again = beside.submit(second.post, "/v1/ops", content=body)
            results = _results(first.post("/v1/ops", content=body))
            assert _results(again.result()) == results
        return results


def _results(response: httpx.Response) -> list[Result]:
    assert response.status_code == 200, response.text[:500]
    return [read_tree(Result, tree) for tree in response.json()["results"]]


def follow(caller: Caller, cursor: str, ended: Event) -> set[str]:
    """Everything that the change feed tells from `cursor` on, asked of one process after another."""
    seen: set[str] = set()
    while True:
        last = ended.is_set()
        client = caller.draw.choice(caller.clients)
        page = client.get("/v1/changes", params={"cursor": cursor, "wait": 0 if last else 1}).json()
        seen.update(change["key"] for change in page["changes"])
        cursor = page["cursor"]
        if last and not page["changes"]:
            return seen


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_processes_and_desks_give_the_last_units_away_once(empty_database: str) -> None:
    with processes(empty_database) as urls:
        orders = [
            shop.order(shop.line(units=UNITS), order_id=hot_order(i), number=f"5{i:05}")
            for i in range(LINES)
        ]
        branch = Branch.open(empty_database, *orders, policy=ANY_YEAR)
        desks = [branch.desk(f"Agent {i}") for i in range(DESKS)]
        told = [[desk.returning(order=order) for order in orders] for desk in desks]
        branch.now = datetime.now(UTC)  # the servers that get the tokens are by the real clock
        callers = [Caller(desk, urls, seed) for seed, desk in enumerate(desks)]
        watcher = Caller(branch.desk("Watcher"), urls, DESKS)
        cursor = watcher.clients[0].get("/v1/bootstrap").json()["cursor"]
        ended = Event()
        with ThreadPoolExecutor(DESKS + 1) as pool:
            feed = pool.submit(follow, watcher, cursor, ended)
            rounds = list(
                pool.map(lambda pair: pair[0].push(pair[1]), zip(callers, told, strict=True))
            )
            ended.set()
            seen = feed.result()

    answers = {op_id: result for each in rounds for op_id, result in each.items()}
    operations = {o.op_id: o for each in told for o in each}
    held = Counter(operations[i].stream for i, r in answers.items() if r.outcome in HELD)
    refused = [r for r in answers.values() if r.outcome not in HELD]
    assert set(answers) == set(operations)
    assert held == {hot_order(i): UNITS for i in range(LINES)}
    assert {(r.outcome, r.problem and r.problem.type) for r in refused} == {
        (Outcome.REJECTED, ProblemType.OVER_RETURN)
    }
    assert branch.faults() == ()
    with reading(branch.engine) as connection:
        booked = set(connection.execute(select(RMA.c.number)).scalars())
        answered = set(connection.execute(select(OPERATION.c.op_id)).scalars())
        deadlocks = connection.execute(
            text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        ).scalar_one()
    assert booked == seen == {number_of(operation) for operation in operations.values()}
    assert answered == set(operations)
    assert deadlocks == 0
    branch.engine.dispose()
