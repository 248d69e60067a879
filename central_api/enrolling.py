"""`POST /v1/enroll`: a single-use code makes a device known by its public key, or a further person on it.

The same request again gets the same answer: it may have been lost. A device that is known proves itself by its key. One that lost its key may be given a new one by somebody who works on it
already; nobody else may claim its name, and the others who worked there have to enroll again.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Select, insert, select, update

from central_api.database import insert_into
from central_api.errors import EnrollmentRefused
from central_api.people import hash_of, plain_code
from central_api.tables import DEVICE, DEVICE_KEY, DEVICE_PERSON, ENROLLMENT_CODE, PERSON, SERVER
from sync.protocol.envelopes import EnrollRequest, EnrollResponse, enrollment_bytes
from sync.protocol.signing import from_text, is_public_key, is_signed


def enroll(connection: Connection, request: EnrollRequest, now: datetime) -> EnrollResponse:
    """Trade a code for a place on a device.

    Raises:
        EnrollmentRefused: if the code is unknown, used or expired, or the device is somebody else's; the code is not
            used up then, once the transaction is rolled back.
    """
    if not 8 <= len(request.device) <= 80 or not request.device.isprintable():
        raise EnrollmentRefused("A desk has an id of 8 to 80 characters that can be shown.")
    _check_key(request)
    person = _person_of(connection, request, now)
    known = connection.execute(
        select(DEVICE.c.revoked_at).where(DEVICE.c.device == request.device)
    ).one_or_none()
    if known is None:
        connection.execute(
            insert(DEVICE).values(
                device=request.device, platform=request.platform[:80], enrolled_at=now
            )
        )
    elif known.revoked_at is not None:
        raise EnrollmentRefused("This desk was revoked: start with a desk of its own.")
    _register(connection, request, person, now)
    place = insert_into(connection, DEVICE_PERSON).values(
        device=request.device, person=person, enrolled_at=now
    )
    connection.execute(
        place.on_conflict_do_update(
            index_elements=["device", "person"], set_={"enrolled_at": now, "revoked_at": None}
        )
    )
    role = connection.execute(select(PERSON.c.role).where(PERSON.c.name == person)).scalar_one()
    server_id = connection.execute(select(SERVER.c.server_id)).scalar_one()
    return EnrollResponse(person=person, role=role, server_id=server_id, server_time=now)


def _check_key(request: EnrollRequest) -> None:
    try:
        key = from_text(request.public_key)
    except ValueError:
        key = b""
    signed = enrollment_bytes(request.code, request.device, request.public_key)
    if not is_public_key(key) or not is_signed(signed, request.signature, [key]):
        raise EnrollmentRefused("The signature does not fit the key of this desk: try again.")


def _person_of(connection: Connection, request: EnrollRequest, now: datetime) -> str:
    """Whose code it is; it is used up now."""
    person = connection.execute(
        update(ENROLLMENT_CODE)
        .where(
            ENROLLMENT_CODE.c.code_sha256 == hash_of(plain_code(request.code)),
            ENROLLMENT_CODE.c.used_by.is_(None),
            ENROLLMENT_CODE.c.expires_at > now,
        )
        .values(used_by=request.device)
        .returning(ENROLLMENT_CODE.c.person)
    ).scalar()
    if person is None:
        person = connection.execute(_used_by_the_same(request, now)).scalar()
    if person is None:
        raise EnrollmentRefused("This code is unknown, used or expired: ask for a new one.")
    revoked = select(PERSON.c.revoked_at).where(PERSON.c.name == person)
    if connection.execute(revoked).scalar() is not None:
        raise EnrollmentRefused(f"{person} may no longer work here.")
    return str(person)


def _used_by_the_same(request: EnrollRequest, now: datetime) -> Select[tuple[str]]:
    """Whose code it is, where this device used it up with this key: the answer to that got lost."""
    of_device = DEVICE_KEY.c.device == ENROLLMENT_CODE.c.used_by
    return (
        select(ENROLLMENT_CODE.c.person)
        .join(DEVICE_KEY, of_device)
        .where(
            ENROLLMENT_CODE.c.code_sha256 == hash_of(plain_code(request.code)),
            ENROLLMENT_CODE.c.used_by == request.device,
            ENROLLMENT_CODE.c.expires_at > now,
            DEVICE_KEY.c.public_key == request.public_key,
            DEVICE_KEY.c.current,
        )
    )


def _register(connection: Connection, request: EnrollRequest, person: str, now: datetime) -> None:
    """Make the key of the request the current one of its device."""
    owner = connection.execute(
        select(DEVICE_KEY.c.device, DEVICE_KEY.c.current).where(
            DEVICE_KEY.c.public_key == request.public_key
        )
    ).one_or_none()
    if owner is not None and owner.device == request.device and owner.current:
        return
    if owner is not None:
        raise EnrollmentRefused("This key was used before: start with a desk of its own.")
    people = set(
        connection.execute(
            select(DEVICE_PERSON.c.person).where(DEVICE_PERSON.c.device == request.device)
        ).scalars()
    )
    if people and person not in people:
        raise EnrollmentRefused(
            "This desk is enrolled with another key, for others: start with a desk of its own."
        )
    connection.execute(
        update(DEVICE_KEY).where(DEVICE_KEY.c.device == request.device).values(current=False)
    )
    connection.execute(
        update(DEVICE_PERSON)
        .where(
            DEVICE_PERSON.c.device == request.device,
            DEVICE_PERSON.c.person != person,
            DEVICE_PERSON.c.revoked_at.is_(None),
        )
        .values(revoked_at=now)
    )
    connection.execute(
        insert(DEVICE_KEY).values(
            public_key=request.public_key, device=request.device, registered_at=now, current=True
        )
    )
