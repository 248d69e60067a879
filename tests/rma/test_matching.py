"""A typed order and the real one: the number equal, the customer known, every item clear, or a person decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from rma.matching import Mapped, Unclear, found_finding, order_of, put_on_order
from rma.order import Customer, LineOrigin, Order
from rma.record import RmaRecord
from rma.request import Contact
from rma.states import RmaCommand, RmaState
from tests import shop, typed

MARIA = shop.customer()
STRANGER = shop.customer(customer_id="C-2", name="John Smith", email="john@x.com", phone="+4411")


def put(
    made: RmaRecord, order: Order | None = None, customer: Customer | None = MARIA
) -> Mapped | Unclear:
    return put_on_order(made, order or shop.order(), customer, shop.NOW)


def mapped(
    made: RmaRecord, order: Order | None = None, customer: Customer | None = MARIA
) -> Mapped:
    found = put(made, order, customer)
    assert isinstance(found, Mapped), found
    return found


def unclear(made: RmaRecord, order: Order | None = None) -> str:
    found = put(made, order)
    assert isinstance(found, Unclear), found
    return found.sentence


# --- which order ---------------------------------------------------------------------------------------------------


def test_only_an_order_with_just_that_number_is_taken() -> None:
    made = typed.finalized()
    near = [
        shop.order(order_id=f"O-{n}", number=n) for n in ("100002", "1000011", "10000", "0100001")
    ]
    assert order_of(made, near) is None
    assert order_of(made, [*near, shop.order()]) == shop.order()


def test_capitals_make_no_other_number() -> None:
    made = typed.finalized(asking={"typed": typed.order(number="ab-1")})
    order = shop.order(number="AB-1")
    assert order_of(made, [order]) == order


def test_of_two_orders_with_one_number_the_callers_own_is_taken() -> None:
    own, other = shop.order(), shop.order(order_id="O-2", customer_id="C-2")
    assert order_of(typed.finalized(), [other, own]) == own


@pytest.mark.parametrize("customers", [("C-1", "C-1"), ("C-2", "C-3")])
def test_two_orders_that_may_be_meant_are_unclear(customers: tuple[str, str]) -> None:
    orders = [shop.order(order_id=f"O-{n}", customer_id=c) for n, c in enumerate(customers)]
    found = order_of(typed.finalized(), orders)
    assert isinstance(found, Unclear)
    assert "2 orders with number 100001" in found.sentence


# --- whose order ---------------------------------------------------------------------------------------------------


def test_the_chosen_customers_order_is_theirs() -> None:
    found = mapped(typed.finalized())
    assert found.same_customer
    record = found.record
    assert (record.order_id, record.customer_id, record.request.customer_id) == (
        "O-1",
        "C-1",
        "C-1",
    )
    assert not record.request.waits_for_order
    assert (record.state, record.holding) == (RmaState.NEEDS_APPROVAL, False)
    assert record.history[-1].command is RmaCommand.MATCH


def test_another_customers_order_is_for_a_person() -> None:
    order = shop.order(customer_id="C-2")
    found = mapped(typed.finalized(), order, STRANGER)
    assert not found.same_customer
    assert found.record.customer_id == "C-1"
    assert "belongs to John Smith" in found_finding(found.record, order, STRANGER).sentence


@pytest.mark.parametrize(
    ("contact", "same"),
    [
        (Contact(email="MARIA@example.com"), True),
        (Contact(phone="+49 30 12345678"), True),
        (Contact(email="maria@example.org", phone="+49 30 12345679"), False),
        (Contact(), False),
    ],
)
def test_an_unknown_caller_is_the_customer_only_by_an_equal_contact(
    contact: Contact, same: bool
) -> None:
    made = typed.finalized(asking={"customer_id": "", "contact": contact})
    found = mapped(made)
    assert found.same_customer is same
    assert found.record.customer_id == ("C-1" if same else "typed:100001")


def test_two_empty_contacts_are_not_equal() -> None:
    made = typed.finalized(asking={"customer_id": "", "contact": Contact()})
    assert not mapped(made, customer=shop.customer(email="", phone="")).same_customer


# --- which lines ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "item",
    [
        typed.item(),
        typed.item(sku="sku-1"),
        typed.item(item="SKU-1", sku=""),
    ],
)
def test_an_item_is_the_line_with_its_sku(item: Any) -> None:
    made = typed.finalized(asking={"typed": typed.order(item)})
    (line,) = mapped(made).record.request.lines
    assert line.line_id == "1"


@pytest.mark.parametrize(
    "item",
    [
        typed.item(item="Kettle", sku=""),
        typed.item(item="SKU", sku=""),
        typed.item(sku="SKU-2"),
    ],
)
def test_an_item_without_a_line_of_its_sku_is_never_guessed(item: Any) -> None:
    made = typed.finalized(asking={"typed": typed.order(item)})
    assert "is not clear on order 100001" in unclear(made)


def test_of_two_lines_with_one_sku_the_one_with_as_many_units_is_taken() -> None:
    order = shop.order(shop.line("1", sku="A", units=2), shop.line("2", sku="A", units=3))
    three = typed.finalized(asking={"typed": typed.order(typed.item(sku="A", bought=3))})
    assert mapped(three, order).record.request.lines[0].line_id == "2"
    five = typed.finalized(asking={"typed": typed.order(typed.item(sku="A", bought=5))})
    assert "is not clear" in unclear(five, order)


def test_of_two_lines_with_one_sku_and_as_many_units_none_is_guessed() -> None:
    order = shop.order(shop.line("1", sku="A", units=2), shop.line("2", sku="A", units=2))
    two = typed.finalized(asking={"typed": typed.order(typed.item(sku="A", bought=2))})
    assert "is not clear" in unclear(two, order)


def test_two_items_are_never_one_line() -> None:
    twice = typed.order(typed.item("1"), typed.item("2", item="SKU-1"))
    made = typed.finalized(shop.wanted("1"), shop.wanted("2"), asking={"typed": twice})
    assert "typed twice" in unclear(made)


def test_a_replacement_that_was_sent_for_the_order_is_not_what_was_bought() -> None:
    sent = shop.line(
        "s", origin=LineOrigin(rma_number=shop.number(), line_id="1", slots=(1,), replacement=True)
    )
    sent = replace(sent, sku="SKU-1")
    order = replace(shop.order(), lines=(*shop.order().lines, sent))
    assert mapped(typed.finalized(), order).record.request.lines[0].line_id == "1"


def test_what_was_told_otherwise_is_a_fact_for_the_supervisor() -> None:
    told = typed.order(typed.item(bought=2), placed=date(2026, 1, 2))
    found = mapped(typed.finalized(asking={"typed": told}))
    finding = found_finding(found.record, shop.order(), MARIA)
    facts = {fact.name: fact.value for fact in finding.observed}
    assert facts["bought"] == "2 of Kettle as told, 1 on the order"
    assert facts["placed"].startswith("2026-01-02 as told, 2026-11-07")


def test_what_was_typed_stays_on_record() -> None:
    found = mapped(typed.finalized())
    assert found.record.request.typed == typed.order()
