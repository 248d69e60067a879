"""What operators do while people work: release what is held, erase customers, restore and revoke desks."""

from __future__ import annotations

import argparse
import asyncio
import io
import json
import shutil
from collections.abc import Callable
from contextlib import redirect_stdout, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

from central_api import holding
from central_api.catalog import upsert_customers
from central_api.erasing import erase_customer
from central_api.errors import ReleaseRefused
from central_api.holding import Held
from central_api.people import revoke
from central_api.recovery import recover
from central_api.releasing import release
from csr_tui.commands.backup import run_backup, run_restore
from csr_tui.exit_codes import ExitCode
from rma.request import Role
from storage import number_blocks
from storage.engines import reading
from storage.secrets import NUMBERS_HIGH_WATER
from storage.secrets.open_file import FILE as SECRETS
from storage.secrets.open_file import OpenFile
from tests.simulation import evidence, goods
from tests.simulation.process import running
from tests.simulation.troubles import HOLIDAYS
from tests.simulation.workplace import Workplace
from tests.simulation.world import World

BY = "operations"
"""The account of who erases."""

SUPERVISORS = tuple(name for name, role in goods.PEOPLE if role is Role.SUPERVISOR)


@dataclass(frozen=True, slots=True)
class _Backup:
    """A copy of a desk, as `csr-tui backup` made it, and its keys of then."""

    folder: Path
    secrets: bytes


class Operators:
    """Who looks after server and desks in one run."""

    def __init__(self, world: World, draw: Random) -> None:
        self._world = world
        self._draw = draw
        self._away_for_weeks = False

    async def work(self) -> None:
        """One thing after the other."""
        mix = self._world.mix
        while mix.operators:
            await asyncio.sleep(self._draw.expovariate(1 / mix.operator_seconds))
            name = self._draw.choices(list(mix.operators), list(mix.operators.values()))[0]
            self._world.happened(name)
            self._world.spawn(getattr(self, f"_{name.replace(' ', '_')}")())

    def release_everything(self) -> bool:
        """Release all that is held, oldest first, as often as something waits for another one; whether there was any."""
        released = False
        while any(self._released(held) for held in self._held()):
            released = True
        return released

    # ---- what they do ---------------------------------------------------------------------------------------------

    async def _release(self) -> None:
        for held in self._held():
            if self._draw.random() < 0.7:
                self._released(held)

    async def _customer_erased(self) -> None:
        """Somebody who has no returns asks for it; now and then the shop goes on telling of them."""
        world = self._world
        left = [each for each in goods.BYSTANDERS if each.customer_id not in world.erased]
        if not left:
            return
        customer = self._draw.choice(left)
        world.erased.append(customer.customer_id)
        with world.server.changing() as connection:
            erase_customer(connection, customer.customer_id, by=BY, reason="asked", now=_now())
        if self._draw.random() < 0.5:
            await asyncio.sleep(self._draw.uniform(1, 30))
            with world.server.changing() as connection:
                upsert_customers(connection, [customer])

    async def _copy_put_back(self) -> None:
        """A desk is copied, works on, and is restored; its keys are there, as old as the copy, or lost and recovered."""
        world, desk = self._world, self._draw.choice(self._world.desks)
        if not _can_be_copied(desk):
            return
        backup = self._back_up(desk)
        await asyncio.sleep(self._draw.uniform(5, 90))
        if not _can_be_copied(desk):
            return
        had = evidence.outbox(desk)
        desk.dead = True
        await desk.close()
        with running(None):
            self._restore(desk, backup)
        await world.revive_desk(desk)
        kept = {row.op_id for row in evidence.outbox(desk)}
        world.lost |= {(desk.name, row.op_id): row for row in had if row.op_id not in kept}

    async def _revoked_while_away(self) -> None:
        """A desk that has no network is revoked, and comes back after more than thirty days with what was made there."""
        world, desk = self._world, self._draw.choice(self._world.desks)
        if self._away_for_weeks or not desk.is_open or desk.old_release:
            return  # one of them is enough: the others have to go on
        self._away_for_weeks = True
        world.network.cut_off.add(desk.name)
        await asyncio.sleep(self._draw.uniform(0, 60))
        if desk.is_open:
            with world.server.changing() as connection:
                revoke(connection, desk.identity.device, _now())
            await asyncio.sleep(self._draw.uniform(0, 60))
            world.sleep_over(HOLIDAYS)
        world.network.cut_off.discard(desk.name)

    # ---------------------------------------------------------------------------------------------------------------

    def _held(self) -> list[Held]:
        with self._world.server.looking() as connection:
            return holding.waiting(connection)

    def _released(self, held: Held) -> bool:
        """Whether one of the supervisors may release it."""
        for name in self._draw.sample(SUPERVISORS, len(SUPERVISORS)):
            with suppress(ReleaseRefused), self._world.server.opened() as engine:
                result = release(engine, held.op_id, name, _now())
                self._world.happened("released", held.kind, held.number, result.outcome)
                return True
        return False

    def _back_up(self, desk: Workplace) -> _Backup:
        into = self._world.folder / "backups" / f"{desk.name}-{self._world.clock.monotonic()}"
        with running(None):
            made = _said(run_backup, data=desk.folder, into=into)
            with reading(desk.opened.work._engine) as connection:
                used = number_blocks.used(connection)
        secrets = into / "secrets"
        secrets.mkdir()
        shutil.copyfile(desk.folder / SECRETS, secrets / SECRETS)
        # As a desk leaves them that is closed: while it is open, its marks run ahead.
        OpenFile(secrets).set(NUMBERS_HIGH_WATER, json.dumps(used).encode())
        return _Backup(Path(made["folder"]), (secrets / SECRETS).read_bytes())

    def _restore(self, desk: Workplace, backup: _Backup) -> None:
        keys = self._draw.choice(("kept", "old", "lost"))
        disk = self._draw.choice(("there", "lost"))
        if disk == "lost":
            for pattern in ("work.db*", "ref.db*"):
                for file in desk.folder.glob(pattern):
                    file.unlink()
        if keys == "old":
            (desk.folder / SECRETS).write_bytes(backup.secrets)
        elif keys == "lost":
            (desk.folder / SECRETS).unlink()
            if disk == "lost":
                shutil.copy(backup.folder / "work.db", desk.folder)
            recover(desk.folder, self._world.recovery_key)
        told = _said(run_restore, data=desk.folder, copy=backup.folder, losing=True)
        given_up = told["numbers_given_up"]
        self._world.happened(
            "put back", desk.name, f"keys {keys}, disk {disk}, {given_up} numbers given up"
        )


def _can_be_copied(desk: Workplace) -> bool:
    """Whether it is open, in this release; who is told apart from a copy has troubles enough."""
    return desk.is_open and not desk.old_release and not desk.copies


def _said(run: Callable[[argparse.Namespace], int], **options: object) -> Any:
    """What a command of the desk says, in JSON."""
    said = io.StringIO()
    with redirect_stdout(said):
        assert run(argparse.Namespace(json=True, **options)) == ExitCode.OK
    return json.loads(said.getvalue())


def _now() -> datetime:
    return datetime.now(UTC)
