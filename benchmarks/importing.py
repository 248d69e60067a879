"""The import of a real year, against bare SQLite that reads the same files and stores the same rows.

uv run python -m benchmarks.importing DIR [--json]

DIR holds `customers.csv.xz`, `orders.csv.xz` and `order_lines.csv.xz` (`docs/replay.md`); without it
`$CSR_REAL_DATA/online_retail/replay`. Both are measured by the processor time of a process of its own: other programs
on the machine slow neither down.
"""

from __future__ import annotations

import argparse
import csv
import json
import lzma
import os
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Row, show

NAMES = ("customers", "orders", "order_lines")
TARGET = 20_000
"""Lines a second."""

PEAK_MIB = 256
"""The memory is constant: ten million lines stay below this as well."""


def bare(folder: Path, place: Path) -> None:
    """Read every file with `csv` and insert its rows as they are, in one durable transaction each."""
    connection = sqlite3.connect(place / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    for name in NAMES:
        with lzma.open(folder / f"{name}.csv.xz", "rt", encoding="utf-8", newline="") as file:
            rows = csv.reader(file)
            columns = next(rows)
            connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
            connection.execute("BEGIN")
            holes = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {name} VALUES ({holes})", rows)
            connection.execute("COMMIT")
    connection.close()


def imported(folder: Path, place: Path) -> None:
    """Import the files into an empty database."""
    from central_api.__main__ import main

    files = ("--customers", NAMES[0]), ("--orders", NAMES[1]), ("--lines", NAMES[2])
    named = [word for option, name in files for word in (option, str(folder / f"{name}.csv.xz"))]
    written = ["--database", str(place / "central.db"), "--rejects", str(place / "rejects.csv")]
    sys.stdout = sys.stderr
    if main(["import", *named, *written, "--currency", "GBP"]):
        sys.exit("The import rejected rows.")


def measured(which: str, folder: Path) -> dict[str, float]:
    """Run one of the two in a process of its own; gives its seconds, processor seconds and peak memory."""
    with tempfile.TemporaryDirectory(prefix="csr-importing-") as place:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.importing", str(folder), "--only", which, place],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _only(which: str, folder: Path, place: Path) -> None:
    out = sys.stdout
    began = time.perf_counter()
    (bare if which == "bare" else imported)(folder, place)
    seconds = time.perf_counter() - began
    used = resource.getrusage(resource.RUSAGE_SELF)
    figures = {
        "seconds": seconds,
        "processor_seconds": used.ru_utime + used.ru_stime,
        "peak_mib": _peak_bytes() / 2**20,
    }
    print(json.dumps(figures), file=out)


def _peak_bytes() -> int:
    """The most memory of this process alone; what its parent had counts in `ru_maxrss`."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _lines(folder: Path) -> int:
    with lzma.open(folder / "order_lines.csv.xz", "rt", encoding="utf-8", newline="") as file:
        return sum(1 for _ in csv.reader(file)) - 1


def recorded_year() -> Path:
    """The folder of the recorded year that `$CSR_REAL_DATA` holds."""
    folder = Path(os.environ.get("CSR_REAL_DATA", "")) / "online_retail" / "replay"
    if not folder.is_dir():
        sys.exit("Name the folder of the recorded year: docs/replay.md says how to make it.")
    return folder


def measure(folder: Path) -> Iterator[Row]:
    """The rate and the memory of the import of `folder`."""
    lines = _lines(folder)
    ours, floor = measured("ours", folder), measured("bare", folder)
    rate, bare_rate = (lines / each["processor_seconds"] for each in (ours, floor))
    yield Row(
        what="import of the real year",
        figure=rate,
        unit="lines/s of processor time",
        target=TARGET,
        at_least=True,
        floor=f"{bare_rate:,.0f} lines/s",
        detail=f"{lines:,} lines in {ours['seconds']:.0f} s",
    )
    yield Row(
        what="memory of the import",
        figure=ours["peak_mib"],
        unit="MiB",
        target=PEAK_MIB,
        floor=f"{floor['peak_mib']:.0f} MiB",
        detail="the peak; 10,000,000 lines take no more (docs/import.md)",
    )


def main() -> None:
    """Run both and print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--only", nargs=2, metavar=("WHICH", "PLACE"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    folder = arguments.folder or recorded_year()
    if arguments.only:
        _only(arguments.only[0], folder, Path(arguments.only[1]))
        return
    show(measure(folder), as_json=arguments.json)


if __name__ == "__main__":
    main()
