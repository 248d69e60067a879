"""What a key costs: letters in the search box, Tab and bytes in the return panel."""

from __future__ import annotations

from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.desk_parts import MINIMAL, body, in_box, ready_desk, to_return
from benchmarks.figures import Row, median, p95
from benchmarks.timed_terminal import TimedTerminal
from benchmarks.town import names

SEARCHES = 24
TABS = 40
_SEED = 7


def measure_letters(desk: Path) -> list[Row]:
    """Echo of each letter against the floor's, in turns, and when the last letter's hits are complete."""
    floors: list[float] = []
    echoes: list[float] = []
    complete: list[float] = []
    own: list[float] = []
    with TimedTerminal(MINIMAL) as minimal, ready_desk(desk) as terminal:
        minimal.settle()
        for name in islice(names(_SEED), SEARCHES):
            text = name.split()[1].lower()
            for length in range(1, len(text) + 1):
                typed = text[:length]
                for program, times in ((minimal, floors), (terminal, echoes)):
                    answer = program.answer(typed[-1])
                    times.append(answer.first_ms(partial(in_box, typed)))
            complete.append(answer.complete_ms(body))
            own.append(answer.cpu_ms)
            for program in (minimal, terminal):
                program.answer(*["backspace"] * len(text))
    return [
        Row(
            what="echo of a letter in the search box",
            figure=median(echoes) / median(floors),
            unit="times the floor",
            target=2,
            floor=f"{median(floors):.1f} ms",
            detail=f"{median(echoes):.1f} ms, median of {len(echoes)} letters with live results",
        ),
        Row(
            what="results of the last letter complete",
            figure=p95(complete),
            unit="ms",
            target=30,
            detail=f"p95 of {len(complete)} names; median {median(complete):.1f} ms; processor time {median(own):.0f} ms",
        ),
    ]


def measure_tab(desk: Path, order: str) -> Row:
    """From Tab until the cursor stands in the next field of the return panel."""
    times, own = [], []
    with ready_desk(desk) as terminal:
        to_return(terminal, order)
        for _ in range(TABS):
            answer = terminal.answer("tab")
            times.append(answer.first_ms(lambda lines: True))
            own.append(answer.cpu_ms)
    return Row(
        what="Tab between fields of the return screen",
        figure=median(times),
        unit="ms",
        target=20,
        detail=f"median of {TABS}; p95 {p95(times):.0f} ms; processor time {median(own):.0f} ms",
    )
