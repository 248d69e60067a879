"""Returns pushed to the central API, which decides each: to SQLite, to PostgreSQL, and by four desks at once.

uv run python -m benchmarks.push [--rmas N] [--json]

The floor is the bare database in the same run: the bytes that a return left there, inserted in batches as large and
committed as safely. The API is `csr-central serve`, PostgreSQL a cluster of our own that syncs every commit. Linux.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import psycopg

from benchmarks.figures import Row, show
from benchmarks.push_shop import PushingDesk, desks, fill, orders
from central_api.audit import audit
from central_api.database import open_database, reading
from rma.order import Order
from tests import postgres

RMAS = 10_000
BATCH = 100
DESKS = 4
PROCESSES = 2
"""API processes that four desks push to: the machine has two cores."""
TARGET, TARGET_OF_FOUR = 1_500, 2_000
TICK = os.sysconf("SC_CLK_TCK")
DOCUMENTS = ("rma", "rma_line", "operation", "change_log")
"""The tables that a return leaves rows in."""


@contextmanager
def serving(database: str, processes: int) -> Iterator[tuple[list[str], list[int]]]:
    """`csr-central serve` so many times; gives their URLs and process ids."""
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
            for _ in range(processes)
        ]
        lines = [process.stdout.readline() for process in started if process.stdout]
        yield [json.loads(line)["listening"] for line in lines], [p.pid for p in started]
        for process in started:
            process.communicate(timeout=30)  # closes its standard input


def measure(
    what: str, database: str, sold: Sequence[Order], pushing: Sequence[PushingDesk], target: int
) -> Row:
    """Push everything that the desks have, each desk at once with the others."""
    fill(database, sold, pushing)
    rmas = sum(len(desk.bodies) for desk in pushing)
    processes = min(PROCESSES, len(pushing))
    with serving(database, processes) as (urls, pids):
        clients = [
            httpx.Client(
                base_url=urls[desk.index % len(urls)],
                headers={"Authorization": f"Bearer {desk.token}"},
                trust_env=False,
                timeout=60,
            )
            for desk in pushing
        ]
        for client in clients:
            client.get("/v1/bootstrap").raise_for_status()
        busy, began = _seconds(pids), time.perf_counter()
        with ThreadPoolExecutor(len(pushing)) as pool:
            list(pool.map(_push, clients, pushing))
        seconds, busy = time.perf_counter() - began, _seconds(pids) - busy
    floor = rmas / bare(database, rmas, bytes_per_rma(database))
    return Row(
        what=f"push {what}",
        figure=rmas / seconds,
        unit="RMAs/s",
        target=target,
        at_least=True,
        floor=f"{floor:,.0f} bare inserts/s",
        detail=f"{rmas:,} in batches of {BATCH} to {processes} API processes, each decided; "
        f"{busy / rmas * 1000:.2f} ms of their processor time each",
    )


def _push(client: httpx.Client, desk: PushingDesk) -> None:
    for start in range(0, len(desk.bodies), BATCH):
        body = b"\n".join(desk.bodies[start : start + BATCH])
        results = client.post("/v1/ops", content=body).raise_for_status().json()["results"]
        assert [result["outcome"] for result in results] == ["accepted"] * len(results)


def _seconds(pids: Sequence[int]) -> float:
    """Processor time of these processes."""
    ticks = 0
    for pid in pids:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


def bare(database: str, rows: int, size: int) -> float:
    """Seconds for as many rows of as many bytes, inserted in batches as large and committed as safely."""
    bare_of = _bare_sqlite if "://" not in database else _bare_postgresql
    return bare_of(database, rows, size)


def bytes_per_rma(database: str) -> int:
    """What a return left in the database, and that the books agree."""
    engine = open_database(database)
    with reading(engine) as connection:
        found = audit(connection)
        assert found.faults == ()
        total = 0
        for table in DOCUMENTS:
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):
                if table != "change_log" or row.kind == "rma":
                    total += sum(len(str(value)) for value in row)
    engine.dispose()
    return total // found.rmas


def _bare_sqlite(database: str, rows: int, size: int) -> float:
    connection = sqlite3.connect(Path(database).with_suffix(".bare"), isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE bare (id INTEGER PRIMARY KEY, body TEXT)")

    def batch(values: list[tuple[str]]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany("INSERT INTO bare (body) VALUES (?)", values)
        connection.execute("COMMIT")

    seconds = _timed(batch, rows, size)
    connection.close()
    return seconds


def _bare_postgresql(database: str, rows: int, size: int) -> float:
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (id bigserial PRIMARY KEY, body text)")

        def batch(values: list[tuple[str]]) -> None:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany("INSERT INTO bare (body) VALUES (%s)", values)

        return _timed(batch, rows, size)


def _timed(batch: Callable[[list[tuple[str]]], None], rows: int, size: int) -> float:
    bodies = [(os.urandom(size // 2).hex(),) for _ in range(rows)]
    began = time.perf_counter()
    for start in range(0, rows, BATCH):
        batch(bodies[start : start + BATCH])
    return time.perf_counter() - began


def rows(rmas: int = RMAS) -> Iterator[Row]:
    """Every push of the table."""
    programs = postgres.programs()
    assert programs is not None, f"no PostgreSQL: let {postgres.POSTGRES} name its programs"
    sold = orders(rmas)
    alone, four = desks(sold, 1), desks(sold, DESKS)
    with tempfile.TemporaryDirectory() as folder:
        yield measure("to SQLite", f"{folder}/central.db", sold, alone, TARGET)
    with postgres.running(programs, settings=()) as cluster:
        with cluster.database() as name:
            yield measure("to PostgreSQL", cluster.url(name), sold, alone, TARGET)
        with cluster.database() as name:
            what = "four desks at once to PostgreSQL"
            yield measure(what, cluster.url(name), sold, four, TARGET_OF_FOUR)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rmas", type=int, default=RMAS, metavar="N")
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    arguments = parser.parse_args()
    show(rows(arguments.rmas), as_json=arguments.json)


if __name__ == "__main__":
    main()
