"""Where a desk and its user keep their files, and whether there are any."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from rma.errors import RmaError

if TYPE_CHECKING:
    from storage.secrets import Secrets

FOLDER_VARIABLE = "CSR_TUI_DATA"
"""Environment variable that names the data folder."""
SETTINGS_VARIABLE = "CSR_TUI_SETTINGS"
"""Environment variable that names the settings file."""

PAPERS_VARIABLE = "CSR_TUI_PAPERS"
"""Environment variable that names the folder for files that the agent saves."""

ENROLLED_FILE = "enrolled"
"""Stands in the folder of a desk that was connected once: a start need not open its stores to know."""


def data_folder(chosen: str | None = None) -> Path:
    """The desk's folder: the chosen one, else the variable's, else the platform's place for user data."""
    named = chosen or os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser().resolve()
    from platformdirs import user_data_path

    return user_data_path("csr-tui")


def settings_file(chosen: str | None = None) -> Path | None:
    """The chosen file, else the variable's, else the platform's place if there is a file.

    None where nothing was ever written.
    """
    named = chosen or os.environ.get(SETTINGS_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    path = default_settings_file()
    return path if path.is_file() else None


def default_settings_file() -> Path:
    """Where the settings stand if nobody names another file."""
    from platformdirs import user_config_path

    return user_config_path("csr-tui") / "settings.toml"


def papers_folder() -> Path:
    """Where the agent finds what they save: the variable's folder, else one among their documents."""
    named = os.environ.get(PAPERS_VARIABLE)
    if named:
        return Path(named).expanduser().absolute()
    from platformdirs import user_documents_path

    return user_documents_path() / "csr-tui"


def is_new(folder: Path, secrets: Secrets | None = None) -> bool:
    """Whether no desk was ever connected in this folder. Where that cannot be read, it is not: the desk says why."""
    try:
        folder.stat()
        if (folder / ENROLLED_FILE).exists():
            return False
        if not (folder / "work.db").exists():
            return True
        from csr_tui.bootstrap import open_desk
        from csr_tui.unlocking import Asking, unlock

        opened = open_desk(folder, secrets=secrets or unlock(folder, asking=Asking.NOBODY))
    except FileNotFoundError:
        return True
    except (OSError, RmaError):
        return False
    try:
        return opened.work.identity() is None
    finally:
        opened.close()
