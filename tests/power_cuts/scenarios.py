"""What a desk does while the power may go, and what has to be there afterwards.

Each scenario prints a line for everything that somebody may rely on from then on. It runs in a process of its own
(`python -m tests.power_cuts.scenarios NAME FOLDER ROUNDS`), whose writes are recorded.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import Engine

from rma.operations import Outcome, Result
from rma.order import Customer
from storage import engines, work_migrations
from storage.reference import ReferenceStore
from storage.reference_rows import ReferenceRow
from storage.work_schema import REVISIONS, upgrade
from tests import shop
from tests.keys import KEY, decrypted
from tests.storage.desk import BLOCK, make, open_work

MANY = 40
"""Customers in a page of changes."""

OPERATIONS = 30
"""In the outbox that is migrated."""


def say(text: str) -> None:
    """Acknowledge something: at once, past every buffer."""
    os.write(1, f"{text}\n".encode())


# --- finalize


def finalize(folder: Path, rounds: int) -> None:
    """Make returns; each number is told once the store gave it."""
    work = open_work(folder)
    for index in range(rounds):
        work.save_draft(shop.draft())
        say(f"told {make(work, f'op-{index}').number}")
    work.close()


def after_finalize(folder: Path, told: Sequence[str]) -> list[str]:
    """Every told number has its return, its operation and its audit entry; no number is given twice."""
    numbers = [line.removeprefix("told ") for line in told]
    faults = []
    with decrypted(folder / "work.db") as database:
        kept = {row[0] for row in database.execute("SELECT number FROM rma")}
        queued = {row[0] for row in database.execute("SELECT number FROM outbox")}
        audited = {row[0] for row in database.execute("SELECT entity FROM audit_entry")}
    for number in numbers:
        if number not in kept or number not in queued or f"rma/{number}" not in audited:
            faults.append(f"{number} was told and is not whole")
    if kept != queued:
        faults.append(f"returns without operation or the other way: {kept ^ queued}")
    work = open_work(folder)
    try:
        if broken := work.verify_audit():
            faults.append(broken)
        again = make(work, "op-after").number
        if again in kept or again in numbers:
            faults.append(f"{again} was given twice")
    finally:
        work.close()
    return faults


# --- number lease


def lease(folder: Path, rounds: int) -> None:
    """Store leased blocks and take numbers of them; a block is the desk's once the server heard that it has it."""
    work = open_work(folder, block=None)
    for index in range(rounds):
        work.store_lease(f"lease-{index}", BLOCK + index)
        say(f"leased {BLOCK + index}")
        say(f"told {make(work, f'op-{index}').number}")
    work.close()


def after_lease(folder: Path, told: Sequence[str]) -> list[str]:
    """Every leased block is there, no number is given twice."""
    blocks = {int(line.removeprefix("leased ")) for line in told if line.startswith("leased ")}
    numbers = [line for line in told if line.startswith("told ")]
    with decrypted(folder / "work.db") as database:
        known = {row[0] for row in database.execute("SELECT block FROM number_block")}
    faults = [f"block {block} is gone" for block in sorted(blocks - known)]
    if not known and not blocks:
        return faults
    return faults + after_finalize(folder, numbers)


# --- what the server answered, and what it told


def sync(folder: Path, rounds: int) -> None:
    """Apply answers to operations, and pages of changes with their cursor."""
    work = open_work(folder)
    reference = ReferenceStore.open(folder, KEY)
    records = [make(work, f"op-{index}") for index in range(rounds)]
    for index, record in enumerate(records):
        say(f"told {record.number}")
        work.apply_results(
            [Result(op_id=f"op-{index}", outcome=Outcome.ACCEPTED, row_version=index + 1)]
        )
        say(f"answered op-{index}")
        reference.apply(_page(index + 1), f"c-{index + 1}")
    reference.close()
    work.close()


def _page(version: int) -> list[ReferenceRow]:
    return [
        ReferenceRow(
            "customer",
            f"C-{index}",
            version,
            Customer(
                customer_id=f"C-{index}",
                name=f"Page {version}",
                email=f"p{version}@shop.example",
                phone="",
                country="DE",
            ),
        )
        for index in range(MANY)
    ]


