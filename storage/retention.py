"""How long the outbox keeps what was acknowledged: 90 days, and until the server is known to have it still.

A server that was restored from a backup has another epoch. Until an operation is acknowledged under that one too, the
desk may be the only one that has it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection

from storage.columns import stored
from storage.engines import run

KEPT = timedelta(days=90)

RETIRED = (
    "OLD.state <> 'ready' AND (OLD.state = 'done' OR OLD.settled_at IS NOT NULL) "
    "AND OLD.epoch = (SELECT json_extract(value, '$') FROM setting WHERE name = 'server_epoch')"
)
"""What a trigger lets go: it needs nobody's attention, and the server that answers now acknowledged it."""

_PRUNE = f"DELETE FROM outbox WHERE decided_at < ? AND {RETIRED.replace('OLD.', '')}"  # noqa: S608 - constants


def prune(connection: Connection, now: datetime) -> int:
    """Delete what was decided longer ago than it is kept; gives back how much."""
    return run(connection, _PRUNE, (stored(now - KEPT),)).rowcount
