"""A real PostgreSQL for tests: a private cluster on a Unix socket, one for each test process.

One for each, because a transaction in any database of a cluster holds back the change feed of all of them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import psycopg

POSTGRES = "CSR_POSTGRES"
"""Names the folder of PostgreSQL's programs, where they are not found without."""

_USER = "csr"
HASTY = (
    "fsync=off",  # these databases live for one test
    "synchronous_commit=off",
    "full_page_writes=off",
    "autovacuum=off",  # its transactions hold the feed back for a moment, and tests look at once
    "max_connections=300",
    "shared_buffers=64MB",
    "deadlock_timeout=200ms",
)
"""Settings for tests; without them it is as careful as it comes."""


def programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`; None where there is no PostgreSQL."""
    named = os.environ.get(POSTGRES)
    if named:
        return Path(named)
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return installed[-1].parent if installed else None


class Cluster:
    """A running PostgreSQL."""

    def __init__(self, socket: Path, crash: Sequence[str], start: Sequence[str]) -> None:
        self._socket = socket
        self._crash, self._start = crash, start
        self._numbers = count(1)

    def url(self, name: str) -> str:
        """The URL of one of its databases."""
        return f"postgresql://{_USER}@/{name}?host={self._socket}"

    def crash(self) -> None:
        """End at once, as if it was killed: whatever is under way is lost."""
        _do(*self._crash)

    def start(self) -> None:
        """Come up, and recover what was committed."""
        _do(*self._start)

    @contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """A new database, gone at the end; gives its name."""
        name = f"test_{next(self._numbers)}"
        self._run(f"CREATE DATABASE {name} TEMPLATE {template}")
        yield name
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def _run(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def running(folder_of_programs: Path, settings: Sequence[str] = HASTY) -> Iterator[Cluster]:
    """A new, empty cluster; stopped and deleted at the end."""
    folder = Path(tempfile.mkdtemp(prefix="csr-pg-"))
    data, unprivileged = folder / "data", _unprivileged(folder)
    control = [*unprivileged, str(folder_of_programs / "pg_ctl"), "-D", str(data), "-s", "-w"]
    options = " ".join(("-c listen_addresses=''", *(f"-c {setting}" for setting in settings)))
    start = [*control, "-l", str(folder / "log"), "-o", f"-k {folder} {options}", "start"]
    crash = [*control, "-m", "immediate", "stop"]
    try:
        _do(
            *unprivileged,
            *(str(folder_of_programs / "initdb"), "-D", str(data), "-U", _USER, "-A", "trust"),
            *("--no-sync", "-E", "UTF8", "--no-locale"),
        )
        _do(*start)
        try:
            yield Cluster(folder, crash, start)
        finally:
            _do(*crash)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _unprivileged(folder: Path) -> list[str]:
    """What to run its programs with: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "nobody", "nogroup")
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


def _do(*command: str) -> None:
    # its server keeps the descriptors it is born with: a pipe would never end
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False, cwd="/"
    )
    assert done.returncode == 0, f"{command} failed"
