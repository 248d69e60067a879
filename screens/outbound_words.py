"""What an RMA sends out, in words: the items, where they are, and what the customer owes or gets for them."""

from __future__ import annotations

from rma.outbound import OutboundCommand, OutboundEntry, OutboundState
from rma.record import RmaRecord
from rma.wording import _, mark, words
from screens.formats import money

_STATES = {
    OutboundState.PROMISED: mark("to be sent: waits"),
    OutboundState.RELEASED: mark("to be sent: may be packed"),
    OutboundState.SHIPPED: mark("sent on"),
    OutboundState.DELIVERED: mark("delivered"),
}
_STEPS = {
    OutboundCommand.PAY: mark("price difference paid"),
    OutboundCommand.RELEASE: mark("released to be packed"),
    OutboundCommand.SHIP: mark("sent on"),
    OutboundCommand.DELIVER: mark("delivered"),
    OutboundCommand.RECALL: mark("called back"),
}


def items(record: RmaRecord) -> list[str]:
    """Each item that goes out: `1 × New kettle (NEW)`; none where nothing does."""
    outbound = record.quote.outbound if record.quote else None
    lines = outbound.lines if outbound is not None and record.outbound is not None else ()
    return [f"{line.units} × {line.name or line.sku} ({line.sku})" for line in lines]


def where_it_is(record: RmaRecord) -> str:
    """`to be sent: may be packed`."""
    sent = record.outbound
    if sent is None:
        return ""
    if record.hold is None:
        return _("not sent: the return is over")
    return _(_STATES[sent.state])


def difference(record: RmaRecord) -> str:
    """What the customer owes before it is sent, has paid, or gets back."""
    quote = record.quote
    if quote is None or quote.outbound is None or record.outbound is None:
        return ""
    payment = record.outbound.payment
    if payment is not None:
        said = _("{amount} paid, {how}")
        return said.format(amount=money(payment.amount, quote.currency), how=paid_words(record))
    if quote.owed:
        return _("{amount} owed").format(amount=money(quote.owed, quote.currency))
    if quote.total:
        return _("{amount} refunded").format(amount=money(quote.total, quote.currency))
    return _("none")


def paid_words(record: RmaRecord) -> str:
    """`card •••• 4242`."""
    payment = record.outbound.payment if record.outbound else None
    return f"{words(payment.kind)} {payment.label}".strip() if payment is not None else ""


def step_words(entry: OutboundEntry) -> str:
    """What happened: `sent on`."""
    return _(_STEPS[entry.command])
