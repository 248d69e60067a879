"""What the server changed or refused: why, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from desk.ports import Reference, Work
from desk.records import Records
from rma.operations import AttentionItem, Outcome
from rma.order import Customer
from rma.record import RmaRecord
from rma.wording import _, mark


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionView:
    """One item with the RMA and the customer it is about."""

    item: AttentionItem
    record: RmaRecord | None
    customer: Customer | None
    what: str
    """What happened, one sentence."""
    remedy: str
    """What to do now, one sentence."""


_WHAT = {
    Outcome.ACCEPTED_WITH_CHANGE: mark("The server booked this return differently than told."),
    Outcome.REJECTED: mark("The server could not do this."),
    Outcome.KEY_REUSED: mark("The server has another operation under this one's key."),
    Outcome.NUMBER_CONFLICT: mark("This RMA number belongs to another desk."),
    Outcome.HELD_FOR_REVIEW: mark("A supervisor has to release this."),
}


class Attention:
    """The list of what a person has to look at."""

    def __init__(self, reference: Reference, work: Work, records: Records) -> None:
        self._reference = reference
        self._work = work
        self._records = records

    def items(self) -> tuple[AttentionView, ...]:
        """Everything that nobody settled yet, oldest first."""
        return tuple(self._view(item) for item in self._work.attention())

    def settle(self, op_id: str, note: str = "") -> None:
        """Somebody took care of it."""
        self._work.settle(op_id, note)

    def _view(self, item: AttentionItem) -> AttentionView:
        record = self._records.find(item.number)
        customer = self._reference.customer(record.customer_id) if record else None
        problem = item.problem
        return AttentionView(
            item=item,
            record=record,
            customer=customer,
            what=problem.detail if problem else _(_WHAT.get(item.outcome, "")),
            remedy=problem.remedy
            if problem
            else _("Open the return and check it with the caller."),
        )
