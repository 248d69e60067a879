"""Cut the power of a recorded process at many moments, and look at what is left each time."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from random import Random

from tests.keys import decrypted
from tests.power_cuts.disk import Disk
from tests.power_cuts.recording import Event, record
from tests.power_cuts.scenarios import SCENARIOS, Scenario

WORKER = "tests.power_cuts.scenarios"


@dataclass(frozen=True, slots=True)
class Cut:
    """A cut after which something was missing or broken."""

    scenario: str
    at: int
    """How many calls the process had made."""
    draw: int
    """Seed of what the disk kept."""
    faults: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Recorded:
    """One run of a scenario."""

    name: str
    before: Path
    """The folder as the process found it."""
    events: list[Event]

    @property
    def scenario(self) -> Scenario:
        """What was run."""
        return SCENARIOS[self.name]


def run(name: str, place: Path, *, normal: bool = False) -> Recorded:
    """Run a scenario in a new folder of `place`, recording what it writes."""
    folder, before = place / name, place / f"{name}-before"
    folder.mkdir()
    scenario = SCENARIOS[name]
    if scenario.prepare is not None:
        scenario.prepare(folder)
    shutil.copytree(folder, before)
    arguments = [name, str(folder), str(scenario.rounds), *(["--normal"] if normal else [])]
    return Recorded(name, before, record(WORKER, arguments, folder, place / f"{name}.trace"))


def cut(recorded: Recorded, points: int, random: Random) -> Iterator[tuple[int, Cut | None]]:
    """Cut the power at `points` moments drawn at random, in their order; what was wrong after each, or None."""
    moments = sorted(random.randint(0, len(recorded.events)) for _ in range(points))
    disk, done = Disk(recorded.before), 0
    for moment in moments:
        for event in recorded.events[done:moment]:
            disk.do(event)
        done = moment
        draw = random.getrandbits(48)
        with tempfile.TemporaryDirectory(prefix="cut-") as target:
            disk.after_cut(Random(draw), Path(target))
            faults = _faults(recorded.scenario, Path(target), disk.acknowledged)
        yield moment, Cut(recorded.name, moment, draw, tuple(faults)) if faults else None


def _faults(scenario: Scenario, folder: Path, acknowledged: list[str]) -> list[str]:
    try:
        for path in (folder / "work.db", folder / "ref.db"):
            if path.exists():
                with closing(decrypted(path)) as database:
                    (said,) = database.execute("PRAGMA integrity_check").fetchone()
                if said != "ok":
                    return [f"{path.name}: {said}"]
        if not (folder / "work.db").exists() and acknowledged:
            return ["work.db is gone"]
        return scenario.check(folder, acknowledged) if acknowledged or scenario.quiet else []
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
