"""What holds after every run: the invariants of the simulation, on what these processes left behind, and the files as such."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import cast

from central_api.database import open_database, reading
from csr_tui.bootstrap import open_desk
from storage.checkup import file_faults
from tests.faults.place import Place
from tests.keys import key_of
from tests.simulation.evidence import Queued
from tests.simulation.invariants import INVARIANTS, Found
from tests.simulation.workplace import Workplace
from tests.simulation.world import ToldAgain, World


class _Desk(Workplace):
    """A desk whose process is gone; only looked at."""

    def open(self) -> None:
        """Open the stores, and nothing else."""
        self._opened = open_desk(self.folder)


@dataclass
class _Happened:
    """What the invariants ask of a simulated world."""

    desks: list[Workplace]
    told: dict[str, str]
    surprises: list[str]
    drained_after: float | None
    told_again: list[ToldAgain] = field(default_factory=list)
    """Copies of a desk, which there are none of here."""
    lost: dict[str, Queued] = field(default_factory=dict)
    keyed: dict[str, datetime] = field(default_factory=dict)
    feed_forgot: bool = False
    names: frozenset[str] = frozenset()
    """That customers had: here nobody's changes."""


def faults(place: Place) -> list[str]:
    """Let everything be sent and heard, then say what does not hold. The server runs meanwhile."""
    drained = place.settle()
    found = [*_of_files(place), *_of_check(place)]
    found += [f"{number} was told twice" for number in place.told_again]
    engine = open_database(place.database)
    try:
        with _opened(place) as desks, reading(engine) as connection:
            happened = _Happened(desks, place.told, place.surprises, drained)
            books = Found.after(cast(World, happened), connection)
            for invariant in INVARIANTS:
                found += [f"{invariant.__name__}: {said}" for said in invariant(books)]
    finally:
        engine.dispose()
    return found


@contextmanager
def _opened(place: Place) -> Iterator[list[Workplace]]:
    desks: list[Workplace] = [_Desk(folder.name, folder) for folder in place.desks]
    try:
        for desk in desks:
            desk.open()
        yield desks
    finally:
        for desk in desks:
            if desk.is_open:
                desk.opened.close()


def _of_files(place: Place) -> Iterator[str]:
    for folder in place.desks:
        for name in ("work.db", "ref.db"):
            for fault in file_faults(folder / name, key_of(folder)):
                yield f"{folder.name}/{name}: {fault}"
    if Path(place.database).is_absolute():
        with closing(sqlite3.connect(place.database)) as database:
            for (said,) in database.execute("PRAGMA integrity_check"):
                if said != "ok":
                    yield f"central.db: {said}"


def _of_check(place: Place) -> Iterator[str]:
    """What the operator's own program says."""
    command = [sys.executable, "-m", "central_api", "check", "--database", place.database, "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        yield f"csr-central check: {done.stdout}{done.stderr}"
