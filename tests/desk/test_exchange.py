"""An exchange at one desk: from the draft to the delivered item, and back again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.desk import Desk, build_desk
from desk.errors import NotAllowed
from rma.operations import DispatchReturn, FinalizeReturn, OperationKind
from rma.order import TenderKind
from rma.outbound import OutboundCommand, OutboundState, Payment
from rma.record import Refusal, RmaRecord
from rma.request import Role
from storage.pin_verifiers import PinVerifiers
from tests import shop
from tests.desk.memory import FixedClock, MemoryReference, MemoryWork

C = OutboundCommand
PAYMENT = Payment(kind=TenderKind.CARD, amount=3100)
SWAP = shop.draft_line(resolution="exchange", outbound_sku="new")


@pytest.fixture
def work() -> MemoryWork:
    return MemoryWork()


@pytest.fixture
def desk(work: MemoryWork) -> Desk:
    reference = MemoryReference(
        customer_list=[shop.customer()],
        order_list=[shop.order()],
        policy_list=[shop.sending()],
        reason_tree=shop.reasons(),
        product_list=[shop.kettle(15000)],
    )
    return build_desk(reference, work, FixedClock(), PinVerifiers())


def made(answer: RmaRecord | Refusal) -> RmaRecord:
    assert isinstance(answer, RmaRecord)
    return answer


def delivered(desk: Desk, work: MemoryWork) -> str:
    """An exchange made by an agent, sent by a supervisor."""
    number = made(desk.returns.finalize(shop.draft(SWAP))).number
    assert work.who is not None
    work.who = replace(work.who, role=Role.SUPERVISOR)
    desk.rmas.dispatch(number, C.PAY, payment=PAYMENT)
    desk.rmas.dispatch(number, C.SHIP, "tracked 1Z")
    desk.rmas.dispatch(number, C.DELIVER)
    return number


def test_the_operation_says_what_the_customer_owes(desk: Desk, work: MemoryWork) -> None:
    made(desk.returns.finalize(shop.draft(SWAP)))
    command = work.outbox[-1].command
    assert isinstance(command, FinalizeReturn)
    assert (command.told.owed, command.told.total) == (3100, 0)


def test_each_step_is_an_operation(desk: Desk, work: MemoryWork) -> None:
    number = delivered(desk, work)
    steps = [op.command for op in work.outbox[1:]]
    assert {op.kind for op in work.outbox[1:]} == {OperationKind.DISPATCH}
    assert [s.command for s in steps if isinstance(s, DispatchReturn)] == [C.PAY, C.SHIP, C.DELIVER]
    outbound = desk.rmas.show(number).record.outbound
    assert outbound is not None
    assert outbound.state is OutboundState.DELIVERED


def test_an_agent_takes_the_payment_and_ships_nothing(desk: Desk) -> None:
    number = made(desk.returns.finalize(shop.draft(SWAP))).number
    desk.rmas.dispatch(number, C.PAY, payment=PAYMENT)
    with pytest.raises(NotAllowed, match="cannot do this"):
        desk.rmas.dispatch(number, C.SHIP)


def test_the_new_line_can_come_back_and_the_old_one_cannot(desk: Desk, work: MemoryWork) -> None:
    number = delivered(desk, work)
    view = desk.customers.order("O-1")
    assert [(line.line.sku, line.returnable) for line in view.lines] == [("SKU-1", 0), ("NEW", 1)]
    answer = desk.returns.finalize(shop.draft(shop.draft_line(f"{number}-1")))
    quote = made(answer).quote
    assert quote is not None
    assert [(p.tender_id, p.amount) for p in quote.payouts] == [
        ("card", 11900),
        (f"{number}-paid", 3100),
    ]


def test_an_item_that_the_desk_does_not_know_is_asked_for_anew(desk: Desk) -> None:
    line = shop.draft_line(resolution="exchange", outbound_sku="GONE")
    view = desk.returns.assess(shop.draft(line))
    assert [m.field for m in view.missing] == ["outbound_sku"]
