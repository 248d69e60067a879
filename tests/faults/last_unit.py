"""Ten desks tell ten callers, offline, that the last unit of an order may come back; then all sync at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, closing

from central_api.database import open_database, reading
from rma.order import Order
from tests import postgres
from tests.faults.books import faults
from tests.faults.place import Place, order, prepared
from tests.faults.result import Result
from tests.keys import decrypted, key_of
from tests.simulation.evidence import records

DESKS = 10
PROCESSES = 2
"""Of the API, on PostgreSQL."""

TOLD_SECONDS = 60.0


def last_order(index: int) -> Order:
    """An order of which one unit is left."""
    return order(100_000 + index, units=1)


def last_unit(rounds: int, seed: int) -> Result:
    """So many orders, half of them on PostgreSQL under several API processes, half on SQLite under one."""
    half = max(1, rounds // 2)
    return _on_postgresql(half, seed).and_then(_on_sqlite(half, seed))


def _orders(rounds: int) -> list[Order]:
    return [last_order(index) for index in range(rounds)]


def _on_sqlite(rounds: int, seed: int) -> Result:
    with prepared(f"last-unit/{seed}", desks=DESKS, more=_orders(rounds)) as place:
        return _race(place, rounds, seed, "on SQLite")


def _on_postgresql(rounds: int, seed: int) -> Result:
    programs = postgres.programs()
    assert programs is not None, "no PostgreSQL"
    with ExitStack() as stack:
        cluster = stack.enter_context(postgres.running(programs))
        name = stack.enter_context(cluster.database())
        place = stack.enter_context(
            prepared(
                f"last-unit/{seed}",
                desks=DESKS,
                database=cluster.url(name),
                more=_orders(rounds),
            )
        )
        beside = [place.server_beside() for _process in range(PROCESSES - 1)]
        for server in beside:
            stack.callback(server.kill)
        place.proxy.servers += [server.url for server in beside]
        return _race(place, rounds, seed, "on PostgreSQL")


def _race(place: Place, rounds: int, seed: int, where: str) -> Result:
    found: list[str] = []
    races = []
    for turn in range(rounds):
        desks = [
            place.start_desk(
                index,
                orders=(last_order(turn).order_id,),
                lines=("1",),
                returns=1,
                online=False,
                until_quiet=True,
            )
            for index in range(DESKS)
        ]
        told = [
            number
            for index, desk in enumerate(desks)
            for number in place.listen(desk, index, "told", TOLD_SECONDS)
        ]
        for desk in desks:
            desk.go_on()
        if not place.come_to_rest(desks):
            found.append(f"not all desks came to rest after race {turn}")
        races.append(told)
        place.counts[f"orders {where}"] += 1
    found += faults(place)
    for told in races:
        found += _won_once(place, told)
    return Result.of(place, found)


def _won_once(place: Place, told: list[str]) -> Iterator[str]:
    """One of those who were told holds the unit; nine wait for a person and hold nothing."""
    if len(told) != DESKS:
        yield f"{len(told)} of {DESKS} desks told a number"
    engine = open_database(place.database)
    try:
        with reading(engine) as connection:
            known = records(connection)
    finally:
        engine.dispose()
    holding = [number for number in told if known[number].record.hold is not None]
    seen = []
    for folder in place.desks:
        with closing(decrypted(folder / "work.db", key_of(folder))) as database:
            rows = database.execute("SELECT number FROM outbox WHERE state = 'attention'")
            seen += [number for (number,) in rows if number in told]
    place.counts["hold it"] += len(holding)
    place.counts["in attention"] += len(seen)
    if len(holding) != 1 or sorted(seen + holding) != sorted(told):
        yield f"{holding} hold the unit, {seen} are seen, of {told}"
