"""The checker is checked: each planted fault is found, by an invariant that is about it."""

from __future__ import annotations

import pytest

from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.run import run

MOST_SEEDS = 60


def seeds_until_found(mutant: Mutant, most: int) -> int:
    """How many seeds it takes; fails where that are too many."""
    for seed in range(most):
        if run(seed, mutant).breaches:
            return seed + 1
    raise AssertionError(f"{mutant.name} survived {most} seeds")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_fault_is_found(mutant: Mutant) -> None:
    assert seeds_until_found(mutant, MOST_SEEDS)


def test_sixteen_faults_are_planted_at_least_and_each_says_what_it_is() -> None:
    assert len(MUTANTS) >= 16
    assert all(mutant.what for mutant in MUTANTS)
