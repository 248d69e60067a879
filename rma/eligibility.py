"""May this come back? Every rule of a policy, one finding each, with a sentence for the caller.

`judge_line` looks at one requested line, `judge_return` at the return as a whole. Neither refuses by exception: what is
missing and what speaks against it come back as values, all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from rma.calendar import add_months, local_day
from rma.ledger import Ledger, same_serial
from rma.money import Minor, format_amount
from rma.numbers import spoken
from rma.order import Customer, LineKind, Order, OrderLine, WarrantyUnit
from rma.policy import (
    OVERRIDABLE,
    Amounts,
    AuthorizationMode,
    ContactDuty,
    FinalSale,
    Policy,
    Rule,
    WindowStart,
)
from rma.quote import ComponentKind, Quote
from rma.reasons import Reason, ReasonTree, ReasonWorkflow
from rma.request import (
    Actor,
    Condition,
    Evidence,
    LineRequest,
    ReturnRequest,
    ReturnType,
    Role,
)
from rma.verdict import Finding, Missing, Observed, Verdict

CLOCK_LEEWAY = timedelta(minutes=5)
"""How far a desk's clock may run ahead of the server's before a person looks at it."""

DESCRIPTION_LENGTH = 20
"""Characters of a note that count as a description."""

_GOODWILL_SOFTENS = frozenset(
    {
        Rule.WINDOW,
        Rule.FINAL_SALE,
        Rule.CONDITION,
        Rule.PROOF,
        Rule.EVIDENCE,
        Rule.RESOLUTION,
    }
)


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """What the rules say about one line."""

    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...]
    merchant_fault: bool
    reason_codes: tuple[str, ...]
    """The reason's code and its ancestors', nearest first."""


@dataclass(frozen=True, slots=True)
class JudgedReturn:
    """What the rules say about the return as a whole."""

    missing: tuple[Missing, ...]
    findings: tuple[Finding, ...]


def judge_line(
    request: ReturnRequest,
    wanted: LineRequest,
    *,
    order: Order,
    line: OrderLine,
    ledger: Ledger,
    policy: Policy | None,
    reasons: ReasonTree,
    at: datetime,
    actor: Actor,
) -> JudgedLine:
    """Judge one requested line. `ledger` already holds the request's earlier lines."""
    reason = reasons.find(wanted.reason) if wanted.reason else None
    codes = _ancestry(reason, reasons)
    fault = request.return_type is ReturnType.DEFECT or bool(reason and reason.merchant_fault)
    line_case = _LineCase(
        request,
        wanted,
        order,
        line,
        ledger,
        policy,
        reasons,
        reason,
        codes,
        fault,
        at,
        actor,
    )
    if policy is None:
        sentence = f"No return policy covers {_named(line)}, so I cannot take it back."
        refused = Finding(rule=Rule.POLICY, outcome=Verdict.INELIGIBLE, sentence=sentence)
        return JudgedLine(tuple(_missing_of_line(line_case)), (refused,), fault, codes)
    findings: list[Finding] = []
    for rule in _LINE_RULES:
        finding = rule(line_case, policy)
        if finding is not None:
            findings.append(_settled(finding, line_case, policy))
    return JudgedLine(tuple(_missing_of_line(line_case)), tuple(findings), fault, codes)


