"""Verifiers of PINs: Argon2id, as libsodium writes them, with their own salt and price inside."""

from __future__ import annotations

import unicodedata
from typing import Final

_ROUNDS: Final = 3
_MEMORY_BYTES: Final = 32 << 20
"""More than OWASP's least (19 MiB, 2 rounds), and little enough for a desk of 100 MiB; about 0.1 s a try."""


class PinVerifiers:
    """Implements `desk.ports.Verifiers`. Each call takes a tenth of a second and much memory, on purpose."""

    def make(self, pin: str) -> str:
        """The verifier of a PIN; another one each time."""
        from nacl import pwhash  # nobody signs in before the first paint

        return pwhash.argon2id.str(_typed(pin), opslimit=_ROUNDS, memlimit=_MEMORY_BYTES).decode()

    def fits(self, verifier: str, pin: str) -> bool:
        """Whether this is the PIN; compared in constant time."""
        from nacl import pwhash
        from nacl.exceptions import InvalidkeyError

        try:
            return pwhash.verify(verifier.encode(), _typed(pin))
        except InvalidkeyError:
            return False


def _typed(pin: str) -> bytes:
    return unicodedata.normalize("NFC", pin).encode()  # keyboards differ in how they type ä
