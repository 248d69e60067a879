"""What was paid for a line, split over its units to the cent; an order amount, spread over lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rma.money import round_half_up, spread
from rma.slots import NoSuchSlot, lowest_free, slot_value, slots_value


@pytest.mark.parametrize(
    ("paid", "units", "slots"),
    [
        (1000, 3, [333, 334, 333]),  # 10.00 EUR, and 1000 JPY
        (29000, 3, [9667, 9666, 9667]),
        (167, 2, [84, 83]),
        (10000, 3, [3333, 3334, 3333]),  # 10.000 BHD
        (0, 4, [0, 0, 0, 0]),
        (1, 3, [0, 1, 0]),
        (7, 1, [7]),
    ],
)
def test_golden_numbers_of_slots(paid: int, units: int, slots: list[int]) -> None:
    assert [slot_value(paid, units, slot) for slot in range(1, units + 1)] == slots


def test_an_order_discount_of_100_over_lines_of_500_and_1000() -> None:
    assert spread(10000, [50000, 100000]) == (3333, 6667)


def test_ten_over_three_uneven_lines() -> None:
    assert spread(1000, [1999, 999, 501]) == (571, 286, 143)


def test_a_tie_of_remainders_goes_to_the_larger_line_then_to_the_earlier_position() -> None:
    assert spread(1, [1, 1]) == (1, 0)
    assert spread(3, [1, 1]) == (2, 1)
    assert spread(2, [3, 1]) == (2, 0)  # remainders 0.5 and 0.5: the larger line


def test_without_any_weight_the_first_line_takes_everything() -> None:
    assert spread(500, [0, 0, 0]) == (500, 0, 0)


@pytest.mark.parametrize("weights", [[], [1, -1]])
def test_nothing_to_spread_over_is_an_error(weights: list[int]) -> None:
    with pytest.raises(ValueError):
        spread(100, weights)


@given(
    st.integers(-(10**15), 10**15),
    st.lists(st.integers(0, 10**15), min_size=1, max_size=20),
)
def test_the_parts_of_a_spread_add_up_and_never_change_sign(
    amount: int, weights: list[int]
) -> None:
    parts = spread(amount, weights)
    assert sum(parts) == amount
    assert all(part * amount >= 0 for part in parts)


@given(st.integers(0, 10**15), st.integers(1, 200))
def test_all_slots_together_are_what_was_paid_and_none_is_negative(paid: int, units: int) -> None:
    values = [slot_value(paid, units, slot) for slot in range(1, units + 1)]
    assert sum(values) == paid
    assert min(values) >= 0
    assert max(values) - min(values) <= 1


@given(st.data())
def test_any_split_of_a_line_adds_up(data: st.DataObject) -> None:
    paid, units = data.draw(st.integers(0, 10**9)), data.draw(st.integers(1, 30))
    order = data.draw(st.permutations(range(1, units + 1)))
    cut = data.draw(st.integers(0, units))
    assert slots_value(paid, units, order[:cut]) + slots_value(paid, units, order[cut:]) == paid


def test_halves_round_away_from_zero() -> None:
    assert [round_half_up(n, 2) for n in (1, 3, -1, -3)] == [1, 2, -1, -2]
    with pytest.raises(ValueError):
        round_half_up(1, 0)


def test_the_lowest_free_slots_are_taken() -> None:
    assert lowest_free(5, {1, 3}, 2) == (2, 4)
    with pytest.raises(NoSuchSlot):
        lowest_free(3, {1, 2}, 2)


@pytest.mark.parametrize("slot", [0, 4, -1])
def test_a_slot_outside_its_line_is_an_error(slot: int) -> None:
    with pytest.raises(NoSuchSlot):
        slot_value(1000, 3, slot)
