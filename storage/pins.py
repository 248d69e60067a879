"""The PINs of the people on this desk."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from rma.pin import Pin
from storage.work_tables import PIN


def find(connection: Connection, person: str) -> Pin | None:
    """Somebody's PIN; None where they have none."""
    columns = (PIN.c.verifier, PIN.c.tries, PIN.c.tried_at)
    row = connection.execute(select(*columns).where(PIN.c.person == person)).first()
    return None if row is None else Pin(*row)


def put(connection: Connection, person: str, verifier: str) -> None:
    """Give somebody a PIN in place of the one before; the tries begin anew."""
    row = insert(PIN).values(person=person, verifier=verifier, tries=0, tried_at=None)
    fresh = {"verifier": verifier, "tries": 0, "tried_at": None}
    connection.execute(row.on_conflict_do_update(["person"], set_=fresh))


def count_try(connection: Connection, person: str, at: datetime) -> None:
    """A PIN is about to be tried: it counts as wrong until it proves right, so that no crash gives a free try."""
    connection.execute(
        update(PIN).where(PIN.c.person == person).values(tries=PIN.c.tries + 1, tried_at=at)
    )


def forget_tries(connection: Connection, person: str) -> None:
    """The right one was typed."""
    connection.execute(update(PIN).where(PIN.c.person == person).values(tries=0, tried_at=None))
