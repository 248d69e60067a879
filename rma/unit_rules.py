"""Which units exist to come back: kind, delivery, quantity and serials (domain section 4)."""

from __future__ import annotations

from rma.discretion import risk_outcome
from rma.ledger import same_serial
from rma.line_case import LineCase, named
from rma.numbers import spoken
from rma.order import LineKind
from rma.policy import Policy, Rule
from rma.verdict import Finding, Observed, Verdict


def item_kind(case: LineCase, policy: Policy) -> Finding | None:
    """Services, gift cards and fees do not come back."""
    words = {
        LineKind.SERVICE: "a service",
        LineKind.GIFT_CARD: "a gift card",
        LineKind.FEE: "a fee",
    }.get(case.line.kind)
    if words is None:
        return None
    sentence = f"{named(case.line)} is {words}: that cannot be returned."
    observed = (Observed("kind", case.line.kind),)
    return Finding(
        rule=Rule.ITEM_KIND,
        outcome=Verdict.INELIGIBLE,
        sentence=sentence,
        observed=observed,
    )


def delivery(case: LineCase, policy: Policy) -> Finding | None:
    """Only what was delivered, and not in the future."""
    line = case.line
    if not line.returnable_kind:
        return None
    if line.delivered == 0:
        sentence = f"{named(line)} has not been delivered yet, so there is nothing to return."
        observed = (Observed("delivered", "0"),)
    elif case.order.placed_at > case.at:
        sentence = "The order lies in the future: please check the order's date."
        observed = (Observed("placed", case.order.placed_at.isoformat()),)
    elif line.delivered_at is not None and line.delivered_at > case.at:
        sentence = "The delivery lies in the future: please check the delivery date."
        observed = (Observed("delivered at", line.delivered_at.isoformat()),)
    else:
        return None
    return Finding(
        rule=Rule.DELIVERY,
        outcome=Verdict.INELIGIBLE,
        sentence=sentence,
        observed=observed,
    )


def quantity(case: LineCase, policy: Policy) -> Finding | None:
    """Only units that nobody holds; the finding names who does."""
    line, wanted = case.line, case.wanted
    if not line.returnable_kind or line.delivered == 0:
        return None
    returnable = case.ledger.returnable(line)
    if wanted.quantity <= returnable:
        return None
    here = any(hold.rma_number == "" for hold, _ in case.ledger.held(line.line_id))
    held_by = [spoken(number) for number in case.ledger.holders(line.line_id) if number]
    reasons = []
    if held_by:
        reasons.append(f"the others are on return {' and '.join(held_by)}")
    if here:
        reasons.append("the others are already on this return")
    if line.returned_before:
        reasons.append(f"{line.returned_before} came back before")
    because = f": {'; '.join(reasons)}" if reasons else ""
    can = "None" if returnable == 0 else f"Only {returnable}"
    sentence = f"{can} of the {line.delivered} delivered can still come back{because}."
    return Finding(
        rule=Rule.QUANTITY,
        outcome=Verdict.INELIGIBLE,
        sentence=sentence,
        observed=(
            Observed("asked", str(wanted.quantity)),
            Observed("returnable", str(returnable)),
            *(
                Observed("held by", number)
                for number in case.ledger.holders(line.line_id)
                if number
            ),
        ),
    )


def serial(case: LineCase, policy: Policy) -> Finding | None:
    """A serial is on one return; one of another delivery is a risk flag."""
    for serial in case.wanted.serials:
        holder = case.ledger.holder_of_serial(serial)
        if holder is not None:
            where = f"on return {spoken(holder)}" if holder else "on this return"
            return Finding(
                rule=Rule.SERIAL,
                outcome=Verdict.INELIGIBLE,
                sentence=f"Serial {serial} is already {where}.",
                observed=(Observed("serial", serial), Observed("held by", holder)),
            )
    delivered = {same_serial(serial) for serial in case.line.serials}
    strangers = [s for s in case.wanted.serials if delivered and same_serial(s) not in delivered]
    if not strangers:
        return None
    outcome = risk_outcome(policy)
    then = "a colleague has a look at it" if outcome is Verdict.NEEDS_APPROVAL else "that is noted"
    return Finding(
        rule=Rule.SERIAL,
        outcome=outcome,
        sentence=f"Serial {strangers[0]} is not from this delivery; {then}.",
        observed=(Observed("serial", strangers[0]),),
    )
