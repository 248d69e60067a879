"""Lease blocks of RMA numbers to devices; a lease never expires and is never reclaimed."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from central_api.database import insert_into
from central_api.errors import CentralError
from central_api.tables import NUMBER_BLOCK
from rma.numbers import FIRST_BLOCK, LAST_BLOCK
from sync.protocol.envelopes import LeaseResponse

_TRIES = 1_000
"""Draws before the blocks count as used up; at 99 % in use, all miss once in 23,000 leases."""


_BY_LEASE = select(NUMBER_BLOCK.c.block).where(
    NUMBER_BLOCK.c.device == bindparam("device"),
    NUMBER_BLOCK.c.lease_id == bindparam("lease_id"),
)
_LEASED = select(NUMBER_BLOCK.c.block).where(
    NUMBER_BLOCK.c.device == bindparam("device"),
    NUMBER_BLOCK.c.block.in_(bindparam("blocks", expanding=True)),
)


class NoBlocksLeft(CentralError):
    """Nearly all RMA numbers there are have been leased."""


def lease(connection: Connection, device: str, lease_id: str, now: datetime) -> LeaseResponse:
    """A block for this device, drawn at random; the same `lease_id` gives the same block.

    Raises:
        NoBlocksLeft: when no free block can be found.
    """
    block = _block_of(connection, device, lease_id)
    draw = random.SystemRandom()
    for _ in range(_TRIES):
        if block is not None:
            return LeaseResponse(lease_id=lease_id, block=block)
        block = _take(connection, device, lease_id, draw.randint(FIRST_BLOCK, LAST_BLOCK), now)
    raise NoBlocksLeft("No block of RMA numbers is free any more.")


def give_back(
    connection: Connection, device: str, lease_id: str, block: int, now: datetime
) -> LeaseResponse | None:
    """The block that a device has by a lease which was lost in a restore; None where it is another device's by now.

    The lease may have given another block since: somebody asked with it a second time.
    """
    for name in (lease_id, f"{lease_id}/{block}"):
        if not leased_to(connection, device, [block]):
            _take(connection, device, name, block, now)
    kept = leased_to(connection, device, [block])
    return LeaseResponse(lease_id=lease_id, block=block) if kept else None


def _block_of(connection: Connection, device: str, lease_id: str) -> int | None:
    asked = {"device": device, "lease_id": lease_id}
    block: int | None = connection.execute(_BY_LEASE, asked).scalar()
    return block


def _take(
    connection: Connection, device: str, lease_id: str, block: int, now: datetime
) -> int | None:
    """The block of the lease, once this one was tried."""
    connection.execute(
        insert_into(connection, NUMBER_BLOCK)
        .values(block=block, device=device, lease_id=lease_id, leased_at=now)
        .on_conflict_do_nothing()
    )
    return _block_of(connection, device, lease_id)


def leased_to(connection: Connection, device: str, blocks: Iterable[int]) -> frozenset[int]:
    """Those of `blocks` that are leased to this device."""
    wanted = set(blocks)
    if not wanted:
        return frozenset()
    asked = {"device": device, "blocks": sorted(wanted)}
    return frozenset(connection.execute(_LEASED, asked).scalars())
