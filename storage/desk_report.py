"""What this desk tells the server about itself, and what it does with the answer."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection

from rma.desk_report import MOST_BLOCKS, ChainHead, DeskReport, DeskReportAnswer
from rma.numbers import BLOCK_SIZE
from storage import audit, audit_acts, number_blocks, settings
from storage.audit import FIRST, Act

AGAIN = timedelta(minutes=1)
"""So often it is told: what a push brings, the server knows from that, and a clone is found within this time."""

BY_THE_SERVER = "the server knows that they were told"
BY_A_CLONE = "another copy of this desk works on"
"""Why numbers are not used, in the audit chain."""


def report(connection: Connection, *, incarnation: str, run: str) -> DeskReport:
    """What there is to tell now."""
    used = number_blocks.used(connection)
    open_blocks = [(block, upto) for block, upto in used.items() if upto < BLOCK_SIZE]
    told = settings.countersigned(connection)
    kept = audit.hash_at(connection, told)
    entries = audit.count(connection)
    return DeskReport(
        incarnation=incarnation,
        run=run,
        used={str(block): upto for block, upto in open_blocks[-MOST_BLOCKS:]},
        head=ChainHead(entries=entries, hash=audit.hash_at(connection, entries) or FIRST),
        countersigned=None if kept is None else ChainHead(entries=told, hash=kept),
    )


def take(connection: Connection, answer: DeskReportAnswer) -> Act | None:
    """Do as the server says; gives what has to be entered into the chain."""
    settings.set_countersigned(connection, answer.countersigned)
    if answer.retire:
        moved, why = number_blocks.retire(connection), BY_A_CLONE
        settings.set_wanted_lease(connection, None)  # the clone may have asked with the same id
        settings.renew_incarnation(connection)
        return audit_acts.fenced(moved, why)
    marks = {int(block): mark for block, mark in answer.used.items()}
    moved, why = number_blocks.fence(connection, marks), BY_THE_SERVER
    return audit_acts.fenced(moved, why) if moved else None


def wants_more(told: DeskReport, answer: DeskReportAnswer) -> bool:
    """Whether the server countersigned another entry than the desk thought, and has to be told that one."""
    thought = told.countersigned.entries if told.countersigned is not None else 0
    return answer.countersigned < told.head.entries and answer.countersigned != thought
