"""What went wrong, in words for the person who ran the command."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from rma.errors import RmaError

_FILE_SAYS = {
    errno.EACCES: "{file} may not be opened by this account: change its rights, or run it as its owner.",
    errno.EEXIST: "{file} exists: name a new file.",
    errno.EISDIR: "{file} is a folder: name a file.",
    errno.ENOSPC: "There is no room left for {file}: make some, then run it again.",
    errno.ENOTDIR: "{file} lies in something that is no folder: check the path.",
    errno.EPERM: "{file} may not be changed by this account: change its rights, or run it as its owner.",
    errno.EROFS: "{file} cannot be written: its disk is read-only. Name another place.",
}
_DATABASE_SAYS = {
    sqlite3.SQLITE_BUSY: "The database is busy: run it again in a moment.",
    sqlite3.SQLITE_CORRUPT: "The database is damaged: stop the server, and put the last copy back with csr-central restore.",
    sqlite3.SQLITE_FULL: "The disk of the database is full: make room, then run it again.",
    sqlite3.SQLITE_IOERR: "The disk of the database cannot be read or written: look at the disk and its messages.",
    sqlite3.SQLITE_NOTADB: "The database is damaged, or is none of csr-central: check --database.",
    sqlite3.SQLITE_READONLY: "The database may not be written by this account: change its rights, or run it as its owner.",
}


def in_words(error: Exception) -> str | None:
    """What to tell; None for an error of ours, whose trace is needed."""
    if isinstance(error, RmaError):
        return str(error)
    if isinstance(error, OSError):
        return _of_file(error)
    if isinstance(error, sqlite3.Error):
        return of_sqlite(error)
    from sqlalchemy.exc import DBAPIError

    if isinstance(error, DBAPIError):
        cause = error.orig
        if isinstance(cause, sqlite3.Error):
            return of_sqlite(cause)
        return f"The database did not do it: {str(cause).strip()}."
    return None


def of_sqlite(error: sqlite3.Error) -> str:
    """What to tell of an error of SQLite."""
    said = _DATABASE_SAYS.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)
    return said or f"The database did not do it: {error}."


def _of_file(error: OSError) -> str:
    if error.errno is None:  # it has a sentence of its own
        return str(error)
    if error.filename is None:
        known = error.errno == errno.ENOSPC
        return "The disk is full: make room, then run it again." if known else f"{error.strerror}."
    # Of two files the disk of the second one, which is written, is full.
    written = error.filename2 if error.errno == errno.ENOSPC else None
    file = Path(str(written or error.filename))
    if error.errno == errno.ENOENT:
        missing = "no such file" if file.parent.is_dir() else f"no folder {file.parent}"
        return f"{file}: there is {missing}. Check the path."
    said = _FILE_SAYS.get(error.errno)
    return said.format(file=file) if said else f"{file}: {error.strerror}."
