"""A desk of its own for each test; its central API is down."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def desk(own_shop: Path) -> Path:
    """The agent's folder in a copy of the shop."""
    return own_shop / "desks" / "agent"
