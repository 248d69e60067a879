"""One row of the lines file as an order line."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeAlias

from central_api.intake.cells import (
    LONGEST_ID,
    amount,
    identifier,
    instant,
    line_total,
    text,
    texts,
    whole,
    yes_or_no,
)
from central_api.intake.errors import BadCell
from central_api.intake.rows import Cells
from rma.money import Minor
from rma.order import MAX_UNITS, LineKind, OrderLine, Product, Warranty, WarrantyUnit
from rma.taxes import line_taxes

ProductOf: TypeAlias = Callable[[str], Product | None]
"""The product of a SKU, where the server knows it."""

KINDS = {
    "": LineKind.GOODS,
    "goods": LineKind.GOODS,
    "product": LineKind.GOODS,
    "item": LineKind.GOODS,
    "service": LineKind.SERVICE,
    "gift_card": LineKind.GIFT_CARD,
    "gift card": LineKind.GIFT_CARD,
    "giftcard": LineKind.GIFT_CARD,
    "fee": LineKind.FEE,
    "postage": LineKind.FEE,
    "shipping": LineKind.FEE,
    "charge": LineKind.FEE,
}
"""What a line sells, by the word of the file."""

_RARE = frozenset(
    {
        "final_sale",
        "serials",
        "lot",
        "warranty",
        "bundle_parent",
        "returned_before",
        "refunded_before",
        "discount_share",
    }
)
"""Columns that most files lack: their rows are not asked for each of them."""

_WARRANTY = re.compile(r"([0-9]{1,4}) ?(day|month|year)s?")


@dataclass(slots=True)
class OrderTerms:
    """What the lines of one order share, and what they leave behind for it."""

    currency: str
    digits: int
    """Of the currency, after the point."""
    placed_at: datetime
    latest: datetime
    """No delivery is later."""
    product_of: ProductOf
    without_tax: bool = False
    """Whether the source's prices and discounts are net, with the tax on top."""
    order_tax: Minor | None = None
    """Tax of all lines together, where the source says it."""
    assumed: set[str] = field(default_factory=set)
    taxes: list[Minor | None] = field(default_factory=list)
    """What each good line says of its tax, where that is needed for the whole order."""
    refunds: list[Minor] = field(default_factory=list)
    """What went back for each good line before, with its tax: like `taxes`."""
    shares: dict[str, Minor] = field(default_factory=dict)
    """What each line carried of the order discount, where the source says so."""

    def read(self, cells: Cells, line_id: str, ordinal: int) -> OrderLine:
        """One line; its `gross` is still without its share of the order discount, and net where prices are.

        Raises:
            BadCell: if a cell cannot be taken over.
        """
        self._check_currency(cells)
        sku = identifier(cells, "sku")
        units = whole(cells, "qty", 1, MAX_UNITS)
        if units is None:
            raise BadCell("qty", "is empty")
        gross = self._gross(cells, units)
        delivered, delivered_at = self._delivery(cells, units)
        name, category = self._described(cells, sku)
        tax = self._tax(cells)
        try:
            line = OrderLine(
                line_id=line_id,
                position=int(line_id) if line_id.isdecimal() and len(line_id) < 10 else ordinal,
                sku=sku,
                name=name,
                units=units,
                delivered=delivered,
                delivered_at=delivered_at,
                gross=gross,
                tax=0 if self.taxed_later else tax or 0,
                category=category,
                kind=self._kind(cells),
                **({} if _RARE.isdisjoint(cells) else self._rare(cells, line_id, units, delivered)),
            )
        except BadCell:
            raise
        except ValueError as error:
            raise BadCell(str(error).partition(" ")[0], str(error)) from error
        if self.taxed_later:
            refunded = amount(cells, "refunded_before", self.currency) or 0
            self.taxes.append(tax)
            self.refunds.append(refunded)
        return line

    @property
    def taxed_later(self) -> bool:
        """Whether the tax of a line is known only when all lines and discounts are."""
        return self.without_tax or self.order_tax is not None

    def _rare(self, cells: Cells, line_id: str, units: int, delivered: int) -> dict[str, Any]:
        share = amount(cells, "discount_share", self.currency)
        if share is not None:
            self.shares[line_id] = share
        return {
            "final_sale": yes_or_no(cells, "final_sale"),
            "serials": _serials(cells, units),
            "lot": text(cells, "lot"),
            "warranty": _warranty(cells),
            "bundle_parent": text(cells, "bundle_parent", LONGEST_ID) or None,
            "returned_before": whole(cells, "returned_before", 0, delivered) or 0,
            "refunded_before": 0
            if self.taxed_later
            else amount(cells, "refunded_before", self.currency) or 0,
        }

    def _check_currency(self, cells: Cells) -> None:
        currency = cells.get("currency", "").strip()
        if currency and currency.upper() != self.currency:
            raise BadCell(
                "currency",
                f"is {text(cells, 'currency')[:20]}, but the order is in {self.currency}: "
                "an order has one currency",
            )

    def _gross(self, cells: Cells, units: int) -> Minor:
        column, other = ("net", "gross") if self.without_tax else ("gross", "net")
        paid = amount(cells, column, self.currency)
        if paid is not None:
            return paid
        price = cells.get("unit_price", "")
        if not price.strip():
            said = f"; {other} is not read here" if cells.get(other, "").strip() else ""
            raise BadCell(column, f"is empty, and so is unit_price{said}")
        return line_total("unit_price", price, units, self.digits)

    def _tax(self, cells: Cells) -> Minor | None:
        tax = amount(cells, "tax", self.currency)
        if tax is None and self.order_tax is None:
            self.assumed.add("tax=0")
        return tax

    def _delivery(self, cells: Cells, units: int) -> tuple[int, datetime | None]:
        delivered = whole(cells, "delivered", 0, units)
        at = instant(cells, "delivered_at", self.latest)
        if delivered is not None:
            return delivered, at
        self.assumed.add("delivered=ordered")
        if at is None:
            self.assumed.add("delivered_at=placed_at")
        return units, at or self.placed_at

    def _described(self, cells: Cells, sku: str) -> tuple[str, str]:
        name, category = text(cells, "name"), text(cells, "category")
        if name and category:
            return name, category
        product = self.product_of(sku)
        if product is not None:
            name, category = name or product.name, category or product.category
        if not name:
            self.assumed.add("name=sku")
        return name or sku, category

    def _kind(self, cells: Cells) -> LineKind:
        word = cells.get("kind", "").strip().casefold()
        kind = KINDS.get(word)
        if kind is None:
            raise BadCell(
                "kind", f"{text(cells, 'kind')[:40]!r}: expected goods, service, gift_card or fee"
            )
        if not word:
            self.assumed.add("kind=goods")
        return kind


