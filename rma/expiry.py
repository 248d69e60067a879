"""When an RMA ends by itself, and how a supervisor gives it more days (domain section 3).

The days are the policy's, as the RMA stores them; an RMA is good to the end of its last day in the shop's time zone.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

from rma.again import NotLeft, held_again
from rma.assessment import Case
from rma.calendar import local_day
from rma.outbound import ON_THE_WAY
from rma.record import RmaRecord, step
from rma.request import Actor
from rma.states import RMA_TABLE, IllegalTransition, RmaCommand, RmaState
from rma.wording import _, day

SERVER = "central API"
"""Who acts where an RMA expires."""


def can_expire(record: RmaRecord) -> bool:
    """Whether it ends by itself: its state does, it has a day, and nothing is on its way to the customer."""
    if record.outbound is not None and record.outbound.state in ON_THE_WAY:
        return False
    return record.expires_at is not None and (record.state, RmaCommand.EXPIRE) in RMA_TABLE


def is_over(record: RmaRecord, now: datetime) -> bool:
    """Whether its last day has passed and it is not expired yet."""
    return can_expire(record) and record.expires_at is not None and record.expires_at <= now


def last_day(record: RmaRecord) -> date | None:
    """The last day on which it is good, in the shop's time zone; None where it never ends."""
    if record.expires_at is None:
        return None
    return local_day(record.expires_at - timedelta(microseconds=1), _zone(record))


def expire(record: RmaRecord, now: datetime) -> RmaRecord:
    """End an RMA whose last day has passed; its units are free again.

    Raises:
        IllegalTransition: if its state does not allow it, or it is still good.
    """
    if not is_over(record, now):
        raise IllegalTransition(_("This return is still good: it does not expire."))
    return step(record, RmaCommand.EXPIRE, SERVER, "", now, "")


def extend(
    record: RmaRecord, case: Case | None, *, actor: Actor, device: str, at: datetime, reason: str
) -> RmaRecord:
    """Count the policy's days anew from `at`. An expired RMA takes its units back, where they are still free.

    `case` (see `rma.again.case_again`) judges an expired RMA; others need none.

    Raises:
        IllegalTransition: if state or role does not allow it, no reason is given, it would gain no day, or what it
            held is not left.
    """
    if not actor.role.approves:
        raise IllegalTransition(_("Only a supervisor can extend a return."))
    if not reason.strip():
        raise IllegalTransition(_("Say why the return is extended."))
    wanted = _before_it_expired(record) if record.state is RmaState.EXPIRED else None
    extended = step(record, RmaCommand.EXTEND, actor.name, device, at, reason, wanted)
    until = record.quote.terms.expiry(at) if record.quote else None
    if until is None or record.expires_at is None:
        raise IllegalTransition(_("This return has no last day: there is nothing to extend."))
    extended = replace(extended, expires_at=until)
    if until <= record.expires_at:
        said = _("It is good until {day} already.")
        raise IllegalTransition(said.format(day=day(last_day(record) or at.date())))
    if record.state is not RmaState.EXPIRED:
        return extended
    if case is None:
        raise IllegalTransition(_("This return's order is not known here: extend it later."))
    try:
        return held_again(extended, case)
    except NotLeft as error:
        said = _("{why} Make a new return with what is left.")
        raise IllegalTransition(said.format(why=error)) from error


def _before_it_expired(record: RmaRecord) -> RmaState | None:
    """Where an expired RMA goes back to."""
    return next(
        (e.before for e in reversed(record.history) if e.command is RmaCommand.EXPIRE), None
    )


def _zone(record: RmaRecord) -> str:
    return record.quote.terms.time_zone if record.quote else "UTC"
