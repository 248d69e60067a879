"""What the server holds for a supervisor: this desk asks about it again, and it stays held until the answer is another.

What is held here alone, because no server could read it, has an empty epoch: nobody is asked about that.
"""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection, bindparam, func, select, text

from rma.operations import SealedOperation
from storage.engines import run
from storage.outbox import SEALED, batch_of
from storage.work_tables import OUTBOX

_BY_SERVER = "state = 'held' AND epoch IS NOT ''"
_SEEN = select(OUTBOX.c.seq).where(OUTBOX.c.op_id == bindparam("after")).scalar_subquery()
_FOLLOWING = (
    select(*SEALED)
    .where(text(_BY_SERVER), OUTBOX.c.seq > func.coalesce(_SEEN, 0))
    .order_by(OUTBOX.c.seq)
    .limit(bindparam("most"))
)
# A refused return has no number: its key stands in its bytes, which the server has read.
_ABOUT = f"""
    SELECT 1 FROM outbox INDEXED BY ix_outbox_state_seq WHERE {_BY_SERVER} AND CASE number
        WHEN '' THEN json_extract(CAST(body AS TEXT), '$.payload.refused.refusal_id') ELSE number END
        IN (SELECT value FROM json_each(?)) LIMIT 1
"""  # noqa: S608 - constants


def following(
    connection: Connection, after: str, limit: int, max_bytes: int
) -> list[SealedOperation]:
    """The oldest of them that were made after the operation `after`, or of all; the first one even if it alone is larger."""
    return batch_of(connection.execute(_FOLLOWING, {"after": after, "most": limit}), max_bytes)


def is_any_about(connection: Connection, keys: Collection[str]) -> bool:
    """Whether one of them is about one of these returns: RMAs by number, refused ones by their key."""
    return run(connection, _ABOUT, (json.dumps(sorted(keys)),)).fetchone() is not None
