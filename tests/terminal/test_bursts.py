"""Bursts at full speed, over every screen, into stores that take their time: as if each key had been awaited."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from tests.terminal.calls import Facts, call
from tests.terminal.typist import Burst, Place, Typist, work

CALLS = 200
GROUPS = 10
LONGEST_SECONDS = "0.3"
"""The longest that a call of a store takes."""


def differences(shop: Path, tmp_path: Path, seed: int, calls: int, *wishes: str) -> list[str]:
    """Type the same calls slowly at one desk and at full speed at another; what came out differently."""
    facts, random = Facts.of(shop), Random(seed)
    typed = [call(facts, random) for _ in range(calls)]
    desks = [_copy(shop, tmp_path / name) for name in ("slowly", "at-once")]
    slow = ["--longest", LONGEST_SECONDS, "--seed", str(seed), *wishes]
    with Typist(desks[0]) as one, Typist(desks[1], *slow) as other, ThreadPoolExecutor(2) as pool:
        found = []
        for number, bursts in enumerate(typed):
            awaited = pool.submit(_typed, one, bursts, slowly=True)
            hurried = pool.submit(_typed, other, bursts, slowly=False)
            if awaited.result() != hurried.result():
                found.append(_told(number, bursts, awaited.result(), hurried.result()))
                break  # what follows stands on other ground
    return found


def _copy(shop: Path, to: Path) -> Path:
    return Path(shutil.copytree(shop, to)) / "desks" / "agent"


def _typed(
    typist: Typist, bursts: list[Burst], *, slowly: bool
) -> tuple[list[object], list[Place]]:
    """What a call left in work.db, and where it led."""
    type_ = typist.slowly if slowly else typist.at_once
    places = [type_(burst) for burst in bursts]
    for place in places:
        del place["seen_from"]
    return work(typist.folder), places


def _told(number: int, bursts: list[Burst], *outcomes: tuple[list[object], list[Place]]) -> str:
    lines = [f"call {number}: {bursts}"]
    for name, (rows, places) in zip(("slowly", "at once"), outcomes, strict=True):
        others = [other for other, _ in outcomes if other is not rows]
        lines += [f"{name}: {places}"]
        lines += [f"    {row}" for row in rows if row not in others[0]]
    return "\n".join(lines)


@pytest.mark.timeout(300)
def test_bursts_leave_the_records_that_slow_typing_leaves(shop: Path, tmp_path: Path) -> None:
    assert not differences(shop, tmp_path, seed=1, calls=6)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("group", range(GROUPS))
def test_many_bursts_leave_the_records_that_slow_typing_leaves(
    shop: Path, tmp_path: Path, group: int
) -> None:
    assert not differences(shop, tmp_path, seed=100 + group, calls=CALLS // GROUPS)


@pytest.mark.timeout(300)
def test_without_the_gate_bursts_go_astray(shop: Path, tmp_path: Path) -> None:
    assert differences(shop, tmp_path, 1, 6, "--no-gate")
