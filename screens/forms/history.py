"""Undo and redo: the states before and after each step.

A step is what was done in one field until it was left. While the cursor is still in the field, its text goes back run by
run: a run is what was typed, or erased, without a break. Leaving makes one step of all its runs.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

S = TypeVar("S")


class History(Generic[S]):
    """States of a form, the newest `now`. States are values: equal ones are the same state."""

    def __init__(self, now: S) -> None:
        self.now = now
        """The state that stands."""
        self._past: list[S] = []
        self._future: list[S] = []
        self._run: Hashable = None
        self._step_from = 0
        """How many states lie before the step that is being made."""

    def change(self, state: S, run: Hashable = None) -> None:
        """Take a new state. Changes of the same `run` in a row are undone together; None stands alone."""
        if state == self.now:
            return
        if run is None or run != self._run:
            self._past.append(self.now)
        self._run = run
        self.now = state
        self._future.clear()

    def end_step(self) -> None:
        """What was changed since the last step ended is one step from here on."""
        if len(self._past) > self._step_from + 1:
            del self._past[self._step_from + 1 :]
        if len(self._past) > self._step_from and self._past[-1] == self.now:
            del self._past[self._step_from :]
        self._step_from = len(self._past)
        self._run = None

    def undo(self) -> S | None:
        """The state before the last run or step, which stands again; None where there is none."""
        return self._go(self._past, self._future)

    def redo(self) -> S | None:
        """The state that was undone last, which stands again; None where there is none."""
        return self._go(self._future, self._past)

    def _go(self, from_: list[S], to: list[S]) -> S | None:
        if not from_:
            return None
        to.append(self.now)
        self.now = from_.pop()
        self._run = None
        self._step_from = len(self._past)
        return self.now
