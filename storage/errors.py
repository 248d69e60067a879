"""What a store refuses, and why. Each message says what to do next and fits the message line.

StorageError
├── AlreadyOpen          another process works in this folder
├── NewerDatabase        work.db was written by a newer version
├── MigrationFailed      work.db could not be brought up to date; it is as it was
├── NotEnoughSpace       too little free space for the backup copy
├── NotEnrolled          nobody is enrolled here yet
├── AlreadyFinalized     this draft became a return before
├── WrongBlock           a leased block lies outside the range of RMA numbers
├── Unreadable           a stored document does not fit its shape
└── StoreTrouble         full, damaged, locked or unreachable
"""

from __future__ import annotations

from pathlib import Path

from rma.errors import RmaError


class StorageError(RmaError):
    """Something about the local databases that a person should read."""


class AlreadyOpen(StorageError):
    """Another process works in this folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"Another csr-tui works in {folder}: close it, or use another folder.")


class NewerDatabase(StorageError):
    """work.db was written by a newer version of the program."""

    def __init__(self, path: Path, found: str, known: str) -> None:
        super().__init__(
            f"{path} was written by a newer csr-tui (schema {found}, this one knows {known}): "
            "update csr-tui. Nothing was changed."
        )


class MigrationFailed(StorageError):
    """work.db could not be brought up to date; it is as it was."""

    def __init__(self, path: Path, cause: Exception) -> None:
        super().__init__(
            f"{path} could not be updated ({cause}). It is as it was: start again, or report this."
        )


class NotEnoughSpace(StorageError):
    """Too little free space to update work.db safely."""

    def __init__(self, path: Path, needed: int, free: int) -> None:
        super().__init__(
            f"Updating {path} needs {_mebibytes(needed)} of free space, there are "
            f"{_mebibytes(free)}: free some, then start again. Nothing was changed."
        )


class NotEnrolled(StorageError):
    """Nobody is enrolled on this desk yet."""

    def __init__(self) -> None:
        super().__init__("This desk is not enrolled: run csr-tui enroll first.")


class AlreadyFinalized(StorageError):
    """The draft became a return before: it must not become a second one."""

    def __init__(self, number: str) -> None:
        self.number = number
        super().__init__(f"This return has its number already: {number}. Look it up.")


class WrongBlock(StorageError):
    """A leased block lies outside the range of RMA numbers."""

    def __init__(self, block: int) -> None:
        super().__init__(f"The server leased block {block}, which cannot be: report this.")


class Unreadable(StorageError):
    """A stored document does not fit its shape."""

    def __init__(self, what: str, key: str) -> None:
        super().__init__(f"The stored {what} {key} cannot be read: report this, keep the file.")


class StoreTrouble(StorageError):
    """A database is full, damaged, locked or unreachable; the change was not made."""


def _mebibytes(count: int) -> str:
    return f"{-(-count // 2**20)} MiB"
