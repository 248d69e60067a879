"""Numbers that may have been told are not told again: what is done with them where a database is opened or put back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from rma.numbers import BLOCK_SIZE
from storage import audit_acts, number_blocks, settings
from storage.audit import Act
from storage.engines import run

TOLD = "this desk had told them before its database was put back, or its power failed"
UNKNOWN = (
    "nobody knows which of them this desk had told: its keys, or its database, came from a copy"
)
"""Why numbers are not used, in the audit chain."""


@dataclass(frozen=True, slots=True)
class Fenced:
    """Which numbers are not used any more."""

    acts: tuple[Act, ...]
    """What has to be entered into the audit chain."""
    given_up: int
    """How many were left in blocks of which nothing is known."""


_MADE_NOTHING = (
    "SELECT NOT EXISTS (SELECT 1 FROM number_block WHERE next_index > 0) AND NOT EXISTS (SELECT 1 FROM rma) "
    "AND NOT EXISTS (SELECT 1 FROM refusal) AND NOT EXISTS (SELECT 1 FROM outbox)"
)


def never_marked(connection: Connection, marks: Mapping[int, int]) -> dict[int, int]:
    """By block, from where the numbers are free of those that an earlier release has given no mark; asked once only.

    That release marked a block with its first number. Where no block has a mark, that is so of a desk that has told no
    number; of any other one nobody knows.
    """
    if not marks and not run(connection, _MADE_NOTHING).fetchone()[0]:
        return {}
    used = number_blocks.used(connection)
    return {block: used[block] for block in used.keys() - marks.keys()}


def is_needed(connection: Connection, marks: Mapping[int, int]) -> bool:
    """Whether `fence` would do anything."""
    used = number_blocks.used(connection)
    if any(upto < marks.get(block, BLOCK_SIZE) for block, upto in used.items()):
        return True
    return not marks and settings.wanted_lease(connection) is not None


def fence(connection: Connection, marks: Mapping[int, int]) -> Fenced:
    """Use nothing below these marks, and nothing of a block without one.

    Where marks are missing, a lease that was asked for is not waited for: it may have come before, and been used.
    """
    nothing_known = dict.fromkeys(number_blocks.used(connection).keys() - marks.keys(), BLOCK_SIZE)
    told = number_blocks.fence(connection, marks)
    unknown = number_blocks.fence(connection, nothing_known)
    if unknown or not marks:
        settings.set_wanted_lease(connection, None)
    acts = [
        audit_acts.fenced(moved, why) for moved, why in ((told, TOLD), (unknown, UNKNOWN)) if moved
    ]
    return Fenced(tuple(acts), sum(BLOCK_SIZE - upto for upto, _mark in unknown.values()))
