"""Lines split and moved, with any typing in between."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.customers import OrderView, order_view
from rma.draft import Draft, DraftLine
from screens.return_draft import RowKey, asked_keys, keyed, rows_of, with_line
from screens.return_rearranged import NotRearranged, Rearranged, move, split
from tests import shop

UNITS = {"1": 3, "2": 1, "3": 2}


@dataclass(frozen=True)
class Step:
    kind: str
    row: int
    quantity: str = ""


STEPS = st.lists(
    st.builds(
        Step,
        st.sampled_from(["type", "split", "up", "down"]),
        st.integers(0, 6),
        st.sampled_from(["", "1", "2", "3"]),
    ),
    max_size=14,
)


def three_lines() -> OrderView:
    lines = [
        shop.line(line_id, units=units, position=int(line_id)) for line_id, units in UNITS.items()
    ]
    return order_view(shop.order(*lines), [])


def draft(*lines: DraftLine) -> Draft:
    return replace(shop.draft(), lines=lines)


def rearranged(of: Draft, step: Step, key: RowKey) -> Rearranged:
    returnable = UNITS[key.line_id]
    if step.kind == "split":
        return split(of, key, returnable)
    return move(of, key, returnable, by=-1 if step.kind == "up" else 1)


def total(of: Draft, line_id: str) -> int:
    return sum(int(line.quantity or 0) for line in of.lines if line.line_id == line_id)


@settings(max_examples=300)
@given(STEPS)
def test_no_step_loses_a_row_or_asks_for_more_than_was_typed(steps: list[Step]) -> None:
    order, now = three_lines(), draft()
    for step in steps:
        rows = rows_of(order, now)
        key = rows[step.row % len(rows)].key
        before = now
        if step.kind == "type":
            now = with_line(now, key, {"quantity": step.quantity, "reason": step.quantity}, order)
        else:
            try:
                now, key = rearranged(now, step, key)
            except NotRearranged:
                continue
            for line_id, returnable in UNITS.items():
                assert total(now, line_id) <= max(returnable, total(before, line_id))
        keys = [row.key for row in rows_of(order, now)]
        assert len(set(keys)) == len(keys)
        assert {row.line_id for row in keys} == set(UNITS)
        assert [k for k in keys if k in dict(keyed(now))] == [k for k, _line in keyed(now)]
        if step.kind != "type":
            assert key in asked_keys(now) or not dict(keyed(now))[key].quantity.strip()


@settings(max_examples=200)
@given(st.permutations(["1", "2", "3"]))
def test_without_a_move_lines_stand_in_the_order_of_the_order(typed: list[str]) -> None:
    order, now = three_lines(), draft()
    for line_id in typed:
        now = with_line(now, RowKey(line_id), {"quantity": "1"}, order)
    assert [line.line_id for line in now.lines] == ["1", "2", "3"]


def test_a_moved_line_keeps_its_place_while_others_are_typed() -> None:
    order = three_lines()
    now = draft(DraftLine(line_id="1", quantity="1"), DraftLine(line_id="2", quantity="1"))
    now, key = move(now, RowKey("2"), 1, by=-1)
    assert key == RowKey("2")
    now = with_line(now, RowKey("3"), {"quantity": "1"}, order)
    now = with_line(now, RowKey("1"), {"quantity": "2"}, order)
    assert [(line.line_id, line.quantity) for line in now.lines] == [
        ("2", "1"),
        ("1", "2"),
        ("3", "1"),
    ]
    assert [row.key.line_id for row in rows_of(order, now)] == ["2", "1", "3"]


@pytest.mark.parametrize(
    ("quantity", "returnable", "shared"),
    [("1", 3, ("1", "1")), ("2", 3, ("2", "1")), ("3", 3, ("2", "1")), ("2", 2, ("1", "1"))],
)
def test_parts_share_what_can_come_back(
    quantity: str, returnable: int, shared: tuple[str, str]
) -> None:
    line = DraftLine(line_id="1", quantity=quantity, reason="wrong_size", condition="opened")
    now, key = split(draft(line), RowKey("1"), returnable)
    assert tuple(each.quantity for each in now.lines) == shared
    assert [(each.reason, each.condition) for each in now.lines] == [
        ("wrong_size", "opened"),
        ("", ""),
    ]
    assert key == RowKey("1", 1)


@pytest.mark.parametrize(
    ("line", "returnable", "why"),
    [
        (DraftLine(line_id="1", quantity="1"), 1, "nothing to split"),
        (DraftLine(line_id="1", quantity="2", amount="5"), 2, "Clear the amount"),
        (DraftLine(line_id="1", quantity="x"), 2, "Enter a quantity first"),
        (DraftLine(line_id="2", quantity="1"), 2, "not on the return"),
    ],
)
def test_a_line_that_has_nothing_to_share_is_not_split(
    line: DraftLine, returnable: int, why: str
) -> None:
    with pytest.raises(NotRearranged, match=why):
        split(draft(line), RowKey("1"), returnable)


def test_serials_and_money_by_hand_stay_with_the_first_part() -> None:
    line = DraftLine(line_id="1", quantity="1", serials="S-1", amount="5", amount_reason="worn")
    now, _key = split(draft(line), RowKey("1"), 3)
    first, second = now.lines
    assert (first.serials, first.amount) == ("S-1", "5")
    assert (second.serials, second.amount, second.amount_reason) == ("", "", "")
