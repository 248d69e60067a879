"""What a place for secrets refuses, and why. Each message says what to do next.

SecretsError
├── WrongPassphrase      the vault does not open with it
├── PassphraseNeeded     the vault is closed, and nobody can be asked
├── DamagedSecrets       the file is cut or altered
├── CannotKeep           the file cannot be read or written
├── NoKeyring            no keyring that we trust works here now
├── TerminalNeeded       a new desk needs a passphrase, and nobody can be asked under the screen
├── KeyringSilent        the keyring does not answer
├── KeyringRefused       the keyring is locked, or refuses
└── KeyLost              the databases are here, their key is not
"""

from __future__ import annotations

from pathlib import Path

from rma.wording import _
from storage.errors import StorageError


class SecretsError(StorageError):
    """The desk's secrets cannot be had."""


class WrongPassphrase(SecretsError):
    """The vault does not open with this passphrase."""

    def __init__(self) -> None:
        super().__init__(_("The vault does not open with this passphrase: try again."))


class PassphraseNeeded(SecretsError):
    """The vault is closed, and nobody can be asked for its passphrase."""

    def __init__(self, variable: str) -> None:
        said = _(
            "This desk's keys are in a vault, and nobody can be asked for its passphrase here: "
            "start csr-tui in a terminal, or name a file that holds it in {variable}."
        )
        super().__init__(said.format(variable=variable))


class DamagedSecrets(SecretsError):
    """The file of the secrets is cut or altered."""

    def __init__(self, path: Path) -> None:
        said = _(
            "{file} is damaged: put back a copy of it, or have your operator run csr-central recover. "
            "Nothing was changed."
        )
        super().__init__(said.format(file=path))


class CannotKeep(SecretsError):
    """The file of the secrets cannot be read or written."""

    def __init__(self, path: Path, cause: OSError) -> None:
        said = _("{file} cannot be used ({why}): check the rights of the file and its folder.")
        super().__init__(said.format(file=path, why=cause.strerror or cause))


class NoKeyring(SecretsError):
    """No keyring that we trust works on this device now."""

    def __init__(self) -> None:
        super().__init__(
            _("No keyring can be used on this device now: log in to its desktop, then start again.")
        )


class TerminalNeeded(SecretsError):
    """A new desk needs a vault, and nobody can be asked for a passphrase under the screen."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This device has no keyring that can be used. Leave, and run csr-tui enroll in the "
                "terminal: it asks for a passphrase instead."
            )
        )


class KeyringSilent(SecretsError):
    """The keyring does not answer in time."""

    def __init__(self, backend: str, seconds: float) -> None:
        said = _(
            "The keyring ({keyring}) does not answer within {seconds} s: unlock it, then start again."
        )
        super().__init__(said.format(keyring=backend, seconds=f"{seconds:g}"))


class KeyringRefused(SecretsError):
    """The keyring is locked, or refuses."""

    def __init__(self, backend: str, cause: str) -> None:
        said = _("The keyring ({keyring}) refuses ({why}): unlock it, then start again.")
        super().__init__(said.format(keyring=backend, why=cause))


class KeyLost(SecretsError):
    """The databases are here, their key is not."""

    def __init__(self, folder: Path, kind: str) -> None:
        said = _(
            "The key of the databases in {folder} is not where it was kept ({kind}). Nothing was "
            "changed: log in as before, or have your operator run csr-central recover."
        )
        super().__init__(said.format(folder=folder, kind=kind))
