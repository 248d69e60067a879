"""A small demo shop with its enrolled desks, made once by the program itself, for all tests that need real stores."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder with a shop of 40 customers; its central API is stopped, its desks are synced.

    Test processes share it: nobody may change it.
    """
    if worker_id == "master":
        return _make_shop(tmp_path_factory.mktemp("shop"))
    folder = tmp_path_factory.getbasetemp().parent / "shop"
    with FileLock(f"{folder}.lock"):
        if not (folder / "synced").exists():
            folder.mkdir()
            _make_shop(folder)
            (folder / "synced").touch()
    return folder


def _make_shop(folder: Path) -> Path:
    from csr_tui.bootstrap import open_desk, sync_once
    from csr_tui.demo.central import Central
    from csr_tui.demo.session import prepare

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
def central(own_shop: Path) -> Iterator[object]:
    """The copy's central API, running; the desks know its address."""
    from csr_tui.demo.central import Central
    from csr_tui.demo.session import prepare

    central = Central(own_shop)
    prepare(own_shop, central, customers=0)
    yield central
    central.stop()


def simple_orders(shop: Path) -> list[str]:
    """Numbers of recent orders with one unit of one line that may come back without a question."""
    lines: dict[str, list[dict[str, object]]] = {}
    for row in map(json.loads, (shop / "lines.jsonl").read_text().splitlines()):
        lines.setdefault(str(row["order_id"]), []).append(row)
    orders = map(json.loads, (shop / "orders.jsonl").read_text().splitlines())
    newest = sorted(orders, key=lambda order: str(order["placed_at"]), reverse=True)
    found = []
    for order in newest:
        (line, *more) = lines[order["order_id"]]
        plain = line["qty"] == 1 and line["category"] == "home"
        if plain and not more:
            found.append(str(order["number"]))
    return found
