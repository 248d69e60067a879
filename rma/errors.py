"""The root of all errors whose message is fit for the agent.

RmaError
├── NoNumbersLeft           no RMA number is left on this desk
├── desk.errors.DeskError   what a use case refuses
├── storage.errors.*        what a store refuses
└── sync.errors.*           what the wire refuses
"""

from __future__ import annotations

from rma.wording import _


class RmaError(Exception):
    """The message says what happened and what to do next, in one or two sentences."""


class NoNumbersLeft(RmaError):
    """No RMA number is left on this desk: the draft is kept."""

    def __init__(self) -> None:
        super().__init__(
            _(
                "No RMA number is left here. The return is kept: tell the caller we call back with the number."
            )
        )
