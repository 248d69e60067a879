"""Secrets in a file that a passphrase opens: where there is no keyring (SSH, containers).

The file: a line that names its format, a salt of 16 bytes, what libsodium's SecretBox made of the secrets (its nonce
first), and a SHA-256 of all that. The sum protects nothing: it tells a damaged file from a wrong passphrase.
"""

from __future__ import annotations

import hashlib
import unicodedata
from pathlib import Path

from nacl import pwhash
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from nacl.utils import random

from rma.wording import _
from storage.private_file import write_private
from storage.secrets import NUMBERS_HIGH_WATER
from storage.secrets.errors import CannotKeep, DamagedSecrets, WrongPassphrase
from storage.secrets.file import SecretsFile, as_json

FILE = "desk.vault"

_FORMAT = b"csr-tui vault 1\n"
_SALT_BYTES = 16
_SUM_BYTES = 32
_ROUNDS, _MEMORY = 3, 64 << 20
"""Argon2id's price for one try: RFC 9106's choice for little memory. They belong to format 1."""


class Vault(SecretsFile):
    """Open for as long as the object lives: the passphrase is not kept, the key that came of it is."""

    def __init__(self, folder: Path, passphrase: str) -> None:
        """Open the vault of this folder, or make an empty one where there is none.

        Raises:
            WrongPassphrase: if the vault does not open.
            DamagedSecrets, CannotKeep: if the file is damaged, or cannot be read or written.
        """
        super().__init__(folder / FILE)
        try:
            self._salt = self._parts(self._path.read_bytes())[0]
            self._box = _box(passphrase, self._salt)
            self._read()
        except FileNotFoundError:
            self._salt = random(_SALT_BYTES)
            self._box = _box(passphrase, self._salt)
            self._create()
        except OSError as error:
            raise CannotKeep(self._path, error) from error

    @property
    def kind(self) -> str:
        """What keeps them, for people."""
        return _("vault")

    def for_a_backup(self) -> bytes:
        """The content of a vault that opens with the same passphrase, and says nothing of the numbers that were told.

        What it knows of them is true of the desk that lives on, not of a copy that is put back.
        """
        kept = {name: value for name, value in self._read().items() if name != NUMBERS_HIGH_WATER}
        return self._packed(as_json(kept))

    def _create(self) -> None:
        try:
            write_private(self._path, self._packed(b"{}"))
        except OSError as error:
            raise CannotKeep(self._path, error) from error

    def _packed(self, secrets: bytes) -> bytes:
        content = _FORMAT + self._salt + self._box.encrypt(secrets)
        return content + hashlib.sha256(content).digest()

    def _unpacked(self, content: bytes) -> bytes:
        salt, sealed = self._parts(content)
        if salt != self._salt:  # somebody put another vault in its place
            raise WrongPassphrase
        try:
            return self._box.decrypt(sealed)
        except CryptoError as error:
            raise WrongPassphrase from error

    def _parts(self, content: bytes) -> tuple[bytes, bytes]:
        body, told = content[:-_SUM_BYTES], content[-_SUM_BYTES:]
        if not body.startswith(_FORMAT) or hashlib.sha256(body).digest() != told:
            raise DamagedSecrets(self._path)
        start = len(_FORMAT)
        return body[start : start + _SALT_BYTES], body[start + _SALT_BYTES :]


def _box(passphrase: str, salt: bytes) -> SecretBox:
    typed = unicodedata.normalize("NFC", passphrase).encode()  # keyboards differ in how they type ä
    return SecretBox(
        pwhash.argon2id.kdf(SecretBox.KEY_SIZE, typed, salt, opslimit=_ROUNDS, memlimit=_MEMORY)
    )
