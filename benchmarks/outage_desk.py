"""One desk of `benchmarks.outage`: says `ready`, waits for a line, does one thing, and tells what it took.

python -m benchmarks.outage_desk WHAT FOLDER URL DATABASE FIRST COUNT
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from sqlalchemy import insert

from benchmarks.push_shop import BLOCK, NOW, case_of, made_return, orders, policies_and_reasons
from central_api.database import open_database, writing
from central_api.tables import NUMBER_BLOCK
from csr_tui.bootstrap import OpenedDesk, open_desk
from csr_tui.demo.central import Central
from csr_tui.enrollment import enroll
from csr_tui.swift import all_is_loaded
from csr_tui.unlocking import unlock_or_make
from rma.numbers import FIRST_BLOCK
from rma.operations import MadeReturn
from rma.request import Role
from storage.secrets.kinds import Kind
from sync.push import push
from sync.report import SyncReport

AT_ONCE = 500
"""Returns in a transaction, while they are made."""


def enrolled(folder: Path, url: str, database: str, name: str) -> OpenedDesk:
    """A new desk of this API."""
    code = Central(folder.parent, database).enroll_code(name, Role.AGENT)
    secrets = unlock_or_make(folder, new=Kind.FILE)
    asyncio.run(enroll(folder, url, code, secrets))
    return open_desk(folder, secrets=secrets)


def make_returns(opened: OpenedDesk, database: str, first: int, count: int) -> None:
    """Finalize one return of each order, as the desk does, but many in a transaction."""
    identity = opened.work.identity()
    assert identity is not None
    engine = open_database(database)
    blocks = [FIRST_BLOCK + 1_000 + first + at for at in range(-(-count // BLOCK))]
    with writing(engine) as connection:
        connection.execute(
            insert(NUMBER_BLOCK),
            [
                {"block": b, "device": identity.device, "lease_id": str(b), "leased_at": NOW}
                for b in blocks
            ],
        )
    engine.dispose()
    for block in blocks:
        opened.work.store_lease(str(block), block)
    policies, reasons = policies_and_reasons()
    sold = orders(first + count)[first:]
    for start in range(0, count, AT_ONCE):
        builds: list[Callable[[str], MadeReturn]] = []
        for order in sold[start : start + AT_ONCE]:
            case = case_of(order, identity.person, policies, reasons)
            builds.append(partial(made_return, case, device=identity.device))
        opened.work.finalize(builds, [])


async def push_all(opened: OpenedDesk) -> None:
    """The engine's way out, until nothing waits."""
    connection = opened.connection()
    report = SyncReport()
    await connection.engine._drive(push(report))
    await connection.close()
    assert not report.trouble, report.trouble


async def drain(opened: OpenedDesk) -> float:
    """Keep syncing until nothing waits; gives when the probe was answered."""
    connection = opened.connection()
    probed: list[float] = []
    probe = connection.client.probe

    async def noticed() -> None:
        await probe()
        probed.append(time.monotonic())

    connection.client.probe = noticed  # type: ignore[method-assign]
    connection.engine._pacing.failed(time.monotonic())
    for _ in range(4):  # the breaker is open: only a probe goes out
        connection.engine._pacing.failed(time.monotonic())
    syncing = asyncio.create_task(connection.engine.run_forever(asyncio.Event()))
    while opened.work.queue().waiting:  # noqa: ASYNC110 - a store tells nobody
        await asyncio.sleep(0.005)
    syncing.cancel()
    await asyncio.gather(syncing, return_exceptions=True)
    await connection.close()
    return probed[0]


async def bootstrap(opened: OpenedDesk) -> None:
    """The first download."""
    connection = opened.connection()
    status = await connection.sync_now()
    await connection.close()
    assert not status.trouble, status.trouble


def main() -> None:
    """Get ready, wait, do it, tell."""
    what, folder, url, database, first, count = sys.argv[1:]
    opened = enrolled(Path(folder), url, database, f"Agent {first}")
    if int(count):
        make_returns(opened, database, int(first), int(count))
    all_is_loaded()  # as the desk has it before it draws anything
    print("ready", flush=True)
    sys.stdin.readline()
    memory, processor = _memory_now(), time.process_time()
    began = time.monotonic()
    match what:
        case "push":
            asyncio.run(push_all(opened))
        case "drain":
            began = asyncio.run(drain(opened))
        case "bootstrap":
            asyncio.run(bootstrap(opened))
    ended = time.monotonic()
    took = {"began": began, "ended": ended, "processor": time.process_time() - processor}
    print(json.dumps(took | {"memory": _peak() - memory}), flush=True)
    opened.close()


def _memory_now() -> float:
    """In MiB; from here on the peak is counted anew."""
    Path("/proc/self/clear_refs").write_text("5")
    return _of_status("VmRSS")


def _peak() -> float:
    """The most since then, in MiB."""
    return _of_status("VmHWM")


def _of_status(name: str) -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) / 1024


if __name__ == "__main__":
    main()
