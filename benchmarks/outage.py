"""After an outage: whole desks, encrypted and signed, push what they made, and a new desk loads everything.

uv run python -m benchmarks.outage [--rmas N] [--customers N] [--json]

The desks are processes of their own (`benchmarks.outage_desk`) and do all that a desk does: read the outbox, send, write
every answer down durably. The API is `csr-central serve`. Linux.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.figures import Row, show
from benchmarks.push import bare, bytes_per_rma, serving
from benchmarks.push_shop import CHUNK, NOW, fill, orders
from central_api.catalog import upsert_customers, upsert_orders
from central_api.database import open_database, writing
from rma.order import Order
from tests import postgres, shop

RMAS = 100_000
DESKS = 4
PROCESSES = 2
"""API processes that four desks push to: the machine has two cores."""
QUEUED = 200
CUSTOMERS = 1_000_000
ORDERS_EACH = 1.7


def measure_push(what: str, database: str, sold: Sequence[Order], desks: int, target: int) -> Row:
    """Everything that `desks` made while nothing answered, all at once."""
    fill(database, sold, ())
    share = len(sold) // desks
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        processes = min(PROCESSES, desks)
        urls, _pids = stack.enter_context(serving(database, processes))
        pushing = [
            stack.enter_context(
                _desk("push", f"{folder}/{at}", urls[at % processes], database, at * share, share)
            )
            for at in range(desks)
        ]
        told = _at_once(pushing)
        seconds = max(each["ended"] for each in told) - min(each["began"] for each in told)
    own = sum(each["processor"] for each in told) / len(sold) * 1000
    floor = len(sold) / bare(database, len(sold), bytes_per_rma(database))
    return Row(
        what=f"push after an outage {what}",
        figure=len(sold) / seconds,
        unit="RMAs/s",
        target=target,
        at_least=True,
        floor=f"{floor:,.0f} bare inserts/s",
        detail=f"{len(sold):,} signed, from encrypted desks, each answer kept; {own:.2f} ms of the desk's processor time each",
    )


def measure_drain(folder: Path) -> Row:
    """From the probe that finds the server again until nothing waits."""
    database = str(folder / "drain.db")
    fill(database, orders(QUEUED), ())
    with (
        serving(database, 1) as (urls, _pids),
        _desk("drain", str(folder / "drained"), urls[0], database, 0, QUEUED) as desk,
    ):
        (told,) = _at_once([desk])
    return Row(
        what=f"{QUEUED} queued operations, from the probe on",
        figure=told["ended"] - told["began"],
        unit="s",
        target=2,
        detail="until the queue is empty; the server was not there before",
    )


def measure_bootstrap(folder: Path, customers: int) -> Iterator[Row]:
    """A new desk's first download into an encrypted ref.db."""
    database = str(folder / "large.db")
    fill(database, (), ())
    count = _fill_large(database, customers)
    with (
        serving(database, 1) as (urls, _pids),
        _desk("bootstrap", str(folder / "new"), urls[0], database, 0, 0) as desk,
    ):
        (told,) = _at_once([desk])
    what = f"first download of {customers:,} customers with {count:,} orders"
    seconds = told["ended"] - told["began"]
    yield Row(
        what=what,
        figure=told["processor"],
        unit="s of the desk's processor time",
        target=45,
        detail=f"{seconds:.0f} s in all",
    )
    yield Row(
        what="memory that it takes",
        figure=told["memory"],
        unit="MiB more",
        target=150,
        detail="the peak",
    )


def rows(rmas: int = RMAS, customers: int = CUSTOMERS) -> Iterator[Row]:
    """Every row of the table."""
    programs = postgres.programs()
    assert programs is not None, f"no PostgreSQL: let {postgres.POSTGRES} name its programs"
    sold = orders(rmas)
    with tempfile.TemporaryDirectory() as folder:
        yield measure_push("to SQLite", f"{folder}/central.db", sold, 1, 3_000)
    with postgres.running(programs, settings=()) as cluster, cluster.database() as name:
        what = "of four desks to PostgreSQL"
        yield measure_push(what, cluster.url(name), sold, DESKS, 4_000)
    with tempfile.TemporaryDirectory() as folder:
        yield measure_drain(Path(folder))
        yield from measure_bootstrap(Path(folder), customers)


def _fill_large(database: str, customers: int) -> int:
    """Customers with 1.7 orders of a line each; how many orders."""
    engine = open_database(database)
    buyers = (shop.customer(customer_id=f"C-{index}") for index in range(customers))
    _in_chunks(engine, upsert_customers, buyers)
    count = int(customers * ORDERS_EACH)
    line = shop.line("1", sku="SKU-1", units=2, delivered_at=NOW)
    sold = (
        shop.order(
            line,
            order_id=f"O-{index}",
            number=f"1{index:08}",
            customer_id=f"C-{index % customers}",
            placed_at=NOW,
        )
        for index in range(count)
    )
    _in_chunks(engine, upsert_orders, sold)
    engine.dispose()
    return count


def _in_chunks(engine: Any, upsert: Any, documents: Iterator[Any]) -> None:
    while chunk := [document for _, document in zip(range(CHUNK), documents, strict=False)]:
        with writing(engine) as connection:
            upsert(connection, chunk)


@contextmanager
def _desk(
    what: str, folder: str, url: str, database: str, first: int, count: int
) -> Iterator[subprocess.Popen[str]]:
    """A desk in a process of its own, ready to begin."""
    command = [sys.executable, "-m", "benchmarks.outage_desk", what, folder, url, database]
    with subprocess.Popen(
        [*command, str(first), str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready == "ready\n", f"the desk did not get ready: {ready!r}"
        yield process


def _at_once(desks: Sequence[subprocess.Popen[str]]) -> list[dict[str, float]]:
    for desk in desks:
        assert desk.stdin is not None
        desk.stdin.write("go\n")
        desk.stdin.flush()
    return [json.loads(desk.stdout.readline()) for desk in desks if desk.stdout is not None]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rmas", type=int, default=RMAS, metavar="N")
    parser.add_argument("--customers", type=int, default=CUSTOMERS, metavar="N")
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    arguments = parser.parse_args()
    show(rows(arguments.rmas, arguments.customers), as_json=arguments.json)


if __name__ == "__main__":
    main()
