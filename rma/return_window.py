"""How long goods may come back (domain section 6)."""

from __future__ import annotations

from datetime import date, timedelta

from rma.calendar import add_months, local_day
from rma.line_case import LineCase
from rma.order import WarrantyUnit
from rma.policy import Policy, Rule, WindowStart
from rma.request import ReturnType
from rma.verdict import Finding, Observed, Verdict


def window(case: LineCase, policy: Policy) -> Finding | None:
    """Day N counts to its end in the shop's time zone; a defect may come back as long as the warranty lasts."""
    limit, zone, line = policy.window, policy.time_zone, case.line
    if not line.returnable_kind or line.delivered == 0:
        return None
    if limit.days is None:
        return Finding(
            rule=Rule.WINDOW,
            outcome=Verdict.ELIGIBLE,
            sentence="There is no time limit.",
        )
    if limit.starts is WindowStart.DELIVERED and line.delivered_at is not None:
        start, event = local_day(line.delivered_at, zone), "delivered"
    else:
        start, event = local_day(case.order.placed_at, zone), "placed"
    unknown = limit.starts is WindowStart.DELIVERED and event == "placed"
    because = ", as no delivery date is known" if unknown else ""
    last_day = start + timedelta(days=limit.days)
    what = "1 day" if limit.days == 1 else f"{limit.days} days"
    if case.request.return_type is ReturnType.DEFECT:
        warranty_end = _warranty_end(case, policy)
        if warranty_end is not None and warranty_end > last_day:
            last_day, what = warranty_end, "the warranty"
    today = local_day(case.at, zone)
    observed = (
        Observed(event, start.isoformat()),
        Observed("last day", last_day.isoformat()),
        Observed("today", today.isoformat()),
        Observed("window starts with", event),
    )
    started = f"It was {event} on {_spoken_day(start)}{because}"
    if today <= last_day:
        sentence = f"{started}: with {what} it can come back until {_spoken_day(last_day)}."
        outcome = Verdict.ELIGIBLE
    else:
        sentence = f"{started}: {what} ended on {_spoken_day(last_day)}."
        outcome = Verdict.INELIGIBLE
    return Finding(rule=Rule.WINDOW, outcome=outcome, sentence=sentence, observed=observed)


def _warranty_end(case: LineCase, policy: Policy) -> date | None:
    line = case.line
    start = local_day(line.delivered_at or case.order.placed_at, policy.time_zone)
    if line.warranty is not None:
        number, unit = line.warranty.number, line.warranty.unit
        if unit is WarrantyUnit.DAYS:
            return start + timedelta(days=number)
        return add_months(start, number * 12 if unit is WarrantyUnit.YEARS else number)
    months = next((r.months for r in policy.warranty if r.category == line.category), None)
    return None if months is None else add_months(start, months)


def _spoken_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
