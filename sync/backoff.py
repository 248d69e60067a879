"""How long to wait before the next try.

Full jitter: any time between nothing and a bound that doubles with each failure, so that desks that lost the server
together do not come back together.
"""

from __future__ import annotations

from random import Random

FIRST_BOUND = 0.5
"""Seconds: the longest wait after the first failure."""

CAP = 10.0
"""Seconds: no wait is longer, unless the server asks for more. Work arrives seconds after the network is back."""

LONGEST_STALL = 60.0
"""Seconds: the longest wait before what the server put off is sent again."""

LONGEST_FLOOR = 3_600.0
"""Seconds: a `Retry-After` above this is a mistake."""


class Backoff:
    """Counts failures in a row and draws the waits between them."""

    def __init__(self, random: Random, *, cap: float = CAP) -> None:
        self._random = random
        self._cap = cap
        self._failures = 0

    def reset(self) -> None:
        """It worked: the next failure is the first again."""
        self._failures = 0

    def next_wait(self) -> float:
        """Seconds to wait after one more failure; a floor that the server asked for is added by the caller."""
        bound = min(self._cap, FIRST_BOUND * 2.0 ** min(self._failures, 32))
        self._failures += 1
        return self._random.uniform(0.0, bound)


def floor_of(retry_after: float) -> float:
    """What the server asked for, in reason: seconds that are waited in any case."""
    return min(max(retry_after, 0.0), LONGEST_FLOOR)