def judge_return(
    request: ReturnRequest,
    *,
    order: Order,
    customer: Customer | None,
    policies: Sequence[Policy],
    quote: Quote | None,
    at: datetime,
    actor: Actor,
    recent_returns: Sequence[datetime] = (),
    received_at: datetime | None = None,
) -> JudgedReturn:
    """Judge the return as a whole. `policies` are those that judge its lines."""
    missing = list(_missing_of_return(request, order, customer, policies))
    findings: list[Finding] = []
    for policy in policies:
        found = [
            _manual_mode(policy),
            _amount_threshold(policy, order, quote),
            _goodwill_limit(policy, order, request, quote, actor),
            _clock(policy, at, received_at),
            _risks(policy, request, customer, at, recent_returns),
        ]
        said = {(f.rule, f.outcome, f.sentence, f.observed) for f in findings}
        for finding in found:
            if finding is None:
                continue
            if (finding.rule, finding.outcome, finding.sentence, finding.observed) not in said:
                findings.append(finding)
    if request.destination_override is not None and not actor.role.approves:
        findings.append(
            Finding(
                rule=Rule.DESTINATION,
                outcome=Verdict.NEEDS_APPROVAL,
                sentence="A supervisor has to confirm where the money goes.",
                observed=(Observed("destination", request.destination_override),),
            )
        )
    if request.verification_skipped.strip() and any(p.verification for p in policies):
        findings.append(
            Finding(
                rule=Rule.VERIFICATION,
                outcome=Verdict.ELIGIBLE,
                sentence="The caller was not verified; the reason is on record.",
                observed=(Observed("skipped because", request.verification_skipped),),
            )
        )
    return JudgedReturn(tuple(missing), tuple(findings))


@dataclass(frozen=True, slots=True)
class _LineCase:
    request: ReturnRequest
    wanted: LineRequest
    order: Order
    line: OrderLine
    ledger: Ledger
    policy: Policy | None
    reasons: ReasonTree
    reason: Reason | None
    reason_codes: tuple[str, ...]
    fault: bool
    at: datetime
    actor: Actor


def _settled(finding: Finding, case: _LineCase, policy: Policy) -> Finding:
    """Apply overrides and goodwill to a refusing finding."""
    finding = replace(finding, policy=policy.ref)
    if finding.outcome is not Verdict.INELIGIBLE:
        return finding
    overridable = (finding.rule in OVERRIDABLE and finding.rule in policy.overridable) or (
        finding.rule is Rule.WINDOW and policy.approval.outside_window
    )
    finding = replace(finding, overridable=overridable)
    softened = case.request.return_type is ReturnType.GOODWILL and finding.rule in _GOODWILL_SOFTENS
    if softened or (overridable and case.wanted.override_reason.strip()):
        why = case.wanted.override_reason.strip() or "goodwill"
        return replace(
            finding,
            outcome=Verdict.NEEDS_APPROVAL,
            overridden=True,
            sentence=f"{finding.sentence} I ask a supervisor for an exception.",
            observed=(
                *finding.observed,
                Observed("exception asked by", case.actor.name),
                Observed("because", why),
            ),
        )
    return finding


# --- rules of one line -------------------------------------------------------------------------------------------


def _agent_return(case: _LineCase, policy: Policy) -> Finding | None:
    if policy.agent_return:
        return None
    sentence = "This return can only be made by the customer, through the return link."
    return Finding(rule=Rule.AGENT_RETURN, outcome=Verdict.INELIGIBLE, sentence=sentence)


def _item_kind(case: _LineCase, policy: Policy) -> Finding | None:
    words = {
        LineKind.SERVICE: "a service",
        LineKind.GIFT_CARD: "a gift card",
        LineKind.FEE: "a fee",
    }.get(case.line.kind)
    if words is None:
        return None
    sentence = f"{_named(case.line)} is {words}: that cannot be returned."
    observed = (Observed("kind", case.line.kind),)
    return Finding(
        rule=Rule.ITEM_KIND,
        outcome=Verdict.INELIGIBLE,
        sentence=sentence,
        observed=observed,
    )


def _delivery(case: _LineCase, policy: Policy) -> Finding | None:
    line = case.line
    if not line.returnable_kind:
        return None
    if line.delivered == 0:
        sentence = f"{_named(line)} has not been delivered yet, so there is nothing to return."
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


def _quantity(case: _LineCase, policy: Policy) -> Finding | None:
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


def _serial(case: _LineCase, policy: Policy) -> Finding | None:
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
    outcome = _risk_outcome(policy)
    then = "a colleague has a look at it" if outcome is Verdict.NEEDS_APPROVAL else "that is noted"
    return Finding(
        rule=Rule.SERIAL,
        outcome=outcome,
        sentence=f"Serial {strangers[0]} is not from this delivery; {then}.",
        observed=(Observed("serial", strangers[0]),),
    )


