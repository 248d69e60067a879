"""`return.supersede`: other content under a told number, in one transaction; what stood there is kept for the record.

What the old content held is free before the new is judged, so that the units and the money of the order are counted once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from central_api import refusals
from central_api.booking import Decision, decide_content, decide_finalize
from central_api.books import Books
from central_api.people import Caller
from rma.operations import Outcome, SupersedeReturn
from rma.record import Problem, RmaRecord
from rma.states import IllegalTransition
from rma.superseding import check_editable, supersede


def decide_supersede(
    books: Books, caller: Caller, command: SupersedeReturn, *, forged: bool, now: datetime
) -> Decision:
    """Replace what an RMA holds. `forged`: the envelope names another person, device or order than it should.

    A number that was told but never booked is booked now.
    """
    known = books.record(command.number)
    if known is None:
        return decide_finalize(books, caller, command.content, forged=forged, now=now)
    problem = _objection(caller, known.record, command, forged=forged)
    if problem is not None:
        return Decision(Outcome.REJECTED, problem, tell=True)
    try:
        check_editable(known.record)
        with books.without(command.number):
            decision = decide_content(books, caller, command.content, forged=False, now=now)
        assert decision.record is not None
        record = supersede(known.record, decision.record, operation=command.supersedes)
    except IllegalTransition as error:
        return Decision(Outcome.REJECTED, refusals.illegal_transition(str(error)), tell=True)
    return replace(decision, record=record)


def _objection(
    caller: Caller, record: RmaRecord, command: SupersedeReturn, *, forged: bool
) -> Problem | None:
    """Why what stands there stays, whatever the rules say about the new content."""
    if forged:
        return refusals.forbidden("It names another person, desk or order than it should.")
    if not caller.makes_returns:
        return refusals.forbidden(f"The role {caller.role} makes no returns.")
    if command.content.request.order_id != record.order_id:
        detail = f"Return {record.number} is of another order on the server."
        return refusals.illegal_transition(detail)
    if command.edition != record.edition:
        return refusals.superseded(record.author)
    return None
