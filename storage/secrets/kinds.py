"""The kinds of places for secrets, each known by the file that it leaves in the desk's folder."""

from __future__ import annotations

from enum import Enum
from pathlib import Path


class Kind(Enum):
    """What protects a desk's secrets; the value is the file's name. Exactly one of them is in a folder."""

    KEYRING = "desk.keyring"
    VAULT = "desk.vault"
    FILE = "desk.secrets"


def kind_in(folder: Path) -> Kind | None:
    """What protects the secrets of this folder; None where it has none yet."""
    return next((kind for kind in Kind if (folder / kind.value).exists()), None)
