"""A branch behind a real server, and its log: whatever a test sends, no line of it may move a terminal or show a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from central_api.logs import configure_logs
from tests.central_api.conftest import branch, served
from tests.central_databases import SLOWLY_BOTH

__all__ = ["branch", "served"]


@pytest.fixture(params=SLOWLY_BOTH)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Hundreds of requests in most tests."""
    kind: str = request.param
    return kind


@pytest.fixture(autouse=True)
def log(tmp_path: Path) -> Iterator[Path]:
    """The log of the server, as `csr-central serve --log` writes it."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    path = tmp_path / "server.log"
    configure_logs(path)
    yield path
    for handler in root.handlers:
        handler.flush()
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()
    text = path.read_text("utf-8")
    assert all(line.isprintable() for line in text.split("\n"))
    assert all(isinstance(json.loads(line), dict) for line in text.splitlines())
