"""The replay of a real year, against bare SQLite that commits as often and as many bytes.

uv run python -m benchmarks.replay DIR [--events N] [--json]

The central API keeps its books in an SQLite file, then in a PostgreSQL cluster of our own that syncs every commit.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from benchmarks.figures import Row, show
from csr_tui.replay.run import replay
from tests import postgres

TARGET = 300
"""Events a second."""

COMMITS_PER_EVENT = 2
"""A draft that is kept, and a return that is finalized."""


def bare_events_per_second(events: int, bytes_per_event: int) -> float:
    """How many events a second bare SQLite stores: WAL, `synchronous=FULL`, the same bytes in as many commits."""
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(Path(folder) / "bare.db", isolation_level=None)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("CREATE TABLE event (id INTEGER PRIMARY KEY, body BLOB)")
        body = os.urandom(max(1, bytes_per_event // COMMITS_PER_EVENT))
        began = time.perf_counter()
        for _ in range(events * COMMITS_PER_EVENT):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO event (body) VALUES (?)", (body,))
            connection.execute("COMMIT")
        seconds = time.perf_counter() - began
        connection.close()
    return events / seconds


@contextmanager
def _postgresql() -> Iterator[str]:
    programs = postgres.programs()
    assert programs is not None, f"no PostgreSQL: let {postgres.POSTGRES} name its programs"
    with postgres.running(programs, settings=()) as cluster, cluster.database() as name:
        yield cluster.url(name)


def measure(folder: Path, events: int | None = None) -> Iterator[Row]:
    """Events a second through all floors, with the central API on either database; `events`: the first so many alone."""
    for kind in ("SQLite", "PostgreSQL"):
        with ExitStack() as stack:
            database = stack.enter_context(_postgresql()) if kind == "PostgreSQL" else ""
            report = replay(folder, database=database, most=events)
        per_event = report.bytes["work.db"] // max(1, report.events)
        floor = bare_events_per_second(report.events, per_event)
        yield Row(
            what=f"replay of the real year, {kind}",
            figure=report.events_per_second,
            unit="events/s",
            target=TARGET,
            at_least=True,
            floor=f"{floor:,.0f} events/s",
            detail=f"{report.matches:,} of {report.events:,} as recorded, in {report.seconds:.1f} s after "
            f"{report.setup_seconds:.0f} s of import and first download",
        )


def main() -> None:
    """Run it and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--events", type=int, metavar="N", help="play the first N alone")
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    arguments = parser.parse_args()
    show(measure(arguments.folder, arguments.events), as_json=arguments.json)


if __name__ == "__main__":
    main()
