"""People: who may act, in which role, the codes that enroll them on desks, and how that is taken away from them.

Codes are random, shown once, and stored as SHA-256: they have far too many values to be guessed from it.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, select, update

from central_api.chain import SERVER, Entry, append
from central_api.errors import EnrollmentRefused, NobodySuch
from central_api.tables import DEVICE, ENROLLMENT_CODE, PERSON
from rma.request import Actor, Role

CODE_LASTS = timedelta(hours=24)
"""An enrollment code that nobody used by then is void."""

_CODE_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CODE_LENGTH = 16


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request, or made an operation: the person, role and device."""

    device: str
    person: str
    role: Role
    revoked: str = ""
    """`device` or `person`, where one of them may no longer work."""

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
        EnrollmentRefused: if the name cannot be shown, or the person is known with another role or was revoked.
    """
    if not 1 <= len(name) <= 80 or not name.isprintable() or name != name.strip():
        raise EnrollmentRefused("A name has 1 to 80 characters that can be shown: give another.")
    known = connection.execute(
        select(PERSON.c.role, PERSON.c.revoked_at).where(PERSON.c.name == name)
    ).one_or_none()
    if known is None:
        connection.execute(insert(PERSON).values(name=name, role=role.value, created_at=now))
    elif known.role != role:
        raise EnrollmentRefused(f"{name} is known as {known.role}: enroll with that role.")
    elif known.revoked_at is not None:
        raise EnrollmentRefused(f"{name} was revoked: csr-central revoke --undo first.")
    code = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(_CODE_LENGTH))
    connection.execute(
        insert(ENROLLMENT_CODE).values(
            code_sha256=hash_of(code), person=name, expires_at=now + CODE_LASTS, used_by=None
        )
    )
    return "-".join(code[i : i + 4] for i in range(0, _CODE_LENGTH, 4))


def plain_code(typed: str) -> str:
    """A code as it is compared: however it was typed."""
    return "".join(c for c in typed.upper() if c in _CODE_ALPHABET)


def revoke(connection: Connection, name: str, now: datetime, *, undo: bool = False) -> str:
    """Take the right to work from a person or a device, at once; gives which of both it was.

    What they have is not taken: what they made and send later is held for review.

    Raises:
        NobodySuch: if neither is known.
    """
    value = None if undo else now
    for what, table, key in (
        ("person", PERSON, PERSON.c.name),
        ("device", DEVICE, DEVICE.c.device),
    ):
        found = connection.execute(update(table).where(key == name).values(revoked_at=value))
        if found.rowcount:
            command = "revoke.undo" if undo else "revoke"
            entry = Entry(
                at=now,
                device="",
                person=SERVER,
                entity=f"{what}/{name}",
                command=command,
                outcome="done",
            )
            append(connection, [entry])
            return what
    raise NobodySuch(f"There is no person and no desk {name[:80]}.")


def hash_of(secret: str) -> str:
    """What is stored of a secret, and looked up: how long that takes tells nothing about the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
