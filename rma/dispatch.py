"""What people do about the goods that an RMA sends out: take the price difference, ship, note the delivery."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from rma.calendar import end_of_day, local_day
from rma.money import format_amount
from rma.outbound import OutboundCommand, OutboundOrder, OutboundState, Payment
from rma.record import RmaRecord
from rma.request import Actor, Role
from rma.sending import following, moved
from rma.states import IllegalTransition
from rma.wording import _, money, words
from rma.wording import day as words_of_day

COMMANDS = (OutboundCommand.PAY, OutboundCommand.SHIP, OutboundCommand.DELIVER)
"""What a person does; releasing and recalling follow from the RMA."""


def may_dispatch(actor: Actor, command: OutboundCommand) -> bool:
    """Whether the role may do that: an agent takes payments, the warehouse ships, a supervisor both."""
    if command is OutboundCommand.PAY:
        return actor.role.makes_returns
    return actor.role is not Role.AGENT


def next_step(record: RmaRecord, actor: Actor) -> OutboundCommand | None:
    """What this person can do now about what the RMA sends out; None where it is nothing."""
    sent = record.outbound
    if sent is None or record.hold is None:
        return None
    owed = record.quote.owed if record.quote else 0
    step = {
        OutboundState.PROMISED: OutboundCommand.PAY if owed and sent.payment is None else None,
        OutboundState.RELEASED: OutboundCommand.SHIP,
        OutboundState.SHIPPED: OutboundCommand.DELIVER,
    }.get(sent.state)
    return step if step is not None and may_dispatch(actor, step) else None


def happened(record: RmaRecord, day: date, now: datetime) -> datetime:
    """The instant that stands for a step on `day`, in the shop's time zone: after the step before, and not after now.

    Raises:
        IllegalTransition: if the day lies in the future, or before the step before it.
    """
    zone = record.quote.terms.time_zone if record.quote else "UTC"
    history = record.outbound.history if record.outbound else ()
    before = history[-1].at if history else record.finalized_at
    if day > local_day(now, zone):
        raise IllegalTransition(_("This day has still to come: enter the day on which it was."))
    if day < local_day(before, zone):
        said = _("This was before {day}, the day of the step before it.")
        raise IllegalTransition(said.format(day=words_of_day(local_day(before, zone))))
    return min(now, max(before, end_of_day(day, zone) - timedelta(microseconds=1)))


def dispatch(
    record: RmaRecord,
    command: OutboundCommand,
    *,
    actor: Actor,
    device: str,
    at: datetime,
    note: str = "",
    payment: Payment | None = None,
) -> RmaRecord:
    """Take the payment of the price difference, ship what goes out, or note its delivery.

    Raises:
        IllegalTransition: if state or role does not allow it, or the payment is not what is owed.
    """
    sent = record.outbound
    if sent is None or record.hold is None or command not in COMMANDS:
        raise IllegalTransition(_("This return sends nothing out."))
    if not may_dispatch(actor, command):
        said = _("The role {role} cannot do this: {command}.")
        raise IllegalTransition(said.format(role=words(actor.role), command=words(command)))
    if command is OutboundCommand.PAY:
        sent = _paid(record, sent, payment)
    sent = moved(sent, command, actor=actor.name, device=device, at=at, note=note)
    if command is OutboundCommand.DELIVER:
        sent = replace(sent, delivered_at=at)
    followed = following(
        sent,
        record.quote,
        record.state,
        holding=record.holding,
        actor=actor.name,
        device=device,
        at=at,
    )
    return replace(record, outbound=followed)


def _paid(record: RmaRecord, sent: OutboundOrder, payment: Payment | None) -> OutboundOrder:
    owed = record.quote.owed if record.quote else 0
    if owed == 0 or sent.payment is not None:
        raise IllegalTransition(_("Nothing is left to pay for this exchange."))
    if payment is None or payment.amount != owed:
        told = money(format_amount(owed, record.currency), record.currency)
        raise IllegalTransition(
            _("The price difference is {amount}: take it whole.").format(amount=told)
        )
    return replace(sent, payment=payment)