def _window(case: _LineCase, policy: Policy) -> Finding | None:
    window, zone, line = policy.window, policy.time_zone, case.line
    if not line.returnable_kind or line.delivered == 0:
        return None
    if window.days is None:
        return Finding(
            rule=Rule.WINDOW,
            outcome=Verdict.ELIGIBLE,
            sentence="There is no time limit.",
        )
    if window.starts is WindowStart.DELIVERED and line.delivered_at is not None:
        start, event = local_day(line.delivered_at, zone), "delivered"
    else:
        start, event = local_day(case.order.placed_at, zone), "placed"
    unknown = window.starts is WindowStart.DELIVERED and event == "placed"
    because = ", as no delivery date is known" if unknown else ""
    last_day = start + timedelta(days=window.days)
    what = "1 day" if window.days == 1 else f"{window.days} days"
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


def _warranty_end(case: _LineCase, policy: Policy) -> date | None:
    line = case.line
    start = local_day(line.delivered_at or case.order.placed_at, policy.time_zone)
    if line.warranty is not None:
        number, unit = line.warranty.number, line.warranty.unit
        if unit is WarrantyUnit.DAYS:
            return start + timedelta(days=number)
        return add_months(start, number * 12 if unit is WarrantyUnit.YEARS else number)
    months = next((r.months for r in policy.warranty if r.category == line.category), None)
    return None if months is None else add_months(start, months)


def _final_sale(case: _LineCase, policy: Policy) -> Finding | None:
    if not case.line.final_sale or case.fault or policy.final_sale is FinalSale.ALLOW:
        return None
    if policy.final_sale is FinalSale.APPROVAL:
        return Finding(
            rule=Rule.FINAL_SALE,
            outcome=Verdict.NEEDS_APPROVAL,
            sentence="This was a final sale; a supervisor decides about it.",
        )
    return Finding(
        rule=Rule.FINAL_SALE,
        outcome=Verdict.INELIGIBLE,
        sentence="This was a final sale: it cannot be returned.",
    )


def _condition(case: _LineCase, policy: Policy) -> Finding | None:
    condition = case.wanted.condition
    if condition is None or case.fault or condition in policy.conditions:
        return None
    accepted = ", ".join(policy.conditions) or "none"
    return Finding(
        rule=Rule.CONDITION,
        outcome=Verdict.INELIGIBLE,
        sentence=f"We cannot take it back {_CONDITION_WORDS[condition]}.",
        observed=(Observed("condition", condition), Observed("accepted", accepted)),
    )


_CONDITION_WORDS = {
    Condition.SEALED: "sealed",
    Condition.OPENED: "once it is opened",
    Condition.USED: "once it is used",
    Condition.INCOMPLETE: "with parts missing",
    Condition.DAMAGED: "damaged",
}


def _proof(case: _LineCase, policy: Policy) -> Finding | None:
    if not policy.proof or case.request.proof in policy.proof:
        return None
    wanted = " or ".join(proof.replace("_", " ") for proof in policy.proof)
    return Finding(
        rule=Rule.PROOF,
        outcome=Verdict.INELIGIBLE,
        sentence=f"We need a proof of purchase: {wanted}.",
        observed=(Observed("proof", case.request.proof or "none"),),
    )


def _evidence(case: _LineCase, policy: Policy) -> Finding | None:
    rows = {row.reason: row.evidence for row in policy.evidence}
    asked = next((rows[code] for code in case.reason_codes if code in rows), ())
    given = set(case.wanted.evidence)
    if case.wanted.serials:
        given.add(Evidence.SERIAL)
    if len(case.wanted.note.strip()) >= DESCRIPTION_LENGTH:
        given.add(Evidence.DESCRIPTION)
    lacking = [evidence for evidence in asked if evidence not in given]
    if not lacking:
        return None
    words = {
        Evidence.PHOTO: "a photo",
        Evidence.SERIAL: "the serial number",
        Evidence.DESCRIPTION: f"a description ({DESCRIPTION_LENGTH} characters or more in the note)",
    }
    return Finding(
        rule=Rule.EVIDENCE,
        outcome=Verdict.INELIGIBLE,
        sentence=f"For this reason we need {' and '.join(words[e] for e in lacking)}.",
        observed=tuple(Observed("lacking", evidence) for evidence in lacking),
    )


