"""What people are told about an RMA: the caller, the supervisor it waits for, and who settles what went wrong."""

from __future__ import annotations

from rma.expiry import last_day
from rma.operations import OperationKind, Outcome
from rma.record import RmaRecord
from rma.states import RmaState
from rma.verdict import Verdict
from rma.wording import _, day, mark
from screens.formats import money

OUTCOME_WORDS = {
    Outcome.ACCEPTED_WITH_CHANGE: mark("changed"),
    Outcome.REJECTED: mark("refused"),
    Outcome.KEY_REUSED: mark("refused"),
    Outcome.NUMBER_CONFLICT: mark("refused"),
    Outcome.HELD_FOR_REVIEW: mark("held"),
}
"""What became of an operation that wants attention; said through `_`."""

ASKED_WORDS = {
    OperationKind.FINALIZE: mark("new return"),
    OperationKind.CANCEL: mark("cancellation"),
    OperationKind.APPROVE: mark("approval"),
    OperationKind.DECLINE: mark("decline"),
    OperationKind.EXTEND: mark("extension"),
    OperationKind.DISPATCH: mark("dispatch"),
    OperationKind.SUPERSEDE: mark("edit"),
    OperationKind.CALL_BACK: mark("call back"),
    OperationKind.MAIL: mark("mail"),
    OperationKind.REFUSE: mark("refusal"),
}
"""What an operation asked for; said through `_`."""


def what_to_say(record: RmaRecord) -> list[str]:
    """What the agent tells the caller, sentence by sentence; what must not be missed first."""
    said = []
    if record.state is RmaState.NEEDS_APPROVAL:
        said.append(_("Please wait for our approval before you send anything: we get back to you."))
    if record.superseded:
        said.append(_("The number stays the same; what we said before no longer counts."))
    if record.request.waits_for_order:
        told = _("We note order {number} as you told it, and look for it; no amount is known yet.")
        said.append(told.format(number=record.order_number))
    if record.quote is not None and record.quote.owed:
        owed = money(record.quote.owed, record.quote.currency)
        said.append(_("Please pay {amount}: we send the new item after that.").format(amount=owed))
    until = last_day(record)
    if until is not None:
        said.append(_("Good until {day}.").format(day=day(until)))
    if record.quote is not None:
        terms = record.quote.terms
        said += list(terms.packaging)
        if terms.carriers:
            carriers = _(" or ").join(terms.carriers)
            said.append(_("Send it with {carrier}.").format(carrier=carriers))
        if record.quote.estimate:
            said.append(_("The amount is an estimate."))
    if record.quote is None or not record.quote.terms.packaging:
        said.append(_("Write the number on the parcel."))
    return said


def why_it_waits(record: RmaRecord) -> list[str]:
    """Why a return waits: its problem, then the findings that ask for approval, each once."""
    said = [record.problem.detail] if record.problem else []
    findings = (*record.findings, *(f for line in record.lines for f in line.findings))
    said += [f.sentence for f in findings if f.outcome is not Verdict.ELIGIBLE]
    return list(dict.fromkeys(said)) or [_("Approval is needed.")]
