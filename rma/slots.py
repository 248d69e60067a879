"""Split what was paid for a line over its units, to the cent.

A line of Q paid units has Q slots; slot i is worth A(i) - A(i-1), where A(n) is the n-th share of what was paid,
rounded half up (domain rule 5.2). All slots together give what was paid, in any order; none is negative.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from rma.money import Minor, round_half_up


class NoSuchSlot(ValueError):
    """A slot lies outside its line, or a line has too few free slots."""


def cumulative(paid: Minor, units: int, count: int) -> Minor:
    """What the first `count` of `units` are worth together: A(count)."""
    return round_half_up(paid * count, units)


def slot_value(paid: Minor, units: int, slot: int) -> Minor:
    """Value of one unit of a line: the `slot`-th (from 1) of `units` that were `paid` together.

    Raises:
        NoSuchSlot: if `slot` is not between 1 and `units`.
    """
    if not 1 <= slot <= units:
        raise NoSuchSlot(f"slot {slot} of a line of {units}")
    return cumulative(paid, units, slot) - cumulative(paid, units, slot - 1)


def slots_value(paid: Minor, units: int, slots: Iterable[int]) -> Minor:
    """Value of several slots of one line.

    Raises:
        NoSuchSlot: if one lies outside the line.
    """
    value = 0
    first: int | None = None
    last = 0
    for slot in (*slots, None):  # neighbours together, so that a thousand units cost as much as one
        if first is not None and slot != last + 1:
            if not 1 <= first <= last <= units:
                raise NoSuchSlot(f"slots {first} to {last} of a line of {units}")
            value += cumulative(paid, units, last) - cumulative(paid, units, first - 1)
            first = None
        if slot is not None:
            first, last = (slot if first is None else first), slot
    return value


def lowest_free(units: int, taken: Collection[int], count: int) -> tuple[int, ...]:
    """The `count` lowest slots of a line that nobody holds, ascending.

    Raises:
        NoSuchSlot: if fewer than `count` are free.
    """
    free: list[int] = []
    for slot in range(1, units + 1):
        if len(free) == count:
            break
        if slot not in taken:
            free.append(slot)
    if len(free) < count:
        raise NoSuchSlot(f"{count} slots wanted, {len(free)} of {units} free")
    return tuple(free)
