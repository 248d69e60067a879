"""A call center to measure in: a central API with a small shop, and desks whose ref.db knows any number of customers.

Made once in a folder by the program's own parts and kept there; what a measure changes, it changes in a copy.
"""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from csr_tui.bootstrap import open_desk, sync_once
from csr_tui.demo.central import Central
from csr_tui.demo.session import prepare
from rma.order import Customer, Order, Product
from rma.policy import Policy
from rma.reasons import ReasonTree
from storage.documents import read
from storage.reference import FILE
from storage.reference_rows import SHAPES, ReferenceRow
from storage.reference_schema import VERSION
from tests.keys import decrypted, key_of

SHOP_CUSTOMERS = 300
"""Customers that the central API knows, with orders, where nothing else is asked for; the others stand in ref.db alone."""
SEED = 1_000_000
PERSON = "agent"

_TYPES: dict[str, type[Any]] = {
    "customer": Customer,
    "order": Order,
    "product": Product,
    "policy": Policy,
    "reasons": ReasonTree,
}
_BATCH = 10_000
_SURNAMES, _FIRST_NAMES = 5000, 1500
_CONSONANTS = "bbcdddfghhjkklllmmmmnnnpprrrrsssssttttvw"
_VOWELS = "aaaeeeeiiioou"
"""The commoner a letter, the oftener it stands here."""


def make(place: Path, customers: int, *, with_orders: int = SHOP_CUSTOMERS) -> Path:
    """The folder of a town with this many customers; made where it is not there yet, or of another schema.

    A desk empties a ref.db of another schema, and nobody is found in it fast.
    """
    folder = place / f"town-{customers}-{with_orders}"
    made = folder / "made"
    if not made.exists() or made.read_text() != str(VERSION):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        central = Central(folder)
        try:
            prepare(folder, central, customers=with_orders)
            _fill(folder / "desks" / PERSON, customers - with_orders)
        finally:
            central.stop()
        made.write_text(str(VERSION))
    return folder


@contextmanager
def opened(town: Path) -> Iterator[Path]:
    """A copy of the town with its central API at work; gives the agent's folder."""
    copy = town.with_name(f"{town.name}-run")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(town, copy)
    central = Central(copy)
    try:
        prepare(copy, central, customers=0)
        yield copy / "desks" / PERSON
    finally:
        central.stop()
        shutil.rmtree(copy, ignore_errors=True)


def orders_with_lines(town: Path, lines: int) -> list[str]:
    """Numbers of recent orders with so many lines of one unit each that may come back without a question."""
    known: dict[str, list[dict[str, Any]]] = {}
    for row in map(json.loads, (town / "lines.jsonl").read_text().splitlines()):
        known.setdefault(row["order_id"], []).append(row)
    orders = [json.loads(row) for row in (town / "orders.jsonl").read_text().splitlines()]
    orders.sort(key=lambda order: str(order["placed_at"]), reverse=True)
    return [
        order["number"]
        for order in orders
        if len(known[order["order_id"]]) == lines
        and all(
            line["qty"] == 1 and line["category"] == "home" for line in known[order["order_id"]]
        )
    ]


def names(seed: int = SEED) -> Iterator[str]:
    """First names and surnames without end; few are common and most are rare, as in life.

    The words are always the same: another seed gives other customers of the same town.
    """
    words = Random(SEED)
    first, last = _words(words, _FIRST_NAMES), _words(words, _SURNAMES)
    random = Random(seed)
    common_first = [1 / (rank + 15) for rank in range(_FIRST_NAMES)]
    common_last = [1 / (rank + 30) for rank in range(_SURNAMES)]
    while True:
        pairs = zip(
            random.choices(first, common_first, k=_BATCH),
            random.choices(last, common_last, k=_BATCH),
            strict=True,
        )
        yield from (f"{given} {family}" for given, family in pairs)


def _words(random: Random, count: int) -> list[str]:
    """Distinct words that can be spoken."""
    found: dict[str, None] = {}
    while len(found) < count:
        pairs = (random.choice(_CONSONANTS) + random.choice(_VOWELS) for _ in range(2))
        found[("".join(pairs) + random.choice(_CONSONANTS)).capitalize()] = None
    return list(found)


def town_customers() -> Iterator[Customer]:
    """Those whom only ref.db knows, without end."""
    random = Random(SEED)
    for index, name in enumerate(names(), start=1):
        yield Customer(
            customer_id=f"T{index:07d}",
            name=name,
            email=f"{name.lower().replace(' ', '.')}{index}@example.com",
            phone=f"+44{random.randrange(1_000_000_000, 9_999_999_999)}",
            postcode=f"{random.choice('BCDEGLMNS')}{random.randrange(1, 99)} {random.randrange(1, 9)}AB",
            city=name.split()[1] + "ton",
            country="GB",
        )


def _fill(desk: Path, customers: int) -> None:
    """Sync, then load a new ref.db with what the old one holds and so many customers more."""
    opened_desk = open_desk(desk)
    try:
        asyncio.run(sync_once(opened_desk))
        reference = opened_desk.reference
        cursor = reference.cursor()
        assert cursor is not None
        load = reference.begin_load(cursor)
        for kind in _TYPES:
            load.add(list(_rows(desk, kind)))
        people = (
            ReferenceRow("customer", person.customer_id, 1, person)
            for person in islice(town_customers(), customers)
        )
        for batch in _batches(people):
            load.add(batch)
        load.finish()
    finally:
        opened_desk.close()


def _rows(desk: Path, kind: str) -> Iterator[ReferenceRow]:
    shape = SHAPES[kind]
    connection = decrypted(desk / FILE, key_of(desk))
    try:
        for key, version, document in connection.execute(
            f"SELECT {shape.key}, row_version, document FROM {shape.table}"
        ):
            yield ReferenceRow(kind, key, version, read(_TYPES[kind], document, key))
    finally:
        connection.close()


def _batches(rows: Iterable[ReferenceRow]) -> Iterator[list[ReferenceRow]]:
    source = iter(rows)
    while batch := list(islice(source, _BATCH)):
        yield batch
