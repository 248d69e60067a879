"""A shop whose returns are pushed: orders, desks that hold numbers, and the frozen bytes of their returns.

The bytes are made once; each database that is measured gets the same orders, desks and numbers, so that they fit.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import NAMESPACE_OID, uuid5

from sqlalchemy import Connection, insert

from central_api.catalog import upsert_customers, upsert_orders, upsert_products
from central_api.database import open_database, writing
from central_api.people import hash_of
from central_api.policies import publish_defaults
from central_api.schema import migrate
from central_api.tables import (
    ACCESS_TOKEN,
    DEVICE,
    DEVICE_KEY,
    DEVICE_PERSON,
    NUMBER_BLOCK,
    PERSON,
)
from rma.assessment import Case, assess
from rma.ledger import Ledger
from rma.numbers import FIRST_BLOCK, compose
from rma.operations import CallMetrics, FinalizeReturn, MadeReturn, Operation, Told
from rma.order import Order
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import finalize
from rma.request import Actor, Fact, Role
from sync.device_key import DeviceKey
from sync.protocol.envelopes import seal
from sync.protocol.policies import (
    default_names,
    default_policy,
    default_reasons,
    parse_policy,
    parse_reasons,
)
from sync.protocol.signing import as_text, signed_line
from tests import shop

BLOCK = 1_000
"""Numbers in a block."""
LINES = 3
"""Of each order; one of them comes back."""
CHUNK = 1_000
NOW = datetime.now(UTC).replace(microsecond=0)


@dataclass(frozen=True, slots=True)
class PushingDesk:
    """One enrolled desk, and what it has to push."""

    index: int
    bodies: tuple[bytes, ...]
    """Signed lines."""

    @property
    def device(self) -> str:
        """Its id."""
        return str(uuid5(NAMESPACE_OID, f"desk {self.index}"))

    @property
    def person(self) -> str:
        """Who works there."""
        return f"Agent {self.index}"

    @property
    def key(self) -> DeviceKey:
        """What signs its returns."""
        return DeviceKey(hashlib.sha256(self.device.encode()).digest())

    @property
    def token(self) -> str:
        """What it shows to the API."""
        return f"token-of-desk-{self.index}"

    def blocks(self) -> range:
        """The blocks of numbers that it holds."""
        first = FIRST_BLOCK + self.index * 100
        return range(first, first + -(-len(self.bodies) // BLOCK))


def orders(number: int) -> list[Order]:
    """Recent orders of three lines each, two of each customer."""
    placed_at, delivered_at = NOW - timedelta(days=13), NOW - timedelta(days=10)
    lines = tuple(
        shop.line(str(place), sku=f"SKU-{place}", units=2, delivered_at=delivered_at, gross=4998)
        for place in range(1, LINES + 1)
    )
    return [
        shop.order(
            *lines,
            order_id=f"O-{index}",
            number=f"1{index:06}",
            customer_id=f"C-{index // 2}",
            placed_at=placed_at,
        )
        for index in range(number)
    ]


def desks(sold: Sequence[Order], number: int) -> list[PushingDesk]:
    """So many desks, which return one unit of every order together."""
    share = len(sold) // number
    policies, reasons = policies_and_reasons()
    made = []
    for index in range(number):
        desk = PushingDesk(index, (b"",) * share)
        numbers = (compose(block, place) for block in desk.blocks() for place in range(BLOCK))
        bodies = []
        for order, told in zip(
            sold[index * share : (index + 1) * share], islice(numbers, share), strict=True
        ):
            case = case_of(order, desk.person, policies, reasons)
            operation = made_return(case, told, desk.device).operation
            sealed = seal(operation, actor=desk.person, device=desk.device, sign=desk.key.sign)
            bodies.append(signed_line(sealed.body, sealed.signature))
        made.append(PushingDesk(index, tuple(bodies)))
    return made


def fill(database: str, sold: Sequence[Order], pushing: Sequence[PushingDesk]) -> None:
    """Make the database of the shop, in which these desks are enrolled."""
    engine = open_database(database)
    migrate(engine)
    with writing(engine) as connection:
        publish_defaults(connection, NOW - timedelta(days=100))
        upsert_products(
            connection, [shop.product(sku=f"SKU-{place}") for place in range(1, LINES + 1)]
        )
        buyers = {order.customer_id for order in sold}
        upsert_customers(connection, [shop.customer(customer_id=buyer) for buyer in buyers])
        for desk in pushing:
            _enroll(connection, desk)
    for start in range(0, len(sold), CHUNK):
        with writing(engine) as connection:
            upsert_orders(connection, sold[start : start + CHUNK])
    engine.dispose()


def policies_and_reasons() -> tuple[tuple[Policy, ...], ReasonTree]:
    """What judges the returns."""
    policies = tuple(parse_policy(default_policy(name)) for name in default_names())
    return policies, parse_reasons(default_reasons())


def case_of(order: Order, person: str, policies: tuple[Policy, ...], reasons: ReasonTree) -> Case:
    """A customer changed their mind about one unit of an order."""
    return Case(
        request=shop.request(
            shop.wanted(reason="changed_mind"),
            order_id=order.order_id,
            customer_id=order.customer_id,
            verified=tuple(Fact),
        ),
        order=order,
        customer=shop.customer(customer_id=order.customer_id),
        ledger=Ledger(order, ()),
        policies=policies,
        reasons=reasons,
        at=NOW,
        actor=Actor(person, Role.AGENT),
    )


def made_return(case: Case, number: str, device: str) -> MadeReturn:
    """The return of this case under a number, and its operation."""
    record = finalize(case, assess(case), number=number, device=device)
    assert record.quote is not None
    told = Told(
        state=record.state,
        total=record.quote.total,
        slots=tuple(line.slots for line in record.quote.lines),
        policies=record.quote.policies,
        expires_at=record.expires_at,
    )
    operation = Operation(
        op_id=str(uuid5(NAMESPACE_OID, f"{device} {number}")),
        stream=case.request.order_id,
        depends_on=None,
        made_at=NOW,
        command=FinalizeReturn(
            number=number,
            request=case.request,
            told=told,
            finalized_at=NOW,
            metrics=CallMetrics(started_at=NOW, keys=12),
        ),
    )
    return MadeReturn(record=record, operation=operation)


def _enroll(connection: Connection, desk: PushingDesk) -> None:
    device = {"device": desk.device}
    place = device | {"person": desk.person}
    key = {"public_key": as_text(desk.key.public), "registered_at": NOW, "current": True}
    token = {"token_sha256": hash_of(desk.token), "expires_at": NOW + timedelta(days=1)}
    for table, row in (
        (PERSON, {"name": desk.person, "role": Role.AGENT.value, "created_at": NOW}),
        (DEVICE, device | {"platform": "benchmark", "enrolled_at": NOW}),
        (DEVICE_KEY, device | key),
        (DEVICE_PERSON, place | {"enrolled_at": NOW}),
        (ACCESS_TOKEN, place | token),
    ):
        connection.execute(insert(table).values(row))
    connection.execute(
        insert(NUMBER_BLOCK),
        [
            {"block": block, "device": desk.device, "lease_id": str(block), "leased_at": NOW}
            for block in desk.blocks()
        ],
    )
