"""`return.finalize`: book a return under its told number, decided from our own rows alone.

Where the return cannot be authorized its number exists all the same: it needs approval, holds nothing, and says why.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from central_api import refusals
from central_api.books import Books
from central_api.people import Caller
from central_api.policies import honoured, newest_reasons, stands_for
from rma.again import case_again, holder_finding, holder_of
from rma.assessment import Assessment, Case, assess
from rma.money import format_amount
from rma.numbers import BadRmaNumber, parse
from rma.operations import FinalizeReturn, Outcome
from rma.policy import Rule
from rma.quote import Quote
from rma.record import Problem, ProblemType, RmaRecord, book, check, finalize
from rma.states import RmaState
from rma.verdict import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of an operation, before it is put into words for the desk."""

    outcome: Outcome
    problem: Problem | None = None
    record: RmaRecord | None = None
    """The RMA to store; None where nothing changes."""
    tell: bool = False
    """Whether the desk has to take the record over, as it differs from what it told."""


def decide_finalize(
    books: Books, caller: Caller, command: FinalizeReturn, *, forged: bool, now: datetime
) -> Decision:
    """Book a return. `forged`: the envelope names another person, device or order than it should."""
    if not is_free_number(books, command.number):
        return Decision(Outcome.NUMBER_CONFLICT, refusals.number_conflict(command.number))
    return decide_content(books, caller, command, forged=forged, now=now)


def decide_content(
    books: Books, caller: Caller, command: FinalizeReturn, *, forged: bool, now: datetime
) -> Decision:
    """Judge what was told and book it, under a number that nothing stands under."""
    case, assessment = _judged(books, caller, command, now)
    problem = _objection(books, caller, command, case, assessment, forged=forged)
    if problem is not None:
        held = problem.type is ProblemType.CLOCK
        record = book(
            case, assessment, number=command.number, device=caller.device, problem=problem
        )
        outcome = Outcome.HELD_FOR_REVIEW if held else Outcome.REJECTED
        return Decision(outcome, problem, record, tell=True)
    return _book_holding(case, assessment, caller, command)


def decide_held(
    books: Books, caller: Caller, command: FinalizeReturn, problem: Problem, *, now: datetime
) -> Decision:
    """Book a return whose maker may no longer work: judged, so that a supervisor sees all of it, but holding nothing."""
    if not is_free_number(books, command.number):
        return Decision(Outcome.NUMBER_CONFLICT, refusals.number_conflict(command.number))
    case, assessment = _judged(books, caller, command, now)
    record = book(case, assessment, number=command.number, device=caller.device, problem=problem)
    return Decision(Outcome.HELD_FOR_REVIEW, problem, record, tell=True)


def decide_unjudged(books: Books, caller: Caller, command: FinalizeReturn) -> Decision:
    """Book a return without judging it, because that failed: a number that was told exists."""
    if not is_free_number(books, command.number):
        return Decision(Outcome.NUMBER_CONFLICT, refusals.number_conflict(command.number))
    case = replace(_case(books, caller, command), order=None, customer=None, ledger=None)
    problem = refusals.unprocessed()
    record = book(case, assess(case), number=command.number, device=caller.device, problem=problem)
    return Decision(Outcome.HELD_FOR_REVIEW, problem, record, tell=True)


def case_of(books: Books, record: RmaRecord) -> Case:
    """The case of an RMA that was booked before, on what is left of its order without it."""
    order = books.order(record.order_id)
    case = case_again(
        record,
        order=order,
        customer=books.customer(order.customer_id) if order else None,
        ledger=books.ledger(order) if order else None,
        policies=(entry.policy for entry in books.policies),
        reasons=newest_reasons(books.reasons, record.finalized_at),
    )
    return case if case.products else replace(case, products=books.products)


def over_return_of(findings: Iterable[Finding]) -> Problem | None:
    """The problem, where a finding says that others hold the units or the serial."""
    over = holder_finding(findings)
    return None if over is None else refusals.over_return(over.sentence, holder_of(over))


def is_free_number(books: Books, number: str) -> bool:
    """Whether it is one of the device's numbers, with fitting check digits, under which nothing is booked."""
    try:
        return parse(number) == number and books.leased(number) and books.record(number) is None
    except BadRmaNumber:
        return False


def _judged(
    books: Books, caller: Caller, command: FinalizeReturn, now: datetime
) -> tuple[Case, Assessment]:
    """The case as the desk can have known it, where that gives what the caller was told; else as we know it."""
    told = command.told
    newest = _case(books, caller, command, received_at=now)
    same_policies: tuple[Case, Assessment] | None = None
    for known in stands_for(told.policies, books.stands, command.finalized_at):
        case = newest
        if known is not books.newest:
            case = replace(newest, policies=known.policies, reasons=known.reasons)
        assessment = assess(case)
        quote = assessment.quote
        if quote is None or set(quote.policies) != set(told.policies):
            continue
        unchanged = told.state is RmaState.NEEDS_APPROVAL or _needs_nobody(assessment)
        if unchanged and check(assessment) is None and _amount_objection(command, quote) is None:
            return case, assessment
        same_policies = same_policies or (case, assessment)
    if same_policies is not None:
        return same_policies
    pinned = honoured(told.policies, books.policies, command.finalized_at)
    case = replace(newest, pinned=pinned)
    return case, assess(case)


