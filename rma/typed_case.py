"""Judge and book a return of an order that was typed by hand: complete or not, never priced, never authorized."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from rma.assessment import Assessment, Case, LineAssessment, assess
from rma.completeness import missing_of_line
from rma.eligibility import judge_return
from rma.exchange import product_of
from rma.ledger import Ledger
from rma.line_case import LineCase
from rma.order import Order
from rma.policy import Policy, Rule
from rma.record import Problem, RmaRecord, book, check, finalize
from rma.request import LineRequest
from rma.scope import select_policy
from rma.typed_order import LONGEST_NUMBER, TypedLine, TypedOrder, number_of
from rma.typed_view import NO_SKU, as_order, caller_as_customer
from rma.verdict import Finding, Missing, Observed, Verdict, strictest
from rma.wording import _, mark


def judge(case: Case) -> Assessment:
    """As `rma.assessment.assess`, also where the order was typed by hand and is not known."""
    return assess(case) if case.order is not None else assess_typed(case)


def give_number(case: Case, assessment: Assessment, *, number: str, device: str) -> RmaRecord:
    """As `rma.record.finalize`, also where the order was typed by hand; that holds nothing.

    Raises:
        ValueError: if `rma.record.check` has something against it; callers ask first.
    """
    if not assessment.order_unknown:
        return finalize(case, assessment, number=number, device=device)
    if check(assessment) is not None:
        raise ValueError("this return cannot be finalized")
    return book_typed(case, assessment, number=number, device=device)


def book_typed(
    case: Case,
    assessment: Assessment,
    *,
    number: str,
    device: str,
    problem: Problem | None = None,
) -> RmaRecord:
    """The RMA under its told number: it needs approval, holds nothing, and names no amount and no currency."""
    told = case.request.typed
    shown = case
    if told is not None:
        shown = replace(case, order=as_order(told, case.request.customer_id, case.at))
    record = book(shown, assessment, number=number, device=device, problem=problem)
    named = (line if line.sku != NO_SKU else replace(line, sku="") for line in record.lines)
    return replace(record, currency="", lines=tuple(named))


def assess_typed(case: Case) -> Assessment:
    """What is missing, and the finding that a supervisor waits for the order. No rule can refuse hearsay.

    The policies that would judge the order say what has to be asked; an order without `ReturnRequest.typed` is only
    unknown.
    """
    request, typed = case.request, case.request.typed
    if typed is None:
        return assess(case)
    order = as_order(typed, request.customer_id, case.at)
    customer = case.customer or caller_as_customer(
        typed, request.contact.email, request.contact.phone
    )
    missings = list(missing_of_order(typed, case.at))
    assessments: list[LineAssessment] = []
    in_play: list[Policy] = []
    for wanted in request.lines:
        told, line = typed.line(wanted.line_id), order.line(wanted.line_id)
        if told is None or line is None:
            missings.append(Missing("line", wanted.line_id, _("Type what this item is first.")))
            finding = _not_found(typed, None)
        else:
            policy = select_policy(
                case.policies,
                order=order,
                line=line,
                channel=request.channel,
                tier="",
                at=case.at,
                pinned=case.pinned,
            )
            if policy is not None and policy not in in_play:
                in_play.append(policy)
            missings += _missing_of_item(case, order, wanted, told, policy)
            finding = _not_found(typed, told)
        assessments.append(
            LineAssessment(
                line_id=wanted.line_id,
                verdict=finding.outcome,
                findings=(finding,),
                policy=None,
                returnable=told.bought if told is not None else 0,
                resolution=wanted.resolution,
            )
        )
    whole = judge_return(
        request,
        order=order,
        customer=customer,
        policies=tuple(in_play),
        quote=None,
        at=case.at,
        actor=case.actor,
        recent_returns=case.recent_returns,
        received_at=case.received_at,
    )
    # Of a caller who is in no book there is no fact to compare: a supervisor makes sure.
    unknown = number_of(request.customer_id) is not None
    missings += [m for m in whole.missing if not (unknown and m.field == "verified")]
    if request.goodwill:
        missings.append(Missing("goodwill", None, no_amount()))
    return Assessment(
        missing=tuple(missings),
        lines=tuple(assessments),
        findings=whole.findings,
        verdict=strictest([Verdict.NEEDS_APPROVAL, *(f.outcome for f in whole.findings)]),
        quote=None,
    )


def no_amount() -> str:
    """What stands in place of every amount."""
    return _("No amount yet: the order is not known here.")


def missing_of_order(typed: TypedOrder, at: datetime) -> list[Missing]:
    """What the typed order itself still lacks, or what cannot be true of it at that instant."""
    missing = []
    if not typed.number.strip():
        missing.append(Missing("order_number", None, _("Ask for the order number.")))
    elif not typed.number.isprintable():
        said = _("An order number has at most {count} characters that can be seen.")
        missing.append(Missing("order_number", None, said.format(count=LONGEST_NUMBER)))
    if not any(line.item for line in typed.lines):
        missing.append(Missing("items", None, _("Type what was bought: one item at least.")))
    for line in typed.lines:
        if line.item and not line.bought:
            said = _("Enter how many of “{item}” were bought: a whole number from 1.")
            missing.append(Missing("bought", line.line_id, said.format(item=line.item[:30])))
        elif line.bought and not line.item:
            missing.append(Missing("items", line.line_id, _("Type what this item is.")))
    latest = (at + timedelta(days=1)).date()  # it may be tomorrow already where the caller lives
    for field, day in (("placed", typed.placed), ("delivered", typed.delivered)):
        if day is not None and day > latest:
            missing.append(Missing(field, None, _("This day is still to come: check it.")))
    if typed.placed and typed.delivered and typed.delivered < typed.placed:
        said = _("It cannot be delivered before it was ordered: check the days.")
        missing.append(Missing("delivered", None, said))
    return missing


def _missing_of_item(
    case: Case, order: Order, wanted: LineRequest, told: TypedLine, policy: Policy | None
) -> list[Missing]:
    line = order.line(wanted.line_id)
    assert line is not None
    reason = case.reasons.find(wanted.reason) if wanted.reason else None
    line_case = LineCase(
        case.request,
        wanted,
        order,
        line,
        Ledger(order),
        policy,
        case.reasons,
        reason,
        (),
        False,
        case.at,
        case.actor,
        case.products,
    )
    # What goes out is priced when the order's currency is known.
    known = product_of(case.products, wanted.outbound_sku) is not None
    missing = [
        m for m in missing_of_line(line_case) if not (known and m.field.startswith("outbound"))
    ]
    asked = sum(each.quantity for each in case.request.lines if each.line_id == wanted.line_id)
    if asked > told.bought:
        said = _("{asked} come back, but {bought} were bought: enter fewer, or correct the order.")
        said = said.format(asked=asked, bought=told.bought)
        missing.append(Missing("quantity", wanted.line_id, said))
    if wanted.amount is not None:
        missing.append(Missing("amount", wanted.line_id, no_amount()))
    return missing


def _not_found(typed: TypedOrder, line: TypedLine | None) -> Finding:
    said = _(
        "I cannot find order {number} yet. I note your return; a supervisor checks it against the order and approves it."
    )
    days = (
        (mark("placed as told"), typed.placed),
        (mark("delivered as told"), typed.delivered),
    )
    return Finding(
        rule=Rule.ORDER_NOT_FOUND,
        outcome=Verdict.NEEDS_APPROVAL,
        sentence=said.format(number=typed.number.strip()),
        observed=(
            Observed(mark("order number"), typed.number.strip()),
            *(Observed(name, day.isoformat()) for name, day in days if day is not None),
            *((Observed(mark("bought as told"), str(line.bought)),) if line else ()),
        ),
    )
