"""Tell a database in clear from an encrypted one, without opening it."""

from __future__ import annotations

from pathlib import Path

_HEADER = b"SQLite format 3\0"
"""How every database in clear begins; an encrypted one begins with random bytes."""


def is_plain(path: Path) -> bool:
    """Whether this is a database in clear."""
    try:
        with path.open("rb") as file:
            return file.read(len(_HEADER)) == _HEADER
    except (FileNotFoundError, NotADirectoryError):
        return False


def is_encrypted(path: Path) -> bool:
    """Whether there is a database, and not one in clear."""
    return path.exists() and path.stat().st_size > 0 and not is_plain(path)
