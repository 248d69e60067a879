"""Desks that work at random, on and off the network: at the end all agree, and every number that was told exists."""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select

from central_api.audit import audit
from central_api.catalog import upsert_orders
from central_api.database import open_database, reading, writing
from central_api.policies import publish_policy
from central_api.tables import EXPECTED_INBOUND, ORDER_LINE, ORDERS, RMA
from desk.errors import DeskError
from rma.operations import KnownRecord
from rma.order import Order, TenderKind
from rma.record import RmaRecord
from rma.request import Condition, LineRequest, Role
from rma.states import RmaState
from sync.errors import Unreachable
from sync.protocol.documents import read_document
from tests import shop
from tests.central_api.branch import policy_text
from tests.central_databases import SLOWLY_BOTH
from tests.sync.town import OPENED, Seat, Street, now

ORDERS_SOLD = 8


@pytest.fixture(params=SLOWLY_BOTH)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Each seed is a long story."""
    kind: str = request.param
    return kind


def order(index: int, **fields: int) -> Order:
    """Three kettles and two cups, paid by card and gift card; every second one costs more than needs an approval."""
    delivered_at = OPENED - timedelta(days=10)
    each = (2000, 9000)[index % 2]
    lines = (
        shop.line("1", units=3, gross=each * 3 - 1, delivered_at=delivered_at, **fields),
        shop.line("2", units=2, gross=999, delivered_at=delivered_at),
    )
    paid = sum(line.gross for line in lines)
    return shop.order(
        *lines,
        order_id=f"K-{index}",
        number=f"20000{index}",
        placed_at=OPENED - timedelta(days=13),
        tenders=(shop.card(paid - 500), shop.tender(TenderKind.GIFT_CARD, 500)),
    )


def policy(version: int) -> str:
    """Fees and thresholds that differ from version to version."""
    more = f"[fees]\nrestocking_percent = {version * 5}\n[approval]\namount = {{ EUR = {90 + version} }}\n"
    return policy_text(version, more)


@dataclass
class Chaos:
    """What happens at random."""

    street: Street
    random: Random
    told: dict[str, Seat] = field(default_factory=dict)
    versions: int = 1
    happened: Counter[str] = field(default_factory=Counter)

    @classmethod
    async def begin(cls, folder: Path, database: str, seed: int) -> Chaos:
        street = Street(folder, database)
        await street.__aenter__()
        chaos = cls(street, Random(seed))
        chaos.shop_writes([order(index) for index in range(ORDERS_SOLD)], policy(1))
        for name, role in (
            ("Ada", Role.AGENT),
            ("Sue", Role.SUPERVISOR),
            ("Tom", Role.SUPERVISOR),
        ):
            await street.seat(name, role)
        return chaos

    def shop_writes(self, orders: list[Order], toml: str | None = None) -> None:
        """From outside of the running API."""
        engine = open_database(self.street.town.database)
        with writing(engine) as connection:
            upsert_orders(connection, orders)
            if toml is not None:
                publish_policy(connection, toml, now())
        engine.dispose()

    async def step(self) -> None:
        """One thing happens."""
        seat = self.random.choice(self.street.seats)
        what = self.random.choices(
            (self.finalize, self.decide, self.sync, self.shop_changes), (10, 6, 4, 2)
        )[0]
        try:
            await what(seat)
            self.happened[what.__name__] += 1
        except DeskError:
            self.happened["refused"] += 1

    async def finalize(self, seat: Seat) -> None:
        draw = self.random
        chosen = [
            LineRequest(
                line_id=line_id,
                quantity=draw.randint(1, 2),
                reason=draw.choice(("changed_mind", "defective")),
                condition=draw.choice((Condition.SEALED, Condition.OPENED)),
                note="It does not heat the water any more.",
            )
            for line_id in draw.sample(("1", "2"), draw.randint(1, 2))
        ]
        request = shop.request(*chosen, order_id=f"K-{draw.randrange(ORDERS_SOLD)}")
        made = seat.desk.returns.finalize_request(request)
        if isinstance(made, RmaRecord):
            assert made.number not in self.told
            self.told[made.number] = seat

    async def decide(self, seat: Seat) -> None:
        known = [n for n in self.told if seat.work.record(n) or seat.reference.record(n)]
        if not known:
            return
        waiting = [view.record.number for view in seat.desk.rmas.waiting()]
        number = self.random.choice(waiting if waiting and self.random.random() < 0.5 else known)
        what = self.random.choice(("cancel", "approve", "approve", "decline", "edit", "edit"))
        if what == "approve":
            seat.desk.rmas.approve(number, "fine")
        elif what == "edit":
            draft = seat.desk.returns.edit(number)
            line = replace(draft.lines[0], quantity=str(self.random.randint(1, 3)))
            made = seat.desk.returns.finalize(replace(draft, lines=(line,)))
            what = "edit" if isinstance(made, RmaRecord) else "edit refused"
        else:
            getattr(seat.desk.rmas, what)(number, "the caller said so")
        self.happened[what] += 1

    async def sync(self, seat: Seat) -> None:
        if self.random.random() < 0.2 and self.street.town.between:
            self.street.town.between.losing = 1
        try:
            await seat.sync.run_once()
        except Unreachable:
            self.happened["lost"] += 1
        finally:
            assert self.street.town.between
            self.street.town.between.losing = 0

    async def shop_changes(self, _seat: Seat) -> None:
        if self.random.random() < 0.5:
            self.versions += 1
            self.shop_writes([], policy(self.versions))
            return
        index = self.random.randrange(ORDERS_SOLD)
        self.shop_writes([order(index, returned_before=self.random.randint(0, 1))])

    async def settle_down(self) -> None:
        """Everybody comes back online."""
        for _ in range(2):
            for seat in self.street.seats:
                await seat.sync.run_once()


def records(town: str) -> dict[str, KnownRecord]:
    """Every RMA of the server; and the books that have to agree with them."""
    engine = open_database(town)
    with reading(engine) as connection:
        assert audit(connection).faults == ()
        rows = connection.execute(select(RMA.c.document, RMA.c.row_version)).all()
        known = [KnownRecord(record=read_document(RmaRecord, d), row_version=v) for d, v in rows]
        orders = {
            o.order_id: o
            for o in (
                read_document(Order, d)
                for d in connection.execute(select(ORDERS.c.document)).scalars()
            )
        }
        units: Counter[tuple[str, str]] = Counter()
        money: defaultdict[tuple[str, str | None], int] = defaultdict(int)
        inbound: Counter[str] = Counter()
        for record in (entry.record for entry in known):
            if record.state is RmaState.AUTHORIZED:
                inbound.update({line.sku: line.quantity for line in record.lines})
            if record.hold is not None:
                units.update(
                    {(record.order_id, h.line_id): len(h.slots) for h in record.hold.lines}
                )
                for payout in record.hold.payouts:
                    money[(record.order_id, payout.tender_id)] += payout.amount
        for order_id, line_id, delivered, consumed in connection.execute(select(ORDER_LINE)):
            line = orders[order_id].line(line_id)
            assert line is not None
            assert consumed == units[(order_id, line_id)] + line.returned_before <= delivered
        for row in connection.execute(select(EXPECTED_INBOUND)):
            assert row.units == inbound[row.sku]
        for each in orders.values():
            for tender in each.tenders:
                assert money[(each.order_id, tender.tender_id)] <= tender.refundable
    engine.dispose()
    return {entry.record.number: entry for entry in known}


async def check(chaos: Chaos) -> None:
    server = records(chaos.street.town.database)
    assert set(server) == set(chaos.told)
    for seat in chaos.street.seats:
        assert seat.work.queue().waiting == 0
        assert seat.work.verify_audit() is None
        attention = {item.number for item in seat.work.attention()}
        who = seat.work.identity()
        assert who is not None
        for number, known in server.items():
            assert seat.reference.record(number) == known
            view = seat.desk.rmas.show(number)
            assert view.record == known.record
            assert not view.pending
            waits = known.record.state is RmaState.NEEDS_APPROVAL and not known.record.holding
            if known.record.author == who.person and waits:
                assert number in attention
    # what was made offline about units that were gone is told apart, and the number stays
    assert all(
        e.record.problem
        for e in server.values()
        if not e.record.holding and e.record.state is RmaState.NEEDS_APPROVAL
    )


async def play(folder: Path, database: str, seed: int, steps: int) -> Counter[str]:
    async with asyncio.timeout(110):
        chaos = await Chaos.begin(folder, database, seed)
        try:
            for _ in range(steps):
                await chaos.step()
            await chaos.settle_down()
            await check(chaos)
        finally:
            await chaos.street.__aexit__(None, None, None)
    return chaos.happened


@pytest.mark.parametrize("seed", range(4))
async def test_desks_that_come_and_go_agree_in_the_end(
    tmp_path: Path, central_database: str, seed: int
) -> None:
    happened = await play(tmp_path, central_database, seed, 60)
    assert happened["finalize"] and happened["sync"] and happened["decide"]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 112))
async def test_desks_that_come_and_go_for_long_agree_in_the_end(
    tmp_path: Path, central_database: str, seed: int
) -> None:
    happened = await play(tmp_path, central_database, seed, 250)
    assert happened["edit"]
