"""Secrets in a file that only its owner can read: for a demo and for tests, where somebody chose it."""

from __future__ import annotations

from pathlib import Path

from rma.wording import _
from storage.secrets.file import SecretsFile

FILE = "desk.secrets"


class OpenFile(SecretsFile):
    """One JSON object of hexadecimal texts, mode 0600."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / FILE)

    @property
    def kind(self) -> str:
        """What keeps them, for people."""
        return _("file, not protected")

    def _packed(self, secrets: bytes) -> bytes:
        return secrets + b"\n"

    def _unpacked(self, content: bytes) -> bytes:
        return content
