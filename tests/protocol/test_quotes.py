"""A question about a refund is read strictly, judged by the rules, and answered in minor units."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.assessment import assess
from rma.request import Role
from sync.protocol.document_problems import BadDocument
from sync.protocol.policies import default_reasons
from sync.protocol.quotes import quote_document, read_quote
from tests.protocol.documents import POLICY, question


def answered(tree: dict[str, Any]) -> dict[str, Any]:
    return quote_document(assess(read_quote(json.dumps(tree))))


def refused(text: str) -> list[tuple[str, str]]:
    with pytest.raises(BadDocument) as caught:
        read_quote(text)
    assert str(caught.value).replace("\n", "").isprintable()
    return [(problem.place, problem.expected) for problem in caught.value.problems]


def test_an_eligible_return_is_priced_by_slots() -> None:
    answer = answered(question())

    assert answer["verdict"] == "eligible"
    assert answer["missing"] == []
    line = answer["quote"]["lines"][0]
    assert (line["slots"], line["value"], line["total"]) == ([1, 2], 667, 667)
    assert answer["quote"]["destination"] == [{"kind": "card", "tender_id": "card", "amount": 667}]


def test_each_component_adds_up_with_its_net_and_tax() -> None:
    quote = answered(question())["quote"]

    parts = quote["components"] + [c for line in quote["lines"] for c in line["components"]]
    assert quote["total"] == sum(part["amount"] for part in parts)
    assert quote["tax"] == sum(part["tax"] for part in parts)
    assert all(
        part["net"] == part["amount"] - part["tax"]
        for part in [*parts, quote | {"amount": quote["total"]}]
    )


@pytest.mark.parametrize(
    ("currency", "gross", "units", "worth"),
    [
        ("EUR", 1000, 3, [333, 334, 333]),
        ("EUR", 29000, 3, [9667, 9666, 9667]),
        ("EUR", 167, 2, [84, 83]),
        ("JPY", 1000, 3, [333, 334, 333]),
        ("BHD", 10000, 3, [3333, 3334, 3333]),
    ],
)
def test_units_that_come_back_one_by_one_bring_the_golden_numbers(
    currency: str, gross: int, units: int, worth: list[int]
) -> None:
    tree = question()
    tree["order"]["currency"] = currency
    tree["order"]["lines"][0] |= {"units": units, "delivered": units, "gross": gross, "tax": 0}
    tree["order"]["tenders"][0]["captured"] = gross
    tree["wanted"]["lines"][0]["quantity"] = 1

    totals = [
        answered(tree | {"returned": [{"line_id": "1", "quantity": 1}] * before})["quote"]["total"]
        for before in range(units)
    ]

    assert totals == worth
    assert sum(totals) == gross


def test_units_that_came_back_take_their_slots_and_their_tenders_money() -> None:
    tree = question(returned=[{"line_id": "1", "quantity": 1}])
    tree["order"]["tenders"] = [
        {"tender_id": "card", "kind": "card", "captured": 500},
        {"tender_id": "gift", "kind": "gift_card", "captured": 500},
    ]
    quote = answered(tree)["quote"]

    assert quote["lines"][0]["slots"] == [2, 3]
    assert [(d["tender_id"], d["amount"]) for d in quote["destination"]] == [
        ("card", 167),
        ("gift", 500),
    ]


def test_a_hold_keeps_exactly_its_slots_and_its_fee() -> None:
    policy = POLICY + "[fees]\nrestocking_percent = 50\n"
    hold = {
        "rma_number": "47120395870",
        "lines": [{"line_id": "1", "slots": [2], "value": 334, "fee": 1000}],
    }
    quote = answered(question(policy=policy, returned=[hold]))["quote"]

    assert quote["lines"][0]["slots"] == [1, 3]
    assert quote["lines"][0]["fee"] == 1000  # fixed with the line's first charged unit


def test_more_than_is_returnable_is_ineligible_and_names_the_older_rma() -> None:
    hold = {"rma_number": "47120395870", "lines": [{"line_id": "1", "slots": [1, 2], "value": 667}]}
    answer = answered(question(returned=[hold]))

    assert answer["verdict"] == "ineligible"
    assert answer["quote"] is None
    assert answer["lines"][0]["returnable"] == 1
    assert "471 2039 5870" in answer["lines"][0]["sentence"]


def test_every_missing_field_is_named_at_once() -> None:
    answer = answered(question(wanted={"lines": [{"line_id": "1", "quantity": 0, "reason": ""}]}))

    missing = {(row["field"], row["line_id"]) for row in answer["missing"]}
    assert {
        ("return_type", None),
        ("channel", None),
        ("quantity", "1"),
        ("reason", "1"),
        ("condition", "1"),
    } <= missing


def test_a_default_policy_is_called_by_its_name() -> None:
    answer = answered(question(policy="no_limits"))

    assert answer["quote"]["policies"] == [{"code": "no_limits", "version": 1}]


def test_of_several_policies_the_one_that_covers_the_line_judges() -> None:
    tree = question(policy=["general", "electronics", POLICY])
    tree["order"]["lines"][0]["category"] = "electronics"

    assert answered(tree)["lines"][0]["policy"]["code"] == "electronics"


def test_the_role_decides_how_far_an_amount_set_by_hand_goes() -> None:
    policy = POLICY + "[[limits]]\nrole = 'supervisor'\nmanual = { EUR = 5 }\n"
    tree = question(policy=policy)
    tree["wanted"]["lines"][0] |= {"amount": 500, "amount_reason": "scratched"}

    assert answered(tree)["verdict"] == "needs_approval"
    assert answered(tree | {"role": "supervisor"})["verdict"] == "eligible"


def test_the_customers_tier_and_flags_judge_too() -> None:
    tree = question(policy=POLICY + "[scope]\ntiers = ['gold']\n")

    assert answered(tree)["verdict"] == "ineligible"
    assert answered(tree | {"customer": {"tier": "gold"}})["verdict"] == "eligible"
    flagged = {"customer": {"tier": "gold", "risk_flags": ["address reused"]}}
    assert answered(tree | flagged)["verdict"] == "needs_approval"


def test_many_returns_are_counted_from_what_the_document_says() -> None:
    tree = question(policy=POLICY + "[approval]\nmany_returns = { count = 1, days = 30 }\n")

    assert answered(tree)["verdict"] == "eligible"
    assert (
        answered(tree | {"recent_returns": ["2026-11-01T00:00:00Z"]})["verdict"] == "needs_approval"
    )


def test_the_reasons_of_the_document_replace_the_default_ones() -> None:
    reasons = default_reasons().replace('"changed_mind"', '"second_thoughts"')

    assert answered(question(reasons=reasons))["missing"][0]["field"] == "reason"
    assert answered(question())["missing"] == []


def test_the_actor_has_the_role_of_the_document() -> None:
    assert read_quote(json.dumps(question(role="admin"))).actor.role is Role.ADMIN
    assert read_quote(json.dumps(question())).actor.role is Role.AGENT


def _order(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda tree: tree["order"].update(changes)


def _line(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda tree: tree["order"]["lines"][0].update(changes)


def _wanted(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda tree: tree["wanted"]["lines"][0].update(changes)


def _top(**changes: Any) -> Callable[[dict[str, Any]], None]:
    return lambda tree: tree.update(changes)


@pytest.mark.parametrize(
    ("bend", "place", "expected"),
    [
        (_line(currency="USD"), "order.lines[0].currency", '"EUR", as one order has one currency'),
        (lambda tree: tree["order"]["tenders"][0].update(currency="GBP"), "order.tenders[0].currency", '"EUR"'),
        (_wanted(currency="JPY"), "wanted.lines[0].currency", '"EUR"'),
        (_order(currency="eur"), "order", "valid values"),
        (_order(currency=3), "order.currency", "a valid string"),
        (_line(gross="1000"), "order.lines[0].gross", "a valid integer"),
        (_line(gross=10.5), "order.lines[0].gross", "a valid integer"),
        (_line(gross=-1), "order.lines[0].gross", "0 to 1000000000000000"),
        (_line(units=0), "order.lines[0].units", "1 to 1000000"),
        (_line(delivered=4), "order.lines[0].delivered", "0 to 3"),
        (_line(gros=1), "order.lines[0].gros", "gross (the nearest known key)"),
        (_line(line_id=None), "order.lines[0].line_id", "a valid string"),
        (_order(placed_at="yesterday"), "order.placed_at", "a valid datetime"),
        (_order(placed_at="2026-11-07T09:00:00"), "order", "valid values"),
        (_wanted(quantity=1.5), "wanted.lines[0].quantity", "a valid integer"),
        (_wanted(quantity="2"), "wanted.lines[0].quantity", "a valid integer"),
        (_wanted(condition="opend"), "wanted.lines[0].condition", "'sealed', 'opened'"),
        (_wanted(contact={"mail": "x"}), "wanted.lines[0].contact", "(the nearest known key)"),
        (_top(at="2026-11-20T10:00:00"), "at", "a time with its zone"),
        (_top(at=5), "at", "a valid datetime"),
        (_top(at=None), "at", "this key"),
        (_top(order=None), "order", "this key"),
        (_top(order=[]), "order", "an object"),
        (_top(policy="genral"), "policy", "one of general, electronics"),
        (_top(policy=["general", 3]), "policy[1]", "the name of a default policy"),
        (_top(policy=[]), "policy", "at least one policy"),
        (_top(policy=POLICY.replace("30", "'x'")), "policy, line 11, window.days", "a whole number of days"),
        (_top(policy="a = ="), "policy, line 1", "valid TOML"),
        (_top(reasons="version = 'x'"), "reasons, line 1, version", "a whole number"),
        (_top(reasons=3), "reasons", "a reasons document as text"),
        (_top(role="boss"), "role", "'agent', 'supervisor'"),
        (_top(customer=3), "customer", "an object"),
        (_top(wanted=3), "wanted", "an object"),
        (_top(returned=3), "returned", "a list"),
        (_top(returned=[{"line_id": "9", "quantity": 1}]), "returned[0].line_id", "a line of the order"),
        (_top(returned=[{"line_id": "1", "quantity": 4}]), "returned[0].quantity", "1 to 3"),
        (_top(returned=[{"line_id": "1", "quantity": 0}]), "returned[0].quantity", "1 to 3"),
        (_top(returned=[{"line_id": "1", "quantity": 2}] * 2), "returned[1].quantity", "1 to 1"),
        (_top(returned=[{"line_id": "1", "quantity": "1"}]), "returned[0].quantity", "a valid integer"),
        (_top(returned=[{"rma_number": "1", "lines": [{"line_id": "1", "slots": [0], "value": 1}]}]), "returned[0].lines[0].slots", "free slots from 1 to 3"),
        (_top(returned=[{"rma_number": "1", "lines": [{"line_id": "9", "slots": [1], "value": 1}]}]), "returned[0].lines[0].line_id", "a line of the order"),
        (_top(recent_returns=["2026-11-01T00:00:00"]), "recent_returns[0]", "a time with its zone"),
        (_top(ordr=1), "ordr", "one of order, policy, wanted, at"),
    ],
)  # fmt: skip
def test_a_malformed_question_names_the_place_and_what_was_expected(
    bend: Callable[[dict[str, Any]], None], place: str, expected: str
) -> None:
    tree = question()
    bend(tree)

    assert [place] == [at for at, said in refused(json.dumps(tree)) if expected in said]


def test_all_problems_are_told_at_once() -> None:
    tree = question(policy="genral", at="now", role="boss")
    tree["order"]["lines"][0]["gross"] = "1"

    assert [place for place, _ in refused(json.dumps(tree))] == [
        "order.lines[0].gross",
        "at",
        "policy",
        "role",
    ]


def test_a_currency_beside_an_amount_may_be_the_orders() -> None:
    tree = question()
    tree["order"]["lines"][0]["currency"] = "EUR"

    assert answered(tree)["verdict"] == "eligible"


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ("line 1, column 1", "valid JSON")),
        ('{\n"a": }', ("line 2, column 6", "valid JSON")),
        ("[]", ("", "an object with order, policy, wanted and at")),
        ('{"at": 1, "at": 2}', ("at", "each key once")),
        ('{"at": ' + "9" * 5000 + "}", ("", "valid JSON")),
        ("[" * 100_000, ("", "a few levels")),
        ('{"order":' * 900 + "1" + "}" * 900, None),
    ],
    ids=["empty", "broken", "list", "twice", "huge", "deep", "nested"],
)
def test_what_is_no_question_at_all_is_refused(text: str, problem: tuple[str, str] | None) -> None:
    problems = refused(text)

    assert problem is None or problems == [problem]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=5,
)


@given(st.data(), _JSON)
def test_a_question_with_any_part_replaced_is_answered_or_refused(
    data: st.DataObject, value: Any
) -> None:
    tree = question(returned=[{"line_id": "1", "quantity": 1}], role="agent", customer={"tier": ""})
    target: Any = tree
    while True:
        key = data.draw(
            st.sampled_from(sorted(target) if isinstance(target, dict) else range(len(target)))
        )
        if isinstance(target[key], dict | list) and target[key] and data.draw(st.booleans()):
            target = target[key]
        else:
            target[key] = value
            break
    try:
        case = read_quote(json.dumps(tree))
    except BadDocument as error:
        assert error.problems
    else:
        json.dumps(quote_document(assess(case)), allow_nan=False)


def test_an_exchange_is_priced_at_the_price_of_the_product() -> None:
    asked = question(
        policy=POLICY.replace('"store_credit"', '"exchange"'),
        products=[
            {"sku": "CUP", "name": "Cup", "price": {"currency": "EUR", "gross": 400, "tax": 64}}
        ],
    )
    asked["wanted"]["lines"][0] |= {"resolution": "exchange", "outbound_sku": "CUP"}

    quote = quote_document(assess(read_quote(json.dumps(asked))))["quote"]

    sent = quote["outbound"]
    told = (
        "credit",
        "credit_tax",
        "total",
        "tax",
        "carried",
        "difference",
        "difference_tax",
        "owed",
    )
    assert [sent[name] for name in told] == [667, 107, 800, 128, 667, 133, 21, 133]
    assert [(c["kind"], c["amount"], c["tax"]) for c in quote["components"]] == [
        ("carried", -667, -107)
    ]
    assert (quote["total"], quote["tax"], quote["destination"]) == (0, 0, [])
