"""Signatures as they travel: Ed25519, base64url without padding, behind a TAB on the line of what they sign.

A device has one key, and signs three things with it: operations, wishes for a token, and its own enrollment. The bytes
of the last two begin with words of their own, so that a signature under one is never one under another.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable

SEPARATOR = b"\t"
"""Canonical JSON never holds one."""

FOR_A_TOKEN = b"csr-tui token\n"
FOR_ENROLLMENT = b"csr-tui enrollment\n"

_LENGTH = 64
"""Bytes of a signature."""


def signed_line(body: bytes, signature: str) -> bytes:
    """What travels of an operation: its frozen bytes, and the signature where it has one."""
    return body + SEPARATOR + signature.encode("ascii") if signature else body


def split_line(line: bytes) -> tuple[bytes, str]:
    """The frozen bytes of a line and their signature, empty where there is none."""
    body, separator, signature = line.rpartition(SEPARATOR)
    return (body, signature.decode("ascii", "replace")) if separator else (line, "")


def as_text(raw: bytes) -> str:
    """A key or a signature as it travels."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """What `as_text` wrote.

    Raises:
        ValueError: if it is nothing of the kind.
    """
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise ValueError("expected base64url without padding") from error


def is_signed(body: bytes, signature: str, public_keys: Iterable[bytes]) -> bool:
    """Whether one of the keys signed these bytes. Takes 0.1 ms, most of it without the interpreter's lock."""
    from nacl.exceptions import BadSignatureError
    from nacl.exceptions import ValueError as BadShape
    from nacl.signing import VerifyKey

    try:
        raw = from_text(signature)
    except ValueError:
        return False
    if len(raw) != _LENGTH:
        return False
    for key in public_keys:
        try:
            VerifyKey(key).verify(body, raw)
        except (BadSignatureError, BadShape):
            continue
        return True
    return False


def is_public_key(key: bytes) -> bool:
    """Whether it has the shape of a public key."""
    return len(key) == 32
