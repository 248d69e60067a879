"""Entry errors are stopped or asked about before a return has its number; correct entries are not stopped."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.entry_errors import slips
from tests.entry_errors.books import Books, open_books
from tests.entry_errors.correct import correct_entries, plain_entry
from tests.entry_errors.entry import Answer, Entry, Outcome, enter, goes_through
from tests.entry_errors.kinds import KINDS
from tests.entry_errors.kinds.kind import Kind
from tests.entry_errors.run import KindReport, Report, inject, run


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    with open_books(tmp_path, None, numbers=100, customers=20) as opened:
        yield opened


def a_correct_entry(books: Books) -> Entry:
    entries = (plain_entry(each.order, each.line) for each in correct_entries(books, Random(1)))
    return next(entry for entry in entries if goes_through(books, entry))


def test_there_are_forty_kinds_of_errors_and_each_has_its_name() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 40


def test_a_correct_entry_gets_its_number(books: Books) -> None:
    outcome = enter(books, a_correct_entry(books))

    assert outcome.answer is Answer.WENT_THROUGH
    assert outcome.record is not None


def test_an_error_that_nobody_stops_is_reported_with_what_was_typed(books: Books) -> None:
    def nothing_wrong(books: Books, entry: Entry, random: Random) -> Outcome:
        return enter(books, entry)

    report = inject(books, Kind("no error at all", nothing_wrong), 2)

    assert (report.injected, report.stopped, report.asked) == (2, 0, 0)
    assert len(report.slipped) == 2
    assert not Report(errors=2, caught=0, kinds=[report]).clean


def test_a_stop_without_a_sentence_is_not_clean() -> None:
    silent = KindReport(kind="mute", injected=1, stopped=1, silent=1)

    assert not Report(errors=1, caught=1, kinds=[silent]).clean


def test_a_question_is_counted_as_one_and_takes_no_number(books: Books) -> None:
    entry = a_correct_entry(books)
    by_hand = entry.but(amount="0.10", amount_reason="Agreed")

    assert enter(books, by_hand).answer is Answer.ASKED
    assert enter(books, by_hand, finalize_asked=True).record is not None


@pytest.mark.parametrize(
    "slip", [slips.wrong_digit, slips.swapped, slips.dropped, slips.doubled, slips.wrong_letter]
)
def test_a_slip_changes_the_text(slip: object) -> None:
    assert callable(slip)
    assert all(slip("a1b2c3", Random(seed)) != "a1b2c3" for seed in range(20))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_no_error_slips_through_and_no_correct_entry_is_stopped() -> None:
    _clean(run(None, correct=400, per_kind=3))


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_no_error_slips_through_over_real_orders(real_data: Path) -> None:
    _clean(run(real_data, correct=1_000, per_kind=5))


def _clean(report: Report) -> None:
    assert report.stopped_correct == []
    assert [slipped for kind in report.kinds for slipped in kind.slipped] == []
    assert [kind.kind for kind in report.kinds if kind.silent] == []
    assert sum(kind.injected > 0 for kind in report.kinds) >= 40
    assert report.finalized == report.correct
    assert report.clean
