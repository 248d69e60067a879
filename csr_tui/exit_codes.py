"""Exit codes of `csr-tui`, the same for every command; documented in the README."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    OK = 0
    FAILED = 1
    USAGE = 2
    """Wrong arguments or malformed input."""
    NEEDS_APPROVAL = 3
    """The return has its number, and waits for a supervisor."""
    REFUSED = 4
    """The rules refuse it, or fields are missing; everything that stands against it is printed."""
    OFFLINE = 5
    """The central API was not reached; nothing is lost."""
    NOT_FOUND = 6
    UNFINISHED = 7
    """The answers ended inside a question; what was typed is kept as a draft."""
    LOCKED = 8
    """The desk's keys cannot be had: a wrong passphrase, three times; a keyring that is locked, silent or lost."""
