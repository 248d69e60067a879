"""Exchange and replacement on the server: prices of its own books, new order lines, guards, events."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
from sqlalchemy import select

from central_api.catalog import upsert_products
from central_api.database import reading, writing
from central_api.tables import EVENT
from rma.operations import DispatchReturn, FinalizeReturn, Operation, Outcome
from rma.order import Product, TenderKind
from rma.outbound import OutboundCommand, OutboundState, Payment
from rma.record import ProblemType, RmaRecord
from rma.request import LineRequest, ReturnType, Role
from rma.sent import with_sent
from rma.states import RmaState
from sync.protocol.documents import canonical
from tests import shop
from tests.central_api.branch import Branch, Desk, number_of, policy_text

OFFERED = '["refund", "exchange", "replacement"]'
KETTLE = shop.kettle(15000, 2395)
PAYMENT = Payment(kind=TenderKind.CARD, amount=3100)
C = OutboundCommand
DEFECT = {"return_type": ReturnType.DEFECT}


@pytest.fixture
def store(central_database: str) -> Iterator[Branch]:
    """A shop that exchanges, sends at once, and sells another kettle."""
    branch = Branch.open(
        central_database, policy=policy_text(resolutions=OFFERED, refund_timing='"advance"')
    )
    price(branch, KETTLE)
    yield branch
    branch.engine.dispose()


@pytest.fixture
def desk(store: Branch) -> Desk:
    return store.desk("Sue", Role.SUPERVISOR)


def price(branch: Branch, product: Product) -> None:
    with writing(branch.engine) as connection:
        upsert_products(connection, [product])


def swap(desk: Desk, *lines: LineRequest, **fields: object) -> Operation:
    products = {"products": (KETTLE,)} | fields
    return desk.returning(*(lines or (shop.swapped(),)), **products)  # type: ignore[arg-type]


def dispatch(
    desk: Desk, number: str, command: OutboundCommand, payment: Payment | None = None
) -> Operation:
    told = DispatchReturn(number=number, command=command, note="", at=desk.now, payment=payment)
    return desk.operation(told)


def record(branch: Branch, number: str) -> RmaRecord:
    known = branch.rma(number)
    assert known is not None
    return known.record


def state(branch: Branch, number: str) -> OutboundState:
    outbound = record(branch, number).outbound
    assert outbound is not None
    return outbound.state


def events(branch: Branch) -> list[str]:
    with reading(branch.engine) as connection:
        return [row.kind for row in connection.execute(select(EVENT).order_by(EVENT.c.id))]


def delivered(desk: Desk, operation: Operation, payment: Payment | None = PAYMENT) -> str:
    number = number_of(operation)
    steps = [dispatch(desk, number, C.PAY, payment)] if payment else []
    steps += [dispatch(desk, number, C.SHIP), dispatch(desk, number, C.DELIVER)]
    answers = [desk.push_one(step) for step in (operation, *steps)]
    assert [answer.outcome for answer in answers] == [Outcome.ACCEPTED] * len(answers)
    return number


def test_an_exchange_is_booked_as_told(store: Branch, desk: Desk) -> None:
    operation = swap(desk)
    assert desk.push_one(operation).outcome is Outcome.ACCEPTED
    booked = record(store, number_of(operation))
    assert booked.quote is not None
    assert booked.quote.owed == 3100
    assert state(store, booked.number) is OutboundState.PROMISED
    assert store.consumed() == 1


def test_the_servers_price_counts_and_the_difference_is_a_conflict(
    store: Branch, desk: Desk
) -> None:
    price(store, shop.kettle(15100, 2395))
    operation = swap(desk)
    result = desk.push_one(operation)
    assert (result.outcome, result.problem and result.problem.type) == (
        Outcome.REJECTED,
        ProblemType.AMOUNT_MISMATCH,
    )
    booked = record(store, number_of(operation))
    assert (booked.state, booked.holding) == (RmaState.NEEDS_APPROVAL, False)


def test_what_the_customer_owes_is_compared_too(store: Branch, desk: Desk) -> None:
    assert desk.push_one(swap(desk, owed=3000)).outcome is Outcome.REJECTED


def test_an_item_that_the_server_does_not_sell_is_refused(store: Branch, desk: Desk) -> None:
    operation = swap(
        desk, shop.swapped(outbound_sku="GONE"), products=(shop.kettle(100, sku="GONE"),)
    )
    result = desk.push_one(operation)
    assert result.problem is not None
    assert result.problem.type is ProblemType.NOT_ELIGIBLE


def test_a_conflict_that_is_approved_stands_at_the_price_of_the_books(
    store: Branch, desk: Desk
) -> None:
    price(store, shop.kettle(15100, 2395))
    agent = store.desk()
    operation = swap(agent)
    agent.push_one(operation)
    number = number_of(operation)
    price(store, shop.kettle(20000, 2395))
    assert desk.push_one(desk.approve(number)).outcome is Outcome.ACCEPTED
    booked = record(store, number)
    assert booked.quote is not None
    assert booked.quote.owed == 3200
    assert state(store, number) is OutboundState.PROMISED
    assert store.faults() == ()


def test_every_step_of_the_goods_is_an_event_once(store: Branch, desk: Desk) -> None:
    delivered(desk, swap(desk))
    assert events(store) == [
        "outbound.pay",
        "outbound.release",
        "outbound.ship",
        "outbound.deliver",
    ]


def test_a_resent_step_has_no_second_effect(store: Branch, desk: Desk) -> None:
    operation = swap(desk)
    desk.push_one(operation)
    paid = desk.body(dispatch(desk, number_of(operation), C.PAY, PAYMENT))
    first, second = desk.send(paid) + desk.send(paid)
    assert first == second
    assert events(store) == ["outbound.pay", "outbound.release"]


def test_an_agent_ships_nothing(store: Branch, desk: Desk) -> None:
    agent = store.desk()
    operation = swap(agent, shop.replaced(reason="no_longer_wanted"), asking=DEFECT)
    agent.push_one(operation)
    result = agent.push_one(dispatch(agent, number_of(operation), C.SHIP))
    assert result.outcome is Outcome.REJECTED


def test_what_was_sent_out_comes_back_and_the_books_agree(store: Branch, desk: Desk) -> None:
    number = delivered(desk, swap(desk))
    first = record(store, number)
    line_id = f"{number}-1"
    assert store.consumed(line_id=line_id) == 0
    back = desk.returning(shop.wanted(line_id), knows=[first])
    assert desk.push_one(back).outcome is Outcome.ACCEPTED
    assert store.consumed(line_id=line_id) == 1
    assert store.faults() == ()
    booked = record(store, number_of(back))
    assert booked.quote is not None
    assert [(p.kind, p.amount) for p in booked.quote.payouts] == [
        (TenderKind.CARD, 11900),
        (TenderKind.CARD, 3100),
    ]


def test_the_same_unit_of_it_comes_back_once(store: Branch, desk: Desk) -> None:
    number = delivered(desk, swap(desk))
    first = record(store, number)
    wish = shop.wanted(f"{number}-1")
    one, two = desk.returning(wish, knows=[first]), desk.returning(wish, knows=[first])
    results = desk.push(one, two)
    assert [r.outcome for r in results] == [Outcome.ACCEPTED, Outcome.REJECTED]
    assert results[1].problem is not None
    assert results[1].problem.type is ProblemType.OVER_RETURN


def test_nothing_comes_back_before_it_was_delivered(store: Branch, desk: Desk) -> None:
    operation = swap(desk)
    desk.push_one(operation)
    number = number_of(operation)
    first = record(store, number)
    assert first.outbound is not None
    lie = replace(first, outbound=replace(first.outbound, delivered_at=desk.now, payment=PAYMENT))
    back = desk.returning(shop.wanted(f"{number}-1"), knows=[lie])
    assert desk.push_one(back).outcome is Outcome.REJECTED


def test_an_import_keeps_what_was_sent_out(store: Branch, desk: Desk) -> None:
    number = delivered(desk, swap(desk))
    line_id = f"{number}-1"
    back = desk.returning(shop.wanted(line_id), knows=[record(store, number)])
    desk.push_one(back)
    changed = shop.order(shop.line(name="Kettle, red"))
    assert store.upsert(changed).updated == 1
    assert store.consumed(line_id=line_id) == 1
    assert store.faults() == ()


def test_a_replacement_waits_for_the_goods_where_the_policy_waits(branch: Branch) -> None:
    branch.publish(policy_text(2, resolutions=OFFERED))
    desk = branch.desk()
    operation = swap(desk, shop.replaced(reason="no_longer_wanted"), asking=DEFECT)
    assert desk.push_one(operation).outcome is Outcome.ACCEPTED
    assert state(branch, number_of(operation)) is OutboundState.PROMISED
    assert events(branch) == []


def test_a_desk_sees_the_new_line_in_the_record_that_it_pulls(store: Branch, desk: Desk) -> None:
    number = delivered(desk, swap(desk))
    seen = with_sent(shop.order(), [record(store, number)])
    assert [(line.line_id, line.sku, line.delivered) for line in seen.lines] == [
        ("1", "SKU-1", 1),
        (f"{number}-1", "NEW", 1),
    ]


def test_an_old_desk_that_knows_no_exchange_is_understood(store: Branch, desk: Desk) -> None:
    operation = desk.returning()
    assert isinstance(operation.command, FinalizeReturn)
    tree = json.loads(desk.body(operation))
    del tree["payload"]["told"]["owed"]
    for line in tree["payload"]["request"]["lines"]:
        del line["outbound_sku"], line["outbound_units"]
    (result,) = desk.send(canonical(tree))
    assert result.outcome is Outcome.ACCEPTED
