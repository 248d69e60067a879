"""What this desk remembers about itself, each thing under its name."""

from __future__ import annotations

import json
from datetime import timedelta

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.sqlite import insert

from rma.operations import Identity
from storage.documents import read, write
from storage.work_tables import SETTING

_IDENTITY = "identity"
_CLOCK_OFFSET = "clock_offset_seconds"
_LEASE = "wanted_lease_id"


def identity(connection: Connection) -> Identity | None:
    """Who is enrolled here."""
    text = _get(connection, _IDENTITY)
    return None if text is None else read(Identity, text, _IDENTITY)


def set_identity(connection: Connection, value: Identity) -> None:
    """Remember who is enrolled here."""
    _set(connection, _IDENTITY, write(value))


def clock_offset(connection: Connection) -> timedelta:
    """What the device's clock lacks of the server's."""
    return timedelta(seconds=json.loads(_get(connection, _CLOCK_OFFSET) or "0"))


def set_clock_offset(connection: Connection, offset: timedelta) -> None:
    """Remember what the device's clock lacks of the server's."""
    _set(connection, _CLOCK_OFFSET, json.dumps(offset.total_seconds()))


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


def _get(connection: Connection, name: str) -> str | None:
    return connection.execute(select(SETTING.c.value).where(SETTING.c.name == name)).scalar()


def _set(connection: Connection, name: str, value: str) -> None:
    row = insert(SETTING).values(name=name, value=value)
    connection.execute(row.on_conflict_do_update(["name"], set_={"value": row.excluded.value}))
