"""`POST /v1/token`: a signed assertion for a short token, and who is behind the token of a request.

A token is 256 random bits, stored as its SHA-256 and looked up by that. What it lets do is decided at every request
anew, so a revocation counts at once. Nothing rotates: a lost answer costs another assertion, and never a desk.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError
from sqlalchemy import Connection, bindparam, delete, insert, select

from central_api.database import insert_into
from central_api.errors import TokenRefused
from central_api.people import Caller, hash_of
from central_api.tables import (
    ACCESS_TOKEN,
    DEVICE,
    DEVICE_KEY,
    DEVICE_PERSON,
    PERSON,
    SERVER,
    USED_ASSERTION,
)
from rma.request import Role
from sync.protocol.documents import read_untrusted
from sync.protocol.envelopes import Assertion, TokenRequest, TokenResponse
from sync.protocol.signing import FOR_A_TOKEN, from_text, is_signed

TOKEN_LASTS = timedelta(minutes=15)
ASSERTION_LASTS = timedelta(minutes=2)
LEEWAY = timedelta(seconds=30)
"""How far the clocks of both sides may differ, beside that."""

_WHO = (
    select(
        DEVICE_PERSON.c.device,
        DEVICE_PERSON.c.person,
        PERSON.c.role,
        DEVICE.c.revoked_at.label("device_revoked"),
        PERSON.c.revoked_at.label("person_revoked"),
        DEVICE_PERSON.c.revoked_at.label("place_revoked"),
    )
    .join(PERSON, PERSON.c.name == DEVICE_PERSON.c.person)
    .join(DEVICE, DEVICE.c.device == DEVICE_PERSON.c.device)
)
_WHO_HERE = _WHO.where(
    DEVICE_PERSON.c.device == bindparam("device"), DEVICE_PERSON.c.person == bindparam("person")
)
_WHO_WITH = _WHO.join(
    ACCESS_TOKEN,
    (ACCESS_TOKEN.c.device == DEVICE_PERSON.c.device)
    & (ACCESS_TOKEN.c.person == DEVICE_PERSON.c.person),
).where(
    ACCESS_TOKEN.c.token_sha256 == bindparam("token"), ACCESS_TOKEN.c.expires_at > bindparam("now")
)

_STRANGE = "This desk is not known with that key: enroll it anew."


def check_assertion(connection: Connection, request: TokenRequest, now: datetime) -> Assertion:
    """What an assertion tells, once it is proven; nothing is written, so that who proves nothing holds up nobody.

    Raises:
        TokenRefused: if it is not from the key of a known device, for us, and of now.
    """
    told = _read(request)
    keys = connection.execute(
        select(DEVICE_KEY.c.public_key).where(
            DEVICE_KEY.c.device == told.device, DEVICE_KEY.c.current
        )
    ).scalars()
    signed = FOR_A_TOKEN + request.assertion.encode()
    if not is_signed(signed, request.signature, [from_text(key) for key in keys]):
        raise TokenRefused(_STRANGE)
    if told.audience != connection.execute(select(SERVER.c.server_id)).scalar_one():
        raise TokenRefused("This desk is enrolled with another central API: enroll it anew.")
    lasts = told.expires_at - told.issued_at
    if not timedelta() < lasts <= ASSERTION_LASTS:
        raise TokenRefused("An assertion lasts two minutes at most.")
    # nothing is added to what was sent: a time of the year 1 or 9999 cannot be moved
    if not (told.issued_at <= now + LEEWAY and now - LEEWAY <= told.expires_at):
        raise TokenRefused("The clock of this desk is wrong: set it.", by_the_clock=True)
    return told


def grant_token(connection: Connection, request: TokenRequest, now: datetime) -> TokenResponse:
    """Trade an assertion for a token.

    Raises:
        TokenRefused: if it is not proven, not for somebody who is enrolled there, or was used before.
    """
    told = check_assertion(connection, request, now)
    here = {"device": told.device, "person": told.person}
    caller = _caller(connection.execute(_WHO_HERE, here).one_or_none())
    if caller is None:
        raise TokenRefused(f"{told.person[:80]} is not enrolled on this desk.")
    connection.execute(delete(USED_ASSERTION).where(USED_ASSERTION.c.expires_at < now - LEEWAY))
    connection.execute(delete(ACCESS_TOKEN).where(ACCESS_TOKEN.c.expires_at < now))
    used = insert_into(connection, USED_ASSERTION).values(
        jti=f"{told.device} {told.jti}", expires_at=told.expires_at
    )
    first = used.on_conflict_do_nothing().returning(USED_ASSERTION.c.jti)
    if connection.execute(first).scalar() is None:
        raise TokenRefused("This assertion was used before: make a new one.")
    token = secrets.token_urlsafe(32)
    connection.execute(
        insert(ACCESS_TOKEN).values(
            token_sha256=hash_of(token),
            device=told.device,
            person=told.person,
            expires_at=now + TOKEN_LASTS,
        )
    )
    return TokenResponse(
        token=token,
        expires_in=int(TOKEN_LASTS.total_seconds()),
        person=caller.person,
        role=caller.role.value,
    )


def caller_of(connection: Connection, authorization: str, now: datetime) -> Caller | None:
    """Who sent this `Authorization` header; None where the token is not known, or is over."""
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer" or not token:
        return None
    asked = {"token": hash_of(token.strip()), "now": now}
    return _caller(connection.execute(_WHO_WITH, asked).one_or_none())


def _caller(row: Any) -> Caller | None:
    """Somebody on a device, as both stand now; None where they are not enrolled.

    Who was revoked is known for ever: however late their desk comes back, it hands in what was made there before it
    hears that the rest is not its own any more.
    """
    if row is None:
        return None
    gone = "person" if row.person_revoked or row.place_revoked else ""
    return Caller(row.device, row.person, Role(row.role), "device" if row.device_revoked else gone)


def _read(request: TokenRequest) -> Assertion:
    try:
        told = read_untrusted(Assertion, request.assertion)
    except ValidationError:
        raise TokenRefused("The assertion cannot be read.") from None
    instants = (told.issued_at, told.expires_at)
    texts = (told.device, told.person, told.jti)
    readable = all(1 <= len(text) <= 80 and text.isprintable() for text in texts)
    if not readable or any(instant.tzinfo is None for instant in instants):
        raise TokenRefused("The assertion cannot be read.")
    return told
