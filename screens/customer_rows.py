"""The rows of the customer screen: orders with their lines, and past returns."""

from __future__ import annotations

from dataclasses import dataclass, field

from rich.cells import cell_len
from rich.text import Text

from desk.customers import ORDER_LIMIT, CustomerView, LineView, OrderView
from rma.money import format_amount
from rma.numbers import spoken
from rma.order import LineKind
from rma.record import RmaRecord
from screens.lookup_rows import state_style, total
from screens.widgets.row_list import BLANK, Row, heading, note
from screens.widgets.safe_text import pad, plain

WIDE = 100
"""Cells from which rows show more columns."""


@dataclass(frozen=True, slots=True)
class OrderKey:
    """An order's row."""

    order_id: str


@dataclass(frozen=True, slots=True)
class LineKey:
    """An order line's row."""

    order_id: str
    line_id: str
    holder: str = field(default="", compare=False)
    """The first RMA that holds some of it."""


@dataclass(frozen=True, slots=True)
class RecordKey:
    """A past return's row."""

    number: str


def order_rows(view: CustomerView) -> list[Row]:
    """Orders, newest first, each with its lines."""
    if not view.orders:
        return [
            heading("orders"),
            note("No order is known here. Press F5 to sync, or look up the order number with F2."),
        ]
    rows: list[Row] = []
    left = max((cell_len(_left(line)) for each in view.orders for line in each.lines), default=0)
    for each in view.orders:
        if rows:
            rows.append(BLANK)
        rows.append(_order_row(each))
        rows.extend(_line_row(each, line, left) for line in each.lines)
    if len(view.orders) >= ORDER_LIMIT:
        rows += [BLANK, note(f"The newest {ORDER_LIMIT} orders. Older ones: F2 and their number.")]
    return rows


def record_rows(view: CustomerView) -> list[Row]:
    """Past returns, newest first."""
    if not view.records:
        return [heading("returns"), note("None yet.")]
    return [heading("returns"), *(_record_row(record) for record in view.records)]


def _order_row(view: OrderView) -> Row:
    order = view.order
    paid = sum(line.gross for line in order.lines) + sum(c.gross for c in order.charges)
    amount = f"{format_amount(paid, order.currency)} {order.currency}"
    left = f"{view.returnable} returnable" if view.returnable else "nothing returnable"

    def draw(width: int) -> Text:
        number = f"Order {plain(order.number)}"
        text = Text.assemble((pad(number, max(14, width - 12 - 19 - 18)), "row-list--strong"))
        text.append(f"{order.placed_at:%Y-%m-%d}  ", "row-list--muted")
        text.append(pad(left, 19), "row-list--good" if view.returnable else "row-list--muted")
        text.append(pad(amount, 18, right=True), "row-list--strong")
        return text

    return Row(OrderKey(order.order_id), draw)


def _line_row(of: OrderView, view: LineView, left_cells: int) -> Row:
    order, line = of.order, view.line
    holder = view.holders[0] if view.holders else ""
    amount = format_amount(line.gross, order.currency)
    left = _left(view)
    delivered = f"{line.delivered_at:%Y-%m-%d}" if line.delivered_at else "not yet"

    def draw(width: int) -> Text:
        name, extra = _columns(width, left_cells)
        style = "" if view.returnable else "row-list--muted"
        text = Text.assemble(
            (pad(str(line.units), 4, right=True) + " × ", "row-list--muted"),
            (pad(plain(line.name or line.sku), name), style),
            " ",
        )
        if extra:
            text.append(pad(plain(line.sku), 12) + " ", "row-list--muted")
            text.append(pad(f"arrived {delivered}", 18) + " ", "row-list--muted")
        text.append(pad(left, left_cells) + " ", style)
        text.append(pad(amount, 13, right=True) + "    ", style)
        return text

    return Row(LineKey(order.order_id, line.line_id, holder), draw)


def _columns(width: int, left: int) -> tuple[int, int]:
    """Cells of a line's name, and of the columns that only a wide row has (SKU, arrival)."""
    extra = 32 if width >= WIDE else 0
    return max(8, width - 8 - left - 1 - 17 - extra), extra


def _left(view: LineView) -> str:
    """What of a line may still come back, and who holds the rest; in 31 cells."""
    line = view.line
    if line.kind is not LineKind.GOODS:
        return f"{line.kind.value.replace('_', ' ')}: cannot come back"
    more = f" +{len(view.holders) - 1}" if len(view.holders) > 1 else ""
    held = f"on {spoken(view.holders[0])}{more}" if view.holders else ""
    if view.returnable:
        text = f"{view.returnable} of {line.delivered}" if line.delivered > 1 else "1"
        text += f" · rest {held}" if held else " returnable"
        return text + (", final sale" if line.final_sale and not held else "")
    if line.delivered == 0:
        return "not delivered"
    return f"none · {held}" if held else "none · came back before"


def _record_row(record: RmaRecord) -> Row:
    what = ", ".join(f"{line.quantity} × {plain(line.name or line.sku)}" for line in record.lines)

    def draw(width: int) -> Text:
        goods = max(0, width - 15 - 16 - 12 - 15)
        return Text.assemble(
            (pad(spoken(record.number), 15), "row-list--strong"),
            (pad(record.state.words, 16), state_style(record.state)),
            (pad(f"{record.finalized_at:%Y-%m-%d}", 12), "row-list--muted"),
            pad(what, goods),
            pad(total(record), 15, right=True),
        )

    return Row(RecordKey(record.number), draw)
