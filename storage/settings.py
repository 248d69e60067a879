"""What this desk remembers about itself, each thing under its name."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from rma.operations import EnrolledPerson, Identity
from rma.request import Role
from storage.documents import read, write
from storage.work_tables import SETTING

_IDENTITY = "identity"
_PEOPLE = "people"
_CLOCK_OFFSET = "clock_offset_seconds"
_LEASE = "wanted_lease_id"
_EPOCH = "server_epoch"
_INCARNATION = "incarnation"
_CONTACT = "last_contact"
_COUNTERSIGNED = "countersigned_entries"
_HEARD = "entries_at_last_contact"
_MARKED = "blocks_have_marks"


def identity(connection: Connection) -> Identity | None:
    """Who works here now."""
    text = _get(connection, _IDENTITY)
    return None if text is None else read(Identity, text, _IDENTITY)


def set_identity(connection: Connection, value: Identity) -> None:
    """Remember who works here now."""
    _set(connection, _IDENTITY, write(value))


def people(connection: Connection) -> tuple[EnrolledPerson, ...]:
    """Who is enrolled here, in the order of their enrollment."""
    text = _get(connection, _PEOPLE)
    if text is not None:
        return tuple(
            EnrolledPerson(name, Role(role), bool(revoked))
            for name, role, *revoked in json.loads(text)
        )
    only = identity(connection)
    return () if only is None else (EnrolledPerson(only.person, only.role),)


def add_person(connection: Connection, person: EnrolledPerson) -> None:
    """Remember that somebody is enrolled here; role and whether they were revoked are as of now."""
    known = {each.name: each for each in people(connection)} | {person.name: person}
    rows = [[p.name, p.role, True] if p.revoked else [p.name, p.role] for p in known.values()]
    _set(connection, _PEOPLE, json.dumps(rows))


def clock_offset(connection: Connection) -> timedelta:
    """What the device's clock lacks of the server's."""
    return timedelta(seconds=json.loads(_get(connection, _CLOCK_OFFSET) or "0"))


def set_clock_offset(connection: Connection, offset: timedelta) -> None:
    """Remember what the device's clock lacks of the server's."""
    _set(connection, _CLOCK_OFFSET, json.dumps(offset.total_seconds()))


def last_contact(connection: Connection) -> datetime | None:
    """When the server was reached last, to within some minutes; None where it never was."""
    text = _get(connection, _CONTACT)
    return None if text is None else datetime.fromisoformat(json.loads(text))


def set_last_contact(connection: Connection, at: datetime, entries: int) -> None:
    """Remember it, and how many entries the audit chain had then."""
    _set(connection, _CONTACT, json.dumps(at.isoformat()))
    _set(connection, _HEARD, json.dumps(entries))


def entries_at_last_contact(connection: Connection) -> int:
    """How many entries the audit chain had when the server was reached last."""
    return int(json.loads(_get(connection, _HEARD) or "0"))


def have_blocks_marks(connection: Connection) -> bool:
    """Whether every block of numbers was given its mark outside of this database; never so before they all had one."""
    return _get(connection, _MARKED) is not None


def set_blocks_have_marks(connection: Connection) -> None:
    """Remember it: from now on a mark that is missing was lost."""
    _set(connection, _MARKED, "true")


def wanted_lease(connection: Connection) -> str | None:
    """The id of a lease that was asked for, or will be, and has not come yet."""
    text = _get(connection, _LEASE)
    return None if text is None else str(json.loads(text))


def set_wanted_lease(connection: Connection, lease_id: str | None) -> None:
    """Remember the lease that is asked for, so that a lost answer does not cost a block."""
    if lease_id is None:
        connection.execute(delete(SETTING).where(SETTING.c.name == _LEASE))
    else:
        _set(connection, _LEASE, json.dumps(lease_id))


def server_epoch(connection: Connection) -> str | None:
    """The epoch of the server that was last heard of."""
    text = _get(connection, _EPOCH)
    return None if text is None else str(json.loads(text))


def set_server_epoch(connection: Connection, epoch: str) -> None:
    """Remember the epoch of the server."""
    _set(connection, _EPOCH, json.dumps(epoch))


def incarnation(connection: Connection) -> str | None:
    """Which life of this desk the database is: a restored copy begins another one. None before it was asked for."""
    text = _get(connection, _INCARNATION)
    return None if text is None else str(json.loads(text))


def renew_incarnation(connection: Connection) -> str:
    """Begin another life."""
    new = str(uuid4())
    _set(connection, _INCARNATION, json.dumps(new))
    return new


def countersigned(connection: Connection) -> int:
    """Up to which entry the server countersigned the audit chain."""
    return int(json.loads(_get(connection, _COUNTERSIGNED) or "0"))


def set_countersigned(connection: Connection, entries: int) -> None:
    """Remember it."""
    _set(connection, _COUNTERSIGNED, json.dumps(entries))


def _get(connection: Connection, name: str) -> str | None:
    return connection.execute(select(SETTING.c.value).where(SETTING.c.name == name)).scalar()


def _set(connection: Connection, name: str, value: str) -> None:
    row = insert(SETTING).values(name=name, value=value)
    connection.execute(row.on_conflict_do_update(["name"], set_={"value": row.excluded.value}))
