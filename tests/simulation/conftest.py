"""What the simulation leaves behind is removed: the processes of the tests end without a word."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.simulation.template import sweep


@pytest.fixture(scope="session", autouse=True)
def swept() -> Iterator[None]:
    """At the end of all tests of this process."""
    yield
    sweep()
