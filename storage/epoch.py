"""Another epoch of the server: it was restored from a backup, and may have lost what it acknowledged since.

What was acknowledged waits again then, byte for byte and in order. The server answers what it still has as before, and
decides the rest anew. Its row versions start over, so that those that this desk remembers mean nothing any more.
"""

from __future__ import annotations

from sqlalchemy import Connection

from storage import settings
from storage.engines import run

_ADOPT = "UPDATE outbox SET epoch = ? WHERE epoch IS NULL AND state <> 'ready'"
# What is held here because no server could read it has an empty epoch: nobody acknowledged it.
_REOFFER = "UPDATE outbox SET state = 'ready' WHERE state <> 'ready' AND epoch NOT IN ('', ?)"
_FORGET_VERSIONS = "UPDATE rma SET row_version = NULL WHERE row_version IS NOT NULL"


def enter(connection: Connection, epoch: str) -> int:
    """Remember the epoch; gives back how many operations wait again because of it."""
    known = settings.server_epoch(connection)
    settings.set_server_epoch(connection, epoch)
    if known is None:
        run(connection, _ADOPT, (epoch,))
        return 0
    if known == epoch:
        return 0
    run(connection, _FORGET_VERSIONS)
    return run(connection, _REOFFER, (epoch,)).rowcount
