"""Every desk as the operator sees it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from central_api.tables import DESK_LIFE, DEVICE, DEVICE_PERSON, NUMBER_BLOCK, PERSON
from rma.numbers import BLOCK_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One desk."""

    device: str
    people: tuple[str, ...]
    """Who works there."""
    revoked_people: tuple[str, ...]
    """Those of them who may no longer work anywhere."""
    platform: str
    enrolled_at: datetime
    seen_at: datetime | None
    """When it reported last; None before its first sync."""
    revoked_at: datetime | None
    blocks: int
    numbers_left: int
    """Of its blocks, as far as it told."""
    lives: int
    """How often its database began anew; above 1 it was restored or cloned."""
    fault: str
    """What is wrong with its audit chain; empty where nothing is."""


def devices(connection: Connection) -> list[Device]:
    """All of them, by name of the device."""
    people: dict[str, list[str]] = {}
    revoked: dict[str, list[str]] = {}
    for device, person, revoked_at in connection.execute(
        select(DEVICE_PERSON.c.device, DEVICE_PERSON.c.person, PERSON.c.revoked_at)
        .join(PERSON, PERSON.c.name == DEVICE_PERSON.c.person)
        .where(DEVICE_PERSON.c.revoked_at.is_(None))
        .order_by(DEVICE_PERSON.c.person)
    ):
        people.setdefault(device, []).append(person)
        if revoked_at is not None:
            revoked.setdefault(device, []).append(person)
    leased = {
        device: (blocks, blocks * BLOCK_SIZE - used)
        for device, blocks, used in connection.execute(
            select(NUMBER_BLOCK.c.device, func.count(), func.sum(NUMBER_BLOCK.c.used)).group_by(
                NUMBER_BLOCK.c.device
            )
        )
    }
    lives: dict[str, list[tuple[datetime, str]]] = {}
    for device, seen_at, fault in connection.execute(
        select(DESK_LIFE.c.device, DESK_LIFE.c.seen_at, DESK_LIFE.c.fault)
    ):
        lives.setdefault(device, []).append((seen_at, fault))
    return [
        Device(
            device=row.device,
            people=tuple(people.get(row.device, ())),
            revoked_people=tuple(revoked.get(row.device, ())),
            platform=row.platform,
            enrolled_at=row.enrolled_at,
            seen_at=max(lives[row.device])[0] if row.device in lives else None,
            revoked_at=row.revoked_at,
            blocks=leased.get(row.device, (0, 0))[0],
            numbers_left=int(leased.get(row.device, (0, 0))[1]),
            lives=len(lives.get(row.device, ())),
            fault=max(lives[row.device])[1] if row.device in lives else "",
        )
        for row in connection.execute(select(DEVICE).order_by(DEVICE.c.device))
    ]
