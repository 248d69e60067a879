"""One process per folder: a lock that the system drops with the process that holds it."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from storage.errors import AlreadyOpen


class FolderLock:
    """The right to use the databases of a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        """Take the lock.

        Raises:
            AlreadyOpen: if another process, or another store of this one, holds it.
        """
        # The store is opened in one thread and closed in another: the lock must not belong to a thread.
        self._lock = FileLock(folder / name, timeout=0, thread_local=False)
        try:
            self._lock.acquire()
        except Timeout as error:
            raise AlreadyOpen(folder) from error

    def release(self) -> None:
        """Give it back; nothing happens if that was done."""
        self._lock.release(force=True)
