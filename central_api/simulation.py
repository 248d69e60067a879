"""What a policy version would have changed: past returns judged again, with it and without it.

Each return is judged alone, on what other returns had taken of its order before it. Both judgements are made now, by
the same rules on the same order, so that they differ by the policy only. Nothing is written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Select, select

from central_api.documents import chunks
from central_api.policies import newest_reasons, published_policies, published_reasons
from central_api.tables import CUSTOMER, ORDERS, PERSON, RMA
from rma.again import case_again
from rma.assessment import Assessment, Case, assess
from rma.ledger import Ledger
from rma.money import Minor
from rma.order import Customer, Order
from rma.policy import Policy, PolicyRef
from rma.reasons import ReasonTree
from rma.record import RmaRecord, return_moments
from rma.request import Actor, Role
from rma.verdict import Verdict
from sync.protocol.documents import read_document

T = TypeVar("T", Customer, Order)

ORDERS_AT_ONCE = 200
"""Orders that are in memory together, with their returns."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One judgement of a return."""

    verdict: Verdict
    total: Minor
    """What the customer would get; nothing where it is refused."""
    missing: frozenset[str]
    """Fields that the agent would have had to ask for."""
    sentence: str
    """The strictest finding's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A return that would have come out differently."""

    number: str
    currency: str
    before: Judged
    after: Judged


@dataclass(slots=True, kw_only=True)
class MoneyChange:
    """What would change in one currency, over all returns; minor units."""

    returns: int = 0
    """How many would get another amount."""
    before: Minor = 0
    after: Minor = 0
    """Sums over all returns in this currency."""


@dataclass(slots=True, kw_only=True)
class Simulation:
    """What a policy version would have changed."""

    policy: PolicyRef
    since: datetime
    returns: int = 0
    """Returns that were judged again."""
    covered: int = 0
    """Those of them that the new version judges at least in part."""
    unknown: int = 0
    """Returns of orders that the server does not know: not judged again."""
    verdicts: Counter[tuple[Verdict, Verdict]] = field(default_factory=Counter)
    """Before and after, where they differ."""
    money: dict[str, MoneyChange] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)
    """Fields that the new version asks for and the old one did not, by return."""
    changed: list[Changed] = field(default_factory=list)
    """Every return that would have come out differently, in the order of their numbers."""

    def add(self, number: str, currency: str, before: Judged, after: Judged) -> None:
        """Count a return that was judged both ways."""
        self.returns += 1
        money = self.money.setdefault(currency, MoneyChange())
        money.before += before.total
        money.after += after.total
        money.returns += before.total != after.total
        if before.verdict is not after.verdict:
            self.verdicts[before.verdict, after.verdict] += 1
        self.asked.update(after.missing - before.missing)
        if (before.verdict, before.total) != (after.verdict, after.total):
            self.changed.append(
                Changed(number=number, currency=currency, before=before, after=after)
            )


def simulate(connection: Connection, policy: Policy, since: datetime) -> Simulation:
    """Judge every return that was finalized since an instant again, with `policy` in the place of its code's versions.

    `policy` judges as if it had been in force all the time; whether it is published does not matter.
    """
    run = _Run(connection, policy, Simulation(policy=policy.ref, since=since))
    affected = select(RMA.c.order_id).where(RMA.c.finalized_at >= since).distinct()
    for order_ids in chunks(connection.execute(affected).scalars().all(), ORDERS_AT_ONCE):
        run.orders(order_ids)
    run.found.changed.sort(key=lambda changed: changed.number)
    return run.found


