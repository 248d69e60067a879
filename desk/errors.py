"""What can go wrong at the desk. Each message says what to do next and fits the message line.

DeskError
├── NotFound            nothing under this id or number
├── NotAllowed          a state, role or guard is against it
│   └── CustomerErased  nothing is made for who asked to be erased
├── NoNumbersLeft       the leased RMA numbers are used up (raised by the store)
└── NotReady            not enrolled, or the first download is not complete
"""

from __future__ import annotations

from rma.errors import NoNumbersLeft, RmaError
from rma.wording import _


class DeskError(RmaError):
    """Something an agent should read."""


class NotFound(DeskError):
    """Nothing is known under this id or number."""


class NotAllowed(DeskError):
    """A state, role or guard is against it."""


class CustomerErased(NotAllowed):
    """The customer asked to be erased: nothing is made for them any more."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "This customer was erased at their own request: no return can be made. "
                "Ask a supervisor what to do."
            )
        )


class NotReady(DeskError):
    """The desk is not enrolled, or does not know enough yet."""


__all__ = [
    "CustomerErased",
    "DeskError",
    "NoNumbersLeft",
    "NotAllowed",
    "NotFound",
    "NotReady",
    "RmaError",
]
