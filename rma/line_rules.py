"""The rules of a policy for one line: each gives one finding, or nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from rma.discretion import deciders, within_limit
from rma.line_case import LineCase
from rma.money import format_amount
from rma.outbound_rules import outbound
from rma.policy import FinalSale, Policy, Rule
from rma.reasons import ReasonWorkflow
from rma.request import Condition, Evidence
from rma.return_window import window
from rma.unit_rules import bundle, delivery, item_kind, quantity, serial
from rma.verdict import Finding, Observed, Verdict
from rma.wording import _, mark, money, words

LineRule: TypeAlias = Callable[[LineCase, Policy], Finding | None]


DESCRIPTION_LENGTH = 20
"""Characters of a note that count as a description."""


def _agent_return(case: LineCase, policy: Policy) -> Finding | None:
    if policy.agent_return:
        return None
    sentence = _("This return can only be made by the customer, through the return link.")
    return Finding(rule=Rule.AGENT_RETURN, outcome=Verdict.INELIGIBLE, sentence=sentence)


def _final_sale(case: LineCase, policy: Policy) -> Finding | None:
    if not case.line.final_sale or case.fault or policy.final_sale is FinalSale.ALLOW:
        return None
    if policy.final_sale is FinalSale.APPROVAL:
        return Finding(
            rule=Rule.FINAL_SALE,
            outcome=Verdict.NEEDS_APPROVAL,
            sentence=_("This was a final sale; a supervisor decides about it."),
        )
    return Finding(
        rule=Rule.FINAL_SALE,
        outcome=Verdict.INELIGIBLE,
        sentence=_("This was a final sale: it cannot be returned."),
    )


def _condition(case: LineCase, policy: Policy) -> Finding | None:
    condition = case.wanted.condition
    if condition is None or case.fault or condition in policy.conditions:
        return None
    accepted = ", ".join(policy.conditions) or _("none")
    return Finding(
        rule=Rule.CONDITION,
        outcome=Verdict.INELIGIBLE,
        sentence=_(_REFUSED_CONDITION[condition]),
        observed=(Observed(mark("condition"), condition), Observed(mark("accepted"), accepted)),
    )


_REFUSED_CONDITION = {
    Condition.SEALED: mark("We cannot take it back sealed."),
    Condition.OPENED: mark("We cannot take it back once it is opened."),
    Condition.USED: mark("We cannot take it back once it is used."),
    Condition.INCOMPLETE: mark("We cannot take it back with parts missing."),
    Condition.DAMAGED: mark("We cannot take it back damaged."),
}


def _proof(case: LineCase, policy: Policy) -> Finding | None:
    if not policy.proof or case.request.proof in policy.proof:
        return None
    wanted = _(" or ").join(words(proof) for proof in policy.proof)
    return Finding(
        rule=Rule.PROOF,
        outcome=Verdict.INELIGIBLE,
        sentence=_("We need a proof of purchase: {proof}.").format(proof=wanted),
        observed=(Observed(mark("proof"), case.request.proof or _("none")),),
    )


def _evidence(case: LineCase, policy: Policy) -> Finding | None:
    if not policy.evidence:
        return None
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
    description = _("a description ({count} characters or more in the note)")
    named = {
        Evidence.PHOTO: _("a photo"),
        Evidence.SERIAL: _("the serial number"),
        Evidence.DESCRIPTION: description.format(count=DESCRIPTION_LENGTH),
    }
    wanted = _(" and ").join(named[evidence] for evidence in lacking)
    return Finding(
        rule=Rule.EVIDENCE,
        outcome=Verdict.INELIGIBLE,
        sentence=_("For this reason we need {evidence}.").format(evidence=wanted),
        observed=tuple(Observed(mark("lacking"), evidence) for evidence in lacking),
    )


def _reason_workflow(case: LineCase, policy: Policy) -> Finding | None:
    if case.reason is None or case.reason.workflow is ReasonWorkflow.NONE:
        return None
    return Finding(
        rule=Rule.REASON,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=_("Returns for “{reason}” are confirmed by a supervisor.").format(
            reason=case.reason.label
        ),
        observed=(Observed(mark("reason"), case.reason.code),),
    )


def _resolution(case: LineCase, policy: Policy) -> Finding | None:
    if case.wanted.resolution in policy.resolutions:
        return None
    offered = _(" or ").join(words(r) for r in policy.resolutions) or _("nothing")
    return Finding(
        rule=Rule.RESOLUTION,
        outcome=Verdict.INELIGIBLE,
        sentence=_("For this item we offer {remedy}.").format(remedy=offered),
        observed=(Observed(mark("wanted"), case.wanted.resolution or _("none")),),
    )


def _manual_amount(case: LineCase, policy: Policy) -> Finding | None:
    amount = case.wanted.amount
    if amount is None:
        return None
    currency = case.order.currency
    # An order line may be split over several lines of the request: the limit is for all of it.
    by_hand = sum(
        wanted.amount or 0 for wanted in case.request.lines if wanted.line_id == case.wanted.line_id
    )
    within = within_limit(policy, case.actor.role, "manual", by_hand, currency)
    plain = format_amount(amount, currency)
    sentence = (
        _("The amount is set to {amount}.")
        if within
        else _("The amount of {amount} has to be confirmed by a supervisor.")
    )
    return Finding(
        rule=Rule.MANUAL_AMOUNT,
        outcome=Verdict.ELIGIBLE if within else Verdict.NEEDS_APPROVAL,
        sentence=sentence.format(amount=money(plain, currency)),
        observed=(
            Observed(mark("amount"), f"{plain} {currency}"),
            Observed(mark("because"), case.wanted.amount_reason),
            *(() if within else deciders(policy, "manual", by_hand, currency)),
        ),
    )


def _fee_waived(case: LineCase, policy: Policy) -> Finding | None:
    fees, wanted = policy.fees, case.wanted
    charged = not fees.restocking_conditions or wanted.condition in fees.restocking_conditions
    if not wanted.waive_fee_reason.strip() or wanted.amount is not None:
        return None
    if case.fault or not fees.restocking or not charged:
        return None
    return Finding(
        rule=Rule.FEE_WAIVED,
        outcome=Verdict.ELIGIBLE,
        sentence=_("The restocking fee is waived for you."),
        observed=(Observed(mark("because"), case.wanted.waive_fee_reason),),
    )


LINE_RULES: tuple[LineRule, ...] = (
    _agent_return,
    item_kind,
    bundle,
    delivery,
    quantity,
    serial,
    window,
    _final_sale,
    _condition,
    _proof,
    _evidence,
    _reason_workflow,
    _resolution,
    outbound,
    _manual_amount,
    _fee_waived,
)
"""Every rule of one line, in the order in which their findings are read."""
