"""Edit an RMA: other content under the number that was told, judged anew; what stood before is kept for the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rma.outbound import OutboundState
from rma.record import HistoryEntry, RmaRecord, Superseded
from rma.request import Actor
from rma.states import RMA_TABLE, IllegalTransition, RmaCommand, RmaState, next_state
from rma.wording import _, words


def check_editable(record: RmaRecord) -> None:
    """Whether an RMA can still be edited: nothing was received, refunded, paid or sent, and its order is known and the
    caller's.

    Raises:
        IllegalTransition: if it cannot.
    """
    reachable = RMA_TABLE.get((record.state, RmaCommand.EDIT), ())
    next_state(record.state, RmaCommand.EDIT, reachable[0] if reachable else None)
    if record.request.waits_for_order:
        said = _("Its order was typed by hand and is not found yet: it can only be cancelled.")
        raise IllegalTransition(said)
    if _of_somebody_else(record):
        said = _(
            "A supervisor makes sure first whose order it is: until then it can only be cancelled."
        )
        raise IllegalTransition(said)
    sent = record.outbound
    if sent is not None and (sent.state is not OutboundState.PROMISED or sent.payment is not None):
        said = _("What it sends out is paid or released already: it can only be cancelled.")
        raise IllegalTransition(said)


def supersede(record: RmaRecord, new: RmaRecord, *, operation: str | None) -> RmaRecord:
    """The RMA with the content of `new`, and with what it was before; `operation` told the latter.

    `new` was finalized or booked under the same number, as if the RMA held nothing.

    Raises:
        IllegalTransition: if the RMA can no longer be edited.
    """
    check_editable(record)
    (made,) = new.history
    entry = replace(
        made,
        command=RmaCommand.EDIT,
        before=record.state,
        after=next_state(record.state, RmaCommand.EDIT, new.state),
    )
    outbound = new.outbound
    if outbound is not None and record.outbound is not None:
        history = (*record.outbound.history, *outbound.history)
        outbound = replace(outbound, history=history)
    return replace(
        new,
        history=(*record.history, entry),
        outbound=outbound,
        superseded=(*record.superseded, _kept(record, operation)),
    )


def call_back(
    record: RmaRecord, *, actor: Actor, device: str, at: datetime, note: str
) -> RmaRecord:
    """Note that the customer was called back about an RMA; nothing else changes.

    Raises:
        IllegalTransition: if the role speaks to no customers.
    """
    if not (actor.role.makes_returns or actor.role.approves):
        said = _("The role {role} calls no customers back.")
        raise IllegalTransition(said.format(role=words(actor.role)))
    entry = HistoryEntry(
        at=at,
        actor=actor.name,
        device=device,
        command=RmaCommand.CALL_BACK,
        before=record.state,
        after=next_state(record.state, RmaCommand.CALL_BACK),
        note=note.strip(),
    )
    return replace(record, history=(*record.history, entry))


def _of_somebody_else(record: RmaRecord) -> bool:
    """Whether its order was typed by hand, and turned out to be another customer's than the caller as far as we know."""
    theirs = record.request.customer_id
    return record.state is RmaState.NEEDS_APPROVAL and record.customer_id != theirs


def _kept(record: RmaRecord, operation: str | None) -> Superseded:
    return Superseded(
        state=record.state,
        author=record.author,
        device=record.device,
        finalized_at=record.finalized_at,
        request=record.request,
        lines=record.lines,
        findings=record.findings,
        quote=record.quote,
        expires_at=record.expires_at,
        holding=record.holding,
        problem=record.problem,
        operation=operation,
    )
