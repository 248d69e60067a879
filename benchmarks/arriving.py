"""What a key takes while changes of the central database arrive on the desk, against the same keys while nothing changes.

uv run python -m benchmarks.arriving [--customers N] [--place DIR] [--rounds N] [--json]

In turns in one run: nothing, 200 changes a second, 4,000 a second, and 20,000 at once as an import makes them. That the
desk applied them while the keys were timed is read in its ref.db. A key counts until its frame is complete. Linux.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from benchmarks.change_stream import fill
from benchmarks.desk_parts import body, ready_desk, to_return
from benchmarks.figures import Row, median, p95, show
from benchmarks.timed_terminal import Answer, TimedTerminal
from benchmarks.town import make, names, opened, orders_with_lines
from storage.reference import FILE
from tests.keys import decrypted, key_of

TARGET = 30
"""Milliseconds."""
ROUNDS = 6
STREAMS = {
    "no changes": "stop",
    "200 changes a second": "steady 200",
    "4,000 changes a second": "steady 4000",
    "20,000 changes at once": "burst 20000",
}
_QUIET, _BURST = "no changes", "20,000 changes at once"
_NAMES_EACH = 4
_KEYS_EACH = 20
_WARM_UP = 1.0
"""Seconds of a steady stream before keys are timed."""
_SETTLED = 120.0
"""Seconds after which what was written has to be there."""
_SEED = 17


@dataclass(slots=True)
class _Sample:
    """The keys of one place and stream."""

    times: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    """Processor time of the desk from the key until it was quiet."""
    applied: int = 0
    """Changes that the desk took meanwhile."""
    seconds: float = 0.0

    def take(self, answer: Answer) -> None:
        """One key."""
        self.times.append(answer.complete_ms(body))
        self.own.append(answer.cpu_ms)


_Samples = dict[tuple[str, str], _Sample]
"""By place and stream."""


class _Changes:
    """The process that changes the central database, and how far the desk has followed."""

    def __init__(self, process: subprocess.Popen[str], desk: Path) -> None:
        self._process = process
        self._file, self._key = desk / FILE, key_of(desk)

    def tell(self, line: str) -> int:
        """Say what to do; gives the newest position of the feed."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def applied(self) -> int:
        """The position that the desk has reached, with all before it."""
        with closing(decrypted(self._file, self._key)) as connection:
            (cursor,) = connection.execute(
                "SELECT value FROM meta WHERE name = 'cursor'"
            ).fetchone()
        return int(str(cursor).rpartition(".")[2])

    def followed(self, position: int, terminal: TimedTerminal) -> None:
        """Wait until the desk is there."""
        deadline = time.monotonic() + _SETTLED
        while self.applied() < position:
            assert time.monotonic() < deadline, "the desk did not follow"
            terminal.settle(0.05)


@contextmanager
def _changing(desk: Path) -> Iterator[_Changes]:
    database = desk.parent.parent / "central.db"
    fill(str(database))
    with subprocess.Popen(
        [sys.executable, "-m", "benchmarks.change_stream", str(database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
        yield _Changes(process, desk)


def _in_turns(
    place: str,
    terminal: TimedTerminal,
    changes: _Changes,
    keys: Callable[[], Iterator[Answer]],
    rounds: int,
) -> _Samples:
    """So many rounds of keys for each stream; of a burst only the keys that were pressed before it had arrived."""
    samples: _Samples = {(place, name): _Sample() for name in STREAMS}
    for _ in range(rounds):
        for name, told in STREAMS.items():
            sample = samples[place, name]
            position = changes.tell(told)
            if name not in (_QUIET, _BURST):
                terminal.settle(_WARM_UP)
            before, began = changes.applied(), time.monotonic()
            for answer in keys():
                if name == _BURST and changes.applied() >= position:
                    break
                sample.take(answer)
            sample.applied += changes.applied() - before
            sample.seconds += time.monotonic() - began
            changes.followed(changes.tell("stop"), terminal)
            terminal.settle(0.3)
    return samples


def _letters(terminal: TimedTerminal) -> Callable[[], Iterator[Answer]]:
    searched = names(_SEED)

    def keys() -> Iterator[Answer]:
        for name in islice(searched, _NAMES_EACH):
            text = name.split()[1].lower()
            for letter in text:
                yield terminal.answer(letter)
            terminal.answer(*["backspace"] * len(text))

    return keys


def _in_return(terminal: TimedTerminal) -> Callable[[], Iterator[Answer]]:
    def keys() -> Iterator[Answer]:
        for _ in range(_KEYS_EACH // 2):
            yield terminal.answer("tab")
            before = body(terminal.lines)
            letter = terminal.answer("a")
            if (
                letter.frames and body(letter.frames[-1].lines) != before
            ):  # not every field takes it
                yield letter
                terminal.answer("backspace")

    return keys


def measure(town: Path, rounds: int) -> Iterator[Row]:
    """Every row of the table."""
    order = orders_with_lines(town, 1)[0]
    with opened(town) as desk, _changing(desk) as changes:
        with ready_desk(desk) as terminal:
            changes.followed(changes.tell("stop"), terminal)
            keys = _letters(terminal)
            yield from _rows(_in_turns("look-up box", terminal, changes, keys, rounds))
        with ready_desk(desk) as terminal:
            to_return(terminal, order)
            keys = _in_return(terminal)
            yield from _rows(_in_turns("return screen", terminal, changes, keys, rounds))


def _rows(samples: _Samples) -> Iterator[Row]:
    for (place, name), sample in samples.items():
        quiet = samples[place, _QUIET]
        assert name == _QUIET or sample.applied > len(sample.times), f"{name}: nothing arrived"
        yield Row(
            what=f"key in the {place}, {name}",
            figure=p95(sample.times),
            unit="ms",
            target=TARGET,
            floor=f"{p95(quiet.times):.0f} ms with no changes",
            detail=f"p95 of {len(sample.times)}; median {median(sample.times):.0f} ms, worst {max(sample.times):.0f} ms; "
            f"{sample.applied:,} changes applied meanwhile, {sample.applied / sample.seconds:,.0f} a second; "
            f"processor time {median(sample.own):.0f} ms",
        )


def main() -> None:
    """Measure everything and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000, metavar="N")
    parser.add_argument("--place", type=Path, metavar="DIR", help="where the town is kept")
    parser.add_argument("--rounds", type=int, default=ROUNDS, metavar="N")
    parser.add_argument("--json", action="store_true", help="one JSON object per row")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = (arguments.place or Path(temporary)).resolve()
        show(measure(make(place, arguments.customers), arguments.rounds), as_json=arguments.json)


if __name__ == "__main__":
    main()
