"""The log is a file: nothing may be printed where the screen is drawn."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from csr_tui.traces import PlacesOnly

LARGEST_LOG = 2 * 1024 * 1024
"""Bytes; then the log starts anew and one older file is kept."""


def log_to_file(path: Path) -> None:
    """Send every log record to a rotating file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handler = RotatingFileHandler(path, maxBytes=LARGEST_LOG, backupCount=1, encoding="utf-8")
    handler.setFormatter(PlacesOnly("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for chatty in ("httpx", "httpcore", "asyncio", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
