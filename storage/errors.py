"""What a store refuses, and why. Each message says what to do next and fits the message line.

StorageError
├── AlreadyOpen          another process works in this folder
├── NewerDatabase        work.db was written by a newer version
├── MigrationFailed      work.db could not be brought up to date; it is as it was
├── EncryptingFailed     a database in clear could not be encrypted; it is as it was
├── NotEnoughSpace       too little free space for the backup copy
├── NotEnrolled          nobody is enrolled here yet
├── AlreadyFinalized     this draft became a return before
├── AlreadyRefused       this draft was refused before
├── EditedMeanwhile      the return was edited before this edit of it
├── WrongBlock           a leased block lies outside the range of RMA numbers
├── Unreadable           a stored document does not fit its shape
├── FolderRefused        the desk's folder cannot be read or written
├── BadCopy              a copy of a desk cannot be used
├── DamagedDesk          the desk's own file is damaged: it cannot be copied
├── NoRoomThere          a copy does not fit where it should go
├── WouldLose            a copy lacks what only this desk has
├── CannotSave           a file for the agent cannot be written
└── StoreTrouble         full, locked or unreachable
    ├── Damaged          damaged, or of another key
    └── CannotLook       cannot be checked now: the disk is full, or refuses
"""

from __future__ import annotations

from pathlib import Path

from rma.errors import RmaError
from rma.wording import _, plural


class StorageError(RmaError):
    """Something about the local databases that a person should read."""


class AlreadyOpen(StorageError):
    """Another process works in this folder."""

    def __init__(self, folder: Path) -> None:
        said = _("Another csr-tui works in {folder}: close it, or use another folder.")
        super().__init__(said.format(folder=folder))


class NewerDatabase(StorageError):
    """work.db was written by a newer version of the program."""

    def __init__(self, path: Path, found: str, known: str) -> None:
        super().__init__(
            _(
                "{file} was written by a newer csr-tui (schema {found}, this one knows {known}): "
                "update csr-tui. Nothing was changed."
            ).format(file=path, found=found, known=known)
        )


class MigrationFailed(StorageError):
    """work.db could not be brought up to date; it is as it was."""

    def __init__(self, path: Path, cause: Exception) -> None:
        super().__init__(
            _(
                "{file} could not be updated ({why}). It is as it was: start again, or report this."
            ).format(file=path, why=cause)
        )


class EncryptingFailed(StorageError):
    """A database that was in clear could not be encrypted; it is as it was."""

    def __init__(self, path: Path, cause: Exception) -> None:
        super().__init__(
            _(
                "{file} could not be encrypted ({why}). It is as it was: free some space and start "
                "again, or report this."
            ).format(file=path, why=cause)
        )


class NotEnoughSpace(StorageError):
    """Too little free space to update work.db safely."""

    def __init__(self, path: Path, needed: int, free: int) -> None:
        super().__init__(
            _(
                "Updating {file} needs {needed} of free space, there are {free}: "
                "free some, then start again. Nothing was changed."
            ).format(file=path, needed=_mebibytes(needed), free=_mebibytes(free))
        )


class NotEnrolled(StorageError):
    """Nobody is enrolled on this desk yet."""

    def __init__(self) -> None:
        super().__init__(_("This desk is not enrolled: run csr-tui enroll first."))


class AlreadyFinalized(StorageError):
    """The draft became a return before: it must not become a second one."""

    def __init__(self, number: str) -> None:
        self.number = number
        said = _("This return has its number already: {number}. Look it up.")
        super().__init__(said.format(number=number))


class AlreadyRefused(StorageError):
    """The draft was refused before: it must not be kept twice."""

    def __init__(self) -> None:
        super().__init__(_("This return was refused already: the customer's history has it."))


class EditedMeanwhile(StorageError):
    """The return was edited before: an edit never overwrites another one."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This return was edited meanwhile: open it to see what it is now. Your draft is kept."
            )
        )


class WrongBlock(StorageError):
    """A leased block lies outside the range of RMA numbers."""

    def __init__(self, block: int) -> None:
        said = _("The server leased block {block}, which cannot be: report this.")
        super().__init__(said.format(block=block))


class Unreadable(StorageError):
    """A stored document does not fit its shape."""

    def __init__(self, what: str, key: str) -> None:
        said = _("The stored {kind} {key} cannot be read: report this, keep the file.")
        super().__init__(said.format(kind=what, key=key))


class CannotSave(StorageError):
    """A file for the agent cannot be written."""

    def __init__(self, path: Path, cause: OSError) -> None:
        said = _("{file} cannot be written: {why}. Nothing was saved.")
        super().__init__(said.format(file=path, why=cause.strerror or cause))


class BadCopy(StorageError):
    """A copy of a desk cannot be used."""

    def __init__(self, path: Path, why: str) -> None:
        self.why = why
        said = _("{file} is no sound copy ({why}): use another one. Nothing was changed.")
        super().__init__(said.format(file=path, why=why))


class FolderRefused(StorageError):
    """The desk's folder cannot be read or written."""

    def __init__(self, folder: Path, cause: OSError) -> None:
        said = _("The folder {folder} cannot be used ({why}): name another one with --data.")
        super().__init__(said.format(folder=folder, why=cause.strerror or cause))


class DamagedDesk(StorageError):
    """The desk's own file is damaged, so that no copy of it would be whole."""

    def __init__(self, path: Path, why: str) -> None:
        said = _(
            "{file} is damaged ({why}): no copy was made, nothing was changed. Keep the whole folder as it is. "
            "csr-tui restore COPY puts back a copy that was whole; csr-tui outbox export --in-clear FILE "
            "writes down what waits, where that can still be read."
        )
        super().__init__(said.format(file=path, why=why))


class NoRoomThere(StorageError):
    """A copy does not fit where it should go."""

    def __init__(self, folder: Path) -> None:
        said = _(
            "{folder} has no room for the copy: free some space there, or name another folder. "
            "The desk is as it was, and nothing was left there."
        )
        super().__init__(said.format(folder=folder))


class WouldLose(StorageError):
    """Putting a copy back would lose what only this desk has."""

    def __init__(self, count: int) -> None:
        said = plural(
            "{n} operation waits here that the copy does not know: run csr-tui sync first, or give --losing.",
            "{n} operations wait here that the copy does not know: run csr-tui sync first, or give --losing.",
            count,
        )
        super().__init__(said.format(n=count))


class StoreTrouble(StorageError):
    """A database is full, locked or unreachable; the change was not made."""


class Damaged(StoreTrouble):
    """A database is damaged, or of another key."""


class CannotLook(StoreTrouble):
    """A database cannot be checked now, which says nothing about what is in it."""

    def __init__(self, path: Path, cause: Exception) -> None:
        self.why = str(cause)
        said = _(
            "{file} could not be looked at ({why}): free some space and make the folder writable, then try again. "
            "Nothing was changed."
        )
        super().__init__(said.format(file=path, why=cause))


def _mebibytes(count: int) -> str:
    return f"{-(-count // 2**20)} MiB"
