"""The rules of a policy for the return as a whole: each gives one finding, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from rma.discretion import deciders, risk_outcome, within_limit
from rma.money import format_amount
from rma.order import Customer, Order
from rma.policy import AuthorizationMode, Policy, Rule
from rma.quote import ComponentKind, Quote
from rma.request import Actor, ReturnRequest
from rma.verdict import Finding, Observed, Verdict
from rma.wording import _, mark, money

CLOCK_LEEWAY = timedelta(minutes=5)
"""How far a desk's clock may run ahead of the server's before a person looks at it."""


def manual_mode(policy: Policy) -> Finding | None:
    """Some policies have a person look at everything."""
    if policy.authorization is not AuthorizationMode.MANUAL:
        return None
    return Finding(
        rule=Rule.AUTHORIZATION,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=_("A supervisor confirms every return of this kind."),
        policy=policy.ref,
    )


def amount_threshold(policy: Policy, order: Order, quote: Quote | None) -> Finding | None:
    """Refunds above the policy's amount are confirmed; so is a currency it does not know."""
    thresholds = policy.approval.amount
    if quote is None or thresholds is None or policy.authorization is AuthorizationMode.AUTOMATIC:
        return None
    limit = thresholds.get(order.currency)
    if limit is not None and quote.worth <= limit:
        return None
    total = format_amount(quote.worth, order.currency)
    told = money(total, order.currency)
    said = _("A refund of {amount} is confirmed by a supervisor.")
    if quote.outbound is not None:
        said = _("A return worth {amount} is confirmed by a supervisor.")
    return Finding(
        rule=Rule.AMOUNT,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=said.format(amount=told),
        observed=(
            Observed(mark("total"), f"{total} {order.currency}"),
            Observed(
                mark("limit"),
                _("none for {currency}").format(currency=order.currency)
                if limit is None
                else f"{format_amount(limit, order.currency)} {order.currency}",
            ),
        ),
        policy=policy.ref,
    )


def goodwill_limit(
    policy: Policy,
    order: Order,
    request: ReturnRequest,
    quote: Quote | None,
    actor: Actor,
) -> Finding | None:
    """Goodwill above what the role may give alone is confirmed."""
    # an amount set by hand above a line's entitlement is goodwill too (rule 5.11)
    goodwill = quote.sum_of(ComponentKind.GOODWILL) if quote else request.goodwill
    if goodwill <= 0:
        return None
    if within_limit(policy, actor.role, "goodwill", goodwill, order.currency):
        return None
    plain = format_amount(goodwill, order.currency)
    told = money(plain, order.currency)
    return Finding(
        rule=Rule.GOODWILL,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=_("Goodwill of {amount} is confirmed by a supervisor.").format(amount=told),
        observed=(
            Observed(mark("goodwill"), f"{plain} {order.currency}"),
            Observed(mark("because"), request.goodwill_reason),
            *deciders(policy, "goodwill", goodwill, order.currency),
        ),
        policy=policy.ref,
    )


def clock(policy: Policy, at: datetime, received_at: datetime | None) -> Finding | None:
    """A claimed time in the future, or older than the offline allowance, is released by a person."""
    if received_at is None:
        return None
    age = received_at - at
    allowed = None if policy.offline_hours is None else timedelta(hours=policy.offline_hours)
    if age >= -CLOCK_LEEWAY and (allowed is None or age <= allowed):
        return None
    return Finding(
        rule=Rule.CLOCK,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=_("The time of this return has to be checked; a supervisor releases it."),
        observed=(
            Observed(mark("claimed"), at.isoformat()),
            Observed(mark("received"), received_at.isoformat()),
        ),
        policy=policy.ref,
    )


def risks(
    policy: Policy,
    request: ReturnRequest,
    customer: Customer | None,
    at: datetime,
    recent_returns: Sequence[datetime],
) -> Finding | None:
    """All risk flags in one finding; they never refuse."""
    flags: list[Observed] = []
    many = policy.approval.many_returns
    if many is not None:
        since = at - timedelta(days=many.days)
        count = sum(1 for moment in recent_returns if since <= moment <= at)
        if count >= many.count:
            flags.append(
                Observed(
                    mark("many returns"),
                    _("{count} in {days} days").format(count=count, days=many.days),
                )
            )
    if request.photo_seen_before:
        flags.append(Observed(mark("photo"), _("seen on an older return")))
    flags.extend(
        Observed(mark("customer flag"), flag) for flag in (customer.risk_flags if customer else ())
    )
    if not flags:
        return None
    outcome = risk_outcome(policy)
    return Finding(
        rule=Rule.RISK,
        outcome=outcome,
        sentence=_("A colleague has a look at this return before it goes on.")
        if outcome is Verdict.NEEDS_APPROVAL
        else _("There is a note on this return; it goes on as usual."),
        observed=tuple(flags),
        policy=policy.ref,
    )
