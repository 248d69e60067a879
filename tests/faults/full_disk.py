"""The disk fills under a desk's folder, or under the server's database, and has room again later."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.faults.books import faults
from tests.faults.place import prepared
from tests.faults.result import Result
from tests.faults.small_disk import small_disk

MOST_ROOM = 64 * 1024
"""Bytes that are left when it gets tight."""

KILLED = 0.3
"""Share of rounds in which the process is killed and started again while the disk is full."""

NOTICED_SECONDS = 60.0
"""By when somebody has noticed, and by when work goes on."""


@contextmanager
def _folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="csr-faults-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def desk_disk_full(rounds: int, seed: int) -> Result:
    """Let the disk of a desk that works fill so many times."""
    with (
        _folder() as folder,
        small_disk(folder / "desks") as disk,
        prepared(f"desk-disk/{seed}", folder=folder) as place,
    ):
        place.counts[disk.kind] = 1
        desk = place.start_desk(0, seed=f"{seed}")
        for turn in range(rounds):
            disk.tighten(desk.pid, place.draw.randrange(MOST_ROOM))
            if not place.listen(desk, 0, "refused", NOTICED_SECONDS):
                place.surprises.append("nobody was told that the disk is full")
            if place.draw.random() < KILLED:
                place.hear(0, desk.kill())
                place.counts["killed while full"] += 1
                desk = place.start_desk(0, seed=f"{seed}/{turn}/full")
                place.listen(desk, 0, "opened", NOTICED_SECONDS)
            disk.loosen(desk.pid)
            if desk.has_ended:
                place.hear(0, desk.kill())
                desk = place.start_desk(0, seed=f"{seed}/{turn}")
            if not place.listen(desk, 0, "told", NOTICED_SECONDS):
                place.surprises.append("no number was told after there was room again")
        place.hear(0, desk.kill())
        return Result.of(place, faults(place))


def server_disk_full(rounds: int, seed: int) -> Result:
    """Let the disk of a server that works fill so many times."""
    with (
        _folder() as folder,
        small_disk(folder / "data") as disk,
        prepared(
            f"server-disk/{seed}", folder=folder, database=str(folder / "data" / "central.db")
        ) as place,
    ):
        place.counts[disk.kind] = 1
        desk = place.start_desk(0, seed=f"{seed}")
        for _turn in range(rounds):
            assert place.server
            disk.tighten(place.server.pid, place.draw.randrange(MOST_ROOM))
            if not place.comes("pushes not taken", NOTICED_SECONDS):
                place.counts["not full in time"] += (
                    1  # a log that was used before has room of its own
                )
            if place.draw.random() < KILLED:
                place.stop_server()
                place.counts["killed while full"] += 1
                server = place.server_beside()
                place.counts["not started while full"] += not server.url
                disk.loosen(server.pid)
                server.kill()
                place.start_server()
            disk.loosen(place.server.pid)
            place.a_push_is_taken(NOTICED_SECONDS)
            place.hear(0, desk.said())
        place.hear(0, desk.kill())
        return Result.of(place, faults(place))
