"""What an exchange did, and what the status line says about the connection."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True, kw_only=True)
class SyncReport:
    """What one exchange did; it is filled in as the exchange goes on."""

    leased: int = 0
    """New blocks of numbers."""
    pushed: int = 0
    """Operations that got a final outcome."""
    stalled: bool = False
    """Operations wait that the server did not decide: they are sent again later."""
    reoffered: int = 0
    """Acknowledged operations that wait again, as the server was restored from a backup."""
    isolated: int = 0
    """Operations that the server cannot read: they are out of everybody's way, for a person to see."""
    asked_about_held: bool = False
    """Whether it was asked what became of all that the server holds."""
    downloaded: int = 0
    """Rows of a first download."""
    pulled: int = 0
    """Changes read from the feed."""
    trouble: str = ""
    """What the server refused, in the agent's words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncState:
    """The connection, for the status line."""

    online: bool | None = None
    """Whether the server answered the last try; None before the first."""
    bootstrap: float | None = None
    """Progress of the first download, 0 to 1; None when there is none under way."""
    last_sync_at: datetime | None = None
    """When everything was last exchanged."""
    trouble: str = ""
    """Why the last try did not do everything, in the agent's words."""
    revoked: str = ""
    """Whom the server turned away in the last try, as they may no longer work."""
