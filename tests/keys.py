"""A key for the databases of tests, and the way into a desk's databases beside the program."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from storage.engines import connect
from storage.secrets import DATABASE_KEY
from storage.secrets.open_file import OpenFile

KEY = bytes(range(32))
"""What stores are opened with where no desk is around them."""


def decrypted(path: Path, key: bytes = KEY) -> sqlite3.Connection:
    """A connection to an encrypted database; used as a context it ends the transaction."""
    connection = connect(path, key)
    connection.isolation_level = ""  # as Python's own: a change begins a transaction
    return connection


def key_of(folder: Path) -> bytes:
    """The key of a desk that keeps it in an open file."""
    key = OpenFile(folder).get(DATABASE_KEY)
    assert key
    return key
