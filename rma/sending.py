"""What the state of an RMA means for the goods it sends out: released when they are due, called back when it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from rma.money import Minor, format_amount
from rma.outbound import (
    ON_THE_WAY,
    OUTBOUND_TABLE,
    OutboundCommand,
    OutboundEntry,
    OutboundOrder,
    OutboundState,
)
from rma.policy import RefundTiming
from rma.quote import Quote
from rma.states import HOLDING, IllegalTransition, RmaState
from rma.wording import _, words

_S = RmaState
_DECIDED = frozenset({_S.INSPECTED, _S.RESOLVED, _S.CLOSED})
_ARRIVED = _DECIDED | {_S.RECEIVED}
_AUTHORIZED = HOLDING - {_S.NEEDS_APPROVAL}
_DUE = {
    RefundTiming.AFTER_INSPECTION: _DECIDED,
    RefundTiming.ON_RECEIPT: _ARRIVED,
    RefundTiming.ADVANCE: _AUTHORIZED,
    RefundTiming.KEEP_ITEM: _AUTHORIZED,
}
"""States in which goods are due, as money is (domain rule 5.8)."""


def moved(
    sent: OutboundOrder,
    command: OutboundCommand,
    *,
    actor: str,
    device: str,
    at: datetime,
    note: str = "",
) -> OutboundOrder:
    """What is sent out after a command, with one more entry.

    Raises:
        IllegalTransition: if the table has no such step.
    """
    state = OUTBOUND_TABLE.get((sent.state, command))
    if state is None:
        said = _("What is sent out is {state}: {command} is not possible.")
        raise IllegalTransition(said.format(state=words(sent.state), command=words(command)))
    entry = OutboundEntry(at=at, actor=actor, device=device, command=command, note=note.strip())
    return replace(sent, state=state, history=(*sent.history, entry))


def following(
    sent: OutboundOrder | None,
    quote: Quote | None,
    state: RmaState,
    *,
    holding: bool,
    actor: str,
    device: str,
    at: datetime,
) -> OutboundOrder | None:
    """What is sent out, after its RMA came to `state`.

    Raises:
        IllegalTransition: if the RMA would end while the goods are on their way.
    """
    if sent is None or quote is None or quote.outbound is None:
        return sent
    if not holding or state not in HOLDING:
        if sent.state in ON_THE_WAY:
            said = _("The item in exchange is on its way: the return stays until the goods came.")
            raise IllegalTransition(said)
        if sent.state is OutboundState.PROMISED and sent.payment is None:
            return sent
        note = _amount(sent.payment.amount, quote.currency) if sent.payment else ""
        recall = OutboundCommand.RECALL
        sent = moved(sent, recall, actor=actor, device=device, at=at, note=note)
        return replace(sent, payment=None)
    paid = sent.payment.amount if sent.payment else 0
    due = state in _DUE[quote.terms.refund_timing] and paid >= quote.outbound.owed
    if due and sent.state is OutboundState.PROMISED:
        return moved(sent, OutboundCommand.RELEASE, actor=actor, device=device, at=at)
    return sent


def _amount(amount: Minor, currency: str) -> str:
    return f"{format_amount(amount, currency)} {currency}"
