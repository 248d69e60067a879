"""One order put together from its row and the rows of its lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from central_api.intake.cells import LONGEST_ID, amount, identifier, instant, text, yes_or_no
from central_api.intake.customers import guest
from central_api.intake.discounts import apply_discounts, read_discounts
from central_api.intake.errors import BadCell
from central_api.intake.lines import OrderTerms, ProductOf, taxed
from central_api.intake.payments import gone_back, read_charges, read_tenders, unknown_tender
from central_api.intake.rows import Cells, InputTable
from central_api.intake.staging import Staged
from rma.money import BadAmount, exponent
from rma.order import Customer, Order, OrderDiscount, OrderLine

MAX_LINES = 10_000
"""Lines of one order; more is a file that is not grouped by order ids at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOrder:
    """An order that can be written, if its customer is known."""

    order: Order
    guest: Customer | None
    """Made for an order that names no customer."""
    row: Staged
    line_rows: tuple[Staged, ...]
    incomplete: bool
    """Whether a line of it is rejected."""


@dataclass(slots=True)
class _Lines:
    good: list[tuple[Staged, OrderLine]]
    bad: dict[Staged, BadCell]
    lost: bool
    """Whether the order has a line that is not among the good ones."""


@dataclass(frozen=True, slots=True)
class _Discounted:
    lines: tuple[OrderLine, ...]
    discounts: tuple[OrderDiscount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderReader:
    """Puts orders together; bad rows go to `reject`."""

    orders: InputTable
    lines: InputTable
    currency: str | None
    """For orders that name none."""
    latest: datetime
    """No order and no delivery is later."""
    product_of: ProductOf
    reject: Callable[[Staged, BadCell], None]

    def read(self, row: Staged, line_rows: Sequence[Staged], *, broken: bool) -> ReadOrder | None:
        """The order of these rows, or None where it is rejected with all of them.

        `broken`: another row seems to be a line of this order, but cannot be read at all.
        """
        lines = _Lines(good=[], bad={}, lost=broken)
        try:
            order = self._read(row, line_rows, lines)
        except ValueError as error:  # what the rules themselves refuse of a snapshot is one too
            self.reject(row, error if isinstance(error, BadCell) else BadCell("", str(error)))
            why = BadCell("order_id", f"its order is rejected (orders line {row.line})")
            for line_row in line_rows:
                self.reject(line_row, lines.bad.get(line_row, why))
            return None
        for line_row, bad in lines.bad.items():
            self.reject(line_row, bad)
        return order

    def _read(self, row: Staged, line_rows: Sequence[Staged], found: _Lines) -> ReadOrder:
        cells = self.orders.parse(row.raw)
        currency, digits = self._currency_of(cells)
        placed_at = instant(cells, "placed_at", self.latest)
        if placed_at is None:
            raise BadCell("placed_at", "is empty")
        if not line_rows:
            raise BadCell("order_id", "no line of the lines file belongs to it")
        terms = OrderTerms(
            currency=currency,
            digits=digits,
            placed_at=placed_at,
            latest=self.latest,
            product_of=self.product_of,
            without_tax=yes_or_no(cells, "prices_without_tax"),
            order_tax=amount(cells, "tax", currency),
        )
        charges = read_charges(cells, currency, without_tax=terms.without_tax)
        tenders = read_tenders(cells, currency)
        self._read_lines(line_rows, terms, found)
        lines = self._discounted(cells, terms, found)
        if not tenders:
            terms.assumed.add("tender=unknown")
            tenders = (unknown_tender(lines.lines, charges),)
        settled = gone_back(cells, tenders, lines.lines, charges)
        if settled != tenders:
            terms.assumed.add("refunded=capture_order")
        if found.lost:
            terms.assumed.add("lines=incomplete")
        number = text(cells, "number", LONGEST_ID)
        if not number:
            terms.assumed.add("number=order_id")
        country = text(cells, "country")
        customer_id = text(cells, "customer_id", LONGEST_ID)
        stand_in = None
        if not customer_id:
            terms.assumed.add("customer=guest")
            stand_in = guest(row.key, number or row.key, country)
        order = Order(
            order_id=row.key,
            number=number or row.key,
            customer_id=stand_in.customer_id if stand_in else customer_id,
            currency=currency,
            placed_at=placed_at,
            lines=lines.lines,
            charges=charges,
            tenders=settled,
            discounts=lines.discounts,
            source=text(cells, "source"),
            country=country,
            assumed=tuple(sorted(terms.assumed)),
        )
        return ReadOrder(
            order=order,
            guest=stand_in,
            row=row,
            line_rows=tuple(line_row for line_row, _ in found.good),
            incomplete=found.lost,
        )

    def _currency_of(self, cells: Cells) -> tuple[str, int]:
        currency = text(cells, "currency").upper() or self.currency
        if not currency:
            raise BadCell("currency", "is empty: give --currency for orders that name none")
        try:
            return currency, exponent(currency)
        except BadAmount as error:
            raise BadCell("currency", str(error)) from error

    def _read_lines(self, rows: Sequence[Staged], terms: OrderTerms, found: _Lines) -> None:
        first_rows: dict[str, int] = {}
        for ordinal, row in enumerate(rows, 1):
            cells = self.lines.parse(row.raw)
            try:
                line_id = identifier(cells, "line_no")
                if line_id in first_rows:
                    found.bad[row] = BadCell(
                        "line_no",
                        f"line {line_id} of the order stands already in file line {first_rows[line_id]}",
                    )
                    continue
                first_rows[line_id] = row.line
                found.good.append((row, terms.read(cells, line_id, ordinal)))
            except BadCell as error:
                found.bad[row] = error
                found.lost = True
                if error.field == "currency":
                    raise BadCell("currency", f"lines row {row.line}: {error.reason}") from error
        if not found.good:
            raise BadCell("order_id", "none of its lines can be imported")

    @staticmethod
    def _discounted(cells: Cells, terms: OrderTerms, found: _Lines) -> _Discounted:
        lines = tuple(line for _, line in found.good)
        if found.lost and (cells.get("discount", "").strip() or terms.shares):
            raise BadCell("discount", "cannot be shared out: a line of the order is rejected")
        if found.lost and terms.order_tax is not None:
            raise BadCell("tax", "cannot be shared out: a line of the order is rejected")
        discounts = read_discounts(cells, lines, terms.shares, terms.currency)
        lines = apply_discounts(lines, discounts)
        if terms.taxed_later:
            lines = taxed(lines, terms)
            discounts = tuple(replace(each, without_tax=terms.without_tax) for each in discounts)
        return _Discounted(lines, discounts)
