"""How far the device's clock is from the server's, measured from the `Date` of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RESOLUTION = timedelta(seconds=1)
"""`Date` has whole seconds, cut off, and servers refresh it once a second."""


BELIEVED = timedelta(minutes=1)
"""A correction up to this is taken at once: if it was wrong, the next one takes it back."""

APART = 5.0
"""Seconds between two readings that confirm each other: a clock that stands still does not agree with itself."""


@dataclass(frozen=True, slots=True)
class ClockReading:
    """One measurement."""

    offset: timedelta
    """Server time minus device time."""
    uncertainty: timedelta
    """The truth lies within this, either way."""

    def corrects(self, known: timedelta) -> bool:
        """Whether the known offset is certainly wrong."""
        return abs(self.offset - known) > self.uncertainty

    def agrees(self, other: ClockReading) -> bool:
        """Whether both can be true at once."""
        return abs(self.offset - other.offset) <= self.uncertainty + other.uncertainty


class ClockWatch:
    """Decides which readings move the known offset: one that moves it by a lot needs a second one that agrees.

    A server that was stopped and goes on sends an old `Date` with its first answers.
    """

    def __init__(self) -> None:
        self._doubted: tuple[ClockReading, float] | None = None

    def correction(self, reading: ClockReading, known: timedelta, now: float) -> timedelta | None:
        """The offset to go on with; None to stay with the known one. `now` is in seconds of a steady clock."""
        if not reading.corrects(known):
            self._doubted = None
            return None
        if abs(reading.offset - known) <= BELIEVED:
            self._doubted = None
            return reading.offset
        if self._doubted is None or not self._doubted[0].agrees(reading):
            self._doubted = reading, now
            return None
        if now - self._doubted[1] < APART:
            return None
        self._doubted = None
        return reading.offset


def read_clock(date: str, received_at: datetime, took: timedelta) -> ClockReading | None:
    """Read a `Date` that came with an answer; None if it is no date.

    The longer the exchange took, the less certain it is which moment the date belongs to.
    """
    try:
        server = parsedate_to_datetime(date).astimezone(UTC)
    except (ValueError, TypeError, OverflowError):
        return None
    middle = received_at - took / 2
    return ClockReading(server + RESOLUTION / 2 - middle, took / 2 + RESOLUTION)
