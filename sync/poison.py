"""What to do about a batch that the server cannot read, sans IO: halve it until the one that it chokes on is alone.

Whether that one is the reason is made sure of by a push of nothing: a server that refuses even that has another one.
"""

from __future__ import annotations

from rma.operations import SealedOperation
from rma.record import Problem, ProblemType
from rma.wording import _
from sync.effects import Isolate, Push, Steps, ask
from sync.errors import EpochChanged, ServerRefused, SyncError, TooLarge

UNREADABLE = (400, 422)
"""Refusals that are about what was sent, not about who sent it or when."""


def is_about_the_content(refused: SyncError) -> bool:
    """Whether a part of the batch may be taken where the whole was refused."""
    if isinstance(refused, TooLarge):
        return True
    return isinstance(refused, ServerRefused) and refused.status in UNREADABLE


def isolate(operation: SealedOperation, refused: SyncError) -> Steps[bool]:
    """Hold one operation that was refused alone; gives back False where the server takes nothing at all."""
    try:
        yield from ask(Push(()))
    except (EpochChanged, TooLarge, ServerRefused):
        return False
    yield from ask(Isolate(operation.op_id, _problem(refused)))
    return True


def _problem(refused: SyncError) -> Problem:
    said = (
        _("It is larger than the server takes.")
        if isinstance(refused, TooLarge)
        else _("The server cannot read this change.")
    )
    return Problem(
        type=ProblemType.MALFORMED,
        detail=said,
        remedy=_(
            "Report it. The return stands as told: edit it to send it anew, or call the customer back."
        ),
    )
