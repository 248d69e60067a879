"""One process per folder: a lock that the system drops with the process that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from storage.errors import AlreadyOpen, FolderRefused


@contextmanager
def usable(folder: Path) -> Iterator[None]:
    """Say that the folder cannot be used, where the system refuses what is done with it.

    Raises:
        FolderRefused: instead of OSError.
    """
    try:
        yield
    except OSError as error:
        raise FolderRefused(folder, error) from error


class FolderLock:
    """The right to use the databases of a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        """Take the lock.

        Raises:
            AlreadyOpen: if another process, or another store of this one, holds it.
            FolderRefused: if the folder cannot be used.
        """
        # The store is opened in one thread and closed in another: the lock must not belong to a thread.
        self._lock = FileLock(folder / name, timeout=0, thread_local=False)
        with usable(folder):
            try:
                self._lock.acquire()
            except Timeout as error:
                raise AlreadyOpen(folder) from error

    def release(self) -> None:
        """Give it back; nothing happens if that was done."""
        self._lock.release(force=True)
