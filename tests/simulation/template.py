"""The world before a run: a migrated server with its shop, and desks that are enrolled; made once, copied for each seed."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

from central_api.catalog import upsert_customers, upsert_orders, upsert_products
from central_api.people import create_code
from central_api.policies import publish_policy, publish_reasons
from central_api.recovery import publish
from csr_tui.enrollment import enroll
from sync.protocol.recovery import new_key
from tests import shop
from tests.simulation import goods
from tests.simulation.mix import Mix
from tests.simulation.network import Network
from tests.simulation.old_release import UNSIGNED, schema
from tests.simulation.process import breakable_commits, running
from tests.simulation.server import URL, Server, quiet_servers
from tests.simulation.trace import Trace
from tests.simulation.virtual import START, once, run_virtually, virtual_world
from tests.simulation.workplace import Workplace, clocks_and_releases


@dataclass(frozen=True, slots=True)
class Template:
    """Folders to copy from."""

    folder: Path
    recovery_key: bytes
    """The private half of what desks seal their keys to."""

    @property
    def server(self) -> Path:
        """With `central.db`."""
        return self.folder / "server"

    def desk(self, index: int, *, fresh: bool) -> Path:
        """A desk's folder; fresh: it never synced."""
        return self.folder / ("fresh" if fresh else "synced") / str(index)


def scratch() -> Path:
    """A new folder, in memory where the system has such a place: commits are durable, and cost nothing there."""
    memory = Path("/dev/shm")
    return Path(tempfile.mkdtemp(prefix="csr-simulation-", dir=memory if memory.is_dir() else None))


_kept: list[Path] = []


def sweep() -> None:
    """Remove what was made to copy from; nothing can be run after it."""
    for folder in _kept:
        shutil.rmtree(folder, ignore_errors=True)


atexit.register(sweep)


@once
def template() -> Template:
    """The template of this process."""
    for revision in UNSIGNED:
        schema(
            revision
        )  # now, not in the first run that needs it: that run would be another one then
    folder = scratch()
    _kept.append(folder)
    private, public = new_key()
    made = Template(folder, private)
    with (
        virtual_world("template") as clock,
        quiet_servers(),
        breakable_commits(),
        clocks_and_releases(),
        patch.dict(os.environ, {"CSR_TUI_SECRETS": "file"}),
    ):

        async def make() -> None:
            made.server.mkdir()
            server = Server(made.server)
            server.start()
            network = Network(clock, server, Mix.of(0), Random(0), Trace())
            with network.in_place():
                await _fill(server, made, public)
            await server.stop()

        run_virtually(clock, make)
    return made


async def _fill(server: Server, made: Template, recovery_key: bytes) -> None:
    with server.changing() as connection:
        publish(connection, recovery_key, START - timedelta(days=20))
        publish_policy(connection, goods.policy(1), START - timedelta(days=20))
        publish_reasons(connection, goods.REASONS, START - timedelta(days=20))
        upsert_products(connection, [shop.product()])
        upsert_customers(connection, [shop.customer(), *goods.BYSTANDERS])
        upsert_orders(connection, [goods.order(index) for index in range(goods.ORDERS)])
    for index, (name, role) in enumerate(goods.PEOPLE):
        with server.changing() as connection:
            code = create_code(connection, name, role, START)
        fresh, synced = made.desk(index, fresh=True), made.desk(index, fresh=False)
        with running(Workplace(name, fresh)):
            await enroll(fresh, URL, code)
        shutil.copytree(fresh, synced)
        desk = Workplace(name, synced)
        desk.open()
        await desk.sync_now()
        await desk.close()