def _reason_workflow(case: _LineCase, policy: Policy) -> Finding | None:
    if case.reason is None or case.reason.workflow is ReasonWorkflow.NONE:
        return None
    return Finding(
        rule=Rule.REASON,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=f"Returns for “{case.reason.label}” are confirmed by a supervisor.",
        observed=(Observed("reason", case.reason.code),),
    )


def _resolution(case: _LineCase, policy: Policy) -> Finding | None:
    if case.wanted.resolution in policy.resolutions:
        return None
    offered = " or ".join(r.replace("_", " ") for r in policy.resolutions) or "nothing"
    return Finding(
        rule=Rule.RESOLUTION,
        outcome=Verdict.INELIGIBLE,
        sentence=f"For this item we offer {offered}.",
        observed=(Observed("wanted", case.wanted.resolution or "none"),),
    )


def _manual_amount(case: _LineCase, policy: Policy) -> Finding | None:
    amount = case.wanted.amount
    if amount is None:
        return None
    within = _within_limit(policy, case.actor.role, "manual", amount, case.order.currency)
    told = f"{format_amount(amount, case.order.currency)} {case.order.currency}"
    return Finding(
        rule=Rule.MANUAL_AMOUNT,
        outcome=Verdict.ELIGIBLE if within else Verdict.NEEDS_APPROVAL,
        sentence=f"The amount is set to {told}."
        if within
        else f"The amount of {told} has to be confirmed by a supervisor.",
        observed=(
            Observed("amount", told),
            Observed("because", case.wanted.amount_reason),
        ),
    )


def _fee_waived(case: _LineCase, policy: Policy) -> Finding | None:
    fees, wanted = policy.fees, case.wanted
    charged = not fees.restocking_conditions or wanted.condition in fees.restocking_conditions
    if not wanted.waive_fee_reason.strip() or wanted.amount is not None:
        return None
    if case.fault or not fees.restocking or not charged:
        return None
    return Finding(
        rule=Rule.FEE_WAIVED,
        outcome=Verdict.ELIGIBLE,
        sentence="The restocking fee is waived for you.",
        observed=(Observed("because", case.wanted.waive_fee_reason),),
    )


_LINE_RULES: tuple[Callable[[_LineCase, Policy], Finding | None], ...] = (
    _agent_return,
    _item_kind,
    _delivery,
    _quantity,
    _serial,
    _window,
    _final_sale,
    _condition,
    _proof,
    _evidence,
    _reason_workflow,
    _resolution,
    _manual_amount,
    _fee_waived,
)


# --- rules of the whole return -----------------------------------------------------------------------------------


def _manual_mode(policy: Policy) -> Finding | None:
    if policy.authorization is not AuthorizationMode.MANUAL:
        return None
    return Finding(
        rule=Rule.AUTHORIZATION,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence="A supervisor confirms every return of this kind.",
        policy=policy.ref,
    )


def _amount_threshold(policy: Policy, order: Order, quote: Quote | None) -> Finding | None:
    thresholds = policy.approval.amount
    if quote is None or thresholds is None or policy.authorization is AuthorizationMode.AUTOMATIC:
        return None
    limit = thresholds.get(order.currency)
    if limit is not None and quote.total <= limit:
        return None
    total = f"{format_amount(quote.total, order.currency)} {order.currency}"
    return Finding(
        rule=Rule.AMOUNT,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=f"A refund of {total} is confirmed by a supervisor.",
        observed=(
            Observed("total", total),
            Observed(
                "limit",
                f"none for {order.currency}"
                if limit is None
                else f"{format_amount(limit, order.currency)} {order.currency}",
            ),
        ),
        policy=policy.ref,
    )


