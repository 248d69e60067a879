"""Seal what is made on this desk: frozen bytes, signed by the key of the device at the moment they are made."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from rma.operations import Identity, Operation, SealedOperation
from storage.secrets import DEVICE_KEY, Secrets

if TYPE_CHECKING:
    from sync.device_key import DeviceKey


class Sealing:
    """The device key, read from the desk's secrets when it is first needed. Usable from several threads."""

    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets
        self._key: DeviceKey | None = None
        self._one_at_a_time = Lock()

    def key(self) -> DeviceKey:
        """The key of this device; reading it blocks.

        Raises:
            NoDeviceKey: if there is none.
            SecretsError: if the secrets cannot be read.
        """
        with self._one_at_a_time:
            if self._key is None:
                from sync.device_key import DeviceKey
                from sync.errors import NoDeviceKey

                seed = self._secrets.get(DEVICE_KEY)
                if seed is None:
                    raise NoDeviceKey
                self._key = DeviceKey(seed)
            return self._key

    def key_or_new(self) -> DeviceKey:
        """The key of this device; made, and kept, where there is none."""
        from sync.device_key import new_seed

        if self._secrets.get(DEVICE_KEY) is None:
            self._secrets.set(DEVICE_KEY, new_seed())
        return self.key()

    def __call__(self, operation: Operation, identity: Identity) -> SealedOperation:
        """The bytes that travel.

        Raises:
            NoDeviceKey: if this desk cannot sign; nothing was told then.
        """
        from sync.protocol.envelopes import seal

        sign = self.key().sign
        return seal(operation, actor=identity.person, device=identity.device, sign=sign)
