"""Judge an RMA once more, on what is left of its order now: as it was judged when its number was told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from rma.assessment import Case, assess
from rma.ledger import Ledger
from rma.order import Customer, Order
from rma.policy import Policy, Rule
from rma.quote import Quote
from rma.reasons import ReasonTree
from rma.record import RmaRecord
from rma.request import Actor, Role
from rma.sent import told_products
from rma.verdict import Finding, Verdict
from rma.wording import _


class NotLeft(ValueError):
    """What an RMA held is not left of its order any more; the message is one sentence for the agent."""


def case_again(
    record: RmaRecord,
    *,
    order: Order | None,
    customer: Customer | None,
    ledger: Ledger | None,
    policies: Iterable[Policy],
    reasons: ReasonTree,
) -> Case:
    """The case of an RMA on the `ledger` of its order, judged by the policy versions that it stores."""
    policies = tuple(policies)
    pinned = tuple(line.policy for line in record.lines if line.policy is not None)
    complete = len(pinned) == len(record.lines)
    judged = tuple(policy for policy in policies if policy.ref in pinned)
    return Case(
        request=record.request,
        order=order,
        customer=customer,
        ledger=ledger.without(record.number) if ledger is not None else None,
        policies=judged if complete else policies,
        reasons=reasons,
        at=record.finalized_at,
        actor=Actor(record.author, Role.AGENT),
        pinned=pinned,
        products=told_products(record.quote),
    )


def held_again(record: RmaRecord, case: Case) -> RmaRecord:
    """The RMA with the units it had, or the next free ones; money may move by a minor unit a unit (domain rule 5.2).

    Raises:
        NotLeft: if others hold its units, or what it brings is not what was told.
    """
    assessment = assess(case)
    over = holder_finding(assessment.all_findings)
    if over is not None:
        raise NotLeft(over.sentence)
    quote, told = assessment.quote, record.quote
    if quote is None or told is None or len(quote.lines) != len(record.lines):
        raise NotLeft(_("What it was made of is not on the order any more."))
    if not _as_told(quote, told):
        raise NotLeft(_("Another return changed what is left of the order."))
    return replace(record, quote=replace(quote, terms=told.terms), holding=True)


def holder_finding(findings: Iterable[Finding]) -> Finding | None:
    """The finding that says that others hold the units or the serial, or None."""
    for finding in findings:
        if finding.outcome is Verdict.INELIGIBLE and finding.rule in (Rule.QUANTITY, Rule.SERIAL):
            return finding
    return None


def holder_of(finding: Finding) -> str | None:
    """The RMA that a finding names as the holder, or None."""
    return next((o.value for o in finding.observed if o.name == "held by" and o.value), None)


def _as_told(quote: Quote, told: Quote) -> bool:
    same_slots = [line.slots for line in quote.lines] == [line.slots for line in told.lines]
    units = 0 if same_slots else sum(line.quantity for line in quote.lines)
    return abs(quote.total - told.total) <= units and abs(quote.owed - told.owed) <= units