def after_sync(folder: Path, told: Sequence[str]) -> list[str]:
    """Every answer is kept; the copy of the server's data is that of its cursor, whichever that is."""
    answered = {line.removeprefix("answered ") for line in told if line.startswith("answered ")}
    with decrypted(folder / "work.db") as database:
        done = {row[0] for row in database.execute("SELECT op_id FROM outbox WHERE state = 'done'")}
    faults = [f"the answer to {op_id} is gone" for op_id in sorted(answered - done)]
    faults += after_finalize(folder, [line for line in told if line.startswith("told ")])
    if not (folder / "ref.db").exists():
        return faults
    reference = ReferenceStore.open(folder, KEY)
    try:
        cursor = reference.cursor()
        expected = "" if cursor is None else f"Page {cursor.removeprefix('c-')}"
        for index in range(MANY):
            customer = reference.customer(f"C-{index}")
            if (customer.name if customer else "") != expected:
                faults.append(f"C-{index} is not that of {cursor}")
    finally:
        reference.close()
    return faults


# --- migration

OF_TOMORROW = "9000"
STEP = f'''
"""A step that copies the largest tables."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "{OF_TOMORROW}", "{REVISIONS[-1]}"


def upgrade() -> None:
    with op.batch_alter_table("draft", recreate="always") as batch:
        batch.add_column(sa.Column("colour", sa.String()))
    with op.batch_alter_table("outbox", recreate="always") as batch:
        batch.add_column(sa.Column("tries", sa.Integer()))
'''


def before_migration(folder: Path) -> None:
    """A desk of today with work in it."""
    work = open_work(folder)
    work.save_draft(shop.draft())
    for index in range(OPERATIONS):
        make(work, f"op-{index}")
    work.close()


def migrate(folder: Path, rounds: int) -> None:
    """Update it to a version of tomorrow."""
    _update(folder)
    say("migrated")


def _update(folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="migrations-") as scripts:
        shutil.copytree(Path(work_migrations.__path__[0]), scripts, dirs_exist_ok=True)
        (Path(scripts) / "versions" / f"r{OF_TOMORROW}_tomorrow.py").write_text(STEP)
        upgrade(folder / "work.db", KEY, scripts, (*REVISIONS, OF_TOMORROW))


def after_migration(folder: Path, told: Sequence[str]) -> list[str]:
    """It is the old one or the new one, as a whole; the old one can be updated again."""
    with decrypted(folder / "work.db") as database:
        (found,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    faults = ["it is the old one again"] if told and found != OF_TOMORROW else []
    _update(folder)
    with decrypted(folder / "work.db") as database:
        (drafts,) = database.execute("SELECT count(colour IS NULL) FROM draft").fetchone()
        rows = database.execute("SELECT body, sha256, tries FROM outbox").fetchall()
    whole = [row for row in rows if hashlib.sha256(row[0]).hexdigest() == row[1]]
    if (drafts, len(rows), len(whole)) != (1, OPERATIONS, OPERATIONS):
        faults.append(f"{drafts} drafts, {len(rows)} operations, {len(whole)} of them whole")
    return faults


@dataclass(frozen=True, slots=True)
class Scenario:
    """Something a desk does."""

    run: Callable[[Path, int], None]
    check: Callable[[Path, Sequence[str]], list[str]]
    rounds: int
    prepare: Callable[[Path], None] | None = None
    """Makes what was there before; it is safe."""
    quiet: bool = False
    """Whether something has to hold although nothing was acknowledged."""


SCENARIOS = {
    "finalize": Scenario(finalize, after_finalize, 60),
    "lease": Scenario(lease, after_lease, 40),
    "sync": Scenario(sync, after_sync, 40),
    "migration": Scenario(migrate, after_migration, 1, before_migration, quiet=True),
}
"""By name."""


def main(arguments: Sequence[str]) -> None:
    """Run one scenario; `--normal` opens work.db as ref.db is opened, which loses acknowledged work."""
    name, folder, rounds, *options = arguments
    if "--normal" in options:
        durable = engines.open_database

        def not_durable(path: Path, key: bytes | None, **_: bool) -> Engine:
            return durable(path, key, durable=False)

        with (
            patch("storage.work.open_database", not_durable),
            patch("storage.work_schema.open_database", not_durable),
        ):
            SCENARIOS[name].run(Path(folder), int(rounds))
    else:
        SCENARIOS[name].run(Path(folder), int(rounds))


if __name__ == "__main__":
    main(sys.argv[1:])
