"""What to do when the server chokes on a batch, sans IO: halve it until the one that it chokes on is alone.

Whether a batch is the reason at all is made sure of by a push of nothing. One that is choked on alone is sent once more,
as something between may have cut it; then it is put off, so that all others are tried before anybody is blamed. What is
refused as unreadable even then is isolated, for a person to see. What the server stumbles over (500) may be booked or
not: it stays put off.

A server that chokes on everything has a fault of its own: after ten in vain, nobody is isolated, and all wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rma.operations import Outcome, Result, SealedOperation
from rma.record import Problem, ProblemType
from rma.wording import _
from sync.effects import ApplyResults, Isolate, Push, Steps, ask
from sync.errors import EpochChanged, ServerFailing, ServerRefused, SyncError, TooLarge
from sync.protocol.envelopes import MAX_BATCH
from sync.report import SyncReport

UNREADABLE = (400, 422)
"""Refusals that are about what was sent, not about who sent it or when."""

STUMBLED = 500
"""The server failed at just this; 502 to 504 say that it is not there."""

MOST_IN_VAIN = 10
"""Operations that are choked on before one is taken: then it is the server."""


class Choking:
    """What the server choked on in the course of one push."""

    def __init__(self, report: SyncReport) -> None:
        self._report = report
        self._times: Counter[str] = Counter()
        """How often each was choked on alone."""
        self._takes_nothing = True

    def batch_after(self, batch: Sequence[SealedOperation], error: SyncError) -> Steps[int]:
        """How many to send next, now that this batch was choked on; where none, the report says that it is stalled.

        Raises:
            ServerFailing: if that is what happened, and it is not about what was sent.
        """
        failing = isinstance(error, ServerFailing)
        half = len(batch) // 2
        blamed = failing or not half  # halving what was refused needs no proof
        if not is_about_the_content(error) or (blamed and (yield from self._is_the_server())):
            if failing:
                raise error
            return self._give_up(error)
        if half:
            return half
        (operation,) = batch
        self._times[operation.op_id] += 1
        if self._times[operation.op_id] == 1:
            return 1
        if self._times[operation.op_id] == 2 and not self._in_vain:
            yield from ask(ApplyResults((_put_off(operation, error),)))
            return MAX_BATCH
        if self._in_vain or failing:
            return self._give_up(error)
        yield from ask(Isolate(operation.op_id, _problem(error)))
        self._report.isolated += 1
        return MAX_BATCH

    @property
    def _in_vain(self) -> bool:
        blamed = sum(times > 1 for times in self._times.values())
        return not self._report.pushed and blamed >= MOST_IN_VAIN

    def _is_the_server(self) -> Steps[bool]:
        """Whether it does not even take a push of nothing; asked once."""
        if self._takes_nothing:
            try:
                yield from ask(Push(()))
            except (EpochChanged, TooLarge, ServerRefused, ServerFailing):
                return True
            self._takes_nothing = False
        return False

    def _give_up(self, error: SyncError) -> int:
        self._report.stalled, self._report.trouble = True, str(error)
        return 1


def is_about_the_content(error: SyncError) -> bool:
    """Whether the server chokes on what was sent; else on who sent it, on when, or on itself."""
    match error:
        case ServerFailing():
            return error.status == STUMBLED
        case ServerRefused():
            return error.status in UNREADABLE
        case _:
            return isinstance(error, TooLarge)


def _put_off(operation: SealedOperation, error: SyncError) -> Result:
    """As if the server had said that it goes last."""
    problem = Problem(
        type=ProblemType.MALFORMED,
        detail=str(error),
        remedy=_("Report it. The change is kept, and sent again by itself."),
    )
    return Result(op_id=operation.op_id, outcome=Outcome.NOT_YET, problem=problem)


def _problem(refused: SyncError) -> Problem:
    said = (
        _("It is larger than the server takes.")
        if isinstance(refused, TooLarge)
        else _("The server cannot read this change.")
    )
    remedy = _(
        "Report it. The return stands as told: edit it to send it anew, or call the customer back."
    )
    return Problem(type=ProblemType.MALFORMED, detail=said, remedy=remedy)