def taxed(lines: Sequence[OrderLine], terms: OrderTerms) -> tuple[OrderLine, ...]:
    """The lines of an order, discounts taken off, with their tax (domain rule 5.3).

    Raises:
        BadCell: if their tax, or what went back before, does not fit what was paid.
    """
    try:
        taxes = line_taxes([line.gross for line in lines], terms.taxes, terms.order_tax or 0)
        return tuple(
            replace(
                line,
                gross=line.gross + (tax if terms.without_tax else 0),
                tax=tax,
                refunded_before=refunded,
            )
            for line, tax, refunded in zip(lines, taxes, terms.refunds, strict=True)
        )
    except ValueError as error:
        raise BadCell("tax", str(error)) from error


def _serials(cells: Cells, units: int) -> tuple[str, ...]:
    serials = texts(cells, "serials")
    if len(set(serials)) != len(serials):
        raise BadCell("serials", "names a serial twice")
    if len(serials) > units:
        raise BadCell("serials", f"names {len(serials)} serials for {units} units")
    return serials


def _warranty(cells: Cells) -> Warranty | None:
    value = text(cells, "warranty").casefold()
    if not value:
        return None
    match = _WARRANTY.fullmatch(value)
    if match is None:
        raise BadCell("warranty", f"{value[:40]!r}: expected a length like `24 months`")
    try:
        return Warranty(int(match.group(1)), WarrantyUnit(f"{match.group(2)}s"))
    except ValueError as error:
        raise BadCell("warranty", str(error)) from error
