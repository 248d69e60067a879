"""Orders typed by hand, at the use cases: kept as typed, never beside a known one, sealed as they were told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.desk import Desk, build_desk
from desk.errors import NotAllowed, NotFound
from desk.typed_orders import with_item, with_order
from rma.draft import Draft
from rma.operations import FinalizeReturn, KnownRecord
from rma.record import Refusal, RmaRecord
from rma.request import Role
from rma.states import RmaState
from rma.typed_draft import DraftItem, DraftOrder
from storage.pin_verifiers import PinVerifiers
from tests import shop
from tests.desk.memory import FixedClock, MemoryReference, MemoryWork


@pytest.fixture
def reference() -> MemoryReference:
    return MemoryReference(
        customer_list=[shop.customer()],
        order_list=[shop.order(), shop.order(order_id="O-9", number="AB-9", customer_id="C-9")],
        policy_list=[shop.policy()],
        reason_tree=shop.reasons(),
        product_list=[shop.product()],
    )


@pytest.fixture
def work() -> MemoryWork:
    return MemoryWork()


@pytest.fixture
def desk(reference: MemoryReference, work: MemoryWork) -> Desk:
    return build_desk(reference, work, FixedClock(), PinVerifiers())


def typed(desk: Desk, number: str = "MKT-77", customer_id: str = "C-1") -> Draft:
    begun = desk.typed.start(number, customer_id)
    order = DraftOrder(number=number, caller="Eva", items=(DraftItem(item="A cup", bought="2"),))
    return replace(with_order(begun, order), lines=(shop.draft_line(),))


def made(answer: RmaRecord | Refusal) -> RmaRecord:
    assert isinstance(answer, RmaRecord), answer
    return answer


def test_it_starts_with_the_customers_contact(desk: Desk) -> None:
    draft = desk.typed.start("MKT-77", "C-1")
    assert (draft.customer_id, draft.email) == ("C-1", "maria@example.com")
    assert draft.order_id == "typed:mkt-77"


def test_a_customer_who_is_not_known_cannot_be_chosen(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.typed.start("MKT-77", "C-404")


def test_an_unknown_callers_ids_follow_the_number(desk: Desk) -> None:
    draft = with_order(desk.typed.start("1"), DraftOrder(number="22"))
    assert draft.order_id == draft.customer_id == "typed:22"


@pytest.mark.parametrize(
    ("number", "known"),
    [("100001", True), (" 100001 ", True), ("ab-9", True), ("10000", False), ("1000011", False)],
)
def test_only_a_number_that_is_equal_is_known(desk: Desk, number: str, known: bool) -> None:
    assert (desk.typed.known(number, "C-1") is not None) is known


def test_whose_the_known_order_is_is_said(desk: Desk) -> None:
    own, other = desk.typed.known("100001", "C-1"), desk.typed.known("100001", "C-2")
    assert own is not None
    assert other is not None
    assert "start its return from there" in own.sentence
    assert "of Maria Müller: is the number right?" in other.sentence


def test_what_is_told_to_the_server_is_what_was_typed(desk: Desk, work: MemoryWork) -> None:
    record = made(desk.returns.finalize(typed(desk)))
    assert (record.state, record.hold, record.order_number) == (
        RmaState.NEEDS_APPROVAL,
        None,
        "MKT-77",
    )
    (operation,) = work.outbox
    command = operation.command
    assert isinstance(command, FinalizeReturn)
    assert operation.stream == command.request.order_id == "typed:mkt-77"
    assert command.request.typed is not None
    assert [line.item for line in command.request.typed.lines] == ["A cup"]
    told = command.told
    assert (told.state, told.total, told.slots) == (RmaState.NEEDS_APPROVAL, 0, ())


def test_it_gets_no_number_beside_a_known_order(desk: Desk, reference: MemoryReference) -> None:
    draft = typed(desk)
    reference.order_list.append(shop.order(order_id="O-77", number="mkt-77", customer_id="C-9"))
    refusal = desk.returns.finalize(draft)
    assert isinstance(refusal, Refusal)
    assert [m.field for m in refusal.missing] == ["order_number"]


def test_it_is_shown_with_the_callers_name_where_the_customer_is_not_known(desk: Desk) -> None:
    draft = desk.returns.save(typed(desk, customer_id=""))
    (waiting,) = desk.lookup.home().drafts
    assert (waiting.customer_name, waiting.order_number) == ("Eva", "MKT-77")
    (parked,) = desk.parked.all()
    assert parked.goods == "1 × A cup"
    view = desk.rmas.show(made(desk.returns.finalize(draft)).number)
    assert view.customer is not None
    assert view.customer.name == "Eva"


def test_a_draft_whose_order_is_half_typed_goes_on_with_the_order(desk: Desk) -> None:
    half = desk.returns.save(desk.typed.start("MKT-77", "C-1"))
    whole = desk.returns.save(typed(desk))
    assert desk.typed.unfinished(half.draft_id)
    assert not desk.typed.unfinished(whole.draft_id)
    assert not desk.typed.unfinished("gone")


def test_a_supervisor_cannot_approve_it_before_the_order_is_known(
    desk: Desk, work: MemoryWork, reference: MemoryReference
) -> None:
    record = made(desk.returns.finalize(typed(desk)))
    reference.record_list.append(KnownRecord(record=record, row_version=1))
    assert work.who is not None
    work.who = replace(work.who, role=Role.SUPERVISOR, person="Boss")
    with pytest.raises(NotAllowed, match="Order MKT-77 is not known yet"):
        desk.rmas.approve(record.number)
    (waiting,) = desk.approvals.waiting()
    assert "is not known yet" in waiting.not_approved
    assert not waiting.not_declined


def test_items_keep_their_places() -> None:
    cup = DraftItem(item="A cup", bought="1")
    order = with_item(DraftOrder(), 2, cup)
    assert order.items == (DraftItem(), DraftItem(), cup)
    assert with_item(order, 2, DraftItem()).items == ()
