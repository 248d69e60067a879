"""Leased blocks of RMA numbers. A number that was taken is never taken again, also after a cancel."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from sqlalchemy import Connection, func, select
from sqlalchemy.dialects.sqlite import insert

from rma.errors import NoNumbersLeft
from rma.numbers import BLOCK_SIZE, FIRST_BLOCK, LAST_BLOCK, block_of, compose, index_of
from storage.engines import run
from storage.errors import WrongBlock
from storage.work_tables import NUMBER_BLOCK

_FREE = "SELECT block, next_index FROM number_block WHERE next_index < ? ORDER BY seq"
_HIGHEST = "SELECT max(number) FROM rma WHERE number >= ? AND number < ?"
_USE = "UPDATE number_block SET next_index = ? WHERE block = ?"
Heard = Callable[[str, str], str | None]
"""The highest number from the first and below the second that was heard of, whoever told it."""

_LEFT = select(func.coalesce(func.sum(BLOCK_SIZE - NUMBER_BLOCK.c.next_index), 0))


def take(connection: Connection, count: int, heard: Heard) -> list[str]:
    """The next `count` numbers: the lowest free ones of the oldest block, then of the next.

    What a copy of this desk told and this one has heard of, by `heard` or because it changed it, is not free, whether the
    server has said so or not.

    Raises:
        NoNumbersLeft: if there are fewer.
    """
    taken: list[str] = []
    for block, next_index in run(connection, _FREE, (BLOCK_SIZE,)).fetchall():
        within = (str(block), str(block + 1))
        known = (run(connection, _HIGHEST, within).fetchone()[0], heard(*within))
        free_from = max([next_index, *(index_of(number) + 1 for number in known if number)])
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


def leases(connection: Connection) -> list[tuple[str, int]]:
    """Every lease with its block, oldest first."""
    rows = connection.execute(
        select(NUMBER_BLOCK.c.lease_id, NUMBER_BLOCK.c.block).order_by(NUMBER_BLOCK.c.seq)
    )
    return [(lease_id, block) for lease_id, block in rows]


def used(connection: Connection) -> dict[int, int]:
    """By block, the first index that is free."""
    rows = run(connection, "SELECT block, next_index FROM number_block").fetchall()
    return dict(rows)


def used_by(numbers: Iterable[str]) -> dict[int, int]:
    """The same for the blocks of these numbers, once the last of them is taken."""
    return {block_of(number): index_of(number) + 1 for number in sorted(numbers)}


def fence(connection: Connection, marks: Mapping[int, int]) -> dict[int, tuple[int, int]]:
    """Use nothing below these marks; gives the blocks that moved, each from where to where."""
    moved = {
        block: (upto, min(marks[block], BLOCK_SIZE))
        for block, upto in used(connection).items()
        if upto < marks.get(block, 0)
    }
    for block, (_before, mark) in moved.items():
        run(connection, _USE, (mark, block))
    return moved


def retire(connection: Connection) -> dict[int, tuple[int, int]]:
    """Use nothing of what was leased so far; gives the blocks that had numbers left."""
    return fence(connection, dict.fromkeys(used(connection), BLOCK_SIZE))


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
