"""One return as an agent types it, and what the desk answers before it has a number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from desk.judging import DraftView
from rma.order import Order, OrderLine
from rma.record import Refusal, RmaRecord
from rma.request import Fact
from rma.verdict import Verdict
from screens.return_draft import RowKey
from screens.return_fields import BY_NAME, ORDER
from screens.return_panel import ReturnPanel
from tests.entry_errors.books import CALL_AFTER, Books


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is typed for one line of one order, by name of the field."""

    order: Order
    line: OrderLine
    typed: Mapping[str, str] = field(default_factory=dict)
    verified: tuple[Fact, ...] = (Fact.NAME, Fact.POSTCODE)
    evidence: tuple[str, ...] = ()
    again: Mapping[str, str] | None = None
    """What is typed on a second row of the same line."""

    def but(self, **typed: str) -> Entry:
        """The same with other texts."""
        return replace(self, typed={**self.typed, **typed})


class Answer(StrEnum):
    """What became of an entry."""

    WENT_THROUGH = "went through"
    ASKED = "asked"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The answer with the sentence that the agent reads."""

    answer: Answer
    sentence: str = ""
    record: RmaRecord | None = None


def enter(books: Books, entry: Entry, *, finalize_asked: bool = False) -> Outcome:
    """Type the entry on the return panel and press F9.

    Where the desk asks first, a number is drawn only if `finalize_asked` says that the answer is yes.
    """
    returns = books.desk.returns
    panel, view = _typed(books, entry)
    draft = view.draft
    question = _question(panel, view)
    if question and not finalize_asked:
        returns.discard(draft.draft_id)
        return Outcome(Answer.ASKED, question)
    made = returns.finalize(draft)
    if isinstance(made, Refusal):
        first = panel.refused(made)
        returns.discard(draft.draft_id)
        return Outcome(Answer.STOPPED, panel.marks[first] if first else "")
    return Outcome(Answer.ASKED if question else Answer.WENT_THROUGH, question, made)


def goes_through(books: Books, entry: Entry) -> bool:
    """Whether an entry would get its number without a question; nothing is kept of the try."""
    panel, view = _typed(books, entry)
    books.desk.returns.discard(view.draft.draft_id)
    return view.refusal is None and not _question(panel, view)


def _typed(books: Books, entry: Entry) -> tuple[ReturnPanel, DraftView]:
    """The panel with everything typed, and what the rules say about it."""
    returns = books.desk.returns
    books.clock.at = entry.order.placed_at + CALL_AFTER
    panel = ReturnPanel(
        returns.start(entry.order.order_id),
        books.desk.customers.order(entry.order.order_id),
        returns.reasons(),
        supervisor=False,
        line_id=entry.line.line_id,
    )
    _type(panel, entry.typed)
    if entry.again is not None:
        panel.key = RowKey(entry.line.line_id, 1)
        _type(panel, entry.again)
    panel.type("verified", tuple(fact.value for fact in entry.verified))
    if entry.evidence:
        panel.type("evidence", entry.evidence)
    draft = returns.save(panel.for_rules())
    view = returns.assess(draft)
    panel.judged(view, panel.on_return)
    return panel, view


def _type(panel: ReturnPanel, typed: Mapping[str, str]) -> None:
    """Field by field in the order of the screen, leaving each."""
    for name in sorted(typed, key=lambda name: ORDER[name]):
        assert name in BY_NAME
        panel.type(name, typed[name])
        panel.leave(name)


def _question(panel: ReturnPanel, view: DraftView) -> str:
    """What the agent is asked, or has to ask a supervisor, before the number; empty where nothing is."""
    if view.refusal is not None:
        return ""
    if by_hand := panel.money_by_hand():
        return by_hand
    if view.assessment.verdict is Verdict.NEEDS_APPROVAL:
        return next(
            finding.sentence
            for finding in view.assessment.all_findings
            if finding.outcome is Verdict.NEEDS_APPROVAL
        )
    return ""
