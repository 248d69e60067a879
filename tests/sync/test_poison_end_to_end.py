"""A change that the real server cannot read: others pass it, the agent sees it, and an edit books the told number."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from central_api.catalog import upsert_orders
from central_api.database import open_database, writing
from csr_tui.sealing import Sealing
from desk.attention import Step
from rma.operations import Identity, Operation, OperationKind, SealedOperation
from rma.record import ProblemType, RmaRecord
from rma.states import RmaState
from storage.reference import ReferenceStore
from storage.secrets.open_file import OpenFile
from storage.work import WorkStore
from sync.protocol.documents import canonical
from sync.protocol.signing import as_text
from tests import shop
from tests.keys import KEY
from tests.sync.town import OPENED, Seat, Street, now, request

OTHER = shop.order(
    shop.line(delivered_at=OPENED - timedelta(days=10)),
    order_id="O-2",
    number="100002",
    placed_at=OPENED - timedelta(days=13),
)


@pytest.fixture
async def street(tmp_path: Path, central_database: str) -> AsyncIterator[Street]:
    async with asyncio.timeout(60), Street(tmp_path, central_database) as street:
        engine = open_database(street.town.database)
        with writing(engine) as connection:
            upsert_orders(connection, [OTHER])
        engine.dispose()
        yield street


class SealingBadly(Sealing):
    """As a desk of another release might: its returns of order O-2 hold a word that the server does not know."""

    def __call__(self, operation: Operation, identity: Identity) -> SealedOperation:
        sealed = super().__call__(operation, identity)
        if operation.kind is not OperationKind.FINALIZE or operation.stream != "O-2":
            return sealed
        body = canonical(json.loads(sealed.body) | {"mood": "calm"})
        signature = as_text(self.key().sign(body))
        digest = hashlib.sha256(body).hexdigest()
        return replace(sealed, body=body, sha256=digest, signature=signature)


@pytest.fixture
async def faulty(street: Street) -> Seat:
    """A desk whose returns of order O-2 nobody can read."""
    folder = street.folder / "faulty"
    folder.mkdir()
    sealing = SealingBadly(OpenFile(folder))
    work = WorkStore.open(folder, KEY, seal=sealing, clock=now)
    seat = Seat(folder, work, ReferenceStore.open(folder, KEY), sealing)
    street.seats.append(seat)
    await seat.enroll(street.town, "Agent One")
    await seat.sync.run_once()
    return seat


async def test_it_is_held_and_shown_and_returns_of_other_orders_are_booked(faulty: Seat) -> None:
    poison = faulty.finalize(replace(request(), order_id="O-2"))
    made = faulty.finalize(request())
    report = await faulty.sync.run_once()

    assert (report.pushed, report.isolated) == (1, 1)
    assert faulty.work.queue().waiting == 0
    assert faulty.reference.record(made.number) is not None
    (view,) = faulty.desk.attention.items()
    assert view.item.number == poison.number
    assert view.item.problem is not None
    assert view.item.problem.type is ProblemType.MALFORMED
    assert "has not done it" in view.held
    assert Step.EDIT in view.steps


async def test_an_edit_of_it_books_the_number_that_was_told(faulty: Seat) -> None:
    poison = faulty.finalize(replace(request(), order_id="O-2"))
    await faulty.sync.run_once()
    (view,) = faulty.desk.attention.items()

    draft = faulty.desk.attention.edit(view.item.op_id)
    again = faulty.desk.returns.finalize(draft)
    assert isinstance(again, RmaRecord)
    assert again.number == poison.number
    await faulty.sync.run_once()

    known = faulty.reference.record(poison.number)
    assert known is not None
    assert known.record.state is RmaState.AUTHORIZED
    assert faulty.desk.attention.items() == ()


async def test_sent_again_while_the_server_still_cannot_read_it_it_is_held_again(
    faulty: Seat,
) -> None:
    faulty.finalize(replace(request(), order_id="O-2"))
    await faulty.sync.run_once()
    (view,) = faulty.desk.attention.items()
    assert faulty.work.offer_again(view.item.op_id) == 1
    assert faulty.work.queue().waiting == 1
    assert (await faulty.sync.run_once()).isolated == 1
    assert len(faulty.desk.attention.items()) == 1