def _goodwill_limit(
    policy: Policy,
    order: Order,
    request: ReturnRequest,
    quote: Quote | None,
    actor: Actor,
) -> Finding | None:
    # an amount set by hand above a line's entitlement is goodwill too (rule 5.11)
    goodwill = quote.sum_of(ComponentKind.GOODWILL) if quote else request.goodwill
    if goodwill <= 0:
        return None
    if _within_limit(policy, actor.role, "goodwill", goodwill, order.currency):
        return None
    told = f"{format_amount(goodwill, order.currency)} {order.currency}"
    return Finding(
        rule=Rule.GOODWILL,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=f"Goodwill of {told} is confirmed by a supervisor.",
        observed=(
            Observed("goodwill", told),
            Observed("because", request.goodwill_reason),
        ),
        policy=policy.ref,
    )


def _clock(policy: Policy, at: datetime, received_at: datetime | None) -> Finding | None:
    if received_at is None:
        return None
    age = received_at - at
    allowed = None if policy.offline_hours is None else timedelta(hours=policy.offline_hours)
    if age >= -CLOCK_LEEWAY and (allowed is None or age <= allowed):
        return None
    return Finding(
        rule=Rule.CLOCK,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence="The time of this return has to be checked; a supervisor releases it.",
        observed=(
            Observed("claimed", at.isoformat()),
            Observed("received", received_at.isoformat()),
        ),
        policy=policy.ref,
    )


def _risks(
    policy: Policy,
    request: ReturnRequest,
    customer: Customer | None,
    at: datetime,
    recent_returns: Sequence[datetime],
) -> Finding | None:
    flags: list[Observed] = []
    many = policy.approval.many_returns
    if many is not None:
        since = at - timedelta(days=many.days)
        count = sum(1 for moment in recent_returns if since <= moment <= at)
        if count >= many.count:
            flags.append(Observed("many returns", f"{count} in {many.days} days"))
    if request.photo_seen_before:
        flags.append(Observed("photo", "seen on an older return"))
    flags.extend(
        Observed("customer flag", flag) for flag in (customer.risk_flags if customer else ())
    )
    if not flags:
        return None
    outcome = _risk_outcome(policy)
    return Finding(
        rule=Rule.RISK,
        outcome=outcome,
        sentence="A colleague has a look at this return before it goes on."
        if outcome is Verdict.NEEDS_APPROVAL
        else "There is a note on this return; it goes on as usual.",
        observed=tuple(flags),
        policy=policy.ref,
    )


def _risk_outcome(policy: Policy) -> Verdict:
    """A risk asks for a person, never refuses; where the policy does not care, it is only shown."""
    asks = policy.approval.risk and policy.authorization is not AuthorizationMode.AUTOMATIC
    return Verdict.NEEDS_APPROVAL if asks else Verdict.ELIGIBLE


def _within_limit(policy: Policy, role: Role, kind: str, amount: Minor, currency: str) -> bool:
    for limit in policy.limits:
        if limit.role is role:
            amounts: Amounts = limit.manual if kind == "manual" else limit.goodwill
            largest = amounts.get(currency)
            return largest is not None and amount <= largest
    return False


# --- what is still missing ---------------------------------------------------------------------------------------


def _missing_of_line(case: _LineCase) -> list[Missing]:
    wanted, line, missing = case.wanted, case.line, []

    def say(field: str, sentence: str) -> None:
        missing.append(Missing(field, line.line_id, sentence))

    if wanted.quantity < 1:
        say("quantity", "Enter how many come back: a whole number from 1.")
    elif line.serials and wanted.quantity != 1:
        say(
            "quantity",
            "Units with a serial number come back one by one: enter 1, then add a line.",
        )
    if line.serials and not wanted.serials:
        say("serials", "Ask for the serial number of the unit.")
    elif len(wanted.serials) > max(1, wanted.quantity):
        say("serials", f"These are {len(wanted.serials)} serial numbers: enter one for each unit.")
    elif len({same_serial(serial) for serial in wanted.serials}) < len(wanted.serials):
        say("serials", "A serial number stands there twice: each unit has its own.")
    if not wanted.reason:
        say("reason", "Choose why it comes back.")
    elif case.reason is None:
        say("reason", f"There is no reason “{wanted.reason}”: choose one from the list.")
    elif not case.reasons.is_leaf(wanted.reason):
        say(
            "reason",
            f"“{case.reason.label}” is a group: choose one of the reasons in it.",
        )
    elif case.request.return_type and case.request.return_type not in case.reason.return_types:
        say(
            "reason",
            f"“{case.reason.label}” does not fit a {case.request.return_type}.",
        )
    elif case.reason.note_required and not wanted.note.strip():
        say("note", f"“{case.reason.label}” needs a note: write what the caller says.")
    if wanted.condition is None:
        say("condition", "Ask what condition it is in.")
    if wanted.amount is not None and wanted.amount < 0:
        say("amount", "An amount cannot be negative: enter 0 or more.")
    elif wanted.amount is not None and not wanted.amount_reason.strip():
        say("amount_reason", "Say why the amount is set by hand.")
    return missing


