"""What is sent out, brought to the customer's door."""

from __future__ import annotations

from datetime import datetime

from rma.dispatch import dispatch
from rma.outbound import OutboundCommand, Payment
from rma.record import RmaRecord
from tests import shop


def delivered(
    record: RmaRecord, payment: Payment | None = None, *, at: datetime = shop.NOW
) -> RmaRecord:
    """An RMA whose goods were paid for, shipped and delivered."""
    steps = [OutboundCommand.PAY] if payment else []
    for command in (*steps, OutboundCommand.SHIP, OutboundCommand.DELIVER):
        record = dispatch(
            record,
            command,
            actor=shop.SUPERVISOR,
            device=shop.DEVICE,
            at=at,
            payment=payment if command is OutboundCommand.PAY else None,
        )
    return record
