"""An order typed by hand, from end to end: offline to its number, booked, matched at the import, approved, held once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from central_api.database import open_database, reading
from central_api.intake.importing import Sources, import_files
from central_api.tables import ORDER_LINE
from desk.errors import NotAllowed
from desk.typed_orders import with_order
from rma.draft import Draft
from rma.record import ProblemType, RmaRecord
from rma.request import Role
from rma.states import RmaCommand, RmaState
from rma.typed_draft import DraftItem, DraftOrder
from tests import shop
from tests.sync.town import OPENED, Seat, Street, now, request

NUMBER = "MKT-77"


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    async with asyncio.timeout(60), Street(tmp_path, central_database) as street:
        yield street


def draft(seat: Seat, number: str = NUMBER, sku: str = "SKU-1") -> Draft:
    """One kettle of an order that the desk does not know, by Maria."""
    begun = seat.desk.typed.start(number, "C-1")
    typed = DraftOrder(number=number, items=(DraftItem(item=sku, bought="1", sku=sku),))
    line = shop.draft_line(reason="changed_mind")
    return seat.desk.returns.save(replace(with_order(begun, typed), lines=(line,)))


def made(seat: Seat, number: str = NUMBER) -> RmaRecord:
    record = seat.desk.returns.finalize(draft(seat, number))
    assert isinstance(record, RmaRecord), record
    return record


def imported(street: Street, folder: Path, units: int = 1) -> None:
    """The shop's import brings the order, from outside of the running API."""
    day = (OPENED - timedelta(days=10)).isoformat()
    files = {
        "customers.csv": "customer_id,name,email\nC-1,Maria Müller,maria@example.com\n",
        "orders.csv": f"order_id,number,customer_id,placed_at,currency\nO-77,{NUMBER},C-1,{day},EUR\n",
        "lines.csv": f"order_id,line_no,sku,name,qty,gross\nO-77,1,SKU-1,Kettle,{units},{units}00.00\n",
    }
    for name, text in files.items():
        (folder / name).write_text(text)
    engine = open_database(street.town.database)
    sources = Sources(
        customers=folder / "customers.csv",
        orders=folder / "orders.csv",
        lines=folder / "lines.csv",
    )
    summary = import_files(
        engine, sources, rejects=folder / "rejects.csv", currency=None, now=now()
    )
    engine.dispose()
    assert summary.rejected == 0


def consumed(street: Street, order_id: str) -> int:
    engine = open_database(street.town.database)
    with reading(engine) as connection:
        units = connection.execute(
            select(ORDER_LINE.c.consumed).where(ORDER_LINE.c.order_id == order_id)
        ).scalar_one()
    engine.dispose()
    return int(units)


async def test_offline_by_hand_then_imported_matched_approved_and_held_once(
    street: Street, tmp_path: Path
) -> None:
    mine, boss = await street.seat("Agent One"), await street.seat("Boss", Role.SUPERVISOR)
    await asyncio.to_thread(street.town.stop)
    told = made(mine)
    assert (told.state, told.quote, told.holding) == (RmaState.NEEDS_APPROVAL, None, False)
    street.town.start()

    await mine.sync.run_once()
    await boss.sync.run_once()
    assert mine.work.attention() == []
    with pytest.raises(NotAllowed, match="is not known yet"):
        boss.desk.rmas.approve(told.number)

    await asyncio.to_thread(imported, street, tmp_path)
    await boss.sync.run_once()
    (waiting,) = boss.desk.rmas.waiting()
    assert (waiting.record.order_id, waiting.record.holding) == ("O-77", True)
    assert waiting.record.quote is not None
    assert waiting.record.quote.total == 10000
    assert await asyncio.to_thread(consumed, street, "O-77") == 1

    boss.desk.rmas.approve(told.number)
    await boss.sync.run_once()
    await mine.sync.run_once()
    record = mine.desk.rmas.show(told.number).record
    assert (record.state, record.number) == (RmaState.AUTHORIZED, told.number)
    assert [entry.command for entry in record.history] == [
        RmaCommand.FINALIZE,
        RmaCommand.MATCH,
        RmaCommand.APPROVE,
    ]
    assert await asyncio.to_thread(consumed, street, "O-77") == 1
    assert boss.work.attention() == []


async def test_the_desk_counts_a_matched_return_on_its_order(
    street: Street, tmp_path: Path
) -> None:
    mine = await street.seat("Agent One")
    told = made(mine)
    await mine.sync.run_once()
    await asyncio.to_thread(imported, street, tmp_path)
    await mine.sync.run_once()
    view = mine.desk.customers.order("O-77")
    assert view.returnable == 0
    assert view.lines[0].holders == (told.number,)


async def test_an_order_that_only_the_desk_did_not_know_is_matched_at_once(
    street: Street, tmp_path: Path
) -> None:
    mine = await street.seat("Agent One")
    await asyncio.to_thread(imported, street, tmp_path)
    told = made(mine)
    await mine.sync.run_once()
    record = mine.desk.rmas.show(told.number).record
    assert (record.order_id, record.holding) == ("O-77", True)
    assert mine.work.attention() == []


async def test_one_that_comes_too_late_for_the_unit_calls_for_the_customer(
    street: Street, tmp_path: Path
) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    late = made(mine)  # not sent yet, as if the desk were offline
    await asyncio.to_thread(imported, street, tmp_path)
    await other.sync.run_once()
    held = other.finalize(
        replace(request(), order_id="O-77", lines=(shop.wanted(reason="changed_mind"),))
    )
    await other.sync.run_once()
    await mine.sync.run_once()
    (item,) = mine.work.attention()
    assert item.number == late.number
    assert item.problem is not None
    assert item.problem.type is ProblemType.OVER_RETURN
    assert item.problem.other_number == held.number
    assert await asyncio.to_thread(consumed, street, "O-77") == 1


async def test_a_number_that_has_become_known_gets_no_second_order(
    street: Street, tmp_path: Path
) -> None:
    mine = await street.seat("Agent One")
    kept = draft(mine)
    await asyncio.to_thread(imported, street, tmp_path)
    await mine.sync.run_once()
    refusal = mine.desk.returns.finalize(kept)
    assert not isinstance(refusal, RmaRecord)
    assert any("is known here" in missing.sentence for missing in refusal.missing)
