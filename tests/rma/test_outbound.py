"""What becomes of the goods that are sent out: due, paid, shipped, delivered, or called back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from rma.dispatch import dispatch
from rma.expiry import is_over
from rma.order import TenderKind
from rma.outbound import OUTBOUND_TABLE, OutboundCommand, OutboundState, Payment
from rma.policy import AuthorizationMode, RefundTiming
from rma.record import RmaRecord, approve, cancel, decline, step
from rma.request import Actor, Resolution, Role
from rma.states import HOLDING, IllegalTransition, RmaCommand, RmaState
from tests import shop
from tests.rma.sending import delivered

S, C = OutboundState, OutboundCommand
WAREHOUSE = Actor("Warehouse One", Role.WAREHOUSE)


def replacing(**policy: object) -> RmaRecord:
    return shop.finalized(shop.replaced(), policy=shop.sending(**policy))


def owing() -> RmaRecord:
    return shop.finalized(shop.swapped(), policy=shop.sending(), products=(shop.kettle(15000),))


def state(record: RmaRecord) -> OutboundState:
    assert record.outbound is not None
    return record.outbound.state


def do(record: RmaRecord, command: OutboundCommand, **fields: object) -> RmaRecord:
    defaults = {"actor": WAREHOUSE, "device": shop.DEVICE, "at": shop.NOW}
    return dispatch(record, command, **defaults | fields)  # type: ignore[arg-type]


def cancelled(record: RmaRecord) -> RmaRecord:
    return cancel(record, actor=shop.AGENT, device=shop.DEVICE, at=shop.NOW, reason="Keeps it")


PAYMENT = Payment(kind=TenderKind.CARD, amount=3100, label="•••• 1111")


def test_the_table_is_complete() -> None:
    assert OUTBOUND_TABLE == {
        (S.PROMISED, C.PAY): S.PROMISED,
        (S.PROMISED, C.RELEASE): S.RELEASED,
        (S.PROMISED, C.RECALL): S.PROMISED,
        (S.RELEASED, C.SHIP): S.SHIPPED,
        (S.RELEASED, C.RECALL): S.PROMISED,
        (S.SHIPPED, C.DELIVER): S.DELIVERED,
    }


@pytest.mark.parametrize(
    ("timing", "due"),
    [
        (RefundTiming.ADVANCE, RmaState.AUTHORIZED),
        (RefundTiming.KEEP_ITEM, RmaState.AUTHORIZED),
        (RefundTiming.ON_RECEIPT, RmaState.RECEIVED),
        (RefundTiming.AFTER_INSPECTION, RmaState.INSPECTED),
    ],
)
def test_goods_are_due_when_money_is(timing: RefundTiming, due: RmaState) -> None:
    record = replacing(refund_timing=timing)
    path = [
        (RmaCommand.RECEIVE, RmaState.RECEIVED),
        (RmaCommand.INSPECT, RmaState.INSPECTED),
    ]
    seen = {record.state: state(record)}
    for command, after in path:
        record = step(record, command, "W", shop.DEVICE, shop.NOW, "", after)
        seen[record.state] = state(record)
    order = [RmaState.AUTHORIZED, RmaState.RECEIVED, RmaState.INSPECTED]
    expected = {s: S.RELEASED if order.index(s) >= order.index(due) else S.PROMISED for s in order}
    assert seen == expected


def test_nothing_is_released_before_the_approval() -> None:
    record = replacing(authorization=AuthorizationMode.MANUAL)
    assert (record.state, state(record)) == (RmaState.NEEDS_APPROVAL, S.PROMISED)
    approved = approve(record, actor=shop.SUPERVISOR, device=shop.DEVICE, at=shop.NOW)
    assert state(approved) is S.RELEASED


def test_nothing_is_released_before_the_difference_is_paid() -> None:
    record = owing()
    assert state(record) is S.PROMISED
    paid = do(record, C.PAY, actor=shop.AGENT, payment=PAYMENT)
    assert state(paid) is S.RELEASED


@pytest.mark.parametrize("amount", [3099, 3101, 0])
def test_the_difference_is_paid_whole(amount: int) -> None:
    wrong = Payment(kind=TenderKind.CARD, amount=amount)
    with pytest.raises(IllegalTransition, match=r"The price difference is 31\.00 EUR"):
        do(owing(), C.PAY, actor=shop.AGENT, payment=wrong)


def test_the_difference_is_paid_once() -> None:
    paid = do(owing(), C.PAY, actor=shop.AGENT, payment=PAYMENT)
    for record in (paid, replacing()):
        with pytest.raises(IllegalTransition, match="Nothing is left to pay"):
            do(record, C.PAY, actor=shop.AGENT, payment=PAYMENT)


@pytest.mark.parametrize(
    ("role", "command"),
    [(Role.WAREHOUSE, C.PAY), (Role.AGENT, C.SHIP), (Role.AGENT, C.DELIVER)],
)
def test_everybody_does_their_own_part(role: Role, command: OutboundCommand) -> None:
    with pytest.raises(IllegalTransition, match="cannot do this"):
        do(replacing(), command, actor=Actor("A", role))


@pytest.mark.parametrize("command", [C.RELEASE, C.RECALL])
def test_nobody_releases_by_hand(command: OutboundCommand) -> None:
    with pytest.raises(IllegalTransition, match="sends nothing out"):
        do(replacing(), command, actor=shop.SUPERVISOR)


def test_a_refund_sends_nothing() -> None:
    record = shop.finalized()
    assert record.outbound is None
    with pytest.raises(IllegalTransition, match="sends nothing out"):
        do(record, C.SHIP)


def test_goods_are_shipped_before_they_are_delivered() -> None:
    with pytest.raises(IllegalTransition, match="What is sent out is released"):
        do(replacing(), C.DELIVER)


def test_the_history_says_who_did_what() -> None:
    record = delivered(owing(), PAYMENT)
    assert record.outbound is not None
    assert [entry.command for entry in record.outbound.history] == [
        C.PAY,
        C.RELEASE,
        C.SHIP,
        C.DELIVER,
    ]
    assert record.outbound.delivered_at == shop.NOW


def test_a_cancelled_return_calls_its_goods_back() -> None:
    record = cancelled(replacing())
    assert record.state not in HOLDING
    assert state(record) is S.PROMISED
    with pytest.raises(IllegalTransition, match="sends nothing out"):
        do(record, C.SHIP)


def test_what_was_paid_for_a_cancelled_exchange_is_given_back() -> None:
    record = cancelled(do(owing(), C.PAY, actor=shop.AGENT, payment=PAYMENT))
    assert record.outbound is not None
    assert record.outbound.payment is None
    assert record.outbound.history[-1].command is C.RECALL
    assert record.outbound.history[-1].note == "31.00 EUR"


def test_a_return_whose_goods_left_is_not_cancelled() -> None:
    with pytest.raises(IllegalTransition, match="on its way"):
        cancelled(do(replacing(), C.SHIP))


def test_a_return_whose_goods_left_does_not_expire() -> None:
    record = shop.finalized(shop.replaced(), policy=shop.sending(expires_after_days=1))
    late = shop.NOW + timedelta(days=10)
    assert is_over(record, late)
    assert not is_over(do(record, C.SHIP), late)


def test_a_declined_return_sends_nothing() -> None:
    record = replacing(authorization=AuthorizationMode.MANUAL)
    gone = decline(
        record, actor=shop.SUPERVISOR, device=shop.DEVICE, at=shop.NOW, reason="Worn out"
    )
    with pytest.raises(IllegalTransition, match="sends nothing out"):
        do(gone, C.SHIP)


def test_a_replacement_is_offered_by_the_policy_or_not() -> None:
    offered = shop.judged(shop.replaced(), policy=shop.policy(resolutions=(Resolution.REFUND,)))
    assert offered.lines[0].sentence == "For this item we offer refund."
