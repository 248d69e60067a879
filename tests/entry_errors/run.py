"""Type correct entries and wrong ones, and count what the desk does about them."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from rma.errors import RmaError
from tests.entry_errors.books import Books, open_books
from tests.entry_errors.correct import correct_entries, fits, plain_entry
from tests.entry_errors.entry import Answer, Entry, Outcome, enter, goes_through
from tests.entry_errors.kinds import KINDS
from tests.entry_errors.kinds.kind import Kind

CORRECT = 10_000
PER_KIND = 25
SEED = 20

_TRIES = 400
"""Entries that are drawn for one error, until one can go wrong in this way."""


@dataclass(kw_only=True)
class KindReport:
    """What became of the errors of one kind."""

    kind: str
    injected: int = 0
    stopped: int = 0
    asked: int = 0
    silent: int = 0
    """Stopped, but without a sentence that the agent could read."""
    slipped: list[str] = field(default_factory=list)
    """What went through, as typed."""
    example: str = ""
    """The first sentence that an agent would read."""


@dataclass(kw_only=True)
class Report:
    """The whole run."""

    source: str = ""
    orders: int = 0
    correct: int = 0
    finalized: int = 0
    """Correct entries that got their number."""
    asked_correct: int = 0
    """Correct entries that were asked about first: money by hand, or the policy's amount for approval."""
    stopped_correct: list[str] = field(default_factory=list)
    errors: int = 0
    caught: int = 0
    kinds: list[KindReport] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def clean(self) -> bool:
        """All errors stopped or asked about, with a sentence each; no correct entry stopped."""
        said = not any(kind.silent or kind.slipped for kind in self.kinds)
        return said and self.caught == self.errors and not self.stopped_correct


def run(real_data: Path | None, *, correct: int = CORRECT, per_kind: int = PER_KIND) -> Report:
    """Type `correct` right entries, then `per_kind` errors of each kind, on one desk with real stores."""
    began = time.perf_counter()
    report = Report()
    with tempfile.TemporaryDirectory(prefix="csr-entries-") as place:
        numbers = correct + 4 * per_kind * len(KINDS)
        with open_books(Path(place), real_data, numbers) as books:
            report.source, report.orders = books.source, len(books.orders)
            report.kinds = [inject(books, kind, per_kind) for kind in KINDS]
            _correct(books, correct, report)
    report.errors = sum(kind.injected for kind in report.kinds)
    report.caught = sum(kind.stopped + kind.asked for kind in report.kinds)
    report.seconds = round(time.perf_counter() - began, 1)
    return report


def _correct(books: Books, count: int, report: Report) -> None:
    for entry in correct_entries(books, Random(SEED)):
        if report.correct == count:
            return
        report.correct += 1
        outcome = _answer(books, entry)
        if outcome.record is None:
            report.stopped_correct.append(
                f"{entry.order.number} {dict(entry.typed)}: {outcome.sentence}"
            )
            continue
        report.finalized += 1
        report.asked_correct += outcome.answer is Answer.ASKED


def _answer(books: Books, entry: Entry) -> Outcome:
    try:
        return enter(books, entry, finalize_asked=True)
    except RmaError as error:
        return Outcome(Answer.STOPPED, str(error))


def inject(books: Books, kind: Kind, count: int) -> KindReport:
    """Errors of one kind, `count` of them where so many entries can go wrong so."""
    found = KindReport(kind=kind.name)
    random = Random(f"{SEED} {kind.name}")
    lines = [
        (order, line)
        for order in books.orders
        for line in order.lines
        if fits(line) and bool(line.serials) == kind.serials
    ]
    for _ in range(_TRIES + count):
        if found.injected == count or not lines:
            break
        order, line = random.choice(lines)
        entry = plain_entry(order, line)
        outcome = kind.inject(books, entry, random) if goes_through(books, entry) else None
        if outcome is not None:
            _count(found, outcome, f"{order.number} line {line.line_id}: {outcome}")
    return found


def _count(found: KindReport, outcome: Outcome, typed: str) -> None:
    found.injected += 1
    found.example = found.example or outcome.sentence
    if outcome.answer is Answer.WENT_THROUGH:
        found.slipped.append(typed)
        return
    found.silent += not outcome.sentence
    if outcome.answer is Answer.STOPPED:
        found.stopped += 1
    else:
        found.asked += 1
