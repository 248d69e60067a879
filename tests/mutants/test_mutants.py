"""Planted faults in the rules are noticed, and the planting itself can be trusted."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.copies import Copy, RunBroken
from tests.mutants.fault import AnchorLost, Fault
from tests.mutants.faults import FAULTS
from tests.mutants.run import check_anchors, plant_all

HALVES = next(fault for fault in FAULTS if fault.name == "halves are rounded down")
UNNOTICED = Fault(
    "a docstring is changed",
    "rma/money.py",
    "halves away from zero.",
    "halves somewhere.",
    ("tests/rma/test_money.py",),
)


def test_there_are_enough_faults_and_each_has_its_name() -> None:
    names = {fault.name for fault in FAULTS}
    assert len(names) == len(FAULTS) >= 30


def test_every_fault_fits_the_rules_as_they_stand() -> None:
    check_anchors(FAULTS)


@pytest.mark.parametrize("old", ["no such text", "def "])
def test_a_fault_that_fits_nowhere_or_twice_is_an_error(old: str) -> None:
    fault = Fault("lost", HALVES.file, old, "x", HALVES.tests)

    with pytest.raises(AnchorLost, match=r"times in rma/money\.py, not once"):
        check_anchors([fault])


def test_a_fault_stands_in_the_copy_only_while_it_is_tested(tmp_path: Path) -> None:
    copy = Copy.make(tmp_path)
    path = tmp_path / HALVES.file
    before = path.read_text()

    with copy.with_fault(HALVES):
        assert HALVES.new in path.read_text()

    assert path.read_text() == before


def test_what_a_test_notices_is_killed_and_what_none_notices_survives() -> None:
    killed, survived = plant_all([HALVES, UNNOTICED])

    assert killed.killed_by is not None
    assert killed.killed_by.startswith("tests/rma/test_slots.py::")
    assert survived.killed_by is None


def test_tests_that_cannot_be_run_prove_nothing() -> None:
    nothing = Fault("as above", UNNOTICED.file, UNNOTICED.old, UNNOTICED.new, ("tests/no_such.py",))

    with pytest.raises(RunBroken, match="pytest ended with 4"):
        plant_all([nothing])


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_every_planted_fault_turns_a_test_red() -> None:
    survivors = [planted.mutant for planted in plant_all(FAULTS) if planted.killed_by is None]

    assert survivors == []
