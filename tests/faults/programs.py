"""Desks and servers as processes of their own, quick to start: born of one that has loaded their programs already.

Such a process runs what `csr-central` runs, and opens a desk as `csr-tui` does; what is saved is the loading, a second each time.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
from contextlib import suppress
from multiprocessing import get_context
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from tests.faults.shift import Shift

_NURSERY = get_context("forkserver")
_NURSERY.set_forkserver_preload(["tests.faults.loaded"])

_DIE_WITH_PARENT = 1
"""PR_SET_PDEATHSIG: no process outlives the tests, even if these are killed."""

START_SECONDS = 60.0


class Program:
    """A process that says lines of JSON."""

    def __init__(self, target: Any, *arguments: Any) -> None:
        self._mouth, mouth = _NURSERY.Pipe(duplex=False)
        child, self._hand = _NURSERY.Pipe(duplex=False)
        self._process: ForkServerProcess = _NURSERY.Process(
            target=_born, args=(mouth, child, target, *arguments)
        )
        self._process.start()
        mouth.close()
        child.close()
        self._rest = b""
        self.alive = True

    @property
    def pid(self) -> int:
        """Its id."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        """Whether it ended by itself, or was killed."""
        return not self.alive or not self._process.is_alive()

    def said(self, seconds: float = 0.0) -> list[dict[str, Any]]:
        """What it said since it was last asked; waits so long for a first line."""
        lines: list[dict[str, Any]] = []
        with suppress(EOFError, OSError):
            while self._mouth.poll(0 if lines else seconds):
                got = os.read(self._mouth.fileno(), 65536)
                if not got:
                    break
                *whole, self._rest = (self._rest + got).split(b"\n")
                lines += [json.loads(line) for line in whole]
        return lines

    def go_on(self) -> None:
        """Say that it may go on, to one that waits for it."""
        with suppress(OSError):
            os.write(self._hand.fileno(), b"\n")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal."""
        if self.alive:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def kill(self) -> list[dict[str, Any]]:
        """`kill -9`; gives back what it had said last."""
        if not self.alive:
            return []
        self.alive = False
        self._process.kill()
        return self._buried()

    def wait(self, seconds: float) -> list[dict[str, Any]]:
        """Wait until it ends by itself; gives back what it had said last.

        Raises:
            TimeoutError: if it does not.
        """
        self._process.join(seconds)
        if self._process.is_alive():
            raise TimeoutError
        self.alive = False
        return self._buried()

    def _buried(self) -> list[dict[str, Any]]:
        self._process.join()
        said = self.said()
        self._process.close()
        self._mouth.close()
        self._hand.close()
        return said


class Server(Program):
    """`csr-central serve` on a database; it listens once it was made, unless it could not start."""

    def __init__(self, database: str, log: Path, port: int = 0) -> None:
        super().__init__(_serve, database, str(log), port)
        first = self.said(START_SECONDS)
        self.url = str(first[0]["listening"]) if first else ""
        """Where it listens; empty where it could not start."""


class Desk(Program):
    """A desk at which somebody works; see `Shift`."""

    def __init__(self, folder: Path, shift: Shift) -> None:
        super().__init__(_work, str(folder), shift)


def _born(mouth: Connection, hand: Connection, target: Any, *arguments: Any) -> None:
    ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    os.dup2(mouth.fileno(), 1)
    os.dup2(hand.fileno(), 0)
    mouth.close()
    hand.close()
    target(*arguments)


def _serve(database: str, log: str, port: int) -> None:
    from central_api.__main__ import main

    sys.stdout = os.fdopen(1, "w")
    where = ("--database", database, "--port", str(port), "--log", log)
    sys.exit(main(["serve", "--json", *where]))


def _work(folder: str, shift: Shift) -> None:
    from tests.faults.driver import work

    work(Path(folder), shift)
