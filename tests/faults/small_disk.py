"""A disk that fills, and has room again: a tmpfs of 4 MiB.

Where nothing may be mounted, no file of the process may grow above a limit instead (`RLIMIT_FSIZE`); the figures say which it was.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

FULL_AT = 4 * 1024 * 1024
ROOMY = 64 * 1024 * 1024
"""Bytes, when there is room."""

_PAGE = 4096


class Disk(Protocol):
    """Somewhere to write, as much as there is room."""

    kind: str

    def tighten(self, pid: int, room: int) -> None:
        """Leave so many bytes to a process, and more where the disk does not hold 4 MiB yet."""

    def loosen(self, pid: int) -> None:
        """Make room."""


class _Mounted:
    kind = "tmpfs"

    def __init__(self, at: Path) -> None:
        self._at = at

    def tighten(self, pid: int, room: int) -> None:
        while not self._resized(max(FULL_AT, self._used() + room // _PAGE * _PAGE)):
            room += _PAGE  # what is in use has grown meanwhile

    def loosen(self, pid: int) -> None:
        assert self._resized(ROOMY)

    def _used(self) -> int:
        return shutil.disk_usage(self._at).used

    def _resized(self, size: int) -> bool:
        command = ("mount", "-o", f"remount,size={size}", str(self._at))
        return subprocess.run(command, capture_output=True, check=False).returncode == 0


class _Limited:
    kind = "RLIMIT_FSIZE"

    def __init__(self, at: Path) -> None:
        self._at = at

    def tighten(self, pid: int, room: int) -> None:
        largest = max(path.stat().st_size for path in self._at.rglob("*") if path.is_file())
        self._limit(pid, largest + room)

    def loosen(self, pid: int) -> None:
        self._limit(pid, resource.RLIM_INFINITY)

    def _limit(self, pid: int, size: int) -> None:
        hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, hard))


@contextmanager
def small_disk(at: Path) -> Iterator[Disk]:
    """A disk at an empty folder, with room to begin with; it is gone at the end."""
    at.mkdir(parents=True)
    options = ("-t", "tmpfs", "-o", f"size={ROOMY}", "tmpfs", str(at))
    mounted = (
        shutil.which("mount") is not None
        and subprocess.run(("mount", *options), capture_output=True, check=False).returncode == 0
    )
    try:
        yield _Mounted(at) if mounted else _Limited(at)
    finally:
        if mounted:
            subprocess.run(("umount", "--lazy", str(at)), check=True)
