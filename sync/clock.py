"""How far the device's clock is from the server's, measured from the `Date` of its answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

RESOLUTION = timedelta(seconds=1)
"""`Date` has whole seconds, cut off, and servers refresh it once a second."""


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
