"""Days and months as the shop's time zone counts them."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

EARLIEST, LATEST = 1900, 2999
"""Instants of other years are typing errors; within them, no rule can leave the calendar."""


def is_instant(at: datetime) -> bool:
    """Whether an instant is aware and inside the calendar."""
    return at.tzinfo is not None and EARLIEST <= at.year <= LATEST


def require_instant(name: str, at: datetime | None) -> None:
    """Refuse an instant that is not aware, or lies outside the calendar; None passes.

    Raises:
        ValueError: with the name and what was expected.
    """
    if at is None:
        return
    if at.tzinfo is None:
        raise ValueError(f"{name} has no time zone")
    if not is_instant(at):
        raise ValueError(f"{name} is {at.isoformat()}: expected the years 1900 to 2999")


@lru_cache(maxsize=1024)
def local_day(at: datetime, time_zone: str) -> date:
    """The calendar day of an instant in the shop's time zone; of one return, the rules ask for the same three often."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def end_of_day(day: date, time_zone: str) -> datetime:
    """The first instant after `day` in the shop's time zone, as UTC."""
    midnight = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(time_zone))
    return midnight.astimezone(UTC)


def end_of_days(start: datetime, days: int, time_zone: str) -> datetime:
    """The first instant after the day that is `days` after `start`, as UTC."""
    return end_of_day(local_day(start, time_zone) + timedelta(days=days), time_zone)


def add_months(day: date, months: int) -> date:
    """The same day `months` later; the last day of the month where that day does not exist."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
