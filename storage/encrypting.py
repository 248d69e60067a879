"""Encrypt a work.db that was made in clear, and the backup copies beside it: each as a whole, or it stays as it was."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import sqlcipher3.dbapi2 as sqlcipher

from storage.engines import connect, raw_key
from storage.errors import EncryptingFailed
from storage.in_clear import is_plain
from storage.private_file import sync_folder

if TYPE_CHECKING:
    import sqlite3


def encrypt_in_place(path: Path, key: bytes) -> None:
    """Encrypt the database at `path` and its backup copies, where they are in clear. The caller holds the folder's lock.

    Raises:
        EncryptingFailed: if it cannot be done; the file is as it was.
    """
    for plain in (path, *path.parent.glob(f"{path.name}.*.backup")):
        if is_plain(plain):
            _encrypt(plain, key)


def _encrypt(path: Path, key: bytes) -> None:
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.unlink(missing_ok=True)
        with closing(connect(path, None)) as source:  # closing takes its log into the file
            source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            source.execute(f"ATTACH ? AS sealed KEY {raw_key(key)}", (str(unfinished),))
            source.execute("SELECT sqlcipher_export('sealed')")
            (version,) = source.execute("PRAGMA user_version").fetchone()
            source.execute(f"PRAGMA sealed.user_version = {version}")
            source.execute("DETACH sealed")
            before = _content(source)
        if path.with_name(f"{path.name}-wal").exists():
            raise ValueError("another program has it open")
        with closing(connect(unfinished, key)) as copy:
            if _content(copy) != before:
                raise ValueError("the copy is not the same")
        with unfinished.open("rb+") as file:
            os.fsync(file.fileno())
        unfinished.chmod(0o600)
        unfinished.replace(path)
        sync_folder(path.parent)
    except (sqlcipher.Error, OSError, ValueError) as error:
        unfinished.unlink(missing_ok=True)
        raise EncryptingFailed(path, error) from error


def _content(database: sqlite3.Connection) -> list[tuple[object, ...]]:
    """What a copy must have in common: that it is whole, its schema, and how many rows each table has."""
    found = database.execute("PRAGMA integrity_check").fetchall()
    schema = database.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite_%' ORDER BY name"
    ).fetchall()
    counts = [
        database.execute(f'SELECT ?, count(*) FROM "{name}"', (name,)).fetchone()  # noqa: S608 - our names
        for kind, name, _sql in schema
        if kind == "table"
    ]
    return [*found, *schema, *counts]
