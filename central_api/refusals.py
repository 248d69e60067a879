"""Problems as the server words them: what happened, and what the agent does now."""

from __future__ import annotations

from rma.numbers import spoken
from rma.record import Problem, ProblemType

_CALL_BACK = "Call the customer back; a supervisor can approve or decline it."


def number_conflict(number: str) -> Problem:
    """The number is not this desk's to give, or was given before."""
    return Problem(
        type=ProblemType.NUMBER_CONFLICT,
        detail=f"Number {number[:20]} is not this desk's, or belongs to another return.",
        remedy="Make the return again, and tell the customer the new number.",
    )


def forbidden(detail: str) -> Problem:
    """The person may not do that."""
    return Problem(
        type=ProblemType.FORBIDDEN,
        detail=detail,
        remedy="Ask a supervisor to look at this return.",
    )


def foreign() -> Problem:
    """Another desk made it: nobody hands in another's work."""
    return Problem(
        type=ProblemType.FORBIDDEN,
        detail="Another desk made this.",
        remedy="It has to be sent from the desk that made it; report it.",
    )


def unproven() -> Problem:
    """No key of the desk signed it."""
    return Problem(
        type=ProblemType.UNPROVEN,
        detail="The server cannot prove that this desk made this; it is kept, and not booked yet.",
        remedy="Report it: a supervisor releases it once it is clear who made it.",
    )


def late() -> Problem:
    """It was decided longer ago than the offline allowance."""
    return Problem(
        type=ProblemType.CLOCK,
        detail="This was decided longer ago than a desk may work offline.",
        remedy="Check this desk's clock; a supervisor releases it, or do it again now.",
    )


def revoked(person: str, what: str) -> Problem:
    """The person, or the desk, may no longer work."""
    who = "This desk" if what == "device" else person[:80]
    return Problem(
        type=ProblemType.REVOKED,
        detail=f"{who} may no longer work here.",
        remedy="A supervisor decides about it.",
    )


def order_unknown() -> Problem:
    """The server has no such order."""
    return Problem(
        type=ProblemType.ORDER_UNKNOWN,
        detail="The server does not know this order.",
        remedy="Look the order up again after the next import, then ask a supervisor.",
    )


def order_not_imported(number: str) -> Problem:
    """The order that was typed by hand has not been imported yet."""
    return Problem(
        type=ProblemType.ORDER_UNKNOWN,
        detail=f"Order {number[:60]} is not known yet.",
        remedy="It is matched by itself once it is imported: approve it then, or decline it.",
    )


def just_matched(number: str) -> Problem:
    """The order was found at this moment: nobody has seen money and units of it."""
    return Problem(
        type=ProblemType.ORDER_CHANGED,
        detail=f"The return was put onto order {number[:60]} only now.",
        remedy="Open it to see its units and its money, then approve it.",
    )


def order_unclear(sentence: str) -> Problem:
    """The order is known, but not what of it comes back."""
    return Problem(
        type=ProblemType.ORDER_CHANGED,
        detail=sentence,
        remedy="Make the return anew on the order, tell the customer its number, and decline this one.",
    )


def other_customer(sentence: str) -> Problem:
    """The order is known, but not that it is the caller's."""
    return Problem(
        type=ProblemType.ORDER_CHANGED,
        detail=sentence,
        remedy="Call back and make sure whose order it is; then approve or decline it.",
    )


def policy_unknown(policies: str) -> Problem:
    """The customer was told a policy version that was never published."""
    return Problem(
        type=ProblemType.POLICY_UNKNOWN,
        detail=f"Policy {policies} was never published.",
        remedy=_CALL_BACK,
    )


def over_return(sentence: str, holder: str | None) -> Problem:
    """Somebody else holds the units."""
    where = f" Return {spoken(holder)} holds them." if holder else ""
    return Problem(
        type=ProblemType.OVER_RETURN,
        detail=sentence + ("" if holder and spoken(holder) in sentence else where),
        remedy=_CALL_BACK,
        other_number=holder,
    )


def not_eligible(sentence: str, *, order_changed: bool = False) -> Problem:
    """The rules, on the server's own rows, are against it."""
    kind = ProblemType.ORDER_CHANGED if order_changed else ProblemType.NOT_ELIGIBLE
    return Problem(type=kind, detail=sentence, remedy=_CALL_BACK)


def clock(sentence: str) -> Problem:
    """The claimed time lies outside the offline allowance."""
    return Problem(
        type=ProblemType.CLOCK,
        detail=sentence,
        remedy="Check this desk's clock; a supervisor releases the return.",
    )


def amount_mismatch(told: str, computed: str) -> Problem:
    """The told amount is not what the server computes."""
    return Problem(
        type=ProblemType.AMOUNT_MISMATCH,
        detail=f"The customer was told {told}, the server computes {computed}.",
        remedy=_CALL_BACK,
    )


def verdict_changed(sentence: str) -> Problem:
    """It was told as authorized, and needs an approval."""
    return Problem(
        type=ProblemType.VERDICT_CHANGED,
        detail=f"It needs an approval after all: {sentence}",
        remedy="Tell the customer to wait with the parcel until a supervisor has approved it.",
    )


def estimate_moved(detail: str) -> Problem:
    """Slots or expiry are the server's, the rest is as told."""
    return Problem(
        type=ProblemType.ORDER_CHANGED,
        detail=detail,
        remedy="Nothing to do, unless the customer wants to know exactly.",
    )


def erased() -> Problem:
    """There is nobody left to write to."""
    return Problem(
        type=ProblemType.FORBIDDEN,
        detail="The customer was erased: nothing is mailed to them.",
        remedy="Nothing to do.",
    )


def superseded(author: str) -> Problem:
    """Somebody edited the return first."""
    return Problem(
        type=ProblemType.SUPERSEDED,
        detail=f"{author[:80]} edited this return first.",
        remedy="Open the return to see what it is now, then do it again if it is still right.",
    )


def illegal_transition(detail: str) -> Problem:
    """The state does not allow it."""
    return Problem(
        type=ProblemType.ILLEGAL_TRANSITION,
        detail=detail,
        remedy="Open the return to see what happened to it.",
    )


def unprocessed() -> Problem:
    """Something of ours failed on it."""
    return Problem(
        type=ProblemType.MALFORMED,
        detail="The server could not process this change.",
        remedy="Ask a supervisor to look at this return; report it.",
    )


def newer() -> Problem:
    """A newer release made it; it is not refused, and comes again."""
    return Problem(
        type=ProblemType.MALFORMED,
        detail="This desk is newer than the server, which cannot read this change yet.",
        remedy="The server has to be updated, too. The change is kept, and sent again by itself.",
    )


def malformed(detail: str) -> Problem:
    """The operation cannot be read or processed."""
    return Problem(
        type=ProblemType.MALFORMED,
        detail=detail,
        remedy="Update this desk, then make the change again; report it if that does not help.",
    )
