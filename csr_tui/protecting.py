"""Move the keys of a desk to where they are protected, or better protected."""

from __future__ import annotations

from pathlib import Path

from csr_tui.unlocking import new_passphrase, unlock
from storage.file_lock import FolderLock
from storage.secrets.errors import KeyringRefused, NoKeyring
from storage.secrets.kinds import Kind
from storage.secrets.moving import move
from storage.work import LOCK


def protect(folder: Path, to: Kind | None) -> str:
    """Move the keys of a closed desk to another place, or into a vault of a new passphrase; says what keeps them now.

    Without `to` they go where a new desk's would: into the keyring, and into a vault where there is none.

    Raises:
        AlreadyOpen: if the desk is open.
        SecretsError: if the new place does not take them; they are where they were.
    """
    secrets = unlock(folder)
    lock = FolderLock(folder, LOCK)
    try:
        if to is not None:
            return move(folder, secrets, to, lambda: new_passphrase(folder))
        try:
            return move(folder, secrets, Kind.KEYRING, lambda: "")
        except (NoKeyring, KeyringRefused):
            return move(folder, secrets, Kind.VAULT, lambda: new_passphrase(folder))
    finally:
        lock.release()
