"""The checker is checked: each planted fault is found by the invariant that is about it, and without one nothing is found."""

from __future__ import annotations

import pytest

from tests.simulation.invariants import INVARIANTS
from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.run import run

MOST_SEEDS = 60
SEEDS_OF_EACH_MIX = range(2_000, 2_004)
MIXES = sorted({mutant.shown_by for mutant in MUTANTS})


def seeds_until_found(mutant: Mutant, most: int) -> int:
    """How many seeds it takes until its invariant does not hold; fails where that are too many."""
    for seed in range(most):
        if mutant.caught_by in {breach.invariant for breach in run(seed, mutant).breaches}:
            return seed + 1
    raise AssertionError(f"{mutant.name} survived {most} seeds of {mutant.caught_by}")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_planted_fault_is_found_by_the_invariant_that_is_about_it(mutant: Mutant) -> None:
    assert seeds_until_found(mutant, MOST_SEEDS)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("much_of", MIXES, ids=lambda much_of: " and ".join(much_of) or "any")
def test_the_troubles_of_planted_faults_break_nothing_without_them(
    much_of: tuple[str, ...],
) -> None:
    named = next(each.name for each in MUTANTS if each.shown_by == much_of)
    for seed in SEEDS_OF_EACH_MIX:
        found = run(seed, much_of=much_of).breaches
        again = (
            f"uv run python -m tests.simulation --seeds 1 --from {seed} --verbose --mix-of {named}"
        )
        assert not found, (
            f"seed {seed} with much of {much_of} does not hold: {found[0]}\nagain: {again}"
        )


def test_sixteen_faults_are_planted_at_least_and_each_says_what_it_is() -> None:
    assert len(MUTANTS) >= 16
    assert all(mutant.what for mutant in MUTANTS)
    assert {mutant.caught_by for mutant in MUTANTS} <= {each.__name__ for each in INVARIANTS}
