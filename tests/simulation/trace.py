"""What happened in a run, in order: its digest is equal where two runs were."""

from __future__ import annotations

import hashlib
from collections import Counter


class Trace:
    """Every event of a run, as a digest and as counts; the lines themselves only where somebody wants to read them."""

    def __init__(self, *, kept: bool = False) -> None:
        self.counts: Counter[str] = Counter()
        self.lines: list[str] | None = [] if kept else None
        self._digest = hashlib.sha256()

    def __call__(self, at: float, what: str, *details: object) -> None:
        """Something happened at this second of the run."""
        self.counts[what] += 1
        line = f"{at:10.3f} {what}" + "".join(f" {detail}" for detail in details)
        self._digest.update(line.encode() + b"\n")
        if self.lines is not None:
            self.lines.append(line)

    @property
    def digest(self) -> str:
        """Of all events so far."""
        return self._digest.hexdigest()
