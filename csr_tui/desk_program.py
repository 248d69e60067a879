"""Run the desk in this terminal.

The first paint comes before everything heavy: only Textual and the look-up screen are imported here; stores, rules and
wire are imported and opened in a thread once the box is on the screen.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from csr_tui.app import DeskApp
from csr_tui.exit_codes import ExitCode
from csr_tui.paths import is_new, settings_file
from csr_tui.session import Session
from csr_tui.settings import (
    Settings,
    SettingsRefused,
    read_settings,
    wrong_language,
)
from csr_tui.swift import all_is_loaded
from csr_tui.terminal_input import driver_class
from rma.errors import RmaError
from rma.harmless import harmless_lines
from rma.wording import _
from screens.themes import DEFAULT, unknown_theme

if TYPE_CHECKING:
    from textual.app import App
    from textual.driver import Driver

    from csr_tui.bootstrap import OpenedDesk
    from csr_tui.late_connection import LateConnection
    from storage.secrets import Secrets


SCREEN_READER_VARIABLE = "CSR_TUI_SCREEN_READER"
"""Environment variable that says, with any value, that a screen reader reads the desk."""

_REST = (
    "csr_tui.connection",
    "screens.customer",
    "screens.return_wizard",
    "screens.number",
    "screens.rma",
    "screens.approvals",
    "screens.attention",
    "screens.help",
    "screens.palette",
    "screens.go_to",
)
"""What is loaded once the desk answers, in the order in which it is most likely asked for."""

A = TypeVar("A", bound="App[Any]")


def run_desk(
    folder: Path,
    settings: str | None = None,
    *,
    screen_reader: bool = False,
    desk: type[DeskApp] | None = None,
) -> ExitCode:
    """Open the desk of this folder until the agent quits; what it has to say at the end goes to standard error.

    Where the settings file is wrong, the desk opens without it and says so. With `screen_reader`, or where the
    environment names one, the terminal's cursor stands at the focus and nothing but text is drawn.
    """
    screen_reader = screen_reader or bool(os.environ.get(SCREEN_READER_VARIABLE))
    secrets = _of_a_vault(folder)
    if is_new(folder, secrets):
        return _first_start(folder, settings, screen_reader)
    chosen, notice = _chosen(settings)
    desk = desk or DeskApp
    app_class, driver = _for_reading(desk) if screen_reader else (desk, driver_class())
    app = app_class(
        lambda: open_session(folder, secrets),
        reports=folder,
        keymap=chosen.keymap,
        notice=notice,
        theme=chosen.theme or DEFAULT,
        driver_class=driver,
    )
    app.run(mouse=False)  # keys alone; the terminal's own selecting and copying keeps working
    _say_at_the_end(app.last_words)
    return ExitCode.FAILED if app.return_code else ExitCode.OK


def _of_a_vault(folder: Path) -> Secrets | None:
    """What a passphrase opens is opened while the terminal can still ask for it; a keyring waits for the first paint."""
    from storage.secrets.kinds import Kind, kind_in

    if kind_in(folder) is not Kind.VAULT:
        return None
    from csr_tui.unlocking import unlock

    return unlock(folder)


def _say_at_the_end(sentences: Iterable[str]) -> None:
    for words in sentences:
        sys.stderr.write(f"{harmless_lines(words)}\n")


def _first_start(folder: Path, settings: str | None, screen_reader: bool) -> ExitCode:
    """Offer the two ways on, and go the one that is taken."""
    from csr_tui.first_start import FirstStartApp, Way

    chosen, notice = _chosen(settings)
    app_class, driver = (
        _for_reading(FirstStartApp) if screen_reader else (FirstStartApp, driver_class())
    )
    app = app_class(
        folder,
        keymap=chosen.keymap,
        notice=notice,
        theme=chosen.theme or DEFAULT,
        driver_class=driver,
    )
    app.run(mouse=False)
    app.give_signals_back()
    _say_at_the_end(app.last_words)
    if app.way is Way.ENROLLED:
        return run_desk(folder, settings, screen_reader=screen_reader)
    if app.way is Way.DEMO:
        from csr_tui.demo.session import run_demo

        return run_demo(settings=settings, screen_reader=screen_reader)
    return ExitCode.FAILED if app.return_code else ExitCode.OK


def _chosen(settings: str | None) -> tuple[Settings, str]:
    """What the user has chosen, and what to say about it."""
    try:
        file = settings_file(settings)
        checked = read_settings(file, check_theme=unknown_theme, check_language=wrong_language)
        if checked.language:
            from csr_tui.language import speak

            speak(checked.language)
        return checked, ""
    except SettingsRefused as error:
        said = _("Your settings are not used: csr-tui keys --check says why. {problem}")
        return Settings(), said.format(problem=error.first)


def _for_reading(app_class: type[A]) -> tuple[type[A], type[Driver] | None]:
    """An app and its driver, for screen readers."""
    from csr_tui.screen_reading import reading, showing_cursor

    return reading(app_class), showing_cursor(driver_class())


async def open_session(folder: Path, secrets: Secrets | None = None) -> Session:
    """Open stores and connection in a thread; without `secrets` they are had without a question, or not at all.

    Raises:
        SecretsError: if the databases' key cannot be had.
        AlreadyOpen: if another terminal has this desk open.
        FolderRefused: if the folder cannot be used.
    """
    opened, connection, protection = await asyncio.to_thread(_open, folder, secrets)

    async def close() -> None:
        if connection is not None:
            await connection.close()
        await asyncio.to_thread(opened.close)

    return Session(
        desk=opened.desk,
        clock=opened.clock,
        sync=connection,
        keep_syncing=connection.keep_syncing if connection else None,
        load_rest=partial(_load_rest, opened),
        protection=protection,
        close=close,
    )


def _open(folder: Path, secrets: Secrets | None) -> tuple[OpenedDesk, LateConnection | None, str]:
    from csr_tui.bootstrap import open_desk
    from csr_tui.late_connection import LateConnection
    from csr_tui.log import log_to_file
    from csr_tui.unlocking import Asking, protection, unlock
    from storage.file_lock import usable

    with usable(folder):
        log_to_file(folder / "csr-tui.log")
        opened = open_desk(folder, secrets=secrets or unlock(folder, asking=Asking.NOBODY))
    connection = LateConnection(opened) if opened.work.identity() else None
    return opened, connection, protection(folder)


def _load_rest(opened: OpenedDesk) -> None:
    """The wire, the other screens and the rules: loaded before the first return asks for them."""
    try:
        for module in _REST:
            import_module(module)
        opened.reference.policies()
        opened.reference.reasons()
        with suppress(RmaError):  # the connection says so, and so does whoever makes something
            opened.sealing.key()
    finally:
        all_is_loaded()