def _missing_of_return(
    request: ReturnRequest,
    order: Order,
    customer: Customer | None,
    policies: Sequence[Policy],
) -> list[Missing]:
    missing: list[Missing] = []

    def say(field: str, sentence: str) -> None:
        missing.append(Missing(field, None, sentence))

    if request.customer_id != order.customer_id:
        say(
            "customer",
            f"Order {order.number} belongs to another customer: look it up again.",
        )
    elif customer is None or customer.customer_id != order.customer_id:
        say("customer", "This customer is not known here: look the customer up again.")
    if request.return_type is None:
        say("return_type", "Choose what kind of return this is.")
    if request.channel is None:
        say("channel", "Choose how the customer reached us.")
    if not request.lines:
        say("lines", "Choose at least one line that comes back.")
    missing.extend(_missing_contact(request, policies))
    needed = max((policy.verification for policy in policies), default=0)
    if not request.verification_skipped.strip():
        allowed = [set(p.verification_facts) for p in policies if p.verification]
        given = set(request.verified).intersection(*allowed) if allowed else set()
        if len(given) < needed:
            say("verified", f"Ask for {needed} facts about the caller, or say why not.")
    if request.return_type is ReturnType.GOODWILL and not request.goodwill_reason.strip():
        say("goodwill_reason", "Say why this is a goodwill return.")
    elif request.goodwill and not request.goodwill_reason.strip():
        say("goodwill_reason", "Say why goodwill is paid.")
    if request.goodwill < 0:
        say("goodwill", "Goodwill cannot be negative: enter 0 or more.")
    if request.destination_override is not None and not request.destination_reason.strip():
        say("destination_reason", "Say why the money goes there.")
    return missing


def _missing_contact(request: ReturnRequest, policies: Sequence[Policy]) -> list[Missing]:
    duties = {policy.contact for policy in policies}
    email, phone = request.contact.email.strip(), request.contact.phone.strip()
    missing = []
    local, at_sign, domain = email.rpartition("@")
    if email and not (at_sign and local and "." in domain and " " not in email):
        missing.append(Missing("contact.email", None, "This is no e-mail address: name@shop.com."))
    if phone and sum(character.isdecimal() for character in phone) < 5:
        missing.append(Missing("contact.phone", None, "A phone number has at least 5 digits."))
    if ContactDuty.EMAIL in duties and not email:
        missing.append(Missing("contact.email", None, "Ask for an e-mail address."))
    if ContactDuty.PHONE in duties and not phone:
        missing.append(Missing("contact.phone", None, "Ask for a phone number."))
    if ContactDuty.ANY in duties and not email and not phone:
        missing.append(
            Missing("contact.email", None, "Ask for an e-mail address or a phone number.")
        )
    return missing


def _ancestry(reason: Reason | None, reasons: ReasonTree) -> tuple[str, ...]:
    codes = []
    while reason is not None:
        codes.append(reason.code)
        reason = reasons.find(reason.parent) if reason.parent else None
    return tuple(codes)


def _spoken_day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _named(line: OrderLine) -> str:
    """What the caller knows the item by."""
    return line.name.strip() or f"Item {line.sku}"
