"""The offline allowance: what was decided longer ago than the policies of a return allow is looked at by a person."""

from __future__ import annotations

from datetime import datetime, timedelta

from central_api.books import Books
from rma.record import RmaRecord


def is_late(books: Books, record: RmaRecord, at: datetime, now: datetime) -> bool:
    """Whether something that was done at `at` arrives after the strictest allowance of the policies that judged it."""
    if record.quote is None:
        return False
    judged_by = set(record.quote.policies)
    allowed = [
        hours
        for entry in books.policies
        if entry.policy.ref in judged_by and (hours := entry.policy.offline_hours) is not None
    ]
    return bool(allowed) and now - at > timedelta(hours=min(allowed))
