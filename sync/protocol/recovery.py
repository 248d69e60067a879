"""What an operator needs to open a desk whose keyring is lost: its keys, sealed to the operator's recovery key.

The operator keeps the private half away from the server. A desk is told the public half when it is enrolled, and leaves
a file beside work.db; only the private half opens it. The library is loaded when it is needed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from sync.protocol.signing import as_text, from_text

FILE = "recovery.sealed"
"""In the desk's folder."""


class NotForThisKey(ValueError):
    """The file was sealed to another key, or is damaged."""


def new_key() -> tuple[bytes, bytes]:
    """A new recovery key: the private half and the public one."""
    from nacl.public import PrivateKey

    private = PrivateKey.generate()
    return bytes(private), bytes(private.public_key)


def seal_for(public_key: bytes, keys: Mapping[str, bytes]) -> bytes:
    """The content of the file: the desk's keys by name, for this public half.

    Raises:
        ValueError: if that is none.
    """
    from nacl.exceptions import TypeError as BadKey
    from nacl.public import PublicKey, SealedBox

    text = json.dumps({name: as_text(key) for name, key in keys.items()}).encode("ascii")
    try:
        sealed: bytes = SealedBox(PublicKey(public_key)).encrypt(text)
    except (BadKey, ValueError) as error:
        raise ValueError("this is no recovery key") from error
    named = {"format": 1, "sealed_to": as_text(public_key), "sealed": as_text(sealed)}
    return json.dumps(named).encode("ascii") + b"\n"


def unseal(private_key: bytes, content: bytes) -> dict[str, bytes]:
    """The desk's keys.

    Raises:
        NotForThisKey: if the file was sealed to another key, or is damaged.
    """
    from nacl.exceptions import CryptoError
    from nacl.public import PrivateKey, SealedBox

    try:
        sealed = from_text(json.loads(content)["sealed"])
        text = SealedBox(PrivateKey(private_key)).decrypt(sealed)
        return {name: from_text(key) for name, key in json.loads(text).items()}
    except (CryptoError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise NotForThisKey from error
