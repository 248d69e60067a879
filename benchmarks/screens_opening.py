"""How soon each screen is there, the first time and later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.desk_parts import body, ready_desk
from benchmarks.figures import Row, median, p95
from benchmarks.timed_terminal import TimedTerminal

ROUNDS = 8
_ORDER_SCREENS = (("customer", "enter"), ("return", "r"))
_FROM_HOME = (("help", "f1"), ("palette", "ctrl+p"), ("approvals", "f8"))


def measure_screens(desk: Path, order: str) -> Row:
    """From the key until the screen that it opens is as it stays, over all screens and rounds."""
    times: dict[str, list[float]] = {}
    with ready_desk(desk) as terminal:
        for _ in range(ROUNDS):
            for name, milliseconds in _one_round(terminal, order):
                times.setdefault(name, []).append(milliseconds)
    every = [value for values in times.values() for value in values]
    slowest = max(times, key=lambda name: median(times[name]))
    return Row(
        what="opening any screen",
        figure=p95(every),
        unit="ms",
        target=60,
        detail=f"p95 of {len(every)} over {', '.join(times)}, first openings included; median "
        f"{median(every):.0f} ms, of the slowest ({slowest}) {median(times[slowest]):.0f} ms",
    )


def _one_round(terminal: TimedTerminal, order: str) -> Iterator[tuple[str, float]]:
    for name, key in _FROM_HOME:
        yield name, terminal.answer(key).complete_ms(body)
        terminal.answer("f3" if name == "approvals" else "esc")
    terminal.answer("f2")
    terminal.press(*order)
    terminal.wait_for(f"Order {order}")
    terminal.settle()
    for name, key in _ORDER_SCREENS:
        yield name, terminal.answer(key).complete_ms(body)
    terminal.answer("enter")
    yield "values", terminal.answer("f4").complete_ms(body)
    terminal.answer("esc")
    terminal.answer("f2")
    terminal.answer("esc")
