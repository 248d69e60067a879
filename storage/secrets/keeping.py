"""Open a desk's secrets, whatever keeps them, and get the databases' key out of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from storage.errors import AlreadyOpen
from storage.in_clear import is_encrypted
from storage.secrets import DATABASE_KEY, Secrets
from storage.secrets.errors import KeyLost
from storage.secrets.kinds import Kind

KEY_BYTES = 32

_PATIENCE_SECONDS = 30
"""How long one program waits for another that makes the same desk."""


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Two programs that open a new folder at once must not both make its secrets.

    Raises:
        AlreadyOpen: if the other one takes too long.
    """
    try:
        with FileLock(folder / "desk.lock", _PATIENCE_SECONDS):
            yield
    except Timeout as error:
        raise AlreadyOpen(folder) from error


def keep_in(kind: Kind, folder: Path, passphrase: Callable[[], str]) -> Secrets:
    """The secrets of this folder; made where there are none. The passphrase is asked for a vault alone.

    Raises:
        SecretsError: if they cannot be opened or made.
    """
    if kind is Kind.VAULT:
        from storage.secrets.vault import Vault

        return Vault(folder, passphrase())
    if kind is Kind.KEYRING:
        from storage.secrets.keyring import Keyring

        return Keyring.of(folder) if (folder / kind.value).exists() else Keyring.create(folder)
    from storage.secrets.open_file import OpenFile

    return OpenFile(folder)


def vault_for_a_backup(secrets: Secrets) -> bytes | None:
    """What is laid beside a copy of a desk: its vault without what goes on without it; None where it has no vault.

    Raises:
        SecretsError: if it cannot be read.
    """
    from storage.secrets.vault import Vault

    return secrets.for_a_backup() if isinstance(secrets, Vault) else None


def database_key(folder: Path, secrets: Secrets) -> bytes:
    """The key of this folder's databases; a new one where there are none to lose.

    Raises:
        KeyLost: if a database is there that was made with a key that is gone.
        SecretsError: if the secrets cannot be read or written.
    """
    known = secrets.get(DATABASE_KEY)
    if known is not None:
        return known
    if is_encrypted(folder / "work.db"):
        raise KeyLost(folder, secrets.kind)
    key = os.urandom(KEY_BYTES)
    secrets.set(DATABASE_KEY, key)
    return key
