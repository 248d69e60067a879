"""Everything that is measured apart from the screens, in one table.

uv run python -m benchmarks [PART ...] [--customers N] [--place DIR] [--year DIR] [--json]

PART is any of stores, encryption, visible, import, replay, push; all of them without one. The screens have `benchmarks.desk`: they
are measured from outside, on a machine that does nothing else.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import encryption, importing, push, replay, stores, visible
from benchmarks.figures import Row, show

CUSTOMERS = 1_000_000


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("part", nargs="*", help="stores, encryption, visible, import, replay, push")
    parser.add_argument("--customers", type=int, default=CUSTOMERS, metavar="N")
    parser.add_argument("--place", type=Path, metavar="DIR", help="where ref.db is kept")
    parser.add_argument("--year", type=Path, metavar="DIR", help="the recorded year")
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = (arguments.place or Path(temporary)).resolve()
        parts: dict[str, Callable[[], Iterator[Row]]] = {
            "stores": lambda: stores.measure(place, arguments.customers),
            "encryption": lambda: encryption.measure(place),
            "visible": lambda: visible.measure(place),
            "import": lambda: importing.measure(arguments.year or importing.recorded_year()),
            "replay": lambda: replay.measure(arguments.year or importing.recorded_year()),
            "push": push.rows,
        }
        wanted = arguments.part or list(parts)
        if unknown := [part for part in wanted if part not in parts]:
            parser.error(f"{', '.join(unknown)}: choose from {', '.join(parts)}")
        show((row for part in wanted for row in parts[part]()), as_json=arguments.json)


if __name__ == "__main__":
    main()
