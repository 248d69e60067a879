"""Returns of orders that were typed by hand: booked under their number, put onto the real order once it is known.

It is tried when the return is booked and when the order is imported; an approval that comes before that tries once more
and is refused. What comes out holds its units only where the number, the customer and every item are clear.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from functools import partial

import structlog
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import InterfaceError, OperationalError

from central_api import refusals
from central_api.booking import Decision, case_of, is_free_number
from central_api.books import Books
from central_api.database import reading, write
from central_api.documents import chunks
from central_api.people import Caller
from central_api.policies import newest_reasons
from central_api.tables import ORDERS, RMA
from central_api.taking import take
from rma.assessment import Assessment, Case, assess
from rma.matching import Unclear, found_finding, order_of, put_on_order
from rma.operations import ApproveReturn, Command, FinalizeReturn, Outcome
from rma.order import Order
from rma.policy import Rule
from rma.record import Problem, ProblemType, RmaRecord
from rma.states import RmaState
from rma.typed_case import assess_typed, book_typed, no_amount
from rma.typed_order import number_of, spellings, typed_order_id
from rma.verdict import Verdict

BATCH = 50
"""RMAs that one transaction matches."""

_GUARDED = frozenset({"lines", "line", "order_number", "items", "bought", "quantity"})
"""Missing fields without which it cannot be told what comes back."""

_log = structlog.get_logger(__name__)


def decide_typed(
    books: Books, caller: Caller, command: FinalizeReturn, *, forged: bool, now: datetime
) -> Decision:
    """Book a return of an order that the desk did not know; put it onto that order where we know it."""
    if not is_free_number(books, command.number):
        return Decision(Outcome.NUMBER_CONFLICT, refusals.number_conflict(command.number))
    case = Case(
        request=command.request,
        order=None,
        customer=None,
        ledger=None,
        policies=tuple(entry.policy for entry in books.policies),
        reasons=newest_reasons(books.reasons),
        at=command.finalized_at,
        actor=caller.actor,
        received_at=now,
        products=books.products,
    )
    assessment = assess_typed(case)
    problem = _objection(caller, command, assessment, forged=forged)
    record = book_typed(
        case, assessment, number=command.number, device=caller.device, problem=problem
    )
    if problem is not None:
        held = problem.type is ProblemType.CLOCK
        outcome = Outcome.HELD_FOR_REVIEW if held else Outcome.REJECTED
        return Decision(outcome, problem, record, tell=True)
    matched = match(books, record, now)
    if matched is None:
        return Decision(Outcome.ACCEPTED, record=record)
    outcome = Outcome.ACCEPTED if matched.problem is None else Outcome.REJECTED
    return Decision(outcome, matched.problem, matched, tell=True)


def match(books: Books, record: RmaRecord, now: datetime) -> RmaRecord | None:
    """A return that waits for its order, put onto it and judged anew; None where nothing is new.

    What is unclear, or cannot be had, stands as its problem; it holds nothing then. So does what was against it when it
    was booked: only a person sets that aside.
    """
    typed = record.request.typed
    assert typed is not None
    order = order_of(record, books.orders_numbered(typed.number))
    if order is None:
        return None
    if isinstance(order, Unclear):
        return _unclear(record, order)
    customer = books.customer(order.customer_id)
    mapped = put_on_order(record, order, customer, now)
    if isinstance(mapped, Unclear):
        return _unclear(record, mapped)
    on_order = mapped.record
    found = found_finding(on_order, order, customer)
    assessment = assess(case_of(books, on_order))
    findings = (found, *assessment.findings)
    taken = take(books, on_order)
    if isinstance(taken, Problem):
        return replace(on_order, findings=findings, problem=_objected(record) or taken)
    problem = _objected(record)
    if problem is None and not mapped.same_customer:
        problem = refusals.other_customer(found.sentence)
    problem = problem or _refused(assessment)
    return replace(taken, findings=findings, holding=problem is None, problem=problem)


def match_imported(engine: Engine, orders: Iterable[Order], now: datetime) -> int:
    """Try every return that waits for one of these orders; gives how many were put onto theirs."""
    named: dict[str, set[str]] = {}
    for order in orders:
        named.setdefault(typed_order_id(order.number), set()).add(order.order_id)
    waiting: dict[str, str] = {}
    with reading(engine) as connection:
        for ids in chunks(sorted(named)):
            rows = connection.execute(
                select(RMA.c.number, RMA.c.order_id)
                .where(RMA.c.order_id.in_(ids), RMA.c.state == RmaState.NEEDS_APPROVAL.value)
                .order_by(RMA.c.finalized_at, RMA.c.number)
            )
            waiting.update((row.number, row.order_id) for row in rows)
    matched = 0
    for some in chunks(waiting, BATCH):
        known = {order_id for number in some for order_id in named[waiting[number]]}
        matched += _match_each(engine, some, known, now)
    if matched:
        _log.info("typed_orders_matched", count=matched)
    return matched


def _match_each(engine: Engine, numbers: list[str], known: set[str], now: datetime) -> int:
    """Match these together, or one by one where one breaks: that one waits on, and never stops an import."""
    try:
        return write(engine, partial(_match_some, numbers=numbers, known=known, now=now))
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        if len(numbers) == 1:
            _log.exception("typed_order_not_matched", number=numbers[0])
            return 0
    return sum(_match_each(engine, [number], known, now) for number in numbers)


def orders_typed(connection: Connection, commands: Iterable[Command]) -> set[str]:
    """Ids of the orders that these operations know by a typed number alone, as far as we know them."""
    commands = tuple(commands)
    requests = (c.request for c in commands if isinstance(c, FinalizeReturn))
    numbers = {r.typed.number for r in requests if r.typed is not None and r.waits_for_order}
    approved = {command.number for command in commands if isinstance(command, ApproveReturn)}
    return _numbered(connection, numbers | _waiting_for(connection, approved))


def _waiting_for(connection: Connection, rmas: Iterable[str]) -> set[str]:
    """The order numbers (in small letters) that these RMAs wait for."""
    asked = sorted(rmas)
    if not asked:
        return set()
    rows = connection.execute(
        select(RMA.c.order_id).where(
            RMA.c.number.in_(asked), RMA.c.order_id.startswith(typed_order_id(""))
        )
    ).scalars()
    return {number for order_id in rows if (number := number_of(order_id)) is not None}


def _numbered(connection: Connection, numbers: Iterable[str]) -> set[str]:
    spelled = sorted({spelling for number in numbers for spelling in spellings(number)})
    if not spelled:
        return set()
    found = connection.execute(select(ORDERS.c.order_id).where(ORDERS.c.number.in_(spelled)))
    return set(found.scalars())


def _match_some(connection: Connection, numbers: list[str], known: set[str], now: datetime) -> int:
    books = Books(
        connection,
        "",
        # With every other order of the same number: then nobody can tell which one is meant.
        order_ids=known | _numbered(connection, _waiting_for(connection, numbers)),
        numbers=numbers,
        op_ids=(),
        now=now,
    )
    matched = 0
    for number in numbers:
        booked = books.record(number)
        if booked is None or not _waits(booked.record):
            continue  # decided, or matched by another server meanwhile
        record = match(books, booked.record, now)
        if record is not None:
            books.put(record)
            matched += not record.request.waits_for_order
    books.write(connection)
    return matched


def _waits(record: RmaRecord) -> bool:
    return record.state is RmaState.NEEDS_APPROVAL and record.request.waits_for_order


def _unclear(record: RmaRecord, why: Unclear) -> RmaRecord | None:
    problem = _objected(record) or refusals.order_unclear(why.sentence)
    return None if problem == record.problem else replace(record, problem=problem)


def _objected(record: RmaRecord) -> Problem | None:
    """What was against a return when it was booked; that its order was unclear is over once that is known."""
    problem = record.problem
    return None if problem is None or problem.type is ProblemType.ORDER_CHANGED else problem


def _refused(assessment: Assessment) -> Problem | None:
    against = (f for f in assessment.all_findings if f.outcome is Verdict.INELIGIBLE)
    finding = next(against, None)
    return None if finding is None else refusals.not_eligible(finding.sentence)


def _objection(
    caller: Caller, command: FinalizeReturn, assessment: Assessment, *, forged: bool
) -> Problem | None:
    request = command.request
    foreign = number_of(request.customer_id) is not None and request.customer_id != request.order_id
    if forged or foreign:
        return refusals.forbidden("It names another person, desk or order than it should.")
    if not caller.makes_returns:
        return refusals.forbidden(f"The role {caller.role} makes no returns.")
    missing = [m.sentence for m in assessment.missing if m.field in _GUARDED]
    if missing:
        return refusals.not_eligible(missing[0])
    for finding in assessment.findings:
        if finding.rule is Rule.CLOCK:
            return refusals.clock(finding.sentence)
    told = command.told
    if told.state is not RmaState.NEEDS_APPROVAL or told.total or told.owed:
        return refusals.not_eligible(no_amount())
    return None
