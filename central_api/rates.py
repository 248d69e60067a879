"""How often one person, or one address of the network, may do what costs something; counted by each server process."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from time import monotonic


@dataclass(frozen=True, slots=True)
class Rate:
    """So many at once, and so many a second over time, of one person or address at one server process."""

    burst: int
    per_second: float


LOOKUPS = Rate(burst=200, per_second=2)
"""Searches: far more than anybody types."""
PAGES = Rate(burst=20_000, per_second=20)
"""Pages of a download and of changes: several downloads of a large shop in a row."""
LEASES = Rate(burst=200, per_second=1 / 60)
"""Blocks of numbers, which are never taken back: 200,000 returns at once, and more in a minute than anybody makes in a day."""
REPORTS = Rate(burst=1_000, per_second=1)
"""What desks tell about themselves, once a minute: each may add an entry to the audit chain."""
GUESSES = Rate(burst=20, per_second=1 / 30)
"""Enrollments that were refused, of one address: whoever mistypes a code, and nobody who tries them out."""

_MOST_KNOWN = 10_000
"""How many are remembered before those are forgotten who did nothing for long."""


class TooFast(Exception):
    """Faster than anybody works."""


@dataclass
class Rates:
    """How much each person or address may still do at once."""

    clock: Callable[[], float] = monotonic
    _left: dict[tuple[str, Rate], tuple[float, float]] = field(default_factory=dict)
    """What is left, and when that was."""
    _one_at_a_time: Lock = field(default_factory=Lock)

    def take(self, who: str, rate: Rate) -> None:
        """Count one.

        Raises:
            TooFast: if there were too many.
        """
        now = self.clock()
        with self._one_at_a_time:
            left = self._now_left(who, rate, now)
            if left < 1:
                raise TooFast
            if len(self._left) >= _MOST_KNOWN:
                self._forget_idle(now)
            self._left[who, rate] = left - 1, now

    def give_back(self, who: str, rate: Rate) -> None:
        """What was taken last does not count."""
        now = self.clock()
        with self._one_at_a_time:
            self._left[who, rate] = self._now_left(who, rate, now) + 1, now

    def _now_left(self, who: str, rate: Rate, now: float) -> float:
        left, at = self._left.get((who, rate), (float(rate.burst), now))
        return min(left + (now - at) * rate.per_second, rate.burst)

    def _forget_idle(self, now: float) -> None:
        """Who may do everything again need not be remembered."""
        used = {
            key: state
            for key, state in self._left.items()
            if self._now_left(*key, now) < key[1].burst
        }
        self._left = used


def source_of(host: str) -> str:
    """Whose address this is: of IPv6, everybody has a whole network to send from."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if address.version == 4:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False))
