"""What desks tell about themselves: how far their numbers were used, and where their audit chains stand.

A restored or cloned desk is found out by it, and a desk that rewrote its history: the server countersigns the head of
each desk's chain in its own, and a desk has to have the same entry at the same place ever after.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from central_api import chain
from central_api.people import Caller
from central_api.tables import DESK_LIFE, NUMBER_BLOCK, RMA
from rma.desk_report import DeskReport, DeskReportAnswer
from rma.numbers import BLOCK_SIZE

MOST_RUNS = 200
"""Earlier runs of a desk that are remembered."""


def take_report(
    connection: Connection, caller: Caller, told: DeskReport, now: datetime
) -> DeskReportAnswer:
    """Compare a desk's report with what is known of it."""
    used = _further(connection, caller.device, told)
    owners = _owners(connection, caller.device, told)
    life = connection.execute(
        select(DESK_LIFE)
        .where(DESK_LIFE.c.device == caller.device, DESK_LIFE.c.incarnation == told.incarnation)
        .with_for_update()
    ).first()
    if life is None:
        _own(connection, told, owners)
        values = _countersign(connection, caller, told, now)
        connection.execute(
            insert(DESK_LIFE).values(
                device=caller.device,
                incarnation=told.incarnation,
                run=told.run,
                earlier_runs="[]",
                fault="",
                **values,
            )
        )
        return DeskReportAnswer(used=used, retire=False, countersigned=told.head.entries)
    earlier: list[str] = json.loads(life.earlier_runs)
    if told.run in earlier:
        _enter(connection, caller, told, now, "desk.cloned")
        return DeskReportAnswer(used=used, retire=True, countersigned=life.entries)
    if told.run == life.run and told.head.entries < life.entries:
        # One process only adds to its chain: this report was overtaken by a later one on its way, or repeated by it.
        return DeskReportAnswer(used=used, retire=False, countersigned=life.entries)
    if any(owner not in ("", told.incarnation) for owner in owners.values()):
        # A copy that was put back tells from the same block by now, and this one was not retired for it.
        _enter(connection, caller, told, now, "desk.cloned")
        return DeskReportAnswer(used=used, retire=True, countersigned=life.entries)
    _own(connection, told, owners)
    changes: dict[str, Any] = {"seen_at": now}
    if told.run != life.run:
        runs = [*earlier, life.run][-MOST_RUNS:]
        changes |= {"run": told.run, "earlier_runs": json.dumps(runs)}
    entries = life.entries
    fault = _fault(told, life.entries, life.head)
    if fault and not life.fault:
        changes["fault"] = fault
        _enter(connection, caller, told, now, "desk.history_rewritten")
    elif not fault and _confirms(told, life.entries):
        changes |= _countersign(connection, caller, told, now, known=life.entries)
        entries = told.head.entries
    connection.execute(
        update(DESK_LIFE)
        .where(DESK_LIFE.c.device == caller.device, DESK_LIFE.c.incarnation == told.incarnation)
        .values(changes)
    )
    return DeskReportAnswer(used=used, retire=False, countersigned=entries)


def faults(connection: Connection) -> Iterator[str]:
    """Every desk whose audit chain is not the one that was countersigned, in the life that was heard of last."""
    newest: dict[str, Any] = {}
    for life in connection.execute(select(DESK_LIFE).order_by(DESK_LIFE.c.seen_at)):
        newest[life.device] = life
    for device, life in sorted(newest.items()):
        if life.fault:
            yield f"desk {device}: {life.fault}"


def _further(connection: Connection, device: str, told: DeskReport) -> dict[str, int]:
    """Remember how far the desk's blocks were used; gives those that were used further than it told."""
    mine = {int(block): index for block, index in told.used.items()}
    rows = connection.execute(
        select(NUMBER_BLOCK.c.block, NUMBER_BLOCK.c.used)
        .where(NUMBER_BLOCK.c.device == device, NUMBER_BLOCK.c.block.in_(mine))
        .order_by(NUMBER_BLOCK.c.block)
        .with_for_update()
    ).all()
    further = {}
    for block, known in rows:
        mark = max(known, mine[block], _booked(connection, block))
        if mark > known:
            connection.execute(
                update(NUMBER_BLOCK).where(NUMBER_BLOCK.c.block == block).values(used=mark)
            )
        if mark > mine[block]:
            further[str(block)] = mark
    return further


def _owners(connection: Connection, device: str, told: DeskReport) -> dict[int, str]:
    """By block that is still open, the life of the desk that was the first to tell of it."""
    asked = NUMBER_BLOCK.c.block.in_([int(block) for block in told.used])
    rows = connection.execute(
        select(NUMBER_BLOCK.c.block, NUMBER_BLOCK.c.incarnation).where(
            NUMBER_BLOCK.c.device == device, asked
        )
    )
    return {block: incarnation for block, incarnation in rows if told.used[str(block)] < BLOCK_SIZE}


def _own(connection: Connection, told: DeskReport, owners: dict[int, str]) -> None:
    """These blocks are this life's: a new one has them from the copy that was put back."""
    others = [block for block, owner in owners.items() if owner != told.incarnation]
    if others:
        connection.execute(
            update(NUMBER_BLOCK)
            .where(NUMBER_BLOCK.c.block.in_(others))
            .values(incarnation=told.incarnation)
        )


def _booked(connection: Connection, block: int) -> int:
    """The first index of a block above all that returns are booked under."""
    highest = connection.execute(
        select(RMA.c.number)
        .where(RMA.c.number >= str(block), RMA.c.number < str(block + 1))
        .order_by(RMA.c.number.desc())
        .limit(1)
    ).scalar()
    return 0 if highest is None else int(highest[6:9]) + 1


def _confirms(told: DeskReport, entries: int) -> bool:
    """Whether the desk showed the entry that was countersigned last."""
    return entries == 0 or (
        told.countersigned is not None and told.countersigned.entries == entries
    )


def _fault(told: DeskReport, entries: int, head: str) -> str:
    """What is wrong with the chain that a desk shows; empty where nothing is, or it shows another place."""
    if told.head.entries < entries:
        return f"its audit chain has {told.head.entries} entries, {entries} were countersigned"
    shown = told.countersigned
    if entries and shown is not None and shown.entries == entries and shown.hash != head:
        return f"entry {entries} of its audit chain is not the one that was countersigned"
    return ""


def _countersign(
    connection: Connection, caller: Caller, told: DeskReport, now: datetime, known: int = -1
) -> dict[str, Any]:
    if told.head.entries != known:
        _enter(connection, caller, told, now, "desk.countersign")
    return {"seen_at": now, "entries": told.head.entries, "head": told.head.hash}


def _enter(
    connection: Connection, caller: Caller, told: DeskReport, now: datetime, command: str
) -> None:
    entry = chain.Entry(
        at=now,
        device=caller.device,
        person=caller.person,
        entity=f"desk/{caller.device}",
        command=command,
        outcome=f"{told.head.entries}",
        op_id=told.incarnation,
        digest=told.head.hash,
    )
    chain.append(connection, [entry])
