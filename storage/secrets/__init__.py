"""The few secrets of a desk, one set per folder: where they are kept, and what protects them there.

Everybody else sees `Secrets` alone. `keeping` says which kind a folder uses, and opens it.
"""

from __future__ import annotations

from typing import Protocol

DATABASE_KEY = "database-key"
"""32 bytes: the raw key of work.db and ref.db."""

DEVICE_KEY = "device-key"
"""32 bytes: the seed of the Ed25519 key that signs what this desk makes."""

NUMBERS_HIGH_WATER = "numbers-high-water"
"""How far the RMA numbers of this desk were used: outside of work.db, so that a copy of it is found out."""

NAMES = (DATABASE_KEY, DEVICE_KEY, NUMBERS_HIGH_WATER)
"""All that a desk has."""


class Secrets(Protocol):
    """Secrets by name. Usable from several threads; every call blocks, up to seconds where a keyring is asked.

    Each method raises a `SecretsError` where the place cannot be read or written; nothing was changed then, but a
    keyring that kept silent may still do what it was asked.
    """

    @property
    def kind(self) -> str:
        """What keeps them, for people: "keyring: Secret Service", "vault" or "file, not protected"."""

    def get(self, name: str) -> bytes | None:
        """The secret of this name; None where none was ever set."""

    def set(self, name: str, value: bytes) -> None:
        """Keep a secret: when this returns, it survives a power cut."""

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none."""
