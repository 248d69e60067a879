"""Erase a person from what is kept of them (domain section 8). Ids, numbers, money, quantities, states and days stay.

A free text that stood somewhere becomes one that says so: the rules ask whether there is a reason, and the same return
is judged the same with and without its words. All of it may be done again: nothing more changes then.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar, cast

from rma.calendar import require_instant
from rma.operations import (
    ApproveReturn,
    CallBack,
    CancelReturn,
    Command,
    DeclineReturn,
    DispatchReturn,
    ExtendReturn,
    FinalizeReturn,
    MailSlip,
    RefuseReturn,
    Result,
    SupersedeReturn,
)
from rma.order import Customer, Order
from rma.outbound import OutboundOrder, Payment
from rma.policy import Rule
from rma.record import Problem, RmaLine, RmaRecord, Superseded
from rma.refused import RefusedReturn
from rma.request import Contact, ReturnRequest
from rma.verdict import Finding, Observed

ERASED = "erased with the customer"
"""Stands for each free text; has the twenty characters that a description needs."""
_EMAIL, _PHONE = "erased@customer.invalid", "00000"
"""Stand where the policy may ask for contact data; nothing can be sent to either."""
_TYPED_BY_AGENTS = frozenset({"because", "skipped because"})
"""Observed facts that are free text."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Erasure:
    """A customer was erased, for ever: what every desk hears of."""

    customer_id: str
    erased_at: datetime

    def __post_init__(self) -> None:
        require_instant("erased_at", self.erased_at)


def without_person(value: T, erased: Collection[str]) -> T:
    """What is kept, without the person where it is one of the erased customers'."""
    return value if customers_of(value).isdisjoint(erased) else erase(value)


def customers_of(value: Any) -> frozenset[str]:
    """Whose a document is: an RMA may name the caller, and the order's customer."""
    if isinstance(value, RmaRecord):
        return frozenset((value.customer_id, value.request.customer_id))
    if isinstance(value, Customer | Order | RefusedReturn):
        return frozenset((value.customer_id,))
    return frozenset()


def erase(value: T) -> T:
    """A customer, an order, an RMA, a refused return or an answer, without the person; anything else as it is."""
    erased: Any
    match value:
        case Customer():
            erased = _customer(value)
        case Order():
            erased = _order(value)
        case RmaRecord():
            erased = _record(value)
        case RefusedReturn():
            erased = _refused(value)
        case Result():
            erased = _result(value)
        case _:
            erased = value
    return cast(T, erased)


def _customer(customer: Customer) -> Customer:
    """Tier and country stay: policies judge by them, and they name nobody."""
    return Customer(
        customer_id=customer.customer_id,
        name="",
        country=customer.country,
        tier=customer.tier,
        erased=True,
    )


def _order(order: Order) -> Order:
    return replace(order, tenders=tuple(replace(each, label="") for each in order.tenders))


def _record(record: RmaRecord) -> RmaRecord:
    typed = record.request.typed is not None
    return replace(
        record,
        contact=_contact(record.contact),
        lines=_lines(record.lines),
        findings=_findings(record.findings),
        request=_request(record.request),
        problem=_problem(record.problem, typed=typed),
        history=tuple(replace(each, note=_said(each.note)) for each in record.history),
        outbound=_outbound(record.outbound),
        superseded=tuple(_superseded(each, typed=typed) for each in record.superseded),
    )


def _refused(refused: RefusedReturn) -> RefusedReturn:
    lines = (
        replace(each, note=_said(each.note), findings=_findings(each.findings))
        for each in refused.lines
    )
    return replace(
        refused,
        lines=tuple(lines),
        findings=_findings(refused.findings),
        told=_said(refused.told),
    )


def _result(result: Result) -> Result:
    record = result.record
    typed = record is not None and record.request.typed is not None
    return replace(
        result,
        problem=_problem(result.problem, typed=typed),
        record=None if record is None else _record(record),
    )


def erased_command(command: Command) -> Command:
    """What an operation asks for, without the person."""
    match command:
        case FinalizeReturn():
            return replace(command, request=_request(command.request))
        case SupersedeReturn():
            content = replace(command.content, request=_request(command.content.request))
            return replace(command, content=content)
        case RefuseReturn():
            return replace(command, refused=_refused(command.refused))
        case MailSlip():
            return replace(command, to=_EMAIL, slip=replace(command.slip, parts=()))
        case DispatchReturn():
            payment = _payment(command.payment)
            return replace(command, note=_said(command.note), payment=payment)
        case CancelReturn() | DeclineReturn() | ExtendReturn():
            return replace(command, reason=_said(command.reason))
        case ApproveReturn() | CallBack():
            return replace(command, note=_said(command.note))


def _said(text: str) -> str:
    return ERASED if text.strip() else ""


def _contact(contact: Contact) -> Contact:
    return Contact(
        email=_EMAIL if contact.email.strip() else "", phone=_PHONE if contact.phone.strip() else ""
    )


def _request(request: ReturnRequest) -> ReturnRequest:
    """The reference goes as a whole: it is the number of the person's case in another system."""
    lines = (
        replace(
            line,
            note=_said(line.note),
            override_reason=_said(line.override_reason),
            waive_fee_reason=_said(line.waive_fee_reason),
            amount_reason=_said(line.amount_reason),
        )
        for line in request.lines
    )
    typed = request.typed
    return replace(
        request,
        contact=_contact(request.contact),
        lines=tuple(lines),
        verification_skipped=_said(request.verification_skipped),
        waive_shipping_fee_reason=_said(request.waive_shipping_fee_reason),
        goodwill_reason=_said(request.goodwill_reason),
        destination_reason=_said(request.destination_reason),
        reference="",
        typed=None if typed is None else replace(typed, caller=_said(typed.caller)),
    )


def _superseded(old: Superseded, *, typed: bool) -> Superseded:
    return replace(
        old,
        request=_request(old.request),
        lines=_lines(old.lines),
        findings=_findings(old.findings),
        problem=_problem(old.problem, typed=typed),
    )


def _lines(lines: tuple[RmaLine, ...]) -> tuple[RmaLine, ...]:
    return tuple(
        replace(line, note=_said(line.note), findings=_findings(line.findings)) for line in lines
    )


def _findings(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    return tuple(map(_finding, findings))


def _finding(finding: Finding) -> Finding:
    if finding.rule is Rule.ORDER_NOT_FOUND:  # it may say whose order it is, and who called
        return replace(finding, sentence=ERASED, observed=())
    observed = (
        Observed(fact.name, _said(fact.value)) if fact.name in _TYPED_BY_AGENTS else fact
        for fact in finding.observed
    )
    return replace(finding, observed=tuple(observed))


def _problem(problem: Problem | None, *, typed: bool) -> Problem | None:
    """Of an order that was typed by hand it may say who called, in the words of the findings."""
    return replace(problem, detail=ERASED) if problem is not None and typed else problem


def _outbound(outbound: OutboundOrder | None) -> OutboundOrder | None:
    if outbound is None:
        return None
    history = tuple(replace(each, note=_said(each.note)) for each in outbound.history)
    return replace(outbound, payment=_payment(outbound.payment), history=history)


def _payment(payment: Payment | None) -> Payment | None:
    return None if payment is None else replace(payment, label="")
