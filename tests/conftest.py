"""What all tests share: a demo shop, and the real data, where it is at hand."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.central_databases import (
    central_database,
    cluster,
    database_kind,
    empty_database,
    migrated_file,
    migrated_template,
)
from tests.demo_shop import central, own_shop, shop

__all__ = [
    "central",
    "central_database",
    "cluster",
    "database_kind",
    "empty_database",
    "migrated_file",
    "migrated_template",
    "own_shop",
    "shop",
]

REAL_DATA = "CSR_REAL_DATA"

# how long an example takes says how busy the machine is; the rest stays as whoever runs the tests has set it
settings.register_profile("unhurried", settings(), deadline=None)
settings.load_profile("unhurried")

os.environ["CSR_TUI_SECRETS"] = "file"
"""No test may write to the keyring of whoever runs it; those that need one bring their own."""


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real records; without it a test is skipped and says so, with a wrong one it fails."""
    named = os.environ.get(REAL_DATA)
    if not named:
        pytest.skip(f"{REAL_DATA} is not set: docs/replay.md says how to make the folder")
    folder = Path(named)
    assert (folder / "online_retail").is_dir(), f"{REAL_DATA} names no folder of real data"
    return folder


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Where the real data is at hand, nothing may be skipped."""
    report = yield
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get(REAL_DATA):
        report.outcome = "failed"
        report.longrepr = f"skipped although {REAL_DATA} is set: {report.longrepr}"
    return report
