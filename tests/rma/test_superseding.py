"""An edit: other content under the same number, what was told before kept for the record."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rma.order import TenderKind
from rma.outbound import OutboundOrder, OutboundState, Payment
from rma.request import Actor, Role
from rma.states import IllegalTransition, RmaCommand, RmaState
from rma.superseding import call_back, check_editable, supersede
from rma.typed_order import TypedOrder, typed_order_id
from tests import shop

ORDER = shop.order(shop.line(units=3, gross=30000))
THREE = shop.finalized(order=ORDER, request=shop.request(shop.wanted(quantity=3)))
TWO = shop.finalized(order=ORDER, request=shop.request(shop.wanted(quantity=2)))


def test_the_new_content_stands_and_the_old_is_kept_whole() -> None:
    edited = supersede(THREE, TWO, operation="op-1")
    assert (edited.lines, edited.quote, edited.request) == (TWO.lines, TWO.quote, TWO.request)
    (old,) = edited.superseded
    assert (old.lines, old.quote, old.request) == (THREE.lines, THREE.quote, THREE.request)
    assert (old.state, old.author, old.operation) == (THREE.state, THREE.author, "op-1")
    assert edited.edition == 1


def test_only_the_new_content_holds_units() -> None:
    edited = supersede(THREE, TWO, operation=None)
    assert edited.hold == TWO.hold
    assert shop.ledger(ORDER, [edited]).returnable(ORDER.lines[0]) == 1


def test_the_history_goes_on() -> None:
    edited = supersede(supersede(THREE, TWO, operation=None), THREE, operation=None)
    assert [entry.command for entry in edited.history] == [
        RmaCommand.FINALIZE,
        RmaCommand.EDIT,
        RmaCommand.EDIT,
    ]
    assert edited.history[1].before is RmaState.AUTHORIZED


@pytest.mark.parametrize("state", RmaState)
def test_only_what_waits_or_is_authorized_can_be_edited(state: RmaState) -> None:
    record = replace(THREE, state=state)
    if state in (RmaState.NEEDS_APPROVAL, RmaState.AUTHORIZED):
        assert supersede(record, TWO, operation=None).state is RmaState.AUTHORIZED
        return
    with pytest.raises(IllegalTransition, match="edit is not possible"):
        supersede(record, TWO, operation=None)


@pytest.mark.parametrize(
    "sent",
    [
        OutboundOrder(state=OutboundState.RELEASED),
        OutboundOrder(state=OutboundState.SHIPPED),
        OutboundOrder(payment=Payment(kind=TenderKind.CASH, amount=500)),
    ],
)
def test_what_is_paid_or_sent_is_not_edited(sent: OutboundOrder) -> None:
    with pytest.raises(IllegalTransition, match="paid or released"):
        check_editable(replace(THREE, outbound=sent))


def test_what_was_promised_only_may_be_edited() -> None:
    check_editable(replace(THREE, outbound=OutboundOrder()))


def test_a_call_back_changes_nothing_but_the_history() -> None:
    called = call_back(THREE, actor=shop.AGENT, device=shop.DEVICE, at=shop.NOW, note=" agreed ")
    assert replace(called, history=THREE.history) == THREE
    entry = called.history[-1]
    assert (entry.command, entry.before, entry.after) == (
        RmaCommand.CALL_BACK,
        THREE.state,
        THREE.state,
    )
    assert (entry.actor, entry.note) == (shop.AGENT.name, "agreed")


def test_the_warehouse_calls_nobody_back() -> None:
    wim = Actor("Wim", Role.WAREHOUSE)
    with pytest.raises(IllegalTransition, match="calls no customers"):
        call_back(THREE, actor=wim, device=shop.DEVICE, at=shop.NOW, note="")


def test_an_order_that_was_typed_by_hand_is_found_before_it_is_edited() -> None:
    typed = TypedOrder(number="100001")
    request = replace(THREE.request, typed=typed, order_id=typed_order_id(typed.number))
    with pytest.raises(IllegalTransition, match="typed by hand"):
        check_editable(replace(THREE, state=RmaState.NEEDS_APPROVAL, request=request))
