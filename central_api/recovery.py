"""The recovery key that desks are told at enrollment, and what it is good for: opening a desk whose keyring is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout
from sqlalchemy import Connection, insert, select

from central_api.errors import CannotRecover
from central_api.tables import RECOVERY_KEY
from sync.protocol.recovery import FILE, NotForThisKey, unseal
from sync.protocol.signing import as_text

_WORK, _LOCK, _SECRETS = "work.db", "work.lock", "desk.secrets"
_LOST = ("desk.keyring", "desk.vault")
_DATABASE_KEY = "database-key"
_UNSENT = "SELECT count(*) FROM outbox WHERE state = 'ready'"


@dataclass(frozen=True, slots=True)
class Recovered:
    """A desk that opens again."""

    unsent: int
    """Operations that the server has not answered."""


def publish(connection: Connection, public_key: bytes, now: datetime) -> None:
    """Tell it to whoever enrolls from now on."""
    connection.execute(
        insert(RECOVERY_KEY).values(public_key=as_text(public_key), published_at=now)
    )


def published(connection: Connection) -> str:
    """The newest public half, as it travels; empty where there is none."""
    newest = select(RECOVERY_KEY.c.public_key).order_by(RECOVERY_KEY.c.published_at.desc()).limit(1)
    return connection.execute(newest).scalar() or ""


def recover(folder: Path, private_key: bytes) -> Recovered:
    """Lay the keys of a desk open in its folder, in the place of the keyring or vault that was lost.

    Raises:
        CannotRecover: if the folder holds no such desk, or the key does not fit; nothing was changed.
        OSError: if the folder cannot be written.
    """
    if not folder.is_dir():  # the lock would make it
        raise CannotRecover(f"There is no folder {folder}: name the desk's data folder.")
    try:
        with FileLock(folder / _LOCK, timeout=0):
            return _recover(folder, private_key)
    except Timeout:
        raise CannotRecover(f"The desk in {folder} is open: close it first.") from None


def _recover(folder: Path, private_key: bytes) -> Recovered:
    try:
        keys = unseal(private_key, (folder / FILE).read_bytes())
        key = keys[_DATABASE_KEY]
    except FileNotFoundError:
        raise CannotRecover(
            f"{folder} has no {FILE}: it was enrolled before there was a recovery key, or is no "
            "desk's folder."
        ) from None
    except (NotForThisKey, KeyError):
        raise CannotRecover(
            f"{folder / FILE} does not open with this key: take the one that was valid when the desk "
            "was enrolled."
        ) from None
    unsent = _unsent(folder / _WORK, key)
    _lay_open(folder / _SECRETS, keys)
    for lost in _LOST:
        if (folder / lost).exists():
            (folder / lost).replace(folder / f"{lost}.lost")
    return Recovered(unsent)


def _unsent(path: Path, key: bytes) -> int:
    import sqlcipher3.dbapi2 as sqlcipher

    if not path.is_file():
        raise CannotRecover(f"There is no {path}.")
    try:
        with closing(sqlcipher.connect(str(path))) as database:
            database.execute("PRAGMA cipher_log_level = NONE")
            database.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
            count: int = database.execute(_UNSENT).fetchone()[0]
            return count
    except sqlcipher.Error as error:
        raise CannotRecover(f"{path} cannot be read with the desk's key: {error}.") from error


def _lay_open(path: Path, keys: Mapping[str, bytes]) -> None:
    """As the desk reads it: `storage.secrets.open_file`."""
    text = json.dumps({name: key.hex() for name, key in keys.items()})
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_text(f"{text}\n", "ascii")
    unfinished.replace(path)
