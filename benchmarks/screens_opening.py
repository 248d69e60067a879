"""How soon each screen is there, the first time and later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.desk_parts import body, ready_desk
from benchmarks.figures import Row, median, p95
from benchmarks.timed_terminal import TimedTerminal

ROUNDS = 20
"""As often as a shift of twenty calls opens each."""
_ORDER_SCREENS = (("customer", "enter"), ("return", "r"))
_FROM_HOME = (("help", "f1"), ("palette", "ctrl+p"), ("approvals", "f8"))


_Opening = tuple[str, float, float]
"""A screen, milliseconds until it is as it stays, and processor time."""


def measure_screens(desk: Path, order: str) -> Row:
    """From the key until the screen that it opens is as it stays, over all screens and rounds."""
    times: dict[str, list[float]] = {}
    own: list[float] = []
    with ready_desk(desk) as terminal:
        for _ in range(ROUNDS):
            for name, milliseconds, cpu in _one_round(terminal, order):
                times.setdefault(name, []).append(milliseconds)
                own.append(cpu)
    every = [value for values in times.values() for value in values]
    slowest = max(times, key=lambda name: median(times[name]))
    return Row(
        what="opening any screen",
        figure=p95(every),
        unit="ms",
        target=60,
        detail=f"p95 of {len(every)} over {', '.join(times)}, first openings included; median "
        f"{median(every):.0f} ms, of the slowest ({slowest}) {median(times[slowest]):.0f} ms; processor time {median(own):.0f} ms",
    )


def _one_round(terminal: TimedTerminal, order: str) -> Iterator[_Opening]:
    for name, key in _FROM_HOME:
        yield _opening(terminal, name, key)
        terminal.answer("f3" if name == "approvals" else "esc")
    terminal.answer("f2")
    terminal.press(*order)
    terminal.wait_for(f"Order {order}")
    terminal.settle()
    terminal.answer("down")
    for name, key in _ORDER_SCREENS:
        yield _opening(terminal, name, key)
    terminal.answer("enter")
    yield _opening(terminal, "values", "f4")
    terminal.answer("esc")
    terminal.answer("f2")
    terminal.answer("esc")


def _opening(terminal: TimedTerminal, name: str, key: str) -> _Opening:
    answer = terminal.answer(key)
    return name, answer.complete_ms(body), answer.cpu_ms
