"""Which units exist to come back: kind, delivery, quantity and serials (domain section 4)."""

from __future__ import annotations

from rma.calendar import local_day
from rma.discretion import risk_outcome
from rma.ledger import same_serial
from rma.line_case import LineCase, named
from rma.numbers import spoken
from rma.order import LineKind
from rma.policy import Policy, Rule
from rma.verdict import Finding, Observed, Verdict
from rma.wording import _, mark, plural


def item_kind(case: LineCase, policy: Policy) -> Finding | None:
    """Services, gift cards and fees do not come back."""
    if case.line.returnable_kind:
        return None
    sentence = {
        LineKind.SERVICE: _("{item} is a service: that cannot be returned."),
        LineKind.GIFT_CARD: _("{item} is a gift card: that cannot be returned."),
        LineKind.FEE: _("{item} is a fee: that cannot be returned."),
    }[case.line.kind]
    sentence = sentence.format(item=named(case.line))
    observed = (Observed(mark("kind"), case.line.kind),)
    return Finding(
        rule=Rule.ITEM_KIND,
        outcome=Verdict.INELIGIBLE,
        sentence=sentence,
        observed=observed,
    )


def bundle(case: LineCase, policy: Policy) -> Finding | None:
    """A bundle comes back as it was paid: by its parts, or as a whole; a part of a whole is a supervisor's matter."""
    line, bundles = case.line, case.ledger.bundles
    if line.line_id in bundles.headings:
        sentence = _("{item} was paid by its parts: choose the parts that come back.")
        return Finding(
            rule=Rule.BUNDLE,
            outcome=Verdict.INELIGIBLE,
            sentence=sentence.format(item=named(line)),
        )
    whole = bundles.whole.get(line.line_id)
    if whole is None or whole.gross == 0 or case.fault:
        return None
    sentence = _(
        "{item} was paid with {bundle} as a whole; a supervisor decides about a part of it."
    )
    return Finding(
        rule=Rule.BUNDLE,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=sentence.format(item=named(line), bundle=named(whole)),
        observed=(Observed(mark("bundle"), whole.line_id),),
    )


def delivery(case: LineCase, policy: Policy) -> Finding | None:
    """Only what was delivered, and not in the future."""
    line = case.line
    if not line.returnable_kind:
        return None
    if line.delivered == 0:
        sentence = _("{item} has not been delivered yet, so there is nothing to return.")
        sentence = sentence.format(item=named(line))
        observed = (Observed(mark("delivered"), "0"),)
    elif case.order.placed_at > case.at:
        sentence = _("The order lies in the future: please check the order's date.")
        observed = (Observed(mark("placed"), case.order.placed_at.isoformat()),)
    elif line.delivered_at is not None and line.delivered_at > case.at:
        sentence = _("The delivery lies in the future: please check the delivery date.")
        observed = (Observed(mark("delivered at"), line.delivered_at.isoformat()),)
    else:
        return _before_the_order(case, policy)
    return Finding(
        rule=Rule.DELIVERY,
        outcome=Verdict.INELIGIBLE,
        sentence=sentence,
        observed=observed,
    )


def _before_the_order(case: LineCase, policy: Policy) -> Finding | None:
    """A delivery on a day before the order: one of the two dates is mistyped, and with it the window is wrong."""
    delivered_at, placed_at = case.line.delivered_at, case.order.placed_at
    if delivered_at is None:
        return None
    if local_day(delivered_at, policy.time_zone) >= local_day(placed_at, policy.time_zone):
        return None
    return Finding(
        rule=Rule.DELIVERY,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=_("By our books it arrived before it was ordered; a supervisor checks the dates."),
        observed=(
            Observed(mark("placed"), placed_at.isoformat()),
            Observed(mark("delivered at"), delivered_at.isoformat()),
        ),
    )


def quantity(case: LineCase, policy: Policy) -> Finding | None:
    """Only units that nobody holds; the finding names who does."""
    line, wanted = case.line, case.wanted
    if not line.returnable_kind or line.delivered == 0:
        return None
    if line.line_id in case.ledger.bundles.headings:
        return None
    returnable = case.ledger.returnable(line)
    if wanted.quantity <= returnable:
        return None
    sentence = _quantity_sentence(case, returnable)
    return Finding(
        rule=Rule.QUANTITY,
        outcome=Verdict.INELIGIBLE,
        sentence=sentence,
        observed=(
            Observed(mark("asked"), str(wanted.quantity)),
            Observed(mark("returnable"), str(returnable)),
            *(
                Observed(mark("held by"), number)
                for number in case.ledger.holders(line.line_id)
                if number
            ),
        ),
    )


def _quantity_sentence(case: LineCase, returnable: int) -> str:
    """What is left, and where the rest is; a line of one unit is not spoken of in the plural."""
    line = case.line
    held_by = [spoken(number) for number in case.ledger.holders(line.line_id) if number]
    here = "" in case.ledger.holders(line.line_id)
    taken = []
    if held_by:
        taken.append(_("on return {number}").format(number=_(" and ").join(held_by)))
    if here:
        taken.append(_("already on this return"))
    gone = line.returned_before
    if line.delivered == 1 and returnable == 0:
        if gone:
            return _("The only unit of it came back before: nothing is left to return.")
        return _("The only unit of it is {place}: nothing is left to return.").format(
            place=_(" and ").join(taken)
        )
    reasons = []
    if taken:
        where = _("the others are {place}") if returnable or gone else _("they are {place}")
        reasons.append(where.format(place=_(" and ").join(taken)))
    if gone:
        reasons.append(_("{count} came back before").format(count=gone))
    because = f": {'; '.join(reasons)}" if reasons else ""
    if returnable == 0:
        said = _("None of the {delivered} delivered can still come back{because}.")
    elif returnable == line.delivered:
        return plural(
            "Only {n} was delivered: no more than that can come back.",
            "Only {n} were delivered: no more than that can come back.",
            returnable,
        ).format(n=returnable)
    else:
        said = _("Only {count} of the {delivered} delivered can still come back{because}.")
    return said.format(count=returnable, delivered=line.delivered, because=because)


def serial(case: LineCase, policy: Policy) -> Finding | None:
    """A serial is on one return; one of another delivery is a risk flag."""
    for serial in case.wanted.serials:
        holder = case.ledger.holder_of_serial(serial)
        if holder is not None:
            sentence = (
                _("Serial {serial} is already on return {number}.")
                if holder
                else _("Serial {serial} is already on this return.")
            ).format(serial=serial, number=spoken(holder))
            return Finding(
                rule=Rule.SERIAL,
                outcome=Verdict.INELIGIBLE,
                sentence=sentence,
                observed=(Observed(mark("serial"), serial), Observed(mark("held by"), holder)),
            )
    delivered = {same_serial(serial) for serial in case.line.serials}
    strangers = [s for s in case.wanted.serials if delivered and same_serial(s) not in delivered]
    if not strangers:
        return None
    outcome = risk_outcome(policy)
    sentence = (
        _("Serial {serial} is not from this delivery; a colleague has a look at it.")
        if outcome is Verdict.NEEDS_APPROVAL
        else _("Serial {serial} is not from this delivery; that is noted.")
    )
    return Finding(
        rule=Rule.SERIAL,
        outcome=outcome,
        sentence=sentence.format(serial=strangers[0]),
        observed=(Observed(mark("serial"), strangers[0]),),
    )
