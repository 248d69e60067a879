"""A return of an order that was typed by hand: never priced, never refused, never authorized."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rma.draft import read_draft
from rma.order import LONGEST_ID, MAX_UNITS
from rma.policy import AuthorizationMode, ContactDuty, Policy, Rule, Window
from rma.record import approve, cancel, check, decline
from rma.request import Contact
from rma.states import IllegalTransition, RmaState
from rma.typed_case import assess_typed, judge
from rma.typed_draft import DraftItem, DraftOrder, read_day
from rma.typed_order import LONGEST_KEY, MOST_UNITS, TypedLine, TypedOrder, typed_order_id
from rma.typed_view import NO_CURRENCY
from rma.verdict import Verdict
from tests import shop, typed


def missing(*lines: Any, **fields: Any) -> dict[str, str]:
    """Sentence of each missing field."""
    return {m.field: m.sentence for m in assess_typed(typed.case(*lines, **fields)).missing}


def test_it_needs_approval_because_the_order_was_not_found() -> None:
    assessment = assess_typed(typed.case())
    assert assessment.verdict is Verdict.NEEDS_APPROVAL
    (finding,) = assessment.lines[0].findings
    assert finding.rule is Rule.ORDER_NOT_FOUND
    assert finding.sentence.startswith("I cannot find order 100001 yet.")
    assert check(assessment) is None


def test_it_gets_a_number_and_holds_nothing_and_names_no_amount() -> None:
    made = typed.finalized()
    assert made.state is RmaState.NEEDS_APPROVAL
    assert made.request.waits_for_order
    assert (made.quote, made.hold, made.holding, made.currency) == (None, None, False, "")
    assert made.expires_at is None
    assert (made.order_number, made.order_id) == ("100001", "typed:100001")
    assert [(line.name, line.sku, line.quantity) for line in made.lines] == [("Kettle", "SKU-1", 1)]


def test_no_rule_of_a_policy_refuses_what_was_only_told() -> None:
    strict = shop.policy(conditions=(), window=Window(days=1))
    old = typed.order(delivered=date(2020, 1, 1))
    assert check(assess_typed(typed.case(policy=strict, asking={"typed": old}))) is None


def test_an_authorizing_policy_does_not_authorize_it() -> None:
    easy = shop.policy(authorization=AuthorizationMode.AUTOMATIC)
    assert typed.finalized(policy=easy).state is RmaState.NEEDS_APPROVAL


def test_a_known_order_is_judged_as_ever() -> None:
    assert judge(shop.case()).verdict is Verdict.ELIGIBLE


@pytest.mark.parametrize(
    ("order", "field"),
    [
        (typed.order(number=""), "order_number"),
        (typed.order(number="10\x0001"), "order_number"),
        (typed.order(typed.item(item="", bought=2)), "items"),
        (typed.order(typed.item(bought=0)), "bought"),
        (typed.order(placed=date(2026, 11, 9), delivered=date(2026, 11, 8)), "delivered"),
    ],
)
def test_what_the_order_lacks_is_asked_for(order: Any, field: str) -> None:
    assert field in missing(asking={"typed": order})


def test_an_order_without_any_item_is_asked_for_one() -> None:
    nothing = TypedOrder(number="100001")
    assert {"items", "line"} <= set(missing(asking={"typed": nothing}))


def test_reason_condition_and_contact_are_asked_for_as_ever() -> None:
    contact = shop.policy(contact=ContactDuty.ANY)
    line = shop.wanted(reason="", condition=None)
    told = missing(line, policy=contact, asking={"contact": Contact()})
    assert {"reason", "condition", "contact.email"} <= set(told)


def test_no_more_comes_back_than_was_bought() -> None:
    assert "2 come back, but 1 were bought" in missing(shop.wanted(quantity=2))["quantity"]
    twice = (shop.wanted(), shop.wanted())
    assert "quantity" in missing(*twice)


@pytest.mark.parametrize("field", ["amount", "goodwill"])
def test_no_amount_is_set_for_it(field: str) -> None:
    line = shop.wanted(amount=100, amount_reason="Agreed") if field == "amount" else shop.wanted()
    asking = {"goodwill": 100, "goodwill_reason": "Agreed"} if field == "goodwill" else {}
    said = missing(line, asking=asking)[field]
    assert said == "No amount yet: the order is not known here."


def test_an_exchange_is_noted_and_priced_later() -> None:
    assert missing(shop.swapped(), products=(shop.kettle(9900),)) == {}
    assert "outbound_sku" in missing(shop.swapped(outbound_sku="NONE"))


def test_an_unknown_caller_is_not_asked_for_facts_that_nobody_could_compare() -> None:
    asks = shop.policy(verification=2)
    assert "verified" in missing(policy=asks)
    assert "verified" not in missing(policy=asks, asking={"customer_id": ""})


def test_approving_it_is_refused_with_what_to_do() -> None:
    made = typed.finalized()
    with pytest.raises(IllegalTransition, match="is not known yet: it is matched by itself"):
        approve(made, actor=shop.SUPERVISOR, device=shop.DEVICE, at=shop.NOW)


def test_it_can_be_declined_and_cancelled() -> None:
    made, by = typed.finalized(), {"device": shop.DEVICE, "at": shop.NOW, "reason": "No such order"}
    assert decline(made, actor=shop.SUPERVISOR, **by).state is RmaState.REJECTED  # type: ignore[arg-type]
    assert cancel(made, actor=shop.AGENT, **by).state is RmaState.CANCELLED  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-03", date(2026, 11, 3)),
        (" 3.11.2026 ", date(2026, 11, 3)),
        ("03. 11. 2026", date(2026, 11, 3)),
        ("2026-02-30", None),
        ("11/3/2026", None),
        ("3.11.26", None),
        ("1899-12-31", None),
        ("soon", None),
        ("", None),
    ],
)
def test_a_day_is_read_in_the_ways_that_mean_one_day(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_numbers_that_are_equal_but_for_capitals_are_one_order() -> None:
    assert typed_order_id(" Ab-12 ") == typed_order_id("aB-12")


@pytest.mark.parametrize("bought", [-1, MAX_UNITS + 1])
def test_an_impossible_count_never_becomes_an_order(bought: int) -> None:
    with pytest.raises(ValueError, match="bought"):
        TypedLine(line_id="1", item="Kettle", bought=bought)


def test_a_draft_is_read_as_it_was_typed_and_says_what_cannot_be_read() -> None:
    order = DraftOrder(
        number=" 100001 ",
        placed="soon",
        items=(DraftItem(item="sku-1", bought="2", sku="SKU-1", name="Kettle"), DraftItem()),
    )
    other = DraftItem(item="A blue cup", bought="two")
    draft = shop.draft(
        order_id="typed:100001",
        by_hand=DraftOrder(**{**_fields(order), "items": (*order.items, other)}),
    )
    request, wrong = read_draft(draft, NO_CURRENCY)
    assert request.typed is not None
    assert request.typed.number == "100001"
    assert [(line.line_id, line.item, line.sku, line.bought) for line in request.typed.lines] == [
        ("1", "Kettle", "SKU-1", 2),
        ("3", "A blue cup", "", 0),
    ]
    assert {(m.field, m.line_id) for m in wrong} == {("placed", None), ("bought", "3")}


def _fields(order: DraftOrder) -> dict[str, Any]:
    return {name: getattr(order, name) for name in order.__slots__}


def test_a_policy_for_everything_is_enough() -> None:
    policy: Policy = shop.policy()
    assert assess_typed(typed.case(policies=(policy,))).missing == ()


def test_the_bounds_are_those_of_a_known_order() -> None:
    assert (MOST_UNITS, LONGEST_KEY) == (MAX_UNITS, LONGEST_ID)
