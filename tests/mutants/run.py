"""Plant every fault, one after the other, and see which test turns red."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tests.mutants.copies import PROJECT, Copy, RunBroken
from tests.mutants.fault import AnchorLost, Fault

WORKERS = 2
"""Copies that are tested side by side."""


class NotGreen(Exception):
    """The tests are red without any fault, so that they prove nothing."""


@dataclass(frozen=True, slots=True)
class Planted:
    """What became of one fault."""

    mutant: str
    file: str
    killed_by: str | None
    """The test that turned red; None where the fault survived."""
    seconds: float


def check_anchors(faults: Sequence[Fault]) -> None:
    """Every fault fits the source as it stands now.

    Raises:
        AnchorLost: naming each fault that does not.
    """
    lost = []
    for fault in faults:
        try:
            fault.edited((PROJECT / fault.file).read_text(encoding="utf-8"))
        except (AnchorLost, FileNotFoundError) as error:
            lost.append(str(error))
    if lost:
        raise AnchorLost("\n".join(lost))


def plant_all(
    faults: Sequence[Fault], report: Callable[[Planted], None] = lambda planted: None
) -> list[Planted]:
    """Test every fault in a copy of its own; in the order of `faults`.

    Raises:
        AnchorLost: if a fault does not fit its file.
        NotGreen: if a test is red already without a fault.
        RunBroken: if the tests cannot be run.
    """
    check_anchors(faults)
    with tempfile.TemporaryDirectory(prefix="csr-mutants-") as place:
        copies: SimpleQueue[Copy] = SimpleQueue()
        for index in range(min(WORKERS, os.cpu_count() or 1)):
            copies.put(Copy.make(Path(place) / str(index)))

        def green(tests: Sequence[str]) -> None:
            copy = copies.get()
            try:
                red = copy.first_red(tests, keep_bytecode=True)
            finally:
                copies.put(copy)
            if red is not None:
                raise NotGreen(f"{red} is red without any fault")

        def test(fault: Fault) -> Planted:
            began = time.perf_counter()
            copy = copies.get()
            try:
                with copy.with_fault(fault):
                    killed_by = copy.first_red(fault.tests)
            except RunBroken as error:
                raise RunBroken(f"“{fault.name}”: {error}") from error
            finally:
                copies.put(copy)
            planted = Planted(
                fault.name, fault.file, killed_by, round(time.perf_counter() - began, 1)
            )
            report(planted)
            return planted

        with ThreadPoolExecutor(copies.qsize()) as pool:
            every = tuple(dict.fromkeys(test for fault in faults for test in fault.tests))
            # both copies, so that both have their bytecode
            list(pool.map(green, [every] * copies.qsize()))
            return list(pool.map(test, faults))
