"""What the caller told, the CRM case and split lines, from one desk through a real central API to another."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from central_api.catalog import upsert_orders
from central_api.database import open_database, writing
from desk.lookup import HitKind
from rma.request import Fact
from rma.states import RmaState
from tests import shop
from tests.sync.town import OPENED, Street

THREE = shop.order(
    shop.line(units=3, gross=30000, delivered_at=OPENED - timedelta(days=10)),
    order_id="O-7",
    number="700007",
    placed_at=OPENED - timedelta(days=13),
)


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    async with asyncio.timeout(60), Street(tmp_path, central_database) as street:
        engine = open_database(central_database)
        with writing(engine) as connection:
            upsert_orders(connection, [THREE])
        engine.dispose()
        yield street


async def test_facts_case_and_parts_of_a_line_reach_the_other_desk(street: Street) -> None:
    mine, other = await street.seat("Agent One"), await street.seat("Agent Two")
    parts = (
        shop.wanted(quantity=2, reason="changed_mind"),
        shop.wanted(quantity=1, reason="changed_mind"),
    )
    made = mine.finalize(
        shop.request(
            *parts,
            order_id="O-7",
            reference="CRM-47/11",
            verified=(Fact.NAME, Fact.POSTCODE),
            verification_skipped="known voice",
        )
    )
    report = await mine.sync.run_once()
    assert report.pushed == 1
    await other.sync.run_once()
    known = other.reference.record(made.number)
    assert known is not None
    record = known.record
    assert record.state is RmaState.AUTHORIZED
    assert record.request.reference == "CRM-47/11"
    assert record.request.verified == (Fact.NAME, Fact.POSTCODE)
    assert record.request.verification_skipped == "known voice"
    assert [line.quantity for line in record.lines] == [2, 1]
    assert record.hold == made.hold
    (hit,) = other.desk.lookup.search("crm-4711").hits
    assert (hit.kind, hit.key) == (HitKind.RMA, made.number)
