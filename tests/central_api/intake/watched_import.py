"""`csr-central import` in a process of its own that can be killed at a statement or meets a full disk.

python -m tests.central_api.intake.watched_import WISHES import …: the wishes are a JSON object with `die_at_statement`
(kill -9 before that statement on the database), `largest_file` (bytes that one file may have; what goes beyond fails,
as on a full disk) and `chunk_rows` (rows of a transaction). The last line on stderr is the peak of its memory in bytes.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event

from central_api.__main__ import main
from central_api.intake import writing


def peak_bytes() -> int:
    """The most memory this process had; what its parent had before does not count."""
    status = Path("/proc/self/status")
    if status.exists():
        (line,) = (each for each in status.read_text().splitlines() if each.startswith("VmHWM"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _die_at(statement: int) -> None:
    numbers = count(1)

    @event.listens_for(Engine, "before_cursor_execute")
    def _(*_: Any) -> None:
        if next(numbers) == statement:
            os.kill(os.getpid(), signal.SIGKILL)


def _run(wishes: dict[str, int], arguments: list[str]) -> int:
    if "chunk_rows" in wishes:
        writing.CHUNK_ROWS = wishes["chunk_rows"]
    if "die_at_statement" in wishes:
        _die_at(wishes["die_at_statement"])
    if "largest_file" in wishes:
        resource.setrlimit(resource.RLIMIT_FSIZE, (wishes["largest_file"], resource.RLIM_INFINITY))
    code = main(arguments)
    sys.stderr.write(f"{peak_bytes()}\n")
    return code


if __name__ == "__main__":
    sys.exit(_run(json.loads(sys.argv[1]), sys.argv[2:]))
