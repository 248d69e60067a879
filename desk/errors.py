"""What can go wrong at the desk. Each message says what to do next and fits the message line.

DeskError
├── NotFound            nothing under this id or number
├── NotAllowed          a state, role or guard is against it
├── NoNumbersLeft       the leased RMA numbers are used up (raised by the store)
└── NotReady            not enrolled, or the first download is not complete
"""

from __future__ import annotations

from rma.errors import NoNumbersLeft, RmaError


class DeskError(RmaError):
    """Something an agent should read."""


class NotFound(DeskError):
    """Nothing is known under this id or number."""


class NotAllowed(DeskError):
    """A state, role or guard is against it."""


class NotReady(DeskError):
    """The desk is not enrolled, or does not know enough yet."""


__all__ = [
    "DeskError",
    "NoNumbersLeft",
    "NotAllowed",
    "NotFound",
    "NotReady",
    "RmaError",
]