def _needs_nobody(assessment: Assessment) -> bool:
    return assessment.verdict is Verdict.ELIGIBLE


def _case(
    books: Books, caller: Caller, command: FinalizeReturn, received_at: datetime | None = None
) -> Case:
    """A case as everything that is published has it."""
    order = books.order(command.request.order_id)
    return Case(
        request=command.request,
        order=order,
        customer=books.customer(order.customer_id) if order else None,
        ledger=books.ledger(order) if order else None,
        policies=books.newest.policies,
        reasons=books.newest.reasons,
        at=command.finalized_at,
        actor=caller.actor,
        received_at=received_at,
        recent_returns=books.recent_returns(order.customer_id) if order else (),
        products=books.products,
    )


def _objection(
    books: Books,
    caller: Caller,
    command: FinalizeReturn,
    case: Case,
    assessment: Assessment,
    *,
    forged: bool,
) -> Problem | None:
    """Why the return cannot be booked as holding, or None."""
    if forged:
        return refusals.forbidden("It names another person, desk or order than it should.")
    if not caller.makes_returns:
        return refusals.forbidden(f"The role {caller.role} makes no returns.")
    if case.order is None:
        return refusals.order_unknown()
    unknown = [str(ref) for ref in command.told.policies if ref not in books.published]
    if unknown:
        return refusals.policy_unknown(", ".join(unknown))
    over = over_return_of(assessment.all_findings)
    if over is not None:
        return over
    refusal = check(assessment)
    if refusal is not None:
        sentences = [f.sentence for f in refusal.findings] + [m.sentence for m in refusal.missing]
        changed = any(missing.field == "line" for missing in refusal.missing)
        return refusals.not_eligible(sentences[0], order_changed=changed)
    for finding in assessment.findings:
        if finding.rule is Rule.CLOCK:
            return refusals.clock(finding.sentence)
    return _amount_objection(command, assessment.quote)


def _amount_objection(command: FinalizeReturn, quote: Quote | None) -> Problem | None:
    """Estimates may move by a minor unit a unit where other slots were free, and by nothing else (rule 5.14)."""
    if quote is None:
        return None
    amounts = ((command.told.total, quote.total), (command.told.owed, quote.owed))
    moved = [(told, ours) for told, ours in amounts if told != ours]
    if not moved:
        return None
    units = sum(line.quantity for line in quote.lines)
    tolerance = 0 if _slots(quote) == command.told.slots else units
    for told, ours in moved:
        if abs(told - ours) > tolerance:
            return refusals.amount_mismatch(
                _amount(told, quote.currency), _amount(ours, quote.currency)
            )
    return None


def _book_holding(
    case: Case, assessment: Assessment, caller: Caller, command: FinalizeReturn
) -> Decision:
    told = command.told
    record = finalize(case, assessment, number=command.number, device=caller.device)
    if record.state is RmaState.NEEDS_APPROVAL and told.state is RmaState.AUTHORIZED:
        problem = refusals.verdict_changed(_strictest_sentence(assessment))
        record = replace(record, problem=problem)
        return Decision(Outcome.ACCEPTED_WITH_CHANGE, problem, record, tell=True)
    if record.state is not told.state:  # told less than we would give: it stays so
        record = book(
            case,
            assessment,
            number=command.number,
            device=caller.device,
            state=RmaState.NEEDS_APPROVAL,
            holding=True,
            expires_at=record.expires_at,
        )
    latest, moved = record.expires_at, ""
    if latest is None or (told.expires_at is not None and told.expires_at <= latest):
        if told.expires_at != latest:
            record = replace(record, expires_at=told.expires_at)
    else:
        moved = f"It expires on {latest:%d %B %Y}."
    if record.quote is not None and _slots(record.quote) != told.slots:
        amount = _amount(record.quote.total, record.quote.currency)
        moved = f"Another return took the same units first: the estimate is {amount} now."
    if not moved:
        return Decision(Outcome.ACCEPTED, record=record)
    return Decision(Outcome.ACCEPTED_WITH_CHANGE, refusals.estimate_moved(moved), record, tell=True)


def _slots(quote: Quote) -> tuple[tuple[int, ...], ...]:
    return tuple(line.slots for line in quote.lines)


def _strictest_sentence(assessment: Assessment) -> str:
    findings = assessment.all_findings
    return max(findings, key=lambda finding: finding.outcome.strictness).sentence


def _amount(amount: int, currency: str) -> str:
    return f"{format_amount(amount, currency)} {currency}"
