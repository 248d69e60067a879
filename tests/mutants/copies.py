"""Run tests against a copy of the packages, so that no fault ever stands in the tree itself."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.fault import Fault

PROJECT = Path(__file__).resolve().parents[2]
COPIED = ("rma", "desk", "sync", "storage", "central_api", "csr_tui", "screens", "tests")
_NOT_COPIED = shutil.ignore_patterns("__pycache__", "__snapshots__")
_FAILED = re.compile(r"^FAILED (.+?)(?: - .*)?$", re.MULTILINE)

LONGEST = 120
"""Seconds for the tests of one fault; a fault that never ends is caught too."""


class RunBroken(RuntimeError):
    """The tests could not be run at all: neither red nor green."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A folder with everything that the tests of the rules need."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Copy:
        """Copy the packages as they are now."""
        for package in COPIED:
            shutil.copytree(PROJECT / package, folder / package, ignore=_NOT_COPIED)
        shutil.copy(PROJECT / "pyproject.toml", folder)
        return cls(folder)

    @contextmanager
    def with_fault(self, fault: Fault) -> Iterator[None]:
        """The copy with one fault planted; whole again afterwards.

        Raises:
            AnchorLost: if the fault does not fit the file.
        """
        before = fault.plant(self.folder)
        path = self.folder / fault.file
        # bytecode is told apart by size and second: that is too coarse for what changes within one second
        Path(importlib.util.cache_from_source(str(path))).unlink(missing_ok=True)
        try:
            yield
        finally:
            path.write_text(before, encoding="utf-8")

    def first_red(self, tests: Sequence[str], *, keep_bytecode: bool = False) -> str | None:
        """The first test that fails, or None when all are green.

        Raises:
            RunBroken: if pytest could not collect or run them.
        """
        command = [sys.executable, "-m", "pytest", *tests]
        command += [
            "-o",
            "addopts=",
            "-p",
            "pytest_timeout",
            "-p",
            "tests.mutants.same_examples",
            "-p",
            "no:cacheprovider",
        ]
        command += ["-x", "-q", "--tb=no", "-rf", "--timeout", str(LONGEST)]
        environment = {**os.environ, "PYTHONPATH": str(self.folder)}
        # most of the time of a run would go into plugins that these tests do not need
        environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        if not keep_bytecode:
            environment["PYTHONDONTWRITEBYTECODE"] = "1"
        try:
            done = subprocess.run(
                command,
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=LONGEST + 30,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "it never ends"
        if done.returncode == 0:
            return None
        red = _FAILED.search(done.stdout)
        if done.returncode == 1 and red:
            return red[1]
        raise RunBroken(
            f"pytest ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-500:]}"
        )
