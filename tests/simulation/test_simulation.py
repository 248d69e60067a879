"""The whole of it under every trouble, seed by seed: whatever happens, nothing that was told is lost, doubled or changed.

A seed that fails prints how it is run again: `uv run python -m tests.simulation --seeds 1 --from SEED --verbose`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.simulation.run import run

QUICK = range(16)
SLOW = range(1_000, 1_600)
PARTS = 24


def held(seed: int) -> None:
    """Run a seed; everything has to hold."""
    ran = run(seed)
    again = f"uv run python -m tests.simulation --seeds 1 --from {seed} --verbose"
    said = "\n".join(f"{breach.invariant}: {breach.said}" for breach in ran.breaches)
    assert not ran.breaches, f"seed {seed} does not hold\n{said}\nagain: {again}"


@pytest.mark.parametrize("seed", QUICK)
def test_nothing_that_was_told_is_lost_doubled_or_changed(seed: int) -> None:
    held(seed)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_lost_doubled_or_changed_in_hundreds_of_runs(part: int) -> None:
    for seed in SLOW[part::PARTS]:
        held(seed)


def test_a_seed_tells_the_same_story_again_also_in_another_process() -> None:
    mine = run(7).digest
    told = "from tests.simulation.run import run; print(run(7).digest)"
    other = subprocess.run(
        [sys.executable, "-c", told],
        cwd=Path(__file__).parents[2],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert other.stdout.strip() == mine


def test_the_command_runs_seeds_in_processes_of_their_own() -> None:
    command = [
        sys.executable,
        "-m",
        "tests.simulation",
        "--seeds",
        "2",
        "--processes",
        "2",
        "--json",
    ]
    told = subprocess.run(
        command,
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(told.stdout)["failed"] == []


def test_a_failing_seed_says_in_json_too_how_it_is_run_again() -> None:
    planted = ["--mutant", "no_unique_number", "--seeds", "5", "--json"]
    told = subprocess.run(
        [sys.executable, "-m", "tests.simulation", *planted],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    (failed,) = json.loads(told.stdout)["failed"]
    again = f"--seeds 1 --from {failed['seed']} --verbose --mutant no_unique_number"
    assert told.returncode == 1
    assert failed["again"].endswith(again)


def test_another_seed_tells_another_story() -> None:
    assert run(7).digest != run(8).digest
