"""The real program on a database, and what it costs the machine; Linux tells."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from tests.central_api.branch import Branch, policy_text
from tests.central_api.conftest import Served

ANY_YEAR = policy_text(offline_hours="87600", expires_after_days="3650")
"""The returns are of the shop's day, the server is of today."""


@dataclass
class Program(Served):
    """`csr-central serve`."""

    pid: int
    log: Path

    def most_memory(self) -> int:
        """The most memory that it ever had, in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmHWM:")[1].split()[0]) // 1024

    def files(self) -> int:
        """How many files and sockets it has open."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))


@contextmanager
def program(database: str, folder: Path) -> Iterator[Program]:
    """A branch of today behind the real program."""
    branch = Branch.open(database, policy=ANY_YEAR)
    branch.now = datetime.now(UTC)
    log = folder / "serve.log"
    command = [sys.executable, "-m", "central_api", "serve", "--port", "0", "--json"]
    with subprocess.Popen(
        [*command, "--database", branch.url, "--stop-with-stdin", "--log", str(log)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["listening"]
        try:
            yield Program(branch, url, process.pid, log)
        finally:
            process.communicate(timeout=30)
            branch.engine.dispose()
