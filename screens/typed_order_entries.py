"""What is typed of an order that the desk does not know, and what is known about that; without a widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from desk.typed_orders import KnownOrder, with_item, with_order
from rma.draft import Draft
from rma.order import Product
from rma.typed_case import missing_of_order
from rma.typed_draft import DraftItem, DraftOrder, read_day, read_order, wrong_count, wrong_day
from rma.typed_order import number_of
from rma.wording import _, day
from screens.forms.state import Echo, Value
from screens.typed_order_fields import BY_NAME, FIELDS, bought_field, item_field, position_of
from screens.values import Values, product_values


class TypedOrderEntries:
    """The state of the form, over a draft."""

    def __init__(self, draft: Draft, now: datetime) -> None:
        self.draft = draft
        self._now = now
        self.products: dict[str, Product | None] = {}
        """What the desk knows about a text as a SKU; texts that were not looked up yet are missing."""
        self.listed: Sequence[Product] = ()
        """What was found when the list of products was last asked for."""
        self.known: dict[str, KnownOrder | None] = {}
        """The order that the desk knows under a number; numbers that were not looked up yet are missing."""
        self._left: set[str] = set()

    @property
    def order(self) -> DraftOrder:
        """The order as typed."""
        assert self.draft.by_hand is not None
        return self.draft.by_hand

    @property
    def unknown_caller(self) -> bool:
        """Whether nobody was chosen as the customer."""
        return number_of(self.draft.customer_id) is not None

    def to_look_up(self) -> tuple[str, tuple[str, ...]]:
        """The number and the SKUs that nobody has looked up yet; empty where all were."""
        number = self.order.number.strip()
        items = {item.item.strip() for item in self.order.items} - {""}
        return (
            "" if number in self.known else number,
            tuple(sorted(items - self.products.keys())),
        )

    def found(self) -> None:
        """Products were looked up: items that are SKUs carry them from now on."""
        items = tuple(self._named(item) for item in self.order.items)
        if items != self.order.items:
            self.draft = with_order(self.draft, replace(self.order, items=items))

    def first_problem(self) -> tuple[str, str] | None:
        """The first field that keeps the order from being returned, and the sentence for it."""
        number = self.order.number.strip()
        known = self.known.get(number)
        problems: dict[str, str] = {}
        if known is not None:
            problems["number"] = known.sentence
        typed, unread = read_order(self.order)
        for missing in (*unread, *missing_of_order(typed, self._now)):
            problems.setdefault(_field(missing.field, missing.line_id), missing.sentence)
        if self.unknown_caller and not self.order.caller.strip():
            problems["caller"] = _(BY_NAME["caller"].mandatory)
        for position, item in enumerate(self.order.items, start=1):
            if item.item.strip() and not item.bought.strip():
                problems[bought_field(position)] = _(
                    "Enter how many of it were bought: a whole number from 1."
                )
        return next(((s.name, problems[s.name]) for s in FIELDS if s.name in problems), None)

    # --- what a form asks and tells ------------------------------------------------------------------------------

    def text(self, name: str) -> str:
        """The text in a field."""
        position = position_of(name)
        if position is None:
            return str(getattr(self.order, name))
        item = self._item(position)
        return item.item if name == item_field(position) else item.bought

    def ticked(self, name: str) -> tuple[str, ...]:
        """Nothing is ticked here."""
        return ()

    def type(self, name: str, value: Value) -> None:
        """Put a text into a field."""
        text, position = str(value), position_of(name)
        if position is None:
            order = replace(self.order, **{name: text})  # type: ignore[arg-type]
        elif name == item_field(position):
            item = DraftItem(item=text, bought=self._item(position).bought)
            order = with_item(self.order, position - 1, self._named(item))
        else:
            order = with_item(self.order, position - 1, replace(self._item(position), bought=text))
        self.draft = with_order(self.draft, order)
        self._left.discard(name)

    def leave(self, name: str) -> None:
        """From now on what is wrong with the field is said."""
        self._left.add(name)

    def leave_all(self) -> None:
        """Say what is wrong anywhere."""
        self._left.update(BY_NAME)

    def values(self, name: str) -> Values:
        """Products that an item may be; the rest is free text."""
        is_item = (position := position_of(name)) is not None and name == item_field(position)
        return product_values(self.listed) if is_item else Values(())

    def ticks(self, name: str) -> tuple[tuple[str, str], ...]:
        """Nothing can be ticked here."""
        return ()

    def has(self, name: str) -> bool:
        """The caller is asked for where no customer was chosen."""
        return name != "caller" or self.unknown_caller

    def mandatory(self, name: str) -> bool:
        """As the field says; how many, where an item stands."""
        position = position_of(name)
        if position is None:
            return bool(BY_NAME[name].mandatory)
        item = self._item(position)
        return name == bought_field(position) and bool(item.item.strip())

    def echo(self, name: str) -> Echo:
        """What is wrong with a field that was left, else what its text means."""
        wrong = self.problem(name) if name in self._left or name == "number" else ""
        if wrong:
            return Echo(wrong, wrong=True)
        position = position_of(name)
        if position is not None and name == item_field(position):
            item = self._item(position)
            unknown = item.item.strip() in self.products and not item.sku
            return Echo(_("no SKU of ours: a description") if unknown else item.name)
        if name in ("placed", "delivered"):
            read = read_day(self.text(name))
            return Echo(day(read) if read is not None else "")
        return Echo("")

    def unfit(self, name: str) -> str:
        """Enter stays on what has to be filled in, and on a number that is known."""
        if name == "number" and (known := self.known.get(self.order.number.strip())) is not None:
            return known.sentence
        return "" if self.text(name).strip() else _(BY_NAME[name].mandatory)

    def problem(self, name: str) -> str:
        """What is wrong with a text, in a few words."""
        text, position = self.text(name), position_of(name)
        if name == "number":
            known = self.known.get(text.strip())
            return known.beside if known is not None else ""
        if name in ("placed", "delivered"):
            return wrong_day(text)
        if position is not None and name == bought_field(position):
            return wrong_count(text)
        return ""

    def snapshot(self) -> DraftOrder:
        """What was typed, without what was looked up about it."""
        items = (DraftItem(item=item.item, bought=item.bought) for item in self.order.items)
        return replace(self.order, items=tuple(items))

    def restore(self, snapshot: object, change: object) -> None:
        """Type what was typed then."""
        assert isinstance(snapshot, DraftOrder)
        self.draft = with_order(self.draft, snapshot)
        self.found()

    # --- inside --------------------------------------------------------------------------------------------------

    def _item(self, position: int) -> DraftItem:
        items = self.order.items
        return items[position - 1] if position <= len(items) else DraftItem()

    def _named(self, item: DraftItem) -> DraftItem:
        product = self.products.get(item.item.strip())
        if product is None:
            return replace(item, sku="", name="")
        return replace(item, sku=product.sku, name=product.name)


def _field(missing: str, line_id: str | None) -> str:
    """The field that a `Missing` of the order is about."""
    if missing == "order_number":
        return "number"
    if missing in ("items", "bought"):
        position = int(line_id or 1)
        return item_field(position) if missing == "items" else bought_field(position)
    return missing
