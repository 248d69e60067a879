"""How soon the box is there, and how soon the desk answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from benchmarks.desk_parts import BOX, FOUND, MINIMAL, desk_command
from benchmarks.figures import Row, median
from benchmarks.timed_terminal import TimedTerminal

STARTS = 21
_WARM_UP = 2
_SEARCH = "mar"


@dataclass(frozen=True, slots=True)
class Start:
    """One start, in milliseconds; `*_cpu` is the program's own processor time."""

    floor: float
    floor_cpu: float
    paint: float
    paint_cpu: float
    usable: float
    """From the first paint on."""
    usable_cpu: float


def measure_starts(desk: Path, starts: int = STARTS) -> list[Row]:
    """First paint against the floor's, in turns, and from there until what was typed at once is found."""
    runs = [_start(desk) for _ in range(_WARM_UP + starts)][_WARM_UP:]
    floor, paint = median([run.floor for run in runs]), median([run.paint for run in runs])
    own = median([run.paint_cpu for run in runs]) / median([run.floor_cpu for run in runs])
    usable_cpu = median([run.usable_cpu for run in runs])
    return [
        Row(
            what="first paint of the look-up box",
            figure=paint / floor,
            unit="times the floor",
            target=1.25,
            floor=f"{floor:.0f} ms",
            detail=f"{paint:.0f} ms, median of {starts} interleaved starts; processor time {own:.2f} times",
        ),
        Row(
            what="search answers after the first paint",
            figure=median([run.usable for run in runs]),
            unit="ms",
            target=700,
            floor=f"{floor:.0f} ms for its first paint",
            detail=f"typed at the first paint, until the hits are shown; processor time {usable_cpu:.0f} ms",
        ),
    ]


def _start(desk: Path) -> Start:
    with TimedTerminal(MINIMAL) as terminal:
        floor = terminal.wait_bytes(BOX) - terminal.started
        floor_cpu = terminal.cpu_ms
    with TimedTerminal(desk_command(desk)) as terminal:
        painted = terminal.wait_bytes(BOX)
        paint_cpu = terminal.cpu_ms
        terminal.press(*_SEARCH)
        found = terminal.wait_for(FOUND)
        usable_cpu = terminal.cpu_ms - paint_cpu
        paint = painted - terminal.started
    return Start(
        floor * 1000, floor_cpu, paint * 1000, paint_cpu, (found - painted) * 1000, usable_cpu
    )
