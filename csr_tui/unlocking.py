"""Get at a desk's secrets: from the keyring without a question, from a vault by its passphrase.

A person is asked on the terminal, before anything is drawn there. A service names a file.
"""

from __future__ import annotations

import getpass
import os
import sys
from enum import Enum
from pathlib import Path

from rma.errors import RmaError
from rma.wording import _, mark
from storage.errors import NotEnrolled
from storage.file_lock import usable
from storage.in_clear import is_encrypted, is_plain
from storage.secrets import Secrets
from storage.secrets.errors import (
    CannotKeep,
    KeyLost,
    KeyringRefused,
    NoKeyring,
    PassphraseNeeded,
    TerminalNeeded,
    WrongPassphrase,
)
from storage.secrets.keeping import keep_in
from storage.secrets.kinds import Kind, kind_in

PASSPHRASE_VARIABLE = "CSR_TUI_PASSPHRASE_FILE"  # noqa: S105 - a name
"""Environment variable that names a file whose first line is the vault's passphrase."""

SECRETS_VARIABLE = "CSR_TUI_SECRETS"
"""Environment variable that says where a new desk keeps its secrets: keyring, vault or file."""

TRIES = 3
"""Wrong passphrases until the program gives up."""

SHORTEST = 10
"""Letters of a new passphrase: the vault can be tried out by whoever copies it."""

_CHOICES = {"keyring": Kind.KEYRING, "vault": Kind.VAULT, "file": Kind.FILE}

_SHOWN = {
    Kind.KEYRING: mark("keys: keyring"),
    Kind.VAULT: mark("keys: vault"),
    Kind.FILE: mark("keys: not protected"),
}


class Asking(Enum):
    """Whether somebody can be asked."""

    TERMINAL = "terminal"
    NOBODY = "nobody"
    """The screen is drawn, or nothing is."""


class UnknownPlace(RmaError):
    """The environment names a place for secrets that does not exist."""

    def __init__(self, named: str) -> None:
        said = _("{variable} is {named}: it must be keyring, vault or file.")
        super().__init__(said.format(variable=SECRETS_VARIABLE, named=named))


def unlock(folder: Path, *, asking: Asking = Asking.TERMINAL) -> Secrets:
    """The secrets of the desk in this folder.

    Raises:
        NotEnrolled: if there is no desk.
        SecretsError: if they cannot be had; nothing was changed.
    """
    kind = kind_in(folder)
    if kind is Kind.VAULT:
        return _opened_vault(folder, asking)
    if kind is not None:
        return keep_in(kind, folder, _no_passphrase)
    if is_encrypted(folder / "work.db"):
        raise KeyLost(folder, _("no file there names the place"))
    if not is_plain(folder / "work.db"):
        raise NotEnrolled
    return _made(folder, None, asking)


def unlock_or_make(
    folder: Path, *, new: Kind | None = None, asking: Asking = Asking.TERMINAL
) -> Secrets:
    """The secrets of the desk in this folder; made where there is no desk yet, and the folder with them.

    A new desk's are kept where `new` says, else the environment; else in the keyring, and in a vault where there is none.

    Raises:
        SecretsError: if they cannot be had; nothing was changed.
        UnknownPlace: if the environment names no place.
        FolderRefused: if the folder cannot be made.
    """
    with usable(folder):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if kind_in(folder) is None and not is_encrypted(folder / "work.db"):
        return _made(folder, new, asking)
    return unlock(folder, asking=asking)


def protection(folder: Path) -> str:
    """What protects the keys of the desk in this folder, in the words of the status line; empty where there are none."""
    kind = kind_in(folder)
    return "" if kind is None else _(_SHOWN[kind])


def _made(folder: Path, new: Kind | None, asking: Asking) -> Secrets:
    kind = new or _chosen()
    if kind is not None:
        return keep_in(kind, folder, lambda: new_passphrase(folder, asking))
    try:
        return keep_in(Kind.KEYRING, folder, _no_passphrase)
    except (NoKeyring, KeyringRefused):  # a locked one that nobody can be asked to unlock: SSH
        return keep_in(Kind.VAULT, folder, lambda: new_passphrase(folder, asking))


def _chosen() -> Kind | None:
    named = os.environ.get(SECRETS_VARIABLE)
    if not named:
        return None
    try:
        return _CHOICES[named]
    except KeyError:
        raise UnknownPlace(named) from None


def _opened_vault(folder: Path, asking: Asking) -> Secrets:
    named = _from_file()
    if named is not None:
        return keep_in(Kind.VAULT, folder, lambda: named)
    question = _("Passphrase of the desk in {folder}: ").format(folder=folder)
    refused = ""
    for tries_left in reversed(range(TRIES)):
        try:
            typed = _ask(refused + question, asking)
            return keep_in(Kind.VAULT, folder, lambda: typed)  # noqa: B023 - called at once
        except WrongPassphrase as error:
            if not tries_left:
                raise
            refused = f"{error}\n"
    raise AssertionError


def new_passphrase(folder: Path, asking: Asking = Asking.TERMINAL) -> str:
    """Ask for a passphrase that nobody has forgotten yet: twice the same.

    Raises:
        TerminalNeeded, PassphraseNeeded: if nobody can be asked, and the environment names no file.
    """
    named = _from_file()
    if named is not None:
        return named
    if asking is Asking.NOBODY:
        raise TerminalNeeded
    _can_ask(asking)
    said = _(
        "A passphrase protects this desk's keys: csr-tui asks for it at each start. Whoever forgets it "
        "needs the operator's recovery key."
    )
    sys.stderr.write(f"{said}\n")
    question = _("New passphrase of the desk in {folder}: ").format(folder=folder)
    refused = ""
    while True:
        typed = _ask(refused + question, asking)
        if len(typed) < SHORTEST:
            refused = _("At least {count} letters: a few words are easy to remember.")
            refused = refused.format(count=SHORTEST) + "\n"
        elif typed != _ask(_("The same once more: "), asking):
            refused = _("These were two different ones.") + "\n"
        else:
            return typed


def _from_file() -> str | None:
    named = os.environ.get(PASSPHRASE_VARIABLE)
    if not named:
        return None
    try:
        lines = Path(named).read_text(encoding="utf-8").splitlines()
    except OSError as error:
        raise CannotKeep(Path(named), error) from error
    return lines[0] if lines else ""


def _ask(question: str, asking: Asking) -> str:
    """One line, not echoed; why the last was refused belongs into `question`: once it is read, no letter is shown."""
    _can_ask(asking)
    try:
        return getpass.getpass(question)
    except EOFError:
        raise PassphraseNeeded(PASSPHRASE_VARIABLE) from None


def _can_ask(asking: Asking) -> None:
    if asking is Asking.NOBODY or not sys.stdin.isatty():
        raise PassphraseNeeded(PASSPHRASE_VARIABLE)


def _no_passphrase() -> str:
    raise AssertionError("only a vault has one")
