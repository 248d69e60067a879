"""The replay of a real year, against bare SQLite that commits as often and as many bytes.

uv run python -m benchmarks.replay DIR [--postgresql] [--events N] [--json]

The central API keeps its books in an SQLite file, or in a PostgreSQL cluster of our own that syncs every commit.
"""

from __future__ import annotations

import argparse
import json
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from csr_tui.replay.run import replay
from tests import postgres

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


def main() -> None:
    """Run both and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--postgresql", action="store_true", help="central API on PostgreSQL")
    parser.add_argument("--events", type=int, metavar="N", help="play the first N alone")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    with ExitStack() as stack:
        database = stack.enter_context(_postgresql()) if arguments.postgresql else ""
        report = replay(arguments.folder, database=database, most=arguments.events)
    per_event = report.bytes["work.db"] // max(1, report.events)
    floor = bare_events_per_second(report.events, per_event)
    figures = {
        "central_database": "PostgreSQL" if arguments.postgresql else "SQLite",
        "events": report.events,
        "matches": report.matches,
        "seconds": report.seconds,
        "events_per_second": report.events_per_second,
        "bare_sqlite_events_per_second": round(floor, 1),
        "times_the_floor": round(floor / report.events_per_second, 1),
        "setup_seconds": report.setup_seconds,
        "bytes": report.bytes,
    }
    if arguments.json:
        print(json.dumps(figures))
    else:
        for name, value in figures.items():
            print(f"{name:<32} {value}")


if __name__ == "__main__":
    main()
