"""Stores in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.reference import ReferenceStore
from storage.work import WorkStore
from tests.keys import KEY
from tests.storage.desk import HandClock, open_work


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def work(tmp_path: Path, clock: HandClock) -> Iterator[WorkStore]:
    store = open_work(tmp_path, clock=clock)
    yield store
    store.close()


@pytest.fixture
def reference(tmp_path: Path) -> Iterator[ReferenceStore]:
    store = ReferenceStore.open(tmp_path, KEY)
    yield store
    store.close()
