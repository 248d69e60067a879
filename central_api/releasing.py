"""Release what was held: a supervisor says that its maker made it, and it is decided as if it had just come from them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine, select

from central_api.chain import Entry, append
from central_api.database import write
from central_api.errors import ReleaseRefused
from central_api.holding import Held, body_of, take_out
from central_api.newer import newer
from central_api.operations import decide_released
from central_api.people import Caller
from central_api.tables import PERSON
from rma.operations import Outcome, Result
from rma.request import Role
from sync.protocol.documents import read_document


def release(engine: Engine, op_id: str, by: str, now: datetime) -> Result:
    """Decide a held operation in the name of whom it names. The desk that made it hears of it by the feed.

    Raises:
        ReleaseRefused: if it is not held, not this person's to release, names nobody, or waits for another one.
    """

    def work(connection: Connection) -> Result:
        held = take_out(connection, op_id, by, now)
        if newer(body_of(held)[0]) is not None:
            raise ReleaseRefused(f"{op_id} was made by a newer release: update this server first.")
        answer = decide_released(connection, _maker(connection, held), held.line, now)
        result = read_document(Result, answer)
        if result.outcome is Outcome.NOT_YET:
            raise ReleaseRefused(
                f"{op_id} builds on something that is not booked: release that first."
            )
        entry = Entry(
            at=now,
            device=held.device,
            person=by,
            entity=f"operation/{op_id}",
            command="release",
            outcome=result.outcome.value,
            op_id=op_id,
            digest=held.sha256,
        )
        append(connection, [entry])
        return result

    return write(engine, work)


def _maker(connection: Connection, held: Held) -> Caller:
    role = connection.execute(select(PERSON.c.role).where(PERSON.c.name == held.actor)).scalar()
    if role is None:
        raise ReleaseRefused(f"{held.op_id} names {held.actor}, whom nobody knows: it stays held.")
    return Caller(held.device, held.actor, Role(role))
