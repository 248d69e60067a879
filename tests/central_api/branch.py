"""A central API with a small shop in a real database, and desks that push to it as the real ones do.

A desk computes what the caller is told with the rules of `rma` on what it knows; every piece of that can be forged.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, select

from central_api.audit import audit
from central_api.catalog import Counts, upsert_customers, upsert_orders, upsert_products
from central_api.database import open_database, reading, writing
from central_api.enrolling import enroll
from central_api.lookups import record
from central_api.numbers import lease
from central_api.operations import decide_batch, read_batch
from central_api.people import Caller, create_code
from central_api.policies import publish_policy, publish_reasons
from central_api.signatures import place_of
from central_api.tables import EXPECTED_INBOUND, ORDER_LINE
from central_api.tokens import caller_of, grant_token
from rma.assessment import Case, assess
from rma.numbers import compose
from rma.operations import (
    ApproveReturn,
    CallMetrics,
    CancelReturn,
    Command,
    DeclineReturn,
    FinalizeReturn,
    KnownRecord,
    Operation,
    RefuseReturn,
    Result,
    Told,
)
from rma.order import Order, Product
from rma.record import RmaRecord, finalize
from rma.request import LineRequest, ReturnRequest, Role
from rma.sent import with_sent
from sync.credentials import Credentials, enrollment
from sync.device_key import DeviceKey, new_seed
from sync.protocol.documents import read_document
from sync.protocol.envelopes import seal
from sync.protocol.policies import parse_policy, parse_reasons
from sync.protocol.signing import as_text, signed_line
from tests import shop
from tests.shop import NOW

REASONS = """
version = 1
[[reasons]]
code = "preference"
label = "Preference"
[[reasons]]
code = "no_longer_wanted"
label = "No longer wanted"
parent = "preference"
"""


def policy_text(version: int = 1, more: str = "", **changed: str) -> str:
    """A policy in TOML: 30 days, sealed or opened, no fees, two days offline; `changed` replaces top-level keys."""
    keys = {
        "code": '"general"',
        "version": str(version),
        "name": '"General"',
        "active": "true",
        "valid_from": "2020-01-01T00:00:00Z",
        "time_zone": '"Europe/Berlin"',
        "agent_return": "true",
        "authorized_link": "false",
        "conditions": '["sealed", "opened"]',
        "proof": "[]",
        "final_sale": '"refuse"',
        "original_shipping": '"never"',
        "coupon": '"keep"',
        "resolutions": '["refund", "store_credit"]',
        "contact": '"none"',
        "authorization": '"intelligent"',
        "refund_timing": '"after_inspection"',
        "expires_after_days": "30",
        "offline_hours": "48",
    } | changed
    body = "\n".join(f"{key} = {value}" for key, value in keys.items())
    return f"{body}\n[window]\ndays = 30\n[verification]\nneeded = 0\n{more}\n"


POLICY = policy_text()


@dataclass
class Branch:
    """The central API's database, and its clock."""

    engine: Engine
    now: datetime = NOW
    policies: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Its database, as `--database` names it."""
        return self.engine.url.render_as_string(hide_password=False)

    @classmethod
    def open(cls, database: str, *orders: Order, policy: str = POLICY) -> Branch:
        """A shop with these orders (else one kettle) and one policy, in an empty `central_database`."""
        branch = cls(open_database(database))
        engine = branch.engine
        with writing(engine) as connection:
            publish_reasons(connection, REASONS, NOW - timedelta(days=100))
            upsert_customers(connection, [shop.customer()])
            upsert_products(connection, [shop.product()])
        branch.publish(policy, at=NOW - timedelta(days=100))
        branch.upsert(*(orders or (shop.order(),)))
        return branch

    def publish(self, text: str, at: datetime | None = None) -> None:
        """Publish a policy version."""
        with writing(self.engine) as connection:
            publish_policy(connection, text, at or self.now)
        self.policies.append(text)

    def upsert(self, *orders: Order) -> Counts:
        """Take orders over."""
        with writing(self.engine) as connection:
            return upsert_orders(connection, orders)

    def desk(self, name: str = "Ada", role: Role = Role.AGENT) -> Desk:
        """An enrolled desk with a block of numbers."""
        device, key = str(uuid4()), DeviceKey(new_seed())
        with writing(self.engine) as connection:
            code = create_code(connection, name, role, self.now)
            told = enroll(connection, enrollment(code, device, "test", key), self.now)
            block = lease(connection, device, "first", self.now).block
        who = Credentials(device, told.server_id, key, lambda: name)
        return Desk(self, Caller(device, name, role), block, key, who)

    def token(self, who: Credentials) -> str:
        """A token for whoever is signed in."""
        with writing(self.engine) as connection:
            return grant_token(connection, who.assertion(self.now), self.now).token

    def caller(self, token: str) -> Caller | None:
        """Who is behind a token."""
        with reading(self.engine) as connection:
            return caller_of(connection, f"Bearer {token}", self.now)

    def rma(self, number: str) -> KnownRecord | None:
        """An RMA as the server has it."""
        with reading(self.engine) as connection:
            return record(connection, number)

    def consumed(self, order_id: str = "O-1", line_id: str = "1") -> int:
        """Units of an order line that cannot come back."""
        with reading(self.engine) as connection:
            return int(
                connection.execute(
                    select(ORDER_LINE.c.consumed).where(
                        ORDER_LINE.c.order_id == order_id, ORDER_LINE.c.line_id == line_id
                    )
                ).scalar_one()
            )

    def inbound(self, sku: str = "SKU-1") -> int:
        """Units of a product that are expected."""
        with reading(self.engine) as connection:
            units = connection.execute(
                select(EXPECTED_INBOUND.c.units).where(EXPECTED_INBOUND.c.sku == sku)
            ).scalar()
        return int(units or 0)

    def faults(self) -> tuple[str, ...]:
        """What the audit finds."""
        with reading(self.engine) as connection:
            return audit(connection).faults


@dataclass
class Desk:
    """One enrolled desk."""

    branch: Branch
    caller: Caller
    block: int
    key: DeviceKey
    who: Credentials
    used: int = 0

    @property
    def token(self) -> str:
        """A fresh token."""
        return self.branch.token(self.who)

    def number(self) -> str:
        """The next number of the desk's block."""
        self.used += 1
        return compose(self.block, self.used - 1)

    def returning(
        self,
        *lines: LineRequest,
        order: Order | None = None,
        knows: Iterable[RmaRecord] = (),
        policies: Sequence[str] | None = None,
        at: datetime | None = None,
        number: str = "",
        products: Iterable[Product] = (),
        asking: dict[str, Any] | None = None,
        **told: Any,
    ) -> Operation:
        """A finalize as this desk makes it from what it `knows`; `told` forges what the caller was told."""
        knows = list(knows)
        order = with_sent(order or shop.order(), knows)
        request = shop.request(*lines, **{"order_id": order.order_id} | (asking or {}))
        case = shop.case(
            request=request,
            order=order,
            ledger=shop.ledger(order, knows),
            policies=tuple(parse_policy(t) for t in policies or self.branch.policies),
            reasons=parse_reasons(REASONS),
            at=at or self.branch.now,
            actor=self.caller.actor,
            products=tuple(products),
        )
        return self.telling(case, number or self.number(), **told)

    def telling(self, case: Case, number: str, **told: Any) -> Operation:
        """Finalize a case and tell the server."""
        made = finalize(case, assess(case), number=number, device=self.caller.device)
        assert made.quote is not None
        truth = Told(
            state=made.state,
            total=made.quote.total,
            slots=tuple(line.slots for line in made.quote.lines),
            policies=made.quote.policies,
            expires_at=made.expires_at,
            owed=made.quote.owed,
        )
        return self.operation(
            FinalizeReturn(
                number=number,
                request=case.request,
                told=replace(truth, **told),
                finalized_at=case.at,
                metrics=CallMetrics(started_at=case.at, keys=12),
            ),
            stream=case.request.order_id,
        )

    def asking_anyway(self, operation: Operation, request: ReturnRequest) -> Operation:
        """The same operation with another request: what a dishonest desk sends."""
        assert isinstance(operation.command, FinalizeReturn)
        return replace(operation, command=replace(operation.command, request=request))

    def cancel(self, number: str, reason: str = "changed again", **more: Any) -> Operation:
        """A cancel."""
        return self.operation(CancelReturn(number=number, reason=reason, at=self.now), **more)

    def approve(self, number: str, **more: Any) -> Operation:
        """An approval."""
        return self.operation(ApproveReturn(number=number, note="fine", at=self.now), **more)

    def decline(self, number: str, reason: str = "too late", **more: Any) -> Operation:
        """A decline."""
        return self.operation(DeclineReturn(number=number, reason=reason, at=self.now), **more)

    def refusing(self, refusal_id: str = "D-1", **fields: Any) -> Operation:
        """A refused return as this desk keeps it; `fields` forge it."""
        caller = self.caller
        refused = shop.refused(refusal_id=refusal_id, actor=caller.actor, device=caller.device)
        return self.operation(RefuseReturn(refused=replace(refused, **fields)))

    def operation(
        self, command: Command, stream: str = "O-1", depends_on: str | None = None
    ) -> Operation:
        """An operation around a command."""
        return Operation(
            op_id=str(uuid4()),
            stream=stream,
            depends_on=depends_on,
            made_at=self.now,
            command=command,
        )

    @property
    def now(self) -> datetime:
        """The desk's clock is the server's."""
        return self.branch.now

    def body(
        self, operation: Operation, actor: str | None = None, device: str | None = None
    ) -> bytes:
        """The frozen bytes."""
        person, desk = actor or self.caller.person, device or self.caller.device
        return seal(operation, actor=person, device=desk).body

    def line(self, operation: Operation, actor: str | None = None) -> bytes:
        """An operation as it travels."""
        return self.signed(self.body(operation, actor))

    def signed(self, body: bytes) -> bytes:
        """Any bytes, as this desk sends them."""
        return signed_line(body, as_text(self.key.sign(body)))

    def send(self, *bodies: bytes) -> list[Result]:
        """Sign and push bytes."""
        return self.send_lines(*(self.signed(body) for body in bodies))

    def send_lines(self, *lines: bytes) -> list[Result]:
        """Push lines as they are."""
        sender = self.branch.caller(self.branch.token(self.who))
        assert sender is not None
        with reading(self.branch.engine) as connection:
            place = place_of(connection, sender)
        items = read_batch(lines, place)
        answers = decide_batch(self.branch.engine, sender, items, self.now)
        return [read_document(Result, answer) for answer in answers]

    def push(self, *operations: Operation) -> list[Result]:
        """Push operations."""
        return self.send(*(self.body(operation) for operation in operations))

    def push_one(self, operation: Operation) -> Result:
        """Push one operation."""
        (result,) = self.push(operation)
        return result


def number_of(operation: Operation) -> str:
    """The RMA that an operation is about."""
    return operation.command.number


def kettles(units: int, **fields: Any) -> Order:
    """An order of one line with several kettles for 100.00 each."""
    return shop.order(shop.line(units=units, gross=10000 * units, **fields))
