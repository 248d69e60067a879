"""The key of this device: it signs what is made here; nobody else sees its seed."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from uuid import NAMESPACE_OID, uuid5

if TYPE_CHECKING:
    from nacl.signing import SigningKey

SEED_BYTES = 32


class DeviceKey:
    """An Ed25519 key. The library behind it is loaded with the first key: not before the first paint."""

    __slots__ = ("_key",)

    def __init__(self, seed: bytes) -> None:
        """`seed` are the 32 bytes that the desk's secrets hold."""
        from nacl.signing import SigningKey

        self._key: SigningKey = SigningKey(seed)

    def __repr__(self) -> str:
        return "DeviceKey()"

    @property
    def public(self) -> bytes:
        """What proves its signatures; the central API knows it."""
        return bytes(self._key.verify_key)

    @property
    def device(self) -> str:
        """The id of a device that begins with this key: the same at every try to enroll it."""
        return str(uuid5(NAMESPACE_OID, self.public.hex()))

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return bytes(self._key.sign(message).signature)


def new_seed() -> bytes:
    """A seed that nobody had before."""
    return os.urandom(SEED_BYTES)
