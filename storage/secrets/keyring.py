"""Secrets in the operating system's keyring.

Only backends that we trust, and named by us: `keyring` itself would take any that is installed or configured, those that
write plain files too. A keyring may hang (a prompt nobody sees, a bus that is stuck), so each call has a time limit; while
a write hangs no other is begun, as the older one would be done last.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from rma.wording import _
from storage.private_file import write_private
from storage.secrets.errors import (
    CannotKeep,
    DamagedSecrets,
    KeyringRefused,
    KeyringSilent,
    NoKeyring,
    SecretsError,
)

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

FILE = "desk.keyring"
"""Names the keyring and this desk's entries in it; holds no secret."""

SERVICE = "csr-tui"

PATIENCE_SECONDS = 5.0
"""A keyring that needs longer is treated as one that hangs."""

TRUSTED = {
    "macOS Keychain": ("keyring.backends.macOS", "Keyring"),
    "Windows Credential Locker": ("keyring.backends.Windows", "WinVaultKeyring"),
    "Secret Service": ("keyring.backends.SecretService", "Keyring"),
    "KWallet": ("keyring.backends.kwallet", "DBusKeyring"),
}
"""By the name that people know; the first that works is taken."""

_TRIAL = "trial"

T = TypeVar("T")


class Keyring:
    """Implements `Secrets`: an entry for each secret of each desk."""

    def __init__(
        self, desk: str, name: str, backend: KeyringBackend, patience: float = PATIENCE_SECONDS
    ) -> None:
        self._desk = desk
        self._name = name
        self._backend = backend
        self._patience = patience
        self._one_writer = Lock()
        self._last_written = Event()
        """Not set while a write hangs."""
        self._last_written.set()

    @classmethod
    def create(cls, folder: Path, patience: float = PATIENCE_SECONDS) -> Keyring:
        """Choose a keyring for the desk of this folder, and remember which.

        Raises:
            NoKeyring: if none of those we trust is here.
            KeyringRefused, KeyringSilent: if the one that is here keeps nothing.
            CannotKeep: if the folder cannot be written.
        """
        name, backend = _first_that_works()
        desk = uuid4().hex
        made = cls(desk, name, backend, patience)
        made.set(_TRIAL, b"1")
        made.delete(_TRIAL)
        named = json.dumps({"desk": desk, "keyring": name})
        try:
            write_private(folder / FILE, f"{named}\n".encode())
        except OSError as error:
            raise CannotKeep(folder / FILE, error) from error
        return made

    @classmethod
    def of(cls, folder: Path) -> Keyring:
        """The keyring that this folder names.

        Raises:
            NoKeyring: if it does not work here, now.
            DamagedSecrets, CannotKeep: if the file that names it cannot be read.
        """
        path = folder / FILE
        try:
            named = json.loads(path.read_bytes())
            desk, name = str(named["desk"]), str(named["keyring"])
            trusted = TRUSTED[name]
        except OSError as error:
            raise CannotKeep(path, error) from error
        except (ValueError, KeyError, TypeError) as error:
            raise DamagedSecrets(path) from error
        backend = _in_time(name, PATIENCE_SECONDS, lambda: _working(*trusted))
        if backend is None:
            raise NoKeyring
        return cls(desk, name, backend)

    @property
    def kind(self) -> str:
        """What keeps them, for people."""
        return _("keyring: {keyring}").format(keyring=self._name)

    def get(self, name: str) -> bytes | None:
        """The secret of this name; None where none was ever set, or somebody deleted it."""
        text = self._ask(lambda: self._backend.get_password(SERVICE, self._entry(name)))
        try:
            return None if text is None else bytes.fromhex(text)
        except ValueError as error:
            raise KeyringRefused(self._name, _("an entry was altered")) from error

    def set(self, name: str, value: bytes) -> None:
        """Keep a secret."""
        self._write(lambda: self._backend.set_password(SERVICE, self._entry(name), value.hex()))
        if self.get(name) != value:
            raise KeyringRefused(self._name, _("it does not keep what it is given"))

    def delete(self, name: str) -> None:
        """Forget a secret; nothing happens where there is none."""
        if self.get(name) is not None:
            self._write(lambda: self._backend.delete_password(SERVICE, self._entry(name)))

    def _write(self, call: Callable[[], None]) -> None:
        """One write after the other: one that hangs may still be done, and must not be done after a newer one."""
        with self._one_writer:
            if not self._last_written.is_set():
                raise KeyringSilent(self._name, self._patience)
            self._last_written = written = Event()

            def write() -> None:
                try:
                    call()
                finally:
                    written.set()

            self._ask(write)

    def _entry(self, name: str) -> str:
        return f"{self._desk}/{name}"

    def _ask(self, call: Callable[[], T]) -> T:
        try:
            return _in_time(self._name, self._patience, call)
        except SecretsError:
            raise
        except Exception as error:  # what lies below a backend comes through it as it is
            raise KeyringRefused(self._name, str(error) or type(error).__name__) from error


def _first_that_works() -> tuple[str, KeyringBackend]:
    for name, trusted in TRUSTED.items():
        backend = _in_time(name, PATIENCE_SECONDS, lambda: _working(*trusted))  # noqa: B023 - called now
        if backend is not None:
            return name, backend
    raise NoKeyring


def _working(module: str, cls: str) -> KeyringBackend | None:
    """A backend, if this system has it; each says by its priority, or by refusing to name one."""
    try:
        found: type[KeyringBackend] = getattr(import_module(module), cls)
        return found() if found.priority > 0 else None
    except (ImportError, RuntimeError, OSError):
        return None


def _in_time(keyring: str, patience: float, call: Callable[[], T]) -> T:
    """What the call gives back or raises; the thread of one that hangs is left behind, and ends with the process.

    Raises:
        KeyringSilent: if it takes longer than `patience` seconds.
    """
    answers: SimpleQueue[tuple[T | None, BaseException | None]] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put((call(), None))
        except BaseException as error:  # raised where somebody waits for it
            answers.put((None, error))

    Thread(target=ask, name="keyring", daemon=True).start()
    try:
        value, error = answers.get(timeout=patience)
    except Empty:
        raise KeyringSilent(keyring, patience) from None
    if error is not None:
        raise error
    return value  # type: ignore[return-value] # None only where T is
