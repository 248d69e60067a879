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


_LEASED = select(NUMBER_BLOCK.c.block).where(
    NUMBER_BLOCK.c.device == bindparam("device"),
    NUMBER_BLOCK.c.block.in_(bindparam("blocks", expanding=True)),
)


class NoBlocksLeft(CentralError):
    """Nearly all RMA numbers there are have been leased."""


def lease(
    connection: Connection, device: str, lease_id: str, now: datetime, held: int | None = None
) -> LeaseResponse:
    """A block for this device, drawn at random; the same `lease_id` gives the same block.

    `held` is the block that the device has by this lease: it gets it back where the lease was lost in a restore.

    Raises:
        NoBlocksLeft: when no free block can be found.
    """
    mine = select(NUMBER_BLOCK.c.block).where(
        NUMBER_BLOCK.c.device == device, NUMBER_BLOCK.c.lease_id == lease_id
    )
    block = connection.execute(mine).scalar()
    draw = random.SystemRandom()
    for _ in range(_TRIES):
        if block is not None:
            return LeaseResponse(lease_id=lease_id, block=block)
        connection.execute(
            insert_into(connection, NUMBER_BLOCK)
            .values(
                block=held or draw.randint(FIRST_BLOCK, LAST_BLOCK),
                device=device,
                lease_id=lease_id,
                leased_at=now,
            )
            .on_conflict_do_nothing()
        )
        block, held = connection.execute(mine).scalar(), None
    raise NoBlocksLeft("No block of RMA numbers is free any more.")


def leased_to(connection: Connection, device: str, blocks: Iterable[int]) -> frozenset[int]:
    """Those of `blocks` that are leased to this device."""
    wanted = set(blocks)
    if not wanted:
        return frozenset()
    asked = {"device": device, "blocks": sorted(wanted)}
    return frozenset(connection.execute(_LEASED, asked).scalars())
