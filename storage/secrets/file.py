"""What both kinds of files have in common: secrets by name in one small file, changed by one writer at a time."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from pathlib import Path

from filelock import FileLock

from storage.private_file import write_private
from storage.secrets.errors import CannotKeep, DamagedSecrets

_PATIENCE_SECONDS = 10
"""How long a writer waits for another one, of this process or not."""


def as_json(secrets: Mapping[str, bytes]) -> bytes:
    """Secrets as they stand in a file, before it is closed."""
    return json.dumps({name: value.hex() for name, value in secrets.items()}).encode("ascii")


class SecretsFile(ABC):
    """Implements `Secrets` over a private file; what stands in it is for the kinds below to say."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @abstractmethod
    def _packed(self, secrets: bytes) -> bytes:
        """The file's content for these secrets."""

    @abstractmethod
    def _unpacked(self, content: bytes) -> bytes:
        """The secrets of a file's content."""

    def get(self, name: str) -> bytes | None:
        """The secret of this name; None where none was ever set."""
        return self._read().get(name)

    def set(self, name: str, value: bytes) -> None:
        """Keep a secret."""
        self._change(lambda secrets: {**secrets, name: value})

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none."""
        self._change(lambda secrets: {key: secrets[key] for key in secrets if key != name})

    def _change(self, change: Callable[[dict[str, bytes]], dict[str, bytes]]) -> None:
        try:
            with FileLock(self._path.with_name(f"{self._path.name}.lock"), _PATIENCE_SECONDS):
                write_private(self._path, self._packed(as_json(change(self._read()))))
        except OSError as error:  # a lock that never comes free is one too
            raise CannotKeep(self._path, error) from error

    def _read(self) -> dict[str, bytes]:
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise CannotKeep(self._path, error) from error
        try:
            found = json.loads(self._unpacked(content))
            return {name: bytes.fromhex(text) for name, text in found.items()}
        except (ValueError, AttributeError, TypeError) as error:
            raise DamagedSecrets(self._path) from error
