"""An order as the caller tells it, typed by hand because the desk does not know it.

It is hearsay: nothing about money is in it, and a return of it waits until the real order with its number is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

LONGEST_KEY = 80
"""Characters of a line id or a SKU, as in `rma.order`; that module is too much to load for a request."""
MOST_UNITS = 1_000_000
"""More units of an item are a typing error, as in `rma.order`."""
LONGEST_NUMBER = 60
"""Characters of an order number that is typed."""
LONGEST_ITEM = 200
"""Characters of what an item is called."""
MOST_ITEMS = 50
"""More items are no order that anybody tells on the phone."""

_PREFIX = "typed:"


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedLine:
    """One item as the caller names it."""

    line_id: str
    item: str
    """A SKU, or what the caller calls it."""
    bought: int
    """How many were bought; 0 where that was not said yet."""
    sku: str = ""
    """The product's, where the desk knows it."""

    def __post_init__(self) -> None:
        if not 1 <= len(self.line_id) <= LONGEST_KEY:
            raise ValueError("the line id of a typed item is no id")
        if len(self.item) > LONGEST_ITEM or len(self.sku) > LONGEST_KEY:
            raise ValueError("a typed item has too much text")
        if not 0 <= self.bought <= MOST_UNITS:
            raise ValueError(f"bought is {self.bought}: expected 0 to {MOST_UNITS}")


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedOrder:
    """All that is known of such an order."""

    number: str
    """As the caller reads it out."""
    caller: str = ""
    """Who calls, where the customer is not known either."""
    placed: date | None = None
    delivered: date | None = None
    lines: tuple[TypedLine, ...] = ()

    def __post_init__(self) -> None:
        if len(self.number) > LONGEST_NUMBER or len(self.caller) > LONGEST_ITEM:
            raise ValueError("a typed order has too much text")
        if len(self.lines) > MOST_ITEMS:
            raise ValueError(f"a typed order has {len(self.lines)} items: at most {MOST_ITEMS}")
        if len({line.line_id for line in self.lines}) != len(self.lines):
            raise ValueError("a typed order has the same line id twice")

    def line(self, line_id: str) -> TypedLine | None:
        """The item with this id, or None."""
        return next((line for line in self.lines if line.line_id == line_id), None)


def same_text(one: str, other: str) -> bool:
    """Whether two numbers or SKUs are equal; capitals and blanks at the ends do not count."""
    return one.strip().casefold() == other.strip().casefold()


def typed_order_id(number: str) -> str:
    """What stands for the id of an order that is known by its number alone; equal for equal numbers."""
    return _PREFIX + number.strip().casefold()


def number_of(order_id: str) -> str | None:
    """The number (in small letters) behind such an id; None for the id of an order that is known."""
    return order_id.removeprefix(_PREFIX) if order_id.startswith(_PREFIX) else None


def spellings(number: str) -> set[str]:
    """The ways in which a shop may write a number."""
    number = number.strip()
    return {number, number.upper(), number.lower()}
