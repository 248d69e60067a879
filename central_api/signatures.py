"""Who made an operation: its signature against the keys of the device it names, and whom it names against who works there.

The token only says who sends. What a line may do is decided by what it proves:

- `SOUND`: the device signed it, for somebody who works there. It is decided in their name.
- `RELEASED`: a supervisor said that it is its maker's. It is decided in their name.
- `REVOKED`: as sound, but one of them may no longer work. It is kept, and holds nothing until a supervisor says so.
- `STRANGER`: the device signed it for somebody who does not work there. It is forged, and decided in the sender's name.
- `UNPROVEN`: no key of the device signed these bytes. A fault of ours may look like this, and so does somebody with a
  stolen token: it is kept aside as it came, takes neither key nor number, and a supervisor looks at it.
- `CROWDED`: the same, and so much is kept of this device already that this has to wait.
- `FOREIGN`: it names another device than the sender's. It is refused, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, auto

from sqlalchemy import Connection, bindparam, select

from central_api.holding import room_left
from central_api.people import Caller
from central_api.tables import DEVICE, DEVICE_KEY, DEVICE_PERSON, PERSON
from rma.request import Role
from sync.protocol.envelopes import UNSIGNED_PROTOCOL, Envelope
from sync.protocol.signing import from_text, is_signed

# Made once: what a statement is compiled to is remembered with it.
_KEYS = (
    select(DEVICE_KEY.c.public_key, DEVICE_KEY.c.registered_at)
    .where(DEVICE_KEY.c.device == bindparam("device"))
    .order_by(DEVICE_KEY.c.current.desc(), DEVICE_KEY.c.registered_at.desc())
)
_DEVICE = select(DEVICE.c.enrolled_at, DEVICE.c.revoked_at).where(
    DEVICE.c.device == bindparam("device")
)
_PEOPLE = (
    select(
        PERSON.c.name,
        PERSON.c.role,
        PERSON.c.revoked_at,
        DEVICE_PERSON.c.revoked_at.label("left_at"),
    )
    .join(DEVICE_PERSON, DEVICE_PERSON.c.person == PERSON.c.name)
    .where(DEVICE_PERSON.c.device == bindparam("device"))
)


class Standing(Enum):
    """What a line proves."""

    SOUND = auto()
    RELEASED = auto()
    REVOKED = auto()
    STRANGER = auto()
    UNPROVEN = auto()
    CROWDED = auto()
    FOREIGN = auto()


@dataclass(frozen=True, slots=True)
class Proof:
    """What a line proves, and in whose name it is decided."""

    standing: Standing
    caller: Caller


@dataclass(frozen=True, slots=True)
class Place:
    """A device as the server knows it: its keys, and who works there."""

    sender: Caller
    """Behind the token of the request."""
    keys: tuple[bytes, ...]
    """The current one first."""
    people: dict[str, Caller] = field(default_factory=dict)
    """By name."""
    keyless_until: datetime | None = None
    """When it got its first key, where it worked without one before."""
    room: int = 0
    """How many unproven lines may still be kept of it."""


def place_of(connection: Connection, sender: Caller) -> Place:
    """The device of whoever sends a batch."""
    here = {"device": sender.device}
    keys = connection.execute(_KEYS, here).all()
    device = connection.execute(_DEVICE, here).one()
    people = {}
    for name, role, revoked_at, left_at in connection.execute(_PEOPLE, here):
        gone = "person" if revoked_at or left_at else ""
        revoked = "device" if device.revoked_at else gone
        people[name] = Caller(sender.device, name, Role(role), revoked)
    first = min((key.registered_at for key in keys), default=device.enrolled_at)
    keyless_until = first if device.enrolled_at < first else None
    known = tuple(from_text(key.public_key) for key in keys)
    return Place(sender, known, people, keyless_until, room_left(connection, sender.device))


def are_signed(place: Place, lines: Iterable[tuple[bytes, str]]) -> list[bool]:
    """Which of the bytes a key of the device signed."""
    return [bool(signature) and is_signed(body, signature, place.keys) for body, signature in lines]


def proofs_of(place: Place, envelopes: Sequence[Envelope], signed: Sequence[bool]) -> list[Proof]:
    """What the lines of a batch prove; `signed`: a key of the sender's device signed it."""
    room = place.room
    proofs = []
    for envelope, is_proven in zip(envelopes, signed, strict=True):
        proof = _proof_of(place, envelope, signed=is_proven)
        if proof.standing is Standing.UNPROVEN:
            room -= 1
            if room < 0:
                proof = Proof(Standing.CROWDED, place.sender)
        proofs.append(proof)
    return proofs


def _proof_of(place: Place, envelope: Envelope, *, signed: bool) -> Proof:
    sender = place.sender
    if envelope.device != sender.device:
        return Proof(Standing.FOREIGN, sender)
    if not signed and not _from_before_the_key(place, envelope):
        return Proof(Standing.UNPROVEN, sender)
    person = place.people.get(envelope.actor)
    if person is None:
        return Proof(Standing.STRANGER, sender)
    return Proof(Standing.REVOKED if person.revoked else Standing.SOUND, person)


def _from_before_the_key(place: Place, envelope: Envelope) -> bool:
    """Whether it was made without a signature when this device had no key yet. No device that enrolls now has such a time."""
    if place.keyless_until is None or envelope.protocol != UNSIGNED_PROTOCOL:
        return False
    made_at = envelope.made_at
    return made_at.tzinfo is not None and made_at < place.keyless_until
