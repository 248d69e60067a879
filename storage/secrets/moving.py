"""Move a desk's secrets to another place: at every moment one of both has all of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from storage.private_file import sync_folder
from storage.secrets import NAMES, Secrets
from storage.secrets.errors import CannotKeep
from storage.secrets.keeping import keep_in
from storage.secrets.kinds import Kind, kind_in

_BESIDE = "protecting"


def move(folder: Path, secrets: Secrets, to: Kind, passphrase: Callable[[], str]) -> str:
    """Keep a desk's secrets in another place, or in a vault of another passphrase; the old place forgets them.

    Gives back the kind of the new place. The caller holds the folder's lock.

    Raises:
        SecretsError: if the new place does not take them; the old one stands.
    """
    before = kind_in(folder)
    beside = folder / _BESIDE
    try:
        shutil.rmtree(beside, ignore_errors=True)
        beside.mkdir(mode=0o700)
        kept = keep_in(to, beside, passphrase)
        for name in NAMES:
            value = secrets.get(name)
            if value is not None:
                kept.set(name, value)
        (beside / to.value).replace(folder / to.value)
        sync_folder(folder)
        if before is not None and before is not to:
            (folder / before.value).unlink(missing_ok=True)
        if before is Kind.KEYRING:
            for name in NAMES:
                secrets.delete(name)
        return kept.kind
    except OSError as error:
        raise CannotKeep(folder, error) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
