"""Open a desk for a command that acts, or reads customers, in somebody's name."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING

from rma.errors import RmaError
from rma.harmless import harmless
from rma.wording import _

if TYPE_CHECKING:
    from csr_tui.bootstrap import OpenedDesk


class TerminalNeededToSignIn(RmaError):
    """People sign in on this desk, and nobody can be asked for a PIN."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "People sign in on this desk: run this in a terminal, which asks for the PIN of "
                "whoever worked here last."
            )
        )


@contextmanager
def signed_in(folder: Path) -> Iterator[OpenedDesk]:
    """The open desk; where people sign in, whoever worked there last has typed their PIN.

    Raises:
        TerminalNeededToSignIn: if there is no terminal to ask on.
        WrongPin, NotReady: if they may not work here.
    """
    from csr_tui.bootstrap import open_desk

    opened = open_desk(folder)
    try:
        identity = opened.work.identity()
        if identity is not None and opened.desk.sign_in.is_asked_for():
            if not sys.stdin.isatty():
                raise TerminalNeededToSignIn
            question = _("PIN or password of {name} on this desk: ").format(name=identity.person)
            opened.desk.sign_in.sign_in(identity.person, getpass(harmless(question)))
        yield opened
    finally:
        opened.close()
