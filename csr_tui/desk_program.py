"""Run the desk in this terminal.

The first paint comes before everything heavy: only Textual and the look-up screen are imported here; stores, rules and
wire are imported and opened in a thread once the box is on the screen.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from csr_tui.app import DeskApp
from csr_tui.session import Session

if TYPE_CHECKING:
    from csr_tui.bootstrap import Connection, OpenedDesk


def run_desk(folder: Path) -> None:
    """Open the desk of this folder until the agent quits."""
    DeskApp(lambda: open_session(folder)).run()


async def open_session(folder: Path) -> Session:
    """Open stores and connection in a thread.

    Raises:
        AlreadyOpen: if another terminal has this desk open.
    """
    opened, connection = await asyncio.to_thread(_open, folder)

    async def close() -> None:
        if connection is not None:
            await connection.close()
        await asyncio.to_thread(opened.close)

    return Session(
        desk=opened.desk,
        clock=opened.clock,
        identity=opened.work.identity(),
        sync=connection,
        keep_syncing=connection.engine.run_forever if connection else None,
        close=close,
    )


def _open(folder: Path) -> tuple[OpenedDesk, Connection | None]:
    from csr_tui.bootstrap import open_desk
    from csr_tui.log import log_to_file

    log_to_file(folder / "csr-tui.log")
    opened = open_desk(folder)
    return opened, opened.connection()
