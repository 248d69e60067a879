"""After a power cut nothing acknowledged is missing, and every database is whole."""

from __future__ import annotations

import os
from pathlib import Path
from random import Random

import pytest

from tests.power_cuts.disk import Disk
from tests.power_cuts.recording import (
    Acknowledged,
    Created,
    Renamed,
    Synced,
    Written,
    available,
)
from tests.power_cuts.replay import cut, run
from tests.power_cuts.scenarios import SCENARIOS

recorded = pytest.mark.skipif(
    not available() and not os.environ.get("CSR_STRACE"), reason="needs Linux and strace"
)
"""Where `CSR_STRACE` is set they run, and fail without it."""

POINTS = 100
"""Cuts of each scenario; `python -m tests.power_cuts` makes as many as it is asked for."""


def left(disk: Disk, target: Path, tries: int = 60) -> set[tuple[tuple[str, bytes], ...]]:
    """Everything that may be found after a cut."""
    found = set()
    for seed in range(tries):
        folder = target / str(seed)
        folder.mkdir()
        disk.after_cut(Random(seed), folder)
        found.add(tuple(sorted((f.name, f.read_bytes()) for f in folder.iterdir())))
    return found


def test_what_was_not_synced_may_be_lost_kept_or_torn(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    (tmp_path / "before" / "a").write_bytes(b"old ")
    disk = Disk(tmp_path / "before")
    disk.do(Written("a", 4, b"x" * 1024))
    (tmp_path / "after").mkdir()
    assert left(disk, tmp_path / "after") == {
        (("a", b"old " + b"x" * size),) for size in (0, 512, 1024)
    }


def test_what_was_synced_is_there(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    disk = Disk(tmp_path / "before")
    for event in (Created("a"), Written("a", 0, b"data"), Synced("a"), Acknowledged("done")):
        disk.do(event)
    (tmp_path / "after").mkdir()
    assert left(disk, tmp_path / "after") == {(("a", b"data"),)}
    assert disk.acknowledged == ["done"]


def test_a_rename_holds_once_the_folder_is_synced(tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    (tmp_path / "before" / "a").write_bytes(b"old")
    disk = Disk(tmp_path / "before")
    for event in (Created("b"), Written("b", 0, b"new"), Synced("b"), Renamed("b", "a")):
        disk.do(event)
    (tmp_path / "after").mkdir()
    assert left(disk, tmp_path / "after") == {
        (("a", b"old"), ("b", b"new")),
        (("a", b"new"),),
    }
    disk.do(Synced(""))
    (tmp_path / "later").mkdir()
    assert left(disk, tmp_path / "later") == {(("a", b"new"),)}


@recorded
@pytest.mark.slow
@pytest.mark.parametrize("name", SCENARIOS)
def test_nothing_acknowledged_is_missing_and_every_database_is_whole(
    name: str, tmp_path: Path
) -> None:
    wrong = [found for _, found in cut(run(name, tmp_path), POINTS, Random(1)) if found]
    assert wrong == []


@recorded
@pytest.mark.slow
def test_a_store_that_does_not_wait_for_the_disk_is_found_out(tmp_path: Path) -> None:
    wrong = [
        found for _, found in cut(run("finalize", tmp_path, normal=True), 20, Random(1)) if found
    ]
    assert any("was told and is not whole" in fault for each in wrong for fault in each.faults)