class _Run:
    """One pass over the returns, some orders at a time."""

    def __init__(self, connection: Connection, policy: Policy, found: Simulation) -> None:
        self._connection = connection
        self._policy = policy
        self.found = found
        published = tuple(entry.policy for entry in published_policies(connection))
        self._published = published
        self._others = tuple(each for each in published if each.code != policy.code)
        self._reasons = published_reasons(connection)
        self._counted = any(each.approval.many_returns for each in (policy, *published))
        rows = connection.execute(select(PERSON.c.name, PERSON.c.role))
        self._roles = {name: Role(role) for name, role in rows}

    def orders(self, order_ids: Sequence[str]) -> None:
        """Judge the returns of some orders again."""
        orders = self._documents(
            Order,
            select(ORDERS.c.order_id, ORDERS.c.document).where(ORDERS.c.order_id.in_(order_ids)),
        )
        buyers = {order.customer_id for order in orders.values()}
        customers = self._documents(
            Customer,
            select(CUSTOMER.c.customer_id, CUSTOMER.c.document).where(
                CUSTOMER.c.customer_id.in_(buyers)
            ),
        )
        by_order: dict[str, list[tuple[RmaRecord, datetime]]] = {}
        for record, booked_at in self._records(RMA.c.order_id.in_(order_ids)):
            by_order.setdefault(record.order_id, []).append((record, booked_at))
        past = self._past(buyers)
        for order_id, records in by_order.items():
            order = orders.get(order_id)
            if order is None:
                late = (record.finalized_at >= self.found.since for record, _ in records)
                self.found.unknown += sum(late)
                continue
            customer = customers.get(order.customer_id)
            others = past.get(order.customer_id, [])
            self._order(order, customer, records, others)

    def _order(
        self,
        order: Order,
        customer: Customer | None,
        records: list[tuple[RmaRecord, datetime]],
        past: list[RmaRecord],
    ) -> None:
        ledger = Ledger(order)
        for record, booked_at in sorted(records, key=lambda each: _moment(each[0])):
            if record.finalized_at >= self.found.since:
                earlier = (each for each in past if _moment(each) < _moment(record))
                case = case_again(
                    record,
                    order=order,
                    customer=customer,
                    ledger=ledger,
                    policies=self._published,
                    reasons=self._tree(record.finalized_at),
                )
                case = replace(
                    case,
                    actor=Actor(record.author, self._roles.get(record.author, Role.AGENT)),
                    recent_returns=return_moments(earlier),
                    received_at=booked_at,
                )
                self._judge(record, case)
            ledger = ledger.with_hold(record.hold)

    def _judge(self, record: RmaRecord, case: Case) -> None:
        before = assess(case)
        newest = replace(self._policy, valid_from=min(self._policy.valid_from, case.at))
        after = assess(
            replace(
                case,
                policies=(*self._others, replace(newest, valid_to=None)),
                pinned=tuple(ref for ref in case.pinned if ref.code != newest.code),
            )
        )
        self.found.covered += any(line.policy == newest.ref for line in after.lines)
        currency = case.order.currency if case.order else record.currency
        self.found.add(record.number, currency, _judged(before), _judged(after))

    def _tree(self, at: datetime) -> ReasonTree:
        return newest_reasons(self._reasons, at)

    def _documents(self, shape: type[T], statement: Select[Any]) -> dict[str, T]:
        rows = self._connection.execute(statement)
        return {key: read_document(shape, document) for key, document in rows}

    def _records(self, condition: ColumnElement[bool]) -> Iterator[tuple[RmaRecord, datetime]]:
        statement = select(RMA.c.document, RMA.c.booked_at).where(condition)
        for document, booked_at in self._connection.execute(statement):
            yield read_document(RmaRecord, document), booked_at

    def _past(self, customer_ids: set[str]) -> dict[str, list[RmaRecord]]:
        """Returns of these customers, where any policy counts them."""
        past: dict[str, list[RmaRecord]] = {}
        if self._counted:
            for record, _ in self._records(RMA.c.customer_id.in_(customer_ids)):
                past.setdefault(record.customer_id, []).append(record)
        return past


def _moment(record: RmaRecord) -> tuple[datetime, str]:
    return record.finalized_at, record.number


def _judged(assessment: Assessment) -> Judged:
    refused = assessment.verdict is Verdict.INELIGIBLE or assessment.quote is None
    findings = assessment.all_findings
    strictest = max(findings, key=lambda finding: finding.outcome.strictness, default=None)
    return Judged(
        verdict=Verdict.INELIGIBLE if refused else assessment.verdict,
        total=0 if refused or assessment.quote is None else assessment.quote.total,
        missing=frozenset(missing.field for missing in assessment.missing),
        sentence=strictest.sentence if strictest else "",
    )
