"""PINs of the people who share a desk: what is good enough, and how long a desk waits after wrong ones.

A PIN may be a password: letters count as much as digits. It is tried out at the desk alone (its verifier lies encrypted
in work.db), so six digits and the wait are what keeps a colleague out; at 15 minutes a try, a million take 28 years.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Final

from rma.wording import _

SHORTEST: Final = 6
LONGEST: Final = 100
FREE_TRIES: Final = 3
"""Wrong ones in a row before the desk waits."""
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Pin:
    """What a desk keeps of somebody's PIN."""

    verifier: str
    """Says whether a PIN is the right one, and cannot be turned back into it."""
    tries: int = 0
    """In a row that did not end in the right one."""
    tried_at: datetime | None = None
    """The last of them, aware UTC."""


def unfit_pin(pin: str, person: str = "") -> str:
    """Why nobody should choose this PIN, with the remedy; empty where it is good."""
    if len(pin) < SHORTEST:
        return _("at least {count} digits or letters").format(count=SHORTEST)
    if len(pin) > LONGEST:
        return _("at most {count} characters").format(count=LONGEST)
    if _is_a_run(pin) or pin.casefold() == person.casefold():
        return _("that is guessed first: take another one")
    return ""


def wait_left(pin: Pin, now: datetime) -> timedelta:
    """How long until the next try: none for three, then 30 seconds, doubled with each wrong one, 15 minutes at most."""
    if pin.tries < FREE_TRIES or pin.tried_at is None:
        return timedelta(0)
    doubled: timedelta = FIRST_WAIT * (1 << min(pin.tries - FREE_TRIES, 10))
    wait = min(doubled, LONGEST_WAIT)
    # A clock that was set back must not lock anybody out for longer than the wait itself.
    return max(timedelta(0), min(wait, pin.tried_at + wait - now))


def _is_a_run(pin: str) -> bool:
    """One step from each character to the next, the same all along: 000000, 123456, fedcba."""
    steps = {ord(after) - ord(before) for before, after in pairwise(pin)}
    return len(steps) == 1 and steps <= {-1, 0, 1}
