"""How long a change on one desk takes until another desk shows it: both online, over one central API.

uv run python -m benchmarks.visible [--place DIR] [--json]

From the durable commit of the one to the row in the other's store. The desks exchange as an open desk does: a long poll
that the central API answers when there is news.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Row, median, p95, show
from benchmarks.stores import SMALL, one_line_drafts
from benchmarks.town import make, opened
from csr_tui.bootstrap import OpenedDesk, open_desk, sync_once
from rma.record import RmaRecord

CHANGES = 20
TARGET = 2.0
LOOK = 0.005
"""Seconds between two looks into the other's store."""
GIVE_UP = 60
PEER = "supervisor-1"


async def _seconds(town: Path, here: OpenedDesk, there: OpenedDesk) -> list[float]:
    for desk in (here, there):
        await sync_once(desk)
    wakes = [asyncio.Event(), asyncio.Event()]
    connections = [desk.connection() for desk in (here, there)]
    syncing = [
        asyncio.create_task(connection.engine.run_forever(wake))
        for connection, wake in zip(connections, wakes, strict=True)
    ]
    took = []
    try:
        for draft in one_line_drafts(here, town, CHANGES):
            record = await asyncio.to_thread(here.desk.returns.finalize, draft)
            assert isinstance(record, RmaRecord), record
            began = time.perf_counter()
            wakes[0].set()
            async with asyncio.timeout(GIVE_UP):
                while there.reference.record(record.number) is None:  # noqa: ASYNC110 - a store tells nobody
                    await asyncio.sleep(LOOK)
            took.append(time.perf_counter() - began)
    finally:
        for task in syncing:
            task.cancel()
        await asyncio.gather(*syncing, return_exceptions=True)
        for connection in connections:
            await connection.close()
    return took


def measure(place: Path) -> Iterator[Row]:
    """Finalized on one desk, seen on another."""
    town = make(place, SMALL)
    with opened(town) as folder:
        here, there = open_desk(folder), open_desk(folder.with_name(PEER))
        try:
            took = asyncio.run(_seconds(town, here, there))
        finally:
            here.close()
            there.close()
    yield Row(
        what="change on one desk visible on another",
        figure=p95(took),
        unit="s",
        target=TARGET,
        detail=f"p95 of {len(took)}; median {median(took):.2f} s",
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--place", type=Path, metavar="DIR", help="where ref.db is kept")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = (arguments.place or Path(temporary)).resolve()
        show(measure(place), as_json=arguments.json)


if __name__ == "__main__":
    main()
