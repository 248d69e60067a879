"""The stores and the rules by themselves: searching, finalizing, quoting.

uv run python -m benchmarks.stores [--customers N] [--place DIR] [--json]

Searching is the desk's own use case over ref.db, at 10,000 and at N customers. Finalizing goes against a bare SQLite
transaction of the same bytes, committed as safely, in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice
from pathlib import Path
from random import Random

from benchmarks.figures import Row, median, share, show
from benchmarks.town import make, opened, orders_with_lines
from csr_tui.bootstrap import OpenedDesk, open_desk, sync_once
from rma.assessment import assess
from rma.draft import Draft, DraftLine
from rma.order import TenderKind
from rma.record import RmaRecord
from storage.reference import FILE
from tests import shop
from tests.keys import decrypted, key_of

SMALL = 10_000
BUYERS = 4_000
"""So many have RETURNS orders of the last days that may come back without a question."""
SEARCHES = 400
RETURNS = 200
QUOTES = 50
SEED = 7

_Search = tuple[str, list[str]]
"""What is searched for, and the texts."""


def milliseconds(work: Iterable[Callable[[], object]]) -> list[float]:
    """How long each piece of work took."""
    took = []
    for piece in work:
        began = time.perf_counter()
        piece()
        took.append((time.perf_counter() - began) * 1000)
    return took


def searches(town: Path, desk: Path) -> Iterator[_Search]:
    """Texts of each kind, from customers and orders at random."""
    random = Random(SEED)
    with closing(decrypted(desk / FILE, key_of(desk))) as connection:
        rows = connection.execute("SELECT max(rowid) FROM customer").fetchone()[0]
        picked = [random.randrange(1, rows + 1) for _ in range(SEARCHES)]
        documents = [
            json.loads(found[0])
            for rowid in picked
            if (
                found := connection.execute(
                    "SELECT document FROM customer WHERE rowid = ?", (rowid,)
                ).fetchone()
            )
        ]
    orders = [json.loads(row)["number"] for row in (town / "orders.jsonl").open()]
    names = [str(customer["name"]) for customer in documents]
    yield "name", [name.split()[-1][: random.randrange(2, 7)] for name in names]
    yield "phone ending", [str(customer["phone"])[-6:] for customer in documents]
    yield "e-mail", [str(customer["email"]) for customer in documents]
    yield "order number", [random.choice(orders) for _ in documents]


def search_times(town: Path) -> dict[str, list[float]]:
    """Milliseconds of every search, by kind; each kind is warm."""
    desk = town / "desks" / "agent"
    texts = dict(searches(town, desk))
    opened_desk = open_desk(desk)
    try:
        found = opened_desk.desk.lookup.search
        for of_kind in texts.values():
            for text in of_kind[:20]:
                assert found(text).hits, (
                    f"nobody is found by {text}: this desk does not know its town"
                )
        return {
            kind: milliseconds([partial(found, text) for text in of_kind])
            for kind, of_kind in texts.items()
        }
    finally:
        opened_desk.close()


def measure_search(place: Path, customers: int) -> Iterator[Row]:
    """p99 of each kind of search, with the p99 over fewer customers as the floor."""
    few, many = (search_times(make(place, count)) for count in (SMALL, customers))
    for kind, times in many.items():
        figure, floor = share(times, 0.99), share(few[kind], 0.99)
        yield Row(
            what=f"search by {kind}",
            figure=figure,
            unit="ms",
            target=5 if figure < 1 else min(5, 3 * floor),
            floor=f"{floor:.2f} ms at {SMALL:,}",
            detail=f"p99 of {len(times)} over {customers:,} customers; median {median(times):.2f} ms",
        )


def measure_finalize(town: Path) -> Row:
    """Verdict, quote, number and durable commit of a one-line return."""
    with opened(town) as folder:
        desk = open_desk(folder)
        try:
            asyncio.run(sync_once(desk))
            before = _size(folder)
            drafts = one_line_drafts(desk, town, RETURNS)
            times = milliseconds(partial(finalized, desk, draft) for draft in drafts)
            size = (_size(folder) - before) // len(times)
        finally:
            desk.close()
    bare = milliseconds(_bare_commits(size))
    return Row(
        what="finalize",
        figure=median(times) / median(bare),
        unit="times the floor",
        target=4,
        floor=f"{median(bare):.2f} ms",
        detail=f"median {median(times):.2f} ms of {len(times)}; {size:,} bytes each",
    )


def finalized(desk: OpenedDesk, draft: Draft) -> RmaRecord:
    """The return that became of a draft."""
    record = desk.desk.returns.finalize(draft)
    assert isinstance(record, RmaRecord), record
    return record


def one_line_drafts(desk: OpenedDesk, town: Path, count: int) -> Iterator[Draft]:
    """Finished drafts of one-line returns that may come back without a question."""
    returns, reference = desk.desk.returns, desk.reference
    for number in islice(orders_with_lines(town, 1), count):
        (order,) = reference.orders_by_number(number, 1)
        yield replace(
            returns.start(order.order_id),
            lines=(
                DraftLine(
                    line_id=order.lines[0].line_id,
                    quantity="1",
                    reason="changed_mind",
                    condition="opened",
                    resolution="refund",
                ),
            ),
            verified=("name", "email"),
        )


def _bare_commits(size: int) -> Iterator[Callable[[], object]]:
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, body BLOB)")
        body = os.urandom(size)

        def commit() -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO event (body) VALUES (?)", (body,))
            connection.execute("COMMIT")

        for _ in range(RETURNS):
            yield commit
        connection.close()


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.glob("work.db*"))


def measure_quote() -> Row:
    """A 50-line order with discounts, tax and three tenders: judged and priced."""
    lines = [shop.line(str(n), units=2, gross=23800, tax=3800) for n in range(1, 51)]
    shares = {line.line_id: 1190 for line in lines}
    paid = sum(line.gross for line in lines) - sum(shares.values())
    order = shop.order(
        *lines,
        discounts=(shop.discount(shares),),
        tenders=(
            shop.tender(TenderKind.GIFT_CARD, 50_000),
            shop.tender(TenderKind.STORE_CREDIT, 20_000),
            shop.card(paid - 70_000),
        ),
    )
    wanted = [shop.wanted(line.line_id, 1) for line in lines]
    case = shop.case(order=order, request=shop.request(*wanted))
    assert assess(case).quote is not None
    times = milliseconds(
        [partial(assess, replace(case, at=case.at + timedelta(seconds=n))) for n in range(QUOTES)]
    )
    return Row(
        what="quote of a 50-line order",
        figure=median(times),
        unit="ms",
        target=5,
        detail=f"discounts, tax, three tenders; median of {len(times)}, p95 {share(times, 0.95):.1f} ms",
    )


def measure(place: Path, customers: int) -> Iterator[Row]:
    """Every row; the towns are kept in `place`."""
    yield measure_quote()
    yield measure_finalize(make(place, SMALL, with_orders=BUYERS))
    yield from measure_search(place, customers)


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--place", type=Path, metavar="DIR", help="where ref.db is kept")
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = (arguments.place or Path(temporary)).resolve()
        show(measure(place, arguments.customers), as_json=arguments.json)


if __name__ == "__main__":
    main()
