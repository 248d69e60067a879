"""How long goods may come back (domain section 6)."""

from __future__ import annotations

from datetime import date, timedelta

from rma.calendar import add_months, local_day
from rma.line_case import LineCase
from rma.order import WarrantyUnit
from rma.policy import Policy, Rule, WindowStart
from rma.request import ReturnType
from rma.verdict import Finding, Observed, Verdict
from rma.wording import _, day, mark, plural


def window(case: LineCase, policy: Policy) -> Finding | None:
    """Day N counts to its end in the shop's time zone; a defect may come back as long as the warranty lasts."""
    limit, zone, line = policy.window, policy.time_zone, case.line
    if not line.returnable_kind or line.delivered == 0:
        return None
    if limit.days is None:
        return Finding(
            rule=Rule.WINDOW,
            outcome=Verdict.ELIGIBLE,
            sentence=_("There is no time limit."),
            policy=policy.ref,
        )
    if limit.starts is WindowStart.DELIVERED and line.delivered_at is not None:
        start, event = local_day(line.delivered_at, zone), "delivered"
    else:
        start, event = local_day(case.order.placed_at, zone), "placed"
    unknown = limit.starts is WindowStart.DELIVERED and event == "placed"
    last_day = start + timedelta(days=limit.days)
    what = plural("1 day", "{n} days", limit.days).format(n=limit.days)
    if case.request.return_type is ReturnType.DEFECT:
        warranty_end = _warranty_end(case, policy)
        if warranty_end is not None and warranty_end > last_day:
            last_day, what = warranty_end, _("the warranty")
    today = local_day(case.at, zone)
    observed = (
        Observed(event, start.isoformat()),
        Observed(mark("last day"), last_day.isoformat()),
        Observed(mark("today"), today.isoformat()),
        Observed(mark("window starts with"), _(event)),
    )
    started = (
        _("It was placed on {day}, as no delivery date is known")
        if unknown
        else _("It was placed on {day}")
        if event == "placed"
        else _("It was delivered on {day}")
    ).format(day=day(start))
    if today <= last_day:
        sentence = _("{started}: with {what} it can come back until {day}.")
        outcome = Verdict.ELIGIBLE
    else:
        sentence = _("{started}: {what} ended on {day}.")
        outcome = Verdict.INELIGIBLE
    sentence = sentence.format(started=started, what=what, day=day(last_day))
    return Finding(
        rule=Rule.WINDOW,
        outcome=outcome,
        sentence=sentence,
        observed=observed,
        policy=policy.ref,  # every line has this finding: nobody need copy it
    )


def _warranty_end(case: LineCase, policy: Policy) -> date | None:
    line = case.line
    began = line.origin.warranty_from if line.origin else None
    start = local_day(began or line.delivered_at or case.order.placed_at, policy.time_zone)
    if line.warranty is not None:
        number, unit = line.warranty.number, line.warranty.unit
        if unit is WarrantyUnit.DAYS:
            return start + timedelta(days=number)
        return add_months(start, number * 12 if unit is WarrantyUnit.YEARS else number)
    months = next((r.months for r in policy.warranty if r.category == line.category), None)
    return None if months is None else add_months(start, months)
