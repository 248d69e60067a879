"""Bursts at full speed, over every screen, into stores that take their time: as if each key had been awaited."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest

from tests.terminal.calls import Facts, call
from tests.terminal.typist import Burst, Place, Typist, work

BURSTS, GROUPS = 200, 10
LONGEST_SECONDS = "0.3"
"""The longest that a call of a store takes."""

Outcome: TypeAlias = tuple[list[dict[str, object]], list[Place]]


def difference(shop: Path, tmp_path: Path, seed: int, bursts: int, *wishes: str) -> str:
    """Type the same calls slowly at one desk and at full speed at another: the first that came out differently.

    `bursts` is how many there are at least; `wishes` are options for the desk where they are typed at full speed.
    """
    desks = [_copy(shop, tmp_path / name) for name in ("slowly", "at-once")]
    slow = ["--longest", LONGEST_SECONDS, "--seed", str(seed), *wishes]
    with Typist(desks[0]) as one, Typist(desks[1], *slow) as other, ThreadPoolExecutor(2) as pool:
        for typed in _calls(shop, seed, bursts):
            awaited = pool.submit(_outcome, one, typed, slowly=True)
            hurried = pool.submit(_outcome, other, typed, slowly=False)
            if awaited.result() != hurried.result():
                return _told(typed, awaited.result(), hurried.result())
        assert any("number" in row for row in work(one.folder)), "returns are made"
    return ""


def _calls(shop: Path, seed: int, bursts: int) -> Iterator[list[Burst]]:
    facts, random, made = Facts.of(shop), Random(seed), 0
    while made < bursts:
        typed = call(facts, random)
        made += len(typed)
        yield typed


def _copy(shop: Path, to: Path) -> Path:
    return Path(shutil.copytree(shop, to)) / "desks" / "agent"


def _outcome(typist: Typist, bursts: list[Burst], *, slowly: bool) -> Outcome:
    """What a call left in work.db, and where it led."""
    type_ = typist.slowly if slowly else typist.at_once
    places = [type_(burst) for burst in bursts]
    for place in places:
        del place["seen_from"]
    return work(typist.folder), places


def _told(bursts: list[Burst], slowly: Outcome, at_once: Outcome) -> str:
    return "\n".join(
        [
            f"typed: {bursts}",
            f"slowly: {slowly[1]}",
            *(f"    {row}" for row in slowly[0] if row not in at_once[0]),
            f"at once: {at_once[1]}",
            *(f"    {row}" for row in at_once[0] if row not in slowly[0]),
        ]
    )


@pytest.mark.timeout(300)
def test_bursts_leave_the_records_that_slow_typing_leaves(shop: Path, tmp_path: Path) -> None:
    assert difference(shop, tmp_path, seed=7, bursts=6) == ""


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("group", range(GROUPS))
def test_many_bursts_leave_the_records_that_slow_typing_leaves(
    shop: Path, tmp_path: Path, group: int
) -> None:
    assert difference(shop, tmp_path, seed=100 + group, bursts=BURSTS // GROUPS) == ""


@pytest.mark.timeout(300)
def test_without_the_gate_bursts_go_astray(shop: Path, tmp_path: Path) -> None:
    assert difference(shop, tmp_path, 7, 6, "--no-gate")
