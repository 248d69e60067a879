"""Bundles of an order: which lines come and go together.

A source sells a bundle in one of two ways. It is paid as a whole: the bundle's line has the price, its parts stand
beside it for nothing and come back with it. Or it is paid by its parts: the parts have prices and come back one by one,
the bundle's own line is a heading. A part that has a price beside a priced bundle is a line like any other.
"""

from __future__ import annotations

from dataclasses import dataclass

from rma.order import Order, OrderLine


@dataclass(frozen=True, slots=True)
class Bundles:
    """How the lines of one order belong together, by line id."""

    parts: dict[str, tuple[OrderLine, ...]]
    """The parts that a bundle was paid with."""
    whole: dict[str, OrderLine]
    """The bundle that such a part was paid with."""
    headings: frozenset[str]
    """Bundles that were paid by their parts."""


NO_BUNDLES = Bundles({}, {}, frozenset())


def bundles_of(order: Order) -> Bundles:
    """The bundles of an order; a parent that is no goods, or not on the order, makes none."""
    if not any(line.bundle_parent for line in order.lines):
        return NO_BUNDLES
    goods = {line.line_id: line for line in order.lines if line.returnable_kind}
    children: dict[str, list[OrderLine]] = {}
    for line in goods.values():
        if line.bundle_parent in goods and line.bundle_parent != line.line_id:
            children.setdefault(line.bundle_parent, []).append(line)
    headings = frozenset(
        parent_id
        for parent_id, parts in children.items()
        if goods[parent_id].gross == 0 and any(part.gross for part in parts)
    )
    parts = {
        parent_id: tuple(part for part in each if part.gross == 0)
        for parent_id, each in children.items()
        if parent_id not in headings
    }
    whole = {part.line_id: goods[parent_id] for parent_id in parts for part in parts[parent_id]}
    return Bundles(parts, whole, headings)


def in_step(count: int, of: OrderLine, line: OrderLine) -> int:
    """How many units of `line` go with `count` units of the line `of`, which was sold together with it, rounded up."""
    return -(-count * line.units // of.units)
