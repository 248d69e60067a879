"""The desk, measured from outside in a pseudo-terminal, against the smallest Textual app in the same run.

uv run python -m benchmarks.desk [--customers N] [--place DIR] [--json]

The floor and the desk take turns, so that what else the machine does meets both. Linux.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.figures import Row, show
from benchmarks.one_return import measure_presses, measure_weight
from benchmarks.screens_opening import measure_screens
from benchmarks.starts import STARTS, measure_starts
from benchmarks.town import make, opened, orders_with_lines
from benchmarks.typing_speed import measure_letters, measure_tab


def measure(town: Path, starts: int) -> Iterator[Row]:
    """Every row of the table."""
    one_line, two_lines = orders_with_lines(town, 1), orders_with_lines(town, 2)
    with opened(town) as desk:
        yield from measure_starts(desk, starts)
        yield from measure_letters(desk)
        yield measure_tab(desk, one_line[0])
        yield measure_screens(desk, one_line[1])
        yield measure_weight(desk, one_line[2])
        yield from measure_presses(desk, one_line[3], two_lines[0])


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000, metavar="N")
    parser.add_argument(
        "--place", type=Path, metavar="DIR", help="where ref.db is kept (a temporary folder)"
    )
    parser.add_argument("--starts", type=int, default=STARTS, metavar="N")
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = (arguments.place or Path(temporary)).resolve()
        town = make(place, arguments.customers)
        show(measure(town, arguments.starts), as_json=arguments.json)


if __name__ == "__main__":
    main()
