"""The process of a desk: its real stores, use cases, client and sync, as the program opens them, and an agent who makes returns.

What the agent hears is said in lines: `told` a number, `refused` with the sentence that was read, `broke` with what should never be seen.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import sync.client
from csr_tui.bootstrap import OpenedDesk, open_desk
from rma.errors import RmaError
from rma.record import RmaRecord
from rma.request import Condition
from tests import shop
from tests.faults.shift import Shift

if TYPE_CHECKING:
    from csr_tui.connection import Connection

LOOK_SECONDS = 0.02
"""How often is looked whether anything still waits."""


def say(what: str, text: str) -> None:
    """Say it at once, past every buffer: what was said is relied upon."""
    os.write(1, json.dumps({what: text}).encode() + b"\n")


class _Aloud(logging.Handler):
    """What the log calls an error is said: a desk has none."""

    def emit(self, record: logging.LogRecord) -> None:
        say("broke", f"{record.getMessage()}: {record.exc_info and record.exc_info[1]!r}")


def work(folder: Path, shift: Shift) -> None:
    """Work until the shift ends, or the process."""
    logging.basicConfig(handlers=[_Aloud(logging.ERROR)], force=True)
    if shift.patience is not None:
        sync.client.ANSWER_SECONDS = sync.client.PROBE_SECONDS = shift.patience
    try:
        opened = open_desk(folder)
    except RmaError as error:
        say("closed", str(error))
        return
    except Exception as error:
        say("broke", repr(error))
        return
    say("opened", "")
    try:
        asyncio.run(_at_work(opened, shift))
    except Exception as error:
        say("broke", repr(error))
    opened.close()


async def _at_work(opened: OpenedDesk, shift: Shift) -> None:
    connection = opened.connection()
    wake = asyncio.Event()
    syncing: asyncio.Task[None] | None = None
    if shift.online:
        syncing = asyncio.create_task(connection.engine.run_forever(wake))
    draw = Random(shift.seed)
    made = 0
    while shift.orders and (shift.returns is None or made < shift.returns):
        made += 1
        await asyncio.to_thread(_make, opened, shift, draw)
        wake.set()
        await asyncio.sleep(draw.uniform(0, 2 * shift.pause))
    if syncing is None:
        await asyncio.to_thread(os.read, 0, 1)
        syncing = asyncio.create_task(connection.engine.run_forever(wake))
    if shift.until_quiet:
        await _quiet(opened, connection)
        await asyncio.to_thread(os.read, 0, 1)
        say("heard", (await connection.sync_now()).trouble)
        syncing.cancel()
    await asyncio.wait((syncing,))
    if not syncing.cancelled() and (ended := syncing.exception()):
        say("broke", f"the sync ended: {ended!r}")
    await connection.close()


def _make(opened: OpenedDesk, shift: Shift, draw: Random) -> None:
    """One return; what stands against it is heard, and that is all."""
    wanted = shop.wanted(
        draw.choice(shift.lines), reason="changed_mind", condition=Condition.OPENED
    )
    request = shop.request(wanted, order_id=draw.choice(shift.orders))
    try:
        made = opened.desk.returns.finalize_request(request)
    except RmaError as error:
        say("refused", f"{type(error).__name__}: {error}")
    except Exception as error:
        say("broke", repr(error))
    else:
        if isinstance(made, RmaRecord):
            say("told", made.number)
        else:
            findings = ", ".join(finding.rule for finding in made.findings)
            say("ineligible", findings or repr(made.missing))


async def _quiet(opened: OpenedDesk, connection: Connection) -> None:
    """Return once the server has taken everything, and everything was heard of since this shift began."""
    while True:
        status = connection.status()
        if status.online and status.bootstrap is None and status.last_sync_at is not None:
            queue = await asyncio.to_thread(opened.work.queue)
            if not queue.waiting:
                say("quiet", "")
                return
        await asyncio.sleep(LOOK_SECONDS)
