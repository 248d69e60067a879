"""Bundles: a unit comes back once, with its bundle or as a part of it; money stands where it was paid."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rma.ledger import Ledger
from rma.numbers import spoken
from rma.order import LineKind, Order
from rma.policy import OriginalShipping, Rule
from rma.record import RmaRecord
from rma.verdict import Finding, Verdict
from tests import shop


def whole(units: int = 1, lenses: int = 2, **fields: Any) -> Order:
    """Camera kits for 500.00 each: a body and some lenses come with each, and a bag that was bought beside them."""
    return shop.order(
        shop.line("1", name="Camera kit", units=units, gross=50000 * units),
        shop.line("2", name="Body", units=units, gross=0, bundle_parent="1"),
        shop.line("3", name="Lens", units=units * lenses, gross=0, bundle_parent="1"),
        shop.line("4", name="Bag", gross=3000, bundle_parent="1"),
        **fields,
    )


def by_parts(**fields: Any) -> Order:
    """The same kit where the parts have the prices."""
    return shop.order(
        shop.line("1", name="Camera kit", gross=0),
        shop.line("2", name="Body", gross=40000, bundle_parent="1"),
        shop.line("3", name="Lens", gross=10000, bundle_parent="1"),
        **fields,
    )


def left(order: Order, *records: RmaRecord) -> list[int]:
    """Returnable units of each line."""
    ledger = shop.ledger(order, records)
    return [ledger.returnable(line) for line in order.lines]


def finding(rule: Rule, *wants: Any, **fields: Any) -> Finding | None:
    found = [f for f in shop.judged(*wants, **fields).all_findings if f.rule is rule]
    return found[0] if found else None


def test_a_bundle_that_was_paid_as_a_whole_comes_back_with_its_parts() -> None:
    order = whole()
    back = shop.finalized(shop.wanted("1"), order=order)
    assert left(order) == [1, 1, 2, 1]
    assert left(order, back) == [0, 0, 0, 1]
    assert back.quote is not None
    assert back.quote.total == 50000


def test_a_part_that_came_back_leaves_no_whole_bundle() -> None:
    order = whole(units=2)
    lens = shop.finalized(shop.wanted("3", reason="broken"), order=order)
    assert left(order, lens) == [1, 2, 3, 1]
    three = shop.finalized(shop.wanted("3", 3, reason="broken"), order=order)
    assert left(order, three) == [0, 2, 1, 1]


def test_the_finding_names_the_return_that_the_bundle_is_on() -> None:
    order = whole()
    back = shop.finalized(shop.wanted("1"), order=order)
    found = finding(
        Rule.QUANTITY,
        shop.wanted("2", reason="broken"),
        order=order,
        ledger=shop.ledger(order, [back]),
    )
    assert found is not None
    assert spoken(back.number) in found.sentence
    assert ("held by", back.number) in [(o.name, o.value) for o in found.observed]


def test_a_bundle_and_its_part_on_one_return_are_refused() -> None:
    found = finding(Rule.QUANTITY, shop.wanted("1"), shop.wanted("2"), order=whole())
    assert found is not None
    assert found.outcome is Verdict.INELIGIBLE
    assert "already on this return" in found.sentence


def test_a_part_of_a_whole_is_a_supervisors_matter_unless_we_are_at_fault() -> None:
    found = finding(Rule.BUNDLE, shop.wanted("2"), order=whole())
    assert found is not None
    assert found.outcome is Verdict.NEEDS_APPROVAL
    assert found.sentence.startswith("Body was paid with Camera kit as a whole")
    assert finding(Rule.BUNDLE, shop.wanted("2", reason="broken"), order=whole()) is None
    assert shop.judged(shop.wanted("2", reason="broken"), order=whole()).verdict is Verdict.ELIGIBLE


def test_a_part_of_a_whole_brings_nothing_of_its_own() -> None:
    quote = shop.judged(shop.wanted("2"), order=whole()).quote
    assert quote is not None
    assert quote.total == 0


def test_a_part_with_a_price_beside_a_priced_bundle_is_a_line_like_any_other() -> None:
    order = whole()
    bag = shop.finalized(shop.wanted("4"), order=order)
    assert finding(Rule.BUNDLE, shop.wanted("4"), order=order) is None
    assert left(order, bag) == [1, 1, 2, 0]
    assert bag.quote is not None
    assert bag.quote.total == 3000


def test_a_bundle_that_was_paid_by_its_parts_is_only_a_heading() -> None:
    order = by_parts()
    assert left(order) == [0, 1, 1]
    assessment = shop.judged(shop.wanted("1"), order=order)
    assert assessment.verdict is Verdict.INELIGIBLE
    assert assessment.lines[0].sentence == (
        "Camera kit was paid by its parts: choose the parts that come back."
    )
    assert Rule.QUANTITY not in [f.rule for f in assessment.all_findings]
    lens = shop.judged(shop.wanted("3"), order=order)
    assert lens.verdict is Verdict.ELIGIBLE
    assert lens.quote is not None
    assert lens.quote.total == 10000


@pytest.mark.parametrize(("order", "wants"), [(whole(), ["1", "4"]), (by_parts(), ["2", "3"])])
def test_everything_back_means_every_bundle_too(order: Order, wants: list[str]) -> None:
    order = replace(order, charges=(shop.shipping(590),), tenders=(shop.card(60000),))
    policy = shop.policy(original_shipping=OriginalShipping.FULL_RETURN)
    quote = shop.judged(*map(shop.wanted, wants), order=order, policy=policy).quote
    assert quote is not None
    assert quote.components[0].amount == 590


def test_what_came_back_before_is_counted_once_where_both_lines_say_it() -> None:
    order = whole(units=2)
    before = {"1": 1, "2": 1, "3": 2, "4": 0}
    order = replace(
        order,
        lines=tuple(replace(line, returned_before=before[line.line_id]) for line in order.lines),
    )
    assert left(order) == [1, 1, 2, 1]
    only_kit = replace(order.lines[0], returned_before=1)
    others = tuple(replace(line, returned_before=0) for line in order.lines[1:])
    assert left(replace(order, lines=(only_kit, *others))) == [1, 1, 2, 1]


@pytest.mark.parametrize("parent", ["9", "1"], ids=["not on the order", "itself"])
def test_a_parent_that_makes_no_sense_makes_no_bundle(parent: str) -> None:
    order = shop.order(shop.line("1", gross=0, bundle_parent=parent))
    assert left(order) == [1]
    assert finding(Rule.BUNDLE, order=order) is None


def test_lines_that_name_each_other_come_to_an_end() -> None:
    order = shop.order(
        shop.line("1", gross=0, bundle_parent="2"), shop.line("2", gross=0, bundle_parent="1")
    )
    assert left(order) == [1, 1]
    assert left(order, shop.finalized(shop.wanted("1"), order=order)) == [0, 0]


def test_a_service_is_no_bundle_of_goods() -> None:
    order = shop.order(
        shop.line("1", name="Set-up", kind=LineKind.SERVICE, gross=5000),
        shop.line("2", gross=0, bundle_parent="1"),
    )
    assert left(order) == [0, 1]


@given(st.data())
@settings(max_examples=100, deadline=None)
def test_no_part_comes_back_twice_alone_and_with_its_bundle(data: st.DataObject) -> None:
    units, lenses = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 3))
    order = whole(units, lenses)
    records: list[RmaRecord] = []
    for index in range(data.draw(st.integers(1, 8))):
        ledger = shop.ledger(order, records)
        line = data.draw(st.sampled_from(order.lines))
        returnable = ledger.returnable(line)
        if not returnable:
            continue
        wish = shop.wanted(line.line_id, data.draw(st.integers(1, returnable)), reason="broken")
        records.append(
            shop.finalized(wish, order=order, ledger=ledger, rma_number=shop.number(index))
        )
        kits, bodies, glasses, _ = (
            sum(len(held.slots) for _, held in shop.ledger(order, records).held(each.line_id))
            for each in order.lines
        )
        assert kits + bodies <= units
        assert kits * lenses + glasses <= units * lenses
        assert all(count >= 0 for count in left(order, *records))
    assert Ledger(order).without("x") == Ledger(order)
