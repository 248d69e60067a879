"""Returns that wait for a supervisor, and decisions about several of them at once.

Each decision is an operation of its own with its own guard: what may not be decided stays, with the reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from desk.ports import Clock, Work
from desk.rmas import Rmas, RmaView
from rma.errors import RmaError
from rma.policy import RefundTiming
from rma.record import RmaRecord, approve, decline
from rma.states import IllegalTransition
from rma.wording import _

_AT_ONCE = frozenset({RefundTiming.ADVANCE, RefundTiming.KEEP_ITEM})


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A return that waits, and why this person may not decide about it; empty texts where they may."""

    view: RmaView
    not_approved: str
    not_declined: str

    @property
    def record(self) -> RmaRecord:
        """The return."""
        return self.view.record

    @property
    def pays_at_once(self) -> bool:
        """Whether money or goods leave with the approval, before anything comes back."""
        quote = self.record.quote
        return quote is not None and quote.terms.refund_timing in _AT_ONCE


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What became of one of several decisions."""

    number: str
    problem: str = ""
    """Why it stays as it was; empty where it was decided."""


class Approvals:
    """The queue of supervisors."""

    def __init__(self, work: Work, rmas: Rmas, clock: Clock) -> None:
        self._work = work
        self._rmas = rmas
        self._clock = clock

    def waiting(self) -> tuple[Waiting, ...]:
        """What needs approval, oldest first."""
        return tuple(self._waits(view) for view in self._rmas.waiting())

    def approve(self, seen: Iterable[Waiting], note: str) -> tuple[Decided, ...]:
        """Approve these, as they were seen."""
        return tuple(self._decide(each, self._rmas.approve, note) for each in seen)

    def decline(self, seen: Iterable[Waiting], reason: str) -> tuple[Decided, ...]:
        """Decline these, as they were seen, with one reason for all."""
        return tuple(self._decide(each, self._rmas.decline, reason) for each in seen)

    def _decide(self, seen: Waiting, decide: Callable[[str, str], RmaView], text: str) -> Decided:
        number = seen.record.number
        try:
            now = self._rmas.show(number).record
            # Of an order that was typed by hand it is another return once that is known.
            if (now.edition, now.order_id) != (seen.record.edition, seen.record.order_id):
                return Decided(
                    number=number, problem=_("It was edited meanwhile: look at it again.")
                )
            decide(number, text)
        except RmaError as error:
            return Decided(number=number, problem=str(error))
        return Decided(number=number)

    def _waits(self, view: RmaView) -> Waiting:
        who, record, at = self._work.identity(), view.record, self._clock.now()
        if who is None:
            nobody = _("This desk is not enrolled: run csr-tui enroll first.")
            return Waiting(view=view, not_approved=nobody, not_declined=nobody)
        actor, device = who.actor, who.device
        return Waiting(
            view=view,
            not_approved=_against(lambda: approve(record, actor=actor, device=device, at=at)),
            not_declined=_against(
                lambda: decline(record, actor=actor, device=device, at=at, reason="-")
            ),
        )


def _against(attempt: Callable[[], RmaRecord]) -> str:
    """Why a decision is not possible; empty where it is."""
    try:
        attempt()
    except IllegalTransition as error:
        return str(error)
    return ""
