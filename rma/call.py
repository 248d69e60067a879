"""A call: when it was, whom it was with, and the line that the agent wrote about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call on this desk. It stays here: the central API hears nothing of it."""

    call_id: str
    started_at: datetime
    ended_at: datetime | None = None
    """None while it lasts, or where the desk closed in the middle of it."""
    customer_id: str = ""
    """Empty until a customer is opened."""
    draft_id: str = ""
    """The return that was typed during the call, also after it got its number."""
    number: str = ""
    """The RMA that the call was about."""
    author: str = ""
    note: str = ""
    """The wrap-up note, one line."""

    @property
    def length(self) -> timedelta | None:
        """How long it lasted."""
        return None if self.ended_at is None else max(timedelta(), self.ended_at - self.started_at)
