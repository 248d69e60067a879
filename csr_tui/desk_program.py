"""Run the desk in this terminal.

The first paint comes before everything heavy: only Textual and the look-up screen are imported here; stores, rules and
wire are imported and opened in a thread once the box is on the screen.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from csr_tui.app import DeskApp
from csr_tui.exit_codes import ExitCode
from csr_tui.session import Session
from csr_tui.terminal_input import driver_class
from rma.errors import RmaError

if TYPE_CHECKING:
    from csr_tui.bootstrap import Connection, OpenedDesk


class FolderRefused(RmaError):
    """The desk's folder cannot be read or written."""

    def __init__(self, folder: Path, error: OSError) -> None:
        super().__init__(
            f"The folder {folder} cannot be used ({error.strerror}): name another one with --data."
        )


def run_desk(folder: Path) -> ExitCode:
    """Open the desk of this folder until the agent quits; what it has to say at the end goes to standard error."""
    app = DeskApp(lambda: open_session(folder), reports=folder, driver_class=driver_class())
    app.run(mouse=False)  # keys alone; the terminal's own selecting and copying keeps working
    for words in app.last_words:
        sys.stderr.write(f"{words}\n")
    return ExitCode.FAILED if app.return_code else ExitCode.OK


async def open_session(folder: Path) -> Session:
    """Open stores and connection in a thread.

    Raises:
        AlreadyOpen: if another terminal has this desk open.
        FolderRefused: if the folder cannot be used.
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

    try:
        log_to_file(folder / "csr-tui.log")
        opened = open_desk(folder)
    except OSError as error:
        raise FolderRefused(folder, error) from error
    return opened, opened.connection()
