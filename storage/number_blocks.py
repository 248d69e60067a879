"""Leased blocks of RMA numbers. A number that was taken is never taken again, also after a cancel."""

from __future__ import annotations

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from rma.errors import NoNumbersLeft
from rma.numbers import BLOCK_SIZE, FIRST_BLOCK, LAST_BLOCK, compose
from storage.engines import run
from storage.errors import WrongBlock
from storage.work_tables import NUMBER_BLOCK

_FREE = "SELECT block, next_index FROM number_block WHERE next_index < ? ORDER BY seq"
_USE = "UPDATE number_block SET next_index = ? WHERE block = ?"
_LEFT = select(func.coalesce(func.sum(BLOCK_SIZE - NUMBER_BLOCK.c.next_index), 0))


def take(connection: Connection, count: int) -> list[str]:
    """The next `count` numbers: the lowest free ones of the oldest block, then of the next.

    Raises:
        NoNumbersLeft: if there are fewer.
    """
    taken: list[str] = []
    for block, free_from in run(connection, _FREE, (BLOCK_SIZE,)).fetchall():
        upto = min(BLOCK_SIZE, free_from + count - len(taken))
        taken.extend(compose(block, index) for index in range(free_from, upto))
        run(connection, _USE, (upto, block))
        if len(taken) == count:
            break
    if len(taken) < count:
        raise NoNumbersLeft
    return taken


def left(connection: Connection) -> int:
    """How many numbers are left."""
    return int(connection.execute(_LEFT).scalar_one())


def add(connection: Connection, lease_id: str, block: int) -> None:
    """Keep a leased block; one that is known stays as it is, with what was used of it.

    Raises:
        WrongBlock: if it lies outside the range.
    """
    if not FIRST_BLOCK <= block <= LAST_BLOCK:
        raise WrongBlock(block)
    connection.execute(
        insert(NUMBER_BLOCK)
        .values(block=block, lease_id=lease_id, next_index=0)
        .on_conflict_do_nothing()
    )
