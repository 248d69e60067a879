"""An error that nobody expected: a report, a plain sentence, and the draft is kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from textual.worker import WorkerFailed

from csr_tui import crash
from csr_tui.session import GiveWay, Session
from desk.judging import DraftView
from desk.returns import Returns
from rma.draft import Draft
from tests.screens.returning import kept, open_panel, shop_with
from tests.screens.seat import Seat, Shop, seated, small_shop


def reports_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("crash-*.txt"))


async def test_an_error_while_typing_closes_the_desk_with_a_report_and_keeps_the_draft(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    the_shop = shop_with()
    honest = Returns.assess

    def assess(self: Returns, draft: Draft) -> DraftView:
        if any("dropped" in line.note for line in draft.lines):
            raise ZeroDivisionError("a rule divides by nothing")
        return honest(self, draft)

    monkeypatch.setattr(Returns, "assess", assess)
    seats: list[Seat] = []
    with pytest.raises(WorkerFailed):
        async with seated(the_shop, reports=tmp_path) as seat:
            seats.append(seat)
            await open_panel(seat)
            await seat.press("1", "enter", *"broken", "tab", *"she dropped it")
            await seat.until(lambda: not seat.app.is_running)

    app = seats[0].app
    assert app.return_code == 1
    assert "dropped" in kept(the_shop).lines[0].note
    (report,) = reports_in(tmp_path)
    assert report.read_text().rstrip().endswith("ZeroDivisionError")
    assert "home > customer > return" in report.read_text()
    (words,) = app.last_words
    assert words.startswith("The desk had to close") and str(report) in words
    assert the_shop.closed == 1


class BrokenWire(Shop):
    """A desk whose sync fails in a way that nobody expected."""

    async def open(self) -> Session:
        async def keep_syncing(wake: asyncio.Event, give_way: GiveWay) -> None:
            raise KeyError("cursor")

        return replace(await super().open(), keep_syncing=keep_syncing)


async def test_an_error_in_sync_is_reported_and_work_goes_on(tmp_path: Path) -> None:
    of = small_shop()
    broken = BrokenWire(reference=of.reference)
    async with seated(broken, reports=tmp_path) as seat:
        await seat.sees("Syncing stopped for now; work goes on here.")
        await seat.type("maria")
        await seat.sees("Maria Müller")
    (report,) = reports_in(tmp_path)
    assert report.read_text().rstrip().endswith("KeyError")
    (words,) = seat.app.last_words
    assert words.startswith("Syncing hit an error") and str(report) in words


async def test_an_error_while_opening_closes_the_desk_with_a_report(tmp_path: Path) -> None:
    class Broken(Shop):
        async def open(self) -> Session:
            raise RuntimeError("no such thing")

    with pytest.raises(WorkerFailed):
        async with seated(Broken(), opened=False, reports=tmp_path) as seat:
            await seat.until(lambda: not seat.app.is_running)
    assert len(reports_in(tmp_path)) == 1


def test_a_folder_that_takes_no_report_is_said_and_only_the_newest_reports_are_kept(
    tmp_path: Path,
) -> None:
    from datetime import UTC, datetime, timedelta

    start = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
    paths = [
        crash.report(tmp_path, ValueError("x"), start + timedelta(seconds=n)) for n in range(25)
    ]
    assert reports_in(tmp_path) == paths[5:]
    (tmp_path / "file").touch()
    refused = crash.report(tmp_path / "file", ValueError("x"), start)
    assert refused is None
    assert crash.sentence("It broke.", refused) == "It broke. No report could be written."
