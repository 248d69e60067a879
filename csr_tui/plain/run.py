"""Opens a desk for a conversation over standard input and output, and closes it in order."""

from __future__ import annotations

import sys
from io import TextIOWrapper
from pathlib import Path

from csr_tui.bootstrap import open_desk
from csr_tui.exit_codes import ExitCode
from csr_tui.language import speak, unknown_language
from csr_tui.log import log_to_file
from csr_tui.paths import settings_file
from csr_tui.plain.conversation import Conversation
from csr_tui.plain.syncing import Syncing
from csr_tui.plain.talk import Talk
from csr_tui.plain.workplace import Workplace
from csr_tui.settings import read_settings
from storage.file_lock import usable


def run_plain(folder: Path, settings: str | None = None) -> ExitCode:
    """Talk until `quit`, or until the answers end. `settings` names a settings file.

    Raises:
        SettingsRefused: if the settings file cannot be used.
        AlreadyOpen: if another process has this desk open.
        FolderRefused: if the folder cannot be used.
        CredentialError: if the token of an enrolled desk cannot be read.
    """
    check = unknown_language
    speak(read_settings(settings_file(settings), check_language=check).language)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")  # no byte and no character ends a call
    with usable(folder):
        log_to_file(folder / "csr-tui.log")
    opened = open_desk(folder)
    try:
        connection = opened.connection()
        syncing = Syncing(connection) if connection is not None else None
        try:
            place = Workplace(
                desk=opened.desk,
                clock=opened.clock,
                sync=syncing,
            )
            return Conversation(Talk(sys.stdin, sys.stdout), place).run()
        finally:
            if syncing is not None:
                syncing.close()
    finally:
        opened.close()
