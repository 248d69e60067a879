"""What encryption at rest costs: the same returns finalized on a desk as it is, and on a copy of it in clear.

uv run python -m benchmarks.encryption [--place DIR] [--json]

The two take turns, so that what else the machine does falls on both.
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

from benchmarks.figures import Row, median, show
from benchmarks.stores import BUYERS, RETURNS, SMALL, finalized, milliseconds, one_line_drafts
from benchmarks.town import make, opened
from csr_tui.bootstrap import open_desk, sync_once
from storage import engines
from storage.engines import connect
from storage.in_clear import is_plain
from storage.work import FILE
from tests.keys import key_of


def measure(place: Path) -> Iterator[Row]:
    """Verdict, quote, number and durable commit of a one-line return, against the same in clear.

    The town is kept in `place`.
    """
    town = make(place, SMALL, with_orders=BUYERS)
    with opened(town) as folder, _copy_in_clear(folder) as clear_folder:
        encrypted, clear = open_desk(folder), open_desk(clear_folder)
        try:
            drafts = list(one_line_drafts(encrypted, town, RETURNS))
            times: tuple[list[float], list[float]] = ([], [])
            for pair in zip(drafts[::2], drafts[1::2], strict=False):
                for desk, draft, took in zip((encrypted, clear), pair, times, strict=True):
                    took += milliseconds([partial(finalized, desk, draft)])
        finally:
            encrypted.close()
            clear.close()
        assert is_plain(clear_folder / FILE) and not is_plain(folder / FILE)
    figure, floor = map(median, times)
    yield Row(
        what="finalize with encryption",
        figure=figure / floor,
        unit="times without",
        target=1.6,
        floor=f"{floor:.2f} ms",
        detail=f"median {figure:.2f} ms of {len(times[0])}, in turns with a desk in clear",
    )


@contextmanager
def _copy_in_clear(folder: Path) -> Iterator[Path]:
    """A copy of a synced desk whose databases are in clear; while this lasts, they are opened so."""
    desk = open_desk(folder)
    try:
        asyncio.run(sync_once(desk))
    finally:
        desk.close()
    copy = folder.with_name(f"{folder.name}-in-clear")
    shutil.copytree(folder, copy)
    key = key_of(folder)
    for name in ("work.db", "ref.db"):
        (copy / name).unlink()
        with closing(connect(folder / name, key)) as source:
            source.execute("ATTACH ? AS clear KEY ''", (str(copy / name),))
            source.execute("SELECT sqlcipher_export('clear')")
            (version,) = source.execute("PRAGMA user_version").fetchone()
            source.execute(f"PRAGMA clear.user_version = {version}")

    def connected(path: Path, its_key: bytes | None) -> sqlite3.Connection:
        return connect(path, None if path.is_relative_to(copy) else its_key)

    with (
        patch.object(engines, "connect", connected),
        patch("storage.work.encrypt_in_place", lambda path, key: None),
    ):
        yield copy


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--place", type=Path, metavar="DIR", help="where the town is kept")
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = (arguments.place or Path(temporary)).resolve()
        show(measure(place), as_json=arguments.json)


if __name__ == "__main__":
    main()
