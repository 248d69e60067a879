"""A small demo shop with its enrolled desks, made once by the program itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from csr_tui.bootstrap import open_desk, sync_once
from csr_tui.demo.central import Central
from csr_tui.demo.session import prepare


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a shop of 40 customers; its central API is stopped, its desks are synced."""
    import asyncio

    folder = tmp_path_factory.mktemp("shop")
    central = Central(folder)
    try:
        prepare(folder, central, customers=40)
        for desk in (folder / "desks").iterdir():
            opened = open_desk(desk)
            try:
                assert asyncio.run(sync_once(opened)).trouble == ""
            finally:
                opened.close()
    finally:
        central.stop()
    return folder


@pytest.fixture
def own_shop(shop: Path, tmp_path: Path) -> Path:
    """A copy of the shop that a test may change."""
    import shutil

    return Path(shutil.copytree(shop, tmp_path / "shop"))


@pytest.fixture
def central(own_shop: Path) -> Iterator[Central]:
    """The copy's central API, running; the desks know its address."""
    central = Central(own_shop)
    prepare(own_shop, central, customers=0)
    yield central
    central.stop()
