"""Where a desk keeps its files."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER_VARIABLE = "CSR_TUI_DATA"
"""Environment variable that names the data folder."""


def data_folder(chosen: str | None = None) -> Path:
    """The desk's folder: the chosen one, else the variable's, else the platform's place for user data."""
    named = chosen or os.environ.get(FOLDER_VARIABLE)
    if named:
        return Path(named).expanduser().resolve()
    from platformdirs import user_data_path

    return user_data_path("csr-tui")
