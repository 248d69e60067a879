"""Play one recorded event after the other through the use cases that the return screen calls."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from csr_tui.bootstrap import OpenedDesk
from csr_tui.replay.events import Event, Expectation
from desk.customers import OrderView
from desk.returns import Returns
from rma.draft import Draft, DraftLine
from rma.money import round_half_up
from rma.policy import Rule
from rma.reasons import ReasonWorkflow
from rma.record import Refusal, RmaRecord
from rma.request import Condition, Fact, ReturnType

MINOR_PER_MAJOR = 100
"""The recorded shop sold in pounds."""


class EventClock:
    """Time as the event that is played says."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        """The instant of the event."""
        return self.at


class BoughtLine(NamedTuple):
    """Where a customer bought a product; they are used up oldest first, ties by invoice number, then line."""

    placed_at: datetime
    order_number: str
    position: int
    order_id: str
    line_id: str

    def is_before(self, event: Event) -> bool:
        """Whether the event may know of it: placed before it, in the same minute by invoice number."""
        if self.placed_at != event.at:
            return self.placed_at < event.at
        both = self.order_number.isdigit() and event.invoice.isdigit()
        return both and int(self.order_number) < int(event.invoice)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What came out of an event."""

    outcome: str
    accepted: int
    refund: int
    """Minor units."""
    allocations: tuple[tuple[str, str, int], ...]
    numbers: tuple[str, ...] = ()
    refused_with: int | None = None
    """Returnable units that the refusal of the full quantity named."""


class Player:
    """Decides events at one desk."""

    def __init__(self, opened: OpenedDesk, clock: EventClock) -> None:
        self._opened = opened
        self._returns: Returns = opened.desk.returns
        self._clock = clock
        self._bought: dict[str, dict[str, list[BoughtLine]]] = {}
        self._reason = next(
            reason.code
            for reason in self._returns.reasons().leaves(ReturnType.RETURN)
            if not reason.note_required and reason.workflow is ReasonWorkflow.NONE
        )

    def play(self, event: Event) -> Decided:
        """Decide one event: ask for the full quantity, and where that is refused for what is returnable."""
        self._clock.at = event.at
        bought = [
            line for line in self._lines_of(event.customer_id, event.sku) if line.is_before(event)
        ]
        if not bought:
            return Decided(outcome="never_bought", accepted=0, refund=0, allocations=())
        left = self._returnable(bought, event.quantity)
        takes = _first_in_first_out(left, event.quantity)
        short = event.quantity - sum(units for _, units in takes)
        if short == 0:
            return self._accepted(event, takes, None)
        asked = takes or [(left[0][0], 0)]
        last, units = asked[-1]
        named = self._ask_too_much([*asked[:-1], (last, units + short)])
        if not takes:
            return Decided(
                outcome="already_returned",
                accepted=0,
                refund=0,
                allocations=(),
                refused_with=named,
            )
        if named != units:
            return Decided(outcome="wrong_refusal", accepted=0, refund=0, allocations=())
        return self._accepted(event, takes, named)

    def _accepted(
        self, event: Event, takes: list[tuple[BoughtLine, int]], named: int | None
    ) -> Decided:
        made = self._returns.finalize_all(self._drafts(takes))
        if isinstance(made, Refusal):
            sentences = [f.sentence for f in made.findings] + [m.sentence for m in made.missing]
            return Decided(
                outcome=f"refused: {' '.join(sentences)}", accepted=0, refund=0, allocations=()
            )
        accepted = sum(line.quantity for record in made for line in record.lines)
        return Decided(
            outcome="accept" if accepted == event.quantity else "partial",
            accepted=accepted,
            refund=sum(_total(record) for record in made),
            allocations=tuple(
                (take.order_number, str(take.position), units) for take, units in takes
            ),
            numbers=tuple(record.number for record in made),
            refused_with=named,
        )

    def _ask_too_much(self, takes: list[tuple[BoughtLine, int]]) -> int | None:
        """Ask for more than can come back; gives the returnable units that the refusal names."""
        drafts = self._drafts(takes)
        answer = self._returns.finalize_all(drafts)
        for draft in drafts:
            self._returns.discard(draft.draft_id)
        if not isinstance(answer, Refusal):
            return None
        for finding in answer.findings:
            if finding.rule is Rule.QUANTITY:
                observed = {fact.name: fact.value for fact in finding.observed}
                return int(observed["returnable"])
        return None

    def _drafts(self, takes: list[tuple[BoughtLine, int]]) -> list[Draft]:
        by_order: dict[str, list[DraftLine]] = defaultdict(list)
        for take, units in takes:
            by_order[take.order_id].append(
                DraftLine(
                    line_id=take.line_id,
                    quantity=str(units),
                    reason=self._reason,
                    condition=Condition.OPENED,
                )
            )
        return [
            self._returns.save(
                replace(self._returns.start(order_id), lines=tuple(lines), verified=(Fact.NAME,))
            )
            for order_id, lines in by_order.items()
        ]

    def _returnable(self, bought: list[BoughtLine], wanted: int) -> list[tuple[BoughtLine, int]]:
        """What is left of the lines, oldest first, until there is enough."""
        left = []
        views: dict[str, OrderView] = {}
        for line in bought:
            view = views.get(line.order_id)
            if view is None:
                view = views[line.order_id] = self._opened.desk.customers.order(line.order_id)
            units = next(v.returnable for v in view.lines if v.line.line_id == line.line_id)
            left.append((line, units))
            wanted -= units
            if wanted <= 0:
                break
        return left

    def _lines_of(self, customer_id: str, sku: str) -> list[BoughtLine]:
        """Where the customer bought the product, oldest first."""
        known = self._bought.get(customer_id)
        if known is None:
            known = self._bought[customer_id] = defaultdict(list)
            for order in self._opened.reference.orders_of(customer_id, 100_000):
                at, number, order_id = order.placed_at, order.number, order.order_id
                for line in order.lines:
                    if line.returnable_kind:
                        bought = BoughtLine(at, number, line.position, order_id, line.line_id)
                        known[line.sku].append(bought)
            for lines in known.values():
                lines.sort()
        return known.get(sku, [])


def differs(decided: Decided, expected: Expectation) -> list[str]:
    """What came out other than expected, in words."""
    refund = round_half_up(int(expected.refund.scaleb(6)) * MINOR_PER_MAJOR, 10**6)
    found = []
    if decided.outcome != expected.outcome:
        found.append(f"outcome {decided.outcome}, expected {expected.outcome}")
    if decided.accepted != expected.accepted:
        found.append(f"accepted {decided.accepted}, expected {expected.accepted}")
    if decided.refund != refund:
        found.append(f"refund {decided.refund}, expected {refund}")
    if sorted(decided.allocations) != sorted(expected.allocations):
        found.append(f"allocations {decided.allocations}, expected {expected.allocations}")
    if decided.outcome in ("partial", "already_returned") and decided.refused_with is None:
        found.append("the full quantity was not refused with the number that is returnable")
    return found


def _first_in_first_out(
    left: list[tuple[BoughtLine, int]], quantity: int
) -> list[tuple[BoughtLine, int]]:
    takes = []
    for line, returnable in left:
        units = min(quantity, returnable)
        if units:
            takes.append((line, units))
            quantity -= units
    return takes


def _total(record: RmaRecord) -> int:
    return record.quote.total if record.quote else 0
