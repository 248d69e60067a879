"""Code fields: what can be chosen, and what a typed text stands for.

A code, its number in the F4 list, or the first letters of it or of its meaning are enough, as long as only one fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rma.order import Product
from rma.reasons import ReasonTree
from rma.request import Channel, Condition, Proof, Resolution, ReturnType
from rma.wording import _
from screens.formats import money

_LONGEST_NUMBER = 6
"""Digits; the number of an order or a serial may be as long as it likes."""


@dataclass(frozen=True, slots=True)
class Value:
    """One entry of a value list."""

    code: str
    label: str
    """What it means, in words."""


@dataclass(frozen=True, slots=True)
class Match:
    """What a typed text stands for."""

    value: Value | None
    """The only one that fits, or None."""
    fits: tuple[Value, ...]
    """All that fit."""


@dataclass(frozen=True, slots=True)
class Values:
    """What a field can hold, in the order of its F4 list."""

    entries: tuple[Value, ...]

    def match(self, text: str) -> Match:
        """Read a typed text: exact code or label, number in the list, then first letters."""
        typed = _normal(text)
        if not typed:
            return Match(None, ())
        for value in self.entries:
            if typed in (_normal(value.code), _normal(value.label)):
                return Match(value, (value,))
        at = position(text.strip(), len(self.entries))
        if at is not None:
            return _matched((self.entries[at],))
        starts = tuple(
            v
            for v in self.entries
            if _normal(v.code).startswith(typed) or _last(v.label).startswith(typed)
        )
        return _matched(starts or self._with_word(typed))

    @property
    def digits(self) -> int:
        """How many digits the numbers of this list have."""
        return len(str(len(self.entries)))

    def is_full(self, text: str) -> bool:
        """Whether a typed number has all its digits and stands for one value: nothing can follow it."""
        if not (text.isascii() and text.isdigit() and len(text) == self.digits):
            return False
        starts = (_normal(name) for value in self.entries for name in (value.code, value.label))
        return 0 < int(text) <= len(self.entries) and not any(n.startswith(text) for n in starts)

    def filtered(self, text: str) -> tuple[tuple[int, Value], ...]:
        """Entries with their number in the list whose code or label has every typed word."""
        words = _normal(text).split("_")
        return tuple(
            (number, value)
            for number, value in enumerate(self.entries, 1)
            if (text.strip().isdecimal() and str(number) == text.strip().lstrip("0"))
            or all(word in _normal(f"{value.code} {value.label}") for word in words)
        )

    def meaning(self, code: str) -> str:
        """The label of a code, or an empty text."""
        return next((value.label for value in self.entries if value.code == code), "")

    def _with_word(self, typed: str) -> tuple[Value, ...]:
        return tuple(
            value
            for value in self.entries
            if any(word.startswith(typed) for word in _normal(value.label).split("_"))
        )


def position(text: str, count: int) -> int | None:
    """The place, from 0, that a typed number from 1 to `count` names; longer digits are no number of a list."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        return None
    return int(text) - 1 if 1 <= int(text) <= count else None


def _matched(found: tuple[Value, ...]) -> Match:
    return Match(found[0] if len(found) == 1 else None, found)


def _normal(text: str) -> str:
    return "_".join(text.casefold().replace("-", " ").replace("_", " ").split())


def _last(label: str) -> str:
    """The end of a path: `Broken` of `Quality > Broken`."""
    return _normal(label.rpartition(" > ")[2])


def return_types() -> Values:
    """Kinds of returns."""
    return Values(
        (
            Value(ReturnType.RETURN, _("Return")),
            Value(ReturnType.DEFECT, _("Faulty goods")),
            Value(ReturnType.GOODWILL, _("By courtesy")),
            Value(ReturnType.EXCHANGE, _("Exchange")),
        )
    )


def channels() -> Values:
    """How a customer reached us."""
    return Values(
        (
            Value(Channel.PHONE, _("Phone")),
            Value(Channel.EMAIL, _("E-mail")),
            Value(Channel.CHAT, _("Chat")),
            Value(Channel.IN_PERSON, _("In person")),
            Value(Channel.PORTAL, _("Portal")),
        )
    )


def conditions() -> Values:
    """In what condition goods are."""
    return Values(
        (
            Value(Condition.SEALED, _("Sealed")),
            Value(Condition.OPENED, _("Opened")),
            Value(Condition.USED, _("Used")),
            Value(Condition.INCOMPLETE, _("Incomplete")),
            Value(Condition.DAMAGED, _("Damaged")),
        )
    )


def resolutions() -> Values:
    """What the customer gets."""
    return Values(
        (
            *destinations().entries,
            Value(Resolution.EXCHANGE, _("Exchange")),
            Value(Resolution.REPLACEMENT, _("Replacement")),
        )
    )


def destinations() -> Values:
    """Where money goes."""
    return Values(
        (
            Value(Resolution.REFUND, _("Refund")),
            Value(Resolution.STORE_CREDIT, _("Store credit")),
        )
    )


def proofs() -> Values:
    """Proofs of purchase."""
    return Values(
        (
            Value(Proof.ORDER_RECORD, _("Order in our books")),
            Value(Proof.RECEIPT, _("Receipt")),
            Value(Proof.SERIAL, _("Serial number")),
        )
    )


def reason_values(tree: ReasonTree, return_type: str) -> Values:
    """The leaves that fit a return type, with their path; all leaves while the type is not readable."""
    kind = next((member for member in ReturnType if member.value == return_type), None)
    return Values(tuple(Value(r.code, tree.path(r.code)) for r in tree.leaves(kind)))


def product_values(products: Sequence[Product]) -> Values:
    """What can go out in an exchange, with its price of today."""
    return Values(tuple(Value(each.sku, _product_words(each)) for each in products))


def _product_words(product: Product) -> str:
    price = product.price
    return f"{product.name} · {money(price.gross, price.currency)}" if price else product.name


def serial_values(serials: tuple[str, ...]) -> Values:
    """The serials of a line."""
    return Values(tuple(Value(serial, "") for serial in serials))
