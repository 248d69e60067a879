"""What the server changed or refused: what was told, why it does not stand, and every next step.

An item leaves the list only by a step of a person: the return is edited or cancelled, or the customer was called back.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from desk.caller import Caller
from desk.errors import NotFound
from desk.ports import Reference, Work
from desk.records import Records
from desk.returns import Returns
from desk.rmas import Rmas
from rma.draft import Draft
from rma.operations import AttentionItem, OperationKind, Outcome
from rma.order import Customer
from rma.record import RmaRecord
from rma.request import Role
from rma.states import RMA_TABLE, IllegalTransition, RmaCommand, RmaState
from rma.superseding import check_editable
from rma.wording import _, mark


class Step(Enum):
    """What can be done about an item."""

    EDIT = auto()
    """Other content under the same number."""
    AGAIN = auto()
    """The same return under a new number: the told one is another return's."""
    CANCEL = auto()
    CALLED_BACK = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionView:
    """One item with the RMA and the customer it is about."""

    item: AttentionItem
    record: RmaRecord | None
    customer: Customer | None
    """With the contact data that may be shown."""
    what: str
    """What happened, one sentence."""
    remedy: str
    """What to do now, one sentence."""
    held: str = ""
    """Where it is held: what happens next."""
    steps: frozenset[Step] = frozenset()


_WHAT = {
    Outcome.ACCEPTED_WITH_CHANGE: mark("The server booked this return differently than told."),
    Outcome.REJECTED: mark("The server could not do this."),
    Outcome.KEY_REUSED: mark("The server has another operation under this one's key."),
    Outcome.NUMBER_CONFLICT: mark("This RMA number belongs to another desk."),
    Outcome.HELD_FOR_REVIEW: mark("A supervisor has to release this."),
}
_HELD = mark("Held: it waits under Approvals (F8) for a supervisor, and holds no units until then.")
_HELD_CHANGE = mark("Held: the server has not done it, and does not try again by itself.")
_DECIDED = mark(
    "Held no longer: somebody decided about the return. Open it to see how, and tell the customer."
)


class Attention:
    """The list of what a person has to look at, and the steps that take something off it."""

    def __init__(
        self,
        reference: Reference,
        work: Work,
        records: Records,
        caller: Caller,
        returns: Returns,
        rmas: Rmas,
    ) -> None:
        self._reference = reference
        self._work = work
        self._records = records
        self._caller = caller
        self._returns = returns
        self._rmas = rmas

    def items(self) -> tuple[AttentionView, ...]:
        """Everything that nobody settled yet, oldest first."""
        return tuple(self._view(item) for item in self._work.attention())

    def edit(self, op_id: str) -> Draft:
        """A kept draft with everything that was typed, to be told under the same number; where that is another
        return's, under a new one.

        Raises:
            NotAllowed: if the return can no longer be edited.
            NotFound: if somebody took care of the item, or this desk does not know the order.
        """
        item = self._item(op_id)
        if item.outcome is Outcome.NUMBER_CONFLICT and item.content is not None:
            return self._returns.again(item.content)
        return self._returns.edit(item.number, item.content)

    def cancel(self, op_id: str, reason: str) -> None:
        """Cancel the return; its units are free again, and all about it leaves the list.

        Raises:
            NotAllowed: if its state or the role forbids it, or no reason is given.
            NotFound: if somebody took care of the item.
        """
        self._rmas.cancel(self._item(op_id).number, reason)

    def called_back(self, op_id: str, note: str = "") -> None:
        """The customer was told: it leaves the list, and stands in the history of the return.

        Raises:
            NotAllowed: if the role forbids it.
            NotFound: if somebody took care of the item.
        """
        item = self._item(op_id)
        if self._is_booked(item):
            self._rmas.call_back(item.number, op_id, note)
        else:
            self._work.settle(op_id, note)

    def _item(self, op_id: str) -> AttentionItem:
        for item in self._work.attention():
            if item.op_id == op_id:
                return item
        raise NotFound(_("Somebody took care of this already."))

    def _is_booked(self, item: AttentionItem) -> bool:
        """Whether the server has a return of ours under the number."""
        if item.outcome is Outcome.NUMBER_CONFLICT:
            return False
        local = self._work.record(item.number)
        return (local is not None and local.pending) or self._is_on_server(item.number)

    def _is_on_server(self, number: str) -> bool:
        local = self._work.record(number)
        ours = local is not None and local.row_version is not None
        return ours or self._reference.record(number) is not None

    def _view(self, item: AttentionItem) -> AttentionView:
        record = self._records.find(item.number)
        customer = self._records.customer(record) if record else None
        problem = item.problem
        return AttentionView(
            item=item,
            record=record,
            customer=self._caller.seen(customer) if customer else None,
            what=problem.detail if problem else _(_WHAT.get(item.outcome, "")),
            remedy=problem.remedy
            if problem
            else _("Open the return and check it with the caller."),
            held=_held(item, record if self._is_on_server(item.number) else None),
            steps=frozenset(self._steps(item, record)),
        )

    def _steps(self, item: AttentionItem, record: RmaRecord | None) -> list[Step]:
        identity = self._work.identity()
        role = identity.role if identity is not None else Role.WAREHOUSE
        steps = [Step.CALLED_BACK] if role.makes_returns or role.approves else []
        if not role.makes_returns:
            return steps
        if item.outcome is Outcome.NUMBER_CONFLICT:
            return [*steps, Step.AGAIN] if item.content is not None else steps
        if record is None:
            return steps
        if why_not_edited(record) == "":
            steps.append(Step.EDIT)
        if self._is_booked(item) and (record.state, RmaCommand.CANCEL) in RMA_TABLE:
            steps.append(Step.CANCEL)
        return steps


def why_not_edited(record: RmaRecord) -> str:
    """Why an RMA can no longer be edited; empty where it can."""
    try:
        check_editable(record)
    except IllegalTransition as error:
        return str(error)
    return ""


def _held(item: AttentionItem, record: RmaRecord | None) -> str:
    """Where it is held; `record` is None where the server does not know of the return."""
    if item.outcome is not Outcome.HELD_FOR_REVIEW:
        return ""
    if record is None or item.content is None:
        return _(_HELD_CHANGE)
    if record.state is RmaState.NEEDS_APPROVAL:
        return _(_HELD)
    # Of an edit that is held, the return stands as it was before.
    return _(_DECIDED) if item.kind is OperationKind.FINALIZE else _(_HELD_CHANGE)
