"""One order put together from its row and the rows of its lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from central_api.intake.cells import identifier, instant, text
from central_api.intake.customers import guest
from central_api.intake.discounts import apply_discounts, read_discounts
from central_api.intake.errors import BadCell
from central_api.intake.lines import OrderTerms, ProductOf
from central_api.intake.payments import read_charges, read_tenders, unknown_tender
from central_api.intake.rows import Cells, InputTable
from central_api.intake.staging import Staged
from rma.money import BadAmount, exponent
from rma.order import Customer, Order, OrderLine

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
    lost_lines: tuple[str, ...]
    """Ids of lines whose rows are rejected."""


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

    def read(self, row: Staged, line_rows: Sequence[Staged]) -> ReadOrder | None:
        """The order of these rows, or None where it is rejected with all of them."""
        try:
            return self._read(row, line_rows)
        except BadCell as error:
            self.reject(row, error)
            why = BadCell("order_id", f"its order is rejected (orders line {row.line})")
            for line_row in line_rows:
                self.reject(line_row, why)
            return None

    def _read(self, row: Staged, line_rows: Sequence[Staged]) -> ReadOrder:
        cells = self.orders.parse(row.raw)
        currency = self._currency_of(cells)
        placed_at = instant(cells, "placed_at", self.latest)
        if placed_at is None:
            raise BadCell("placed_at", "is empty")
        if not line_rows:
            raise BadCell("order_id", "no line of the lines file belongs to it")
        terms = OrderTerms(
            currency=currency,
            placed_at=placed_at,
            latest=self.latest,
            product_of=self.product_of,
        )
        charges = read_charges(cells, currency)
        tenders = read_tenders(cells, currency)
        good, bad = self._read_lines(line_rows, terms)
        if not good:
            raise BadCell("order_id", "none of its lines can be imported")
        if bad and cells.get("discount", "").strip():
            raise BadCell("discount", f"cannot be shared out: line row {bad[0][0].line} is bad")
        lines = tuple(line for _, line in good)
        discounts = read_discounts(cells, lines, terms.shares, currency)
        lines = apply_discounts(lines, discounts)
        assumed = terms.assumed
        if not tenders:
            assumed.add("tender=unknown")
            tenders = (unknown_tender(lines, charges),)
        if bad:
            assumed.add("lines=incomplete")
        number = text(cells, "number", 80)
        if not number:
            assumed.add("number=order_id")
        country = text(cells, "country")
        customer_id = text(cells, "customer_id", 80)
        stand_in = None
        if not customer_id:
            assumed.add("customer=guest")
            stand_in = guest(row.key, number or row.key, country)
        order = Order(
            order_id=row.key,
            number=number or row.key,
            customer_id=stand_in.customer_id if stand_in else customer_id,
            currency=currency,
            placed_at=placed_at,
            lines=lines,
            charges=charges,
            tenders=tenders,
            discounts=discounts,
            source=text(cells, "source"),
            country=country,
            assumed=tuple(sorted(assumed)),
        )
        for bad_row, error, _ in bad:
            self.reject(bad_row, error)
        return ReadOrder(
            order=order,
            guest=stand_in,
            row=row,
            line_rows=tuple(line_row for line_row, _ in good),
            lost_lines=tuple(line_id for _, _, line_id in bad if line_id),
        )

    def _currency_of(self, cells: Cells) -> str:
        currency = text(cells, "currency").upper() or self.currency
        if not currency:
            raise BadCell("currency", "is empty: give --currency for orders that name none")
        try:
            exponent(currency)
        except BadAmount as error:
            raise BadCell("currency", str(error)) from error
        return currency

    def _read_lines(
        self, rows: Sequence[Staged], terms: OrderTerms
    ) -> tuple[list[tuple[Staged, OrderLine]], list[tuple[Staged, BadCell, str]]]:
        good: list[tuple[Staged, OrderLine]] = []
        bad: list[tuple[Staged, BadCell, str]] = []
        first_rows: dict[str, int] = {}
        for ordinal, row in enumerate(rows, 1):
            cells = self.lines.parse(row.raw)
            line_id = ""
            try:
                line_id = identifier(cells, "line_no")
                if line_id in first_rows:
                    stated, line_id = line_id, ""
                    raise BadCell(
                        "line_no", f"line {stated} of the order stands already in file line {first_rows[stated]}"
                    )
                first_rows[line_id] = row.line
                good.append((row, terms.read(cells, ordinal)))
            except BadCell as error:
                if error.field == "currency":
                    raise BadCell("currency", f"lines row {row.line}: {error.reason}") from error
                bad.append((row, error, line_id))
        return good, bad
