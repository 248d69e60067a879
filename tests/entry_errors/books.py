"""The shop's books on one desk: real orders in the desk's real stores, and callers who know their own facts.

The public records say who bought what, when and for how much. What they are silent about is filled in by a fixed rule:
name, e-mail, phone and postcode by the customer's number, a delivery two days after the order, and a serial number for
every fourth line of one unit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlalchemy import select

from central_api.database import open_database, reading
from central_api.intake.importing import Sources, import_files
from central_api.schema import migrate
from central_api.tables import CUSTOMER, ORDERS
from csr_tui.demo.shop import make_shop
from csr_tui.replay.events import find_files
from desk.desk import Desk, build_desk
from rma.numbers import BLOCK_SIZE
from rma.order import Customer, Order, OrderLine
from rma.policy import Policy
from storage.pin_verifiers import PinVerifiers
from storage.reference import ReferenceStore
from storage.reference_rows import ReferenceRow
from storage.work import WorkStore
from sync.protocol.documents import read_document
from sync.protocol.policies import (
    default_names,
    default_policy,
    default_reasons,
    parse_policy,
    parse_reasons,
)
from tests.keys import KEY
from tests.storage.desk import BLOCK, IDENTITY, seal

CALL_AFTER = timedelta(days=8)
"""How long after an order its customer calls: inside every window of the default policies."""

_DELIVERED_AFTER = timedelta(days=2)
_SERIAL_EVERY = 4


class CallClock:
    """Time as the call says that is under way."""

    def __init__(self) -> None:
        self.at = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """The instant of the call."""
        return self.at


@dataclass(frozen=True, slots=True)
class Books:
    """What the desk knows, and the desk."""

    desk: Desk
    clock: CallClock
    orders: tuple[Order, ...]
    """Oldest first."""
    customers: dict[str, Customer]
    source: str
    """Where the orders come from, in words."""
    reference: ReferenceStore
    _versions: Iterator[int] = field(default_factory=lambda: count(2), repr=False)

    def of(self, customer_id: str) -> list[Order]:
        """One customer's orders."""
        return [order for order in self.orders if order.customer_id == customer_id]

    @contextmanager
    def holding(self, order: Order) -> Iterator[None]:
        """The books with another version of an order; afterwards as before."""
        before = next(known for known in self.orders if known.order_id == order.order_id)
        self._tell(order)
        try:
            yield
        finally:
            self._tell(before)

    def _tell(self, order: Order) -> None:
        self.reference.apply(
            [ReferenceRow("order", order.order_id, next(self._versions), order)], "0"
        )


@contextmanager
def open_books(
    folder: Path, real_data: Path | None, numbers: int, customers: int = 300
) -> Iterator[Books]:
    """Fill a desk with real orders, or those of a demo shop of so many `customers`; with `numbers` RMA numbers."""
    orders, known, source = _imported(folder, real_data, customers)
    clock = CallClock()
    with ExitStack() as opened:
        work = WorkStore.open(folder / "desk", KEY, seal=seal, clock=clock.now)
        opened.callback(work.close)
        work.set_identity(IDENTITY)
        for block in range(BLOCK, BLOCK + numbers // BLOCK_SIZE + 1):
            work.store_lease(f"lease-{block}", block)
        reference = ReferenceStore.open(folder / "desk", KEY)
        opened.callback(reference.close)
        load = reference.begin_load("0")
        load.add([ReferenceRow("reasons", "1", 1, parse_reasons(default_reasons()))])
        load.add([ReferenceRow("policy", str(p.ref), 1, p) for p in _policies(orders[0].placed_at)])
        load.add([ReferenceRow("customer", c.customer_id, 1, c) for c in known.values()])
        load.add([ReferenceRow("order", order.order_id, 1, order) for order in orders])
        load.finish()
        desk = build_desk(reference, work, clock, PinVerifiers())
        yield Books(desk, clock, tuple(orders), known, source, reference)


def _policies(since: datetime) -> list[Policy]:
    """The default shop's policies, as if they had been valid then.

    Without the flag for many returns: thousands of entries over few customers would raise it every time.
    """
    policies = [parse_policy(default_policy(name)) for name in default_names()]
    return [
        replace(policy, valid_from=since, approval=replace(policy.approval, many_returns=None))
        for policy in policies
    ]


def _imported(
    folder: Path, real_data: Path | None, customer_count: int
) -> tuple[list[Order], dict[str, Customer], str]:
    if real_data is not None:
        files = find_files(real_data / "online_retail" / "replay_small")
        sources = Sources(customers=files.customers, orders=files.orders, lines=files.lines)
        source = "Online Retail II (UCI), replay_small"
    else:
        made = make_shop(folder, customers=customer_count, now=datetime(2026, 11, 20, tzinfo=UTC))
        sources = Sources(
            customers=made.customers, orders=made.orders, lines=made.lines, products=made.products
        )
        source = "the demo shop"
    engine = open_database(f"sqlite:///{folder / 'central.db'}")
    try:
        migrate(engine)
        import_files(
            engine, sources, rejects=folder / "rejects.csv", currency="GBP", now=datetime.now(UTC)
        )
        with reading(engine) as connection:
            orders = [
                read_document(Order, document)
                for document in connection.execute(select(ORDERS.c.document)).scalars()
            ]
            customers = [
                read_document(Customer, document)
                for document in connection.execute(select(CUSTOMER.c.document)).scalars()
            ]
    finally:
        engine.dispose()
    known = {customer.customer_id: _reachable(customer) for customer in customers}
    told = [_delivered(order) for order in orders if order.customer_id in known]
    return sorted(told, key=lambda order: (order.placed_at, order.number)), known, source


def _reachable(customer: Customer) -> Customer:
    """Names and contacts where the source has none, different for every customer."""
    digits = "".join(re.findall(r"\d", customer.customer_id)).zfill(6)[-6:]
    letters = "".join("BCDFGHJKLM"[int(digit)] + "aeiou"[int(digit) % 5] for digit in digits[-4:])
    return replace(
        customer,
        name=customer.name or f"{letters.capitalize()} Buyer",
        email=customer.email or f"buyer{digits}@example.com",
        phone=customer.phone or f"+4420{digits[::-1]}{digits[:2]}",
        postcode=customer.postcode or f"N{digits[-4:]}",
        risk_flags=(),
    )


def _delivered(order: Order) -> Order:
    return replace(order, lines=tuple(_line(order, line) for line in order.lines))


def _line(order: Order, line: OrderLine) -> OrderLine:
    delivered_at = line.delivered_at or order.placed_at + _DELIVERED_AFTER
    serials = line.serials
    if not serials and line.units == 1 and line.position % _SERIAL_EVERY == 0:
        serials = (f"{order.number}{line.position:04d}",)
    return replace(line, delivered_at=delivered_at, serials=serials)
