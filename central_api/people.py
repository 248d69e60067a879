"""People and their devices: single-use enrollment codes, tokens, and who is behind a request.

Codes and tokens are random, shown once, and stored as SHA-256: both have far too many values to be guessed from it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from central_api.errors import EnrollmentRefused
from central_api.tables import DEVICE, ENROLLMENT_CODE, PERSON
from rma.request import Actor, Role
from sync.protocol.envelopes import EnrollRequest, EnrollResponse

CODE_LASTS = timedelta(hours=24)
"""An enrollment code that nobody used by then is void."""

_CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request: the person and role behind a device's token."""

    device: str
    person: str
    role: Role

    @property
    def actor(self) -> Actor:
        """The person, as the rules know it."""
        return Actor(self.person, self.role)

    @property
    def makes_returns(self) -> bool:
        """Whether this role may make and cancel returns."""
        return self.role.makes_returns


def create_code(connection: Connection, name: str, role: Role, now: datetime) -> str:
    """A single-use code for a person, who is made known if new.

    Raises:
        EnrollmentRefused: if the name cannot be shown, or the person is known with another role.
    """
    if not 1 <= len(name) <= 80 or not name.isprintable() or name != name.strip():
        raise EnrollmentRefused("A name has 1 to 80 characters that can be shown: give another.")
    known = connection.execute(select(PERSON.c.role).where(PERSON.c.name == name)).scalar()
    if known is None:
        connection.execute(insert(PERSON).values(name=name, role=role.value, created_at=now))
    elif known != role:
        raise EnrollmentRefused(f"{name} is known as {known}: enroll with that role.")
    code = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    connection.execute(
        insert(ENROLLMENT_CODE).values(
            code_sha256=_hash(code), person=name, expires_at=now + CODE_LASTS, used_by=None
        )
    )
    return "-".join(code[i : i + 4] for i in range(0, _CODE_LENGTH, 4))


def enroll(connection: Connection, request: EnrollRequest, now: datetime) -> EnrollResponse:
    """Trade a code for a token. A device that is known already gets a new token for the same person.

    Raises:
        EnrollmentRefused: if the code is unknown, used or expired, or the device is somebody else's.
    """
    if not 8 <= len(request.device) <= 80 or not request.device.isprintable():
        raise EnrollmentRefused("A desk has an id of 8 to 80 characters that can be shown.")
    code = "".join(c for c in request.code.upper() if c in _CODE_ALPHABET)
    claimed = connection.execute(
        update(ENROLLMENT_CODE)
        .where(
            ENROLLMENT_CODE.c.code_sha256 == _hash(code),
            ENROLLMENT_CODE.c.used_by.is_(None),
            ENROLLMENT_CODE.c.expires_at > now,
        )
        .values(used_by=request.device)
        .returning(ENROLLMENT_CODE.c.person)
    ).scalar()
    if claimed is None:
        raise EnrollmentRefused("This code is unknown, used or expired: ask for a new one.")
    role = connection.execute(select(PERSON.c.role).where(PERSON.c.name == claimed)).scalar_one()
    token = secrets.token_urlsafe(32)
    known = connection.execute(
        select(DEVICE.c.person).where(DEVICE.c.device == request.device)
    ).scalar()
    if known is not None and known != claimed:
        raise EnrollmentRefused(f"This desk is enrolled for {known}: start with a desk of its own.")
    values = {
        "person": claimed,
        "token_sha256": _hash(token),
        "platform": request.platform[:80],
        "enrolled_at": now,
    }
    if known is None:
        connection.execute(insert(DEVICE).values(device=request.device, **values))
    else:
        connection.execute(update(DEVICE).where(DEVICE.c.device == request.device).values(values))
    return EnrollResponse(token=token, person=claimed, role=role, server_time=now)


def caller_of(connection: Connection, authorization: str) -> Caller | None:
    """Who sent this `Authorization` header; None where the token is not known."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    row = connection.execute(
        select(DEVICE.c.device, DEVICE.c.person, PERSON.c.role)
        .join(PERSON, PERSON.c.name == DEVICE.c.person)
        .where(DEVICE.c.token_sha256 == _hash(token.strip()))
    ).one_or_none()
    return None if row is None else Caller(row.device, row.person, Role(row.role))


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
